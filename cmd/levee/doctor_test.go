package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/cmd/levee/internal/doctor"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/reconciler/forge/github/githubtest"
	"github.com/levee-gitops/levee/reconciler/target"
)

// doctor runs levee doctor in a world, and returns its exit code and what it found, by subject and
// check.
func (w *world) doctor(args ...string) (int, map[string]target.Check) {
	w.t.Helper()
	code := w.levee(append([]string{"doctor", "-o", "json"}, args...)...)
	var said struct {
		Checks  []doctor.Checked          `json:"checks"`
		Summary map[target.CheckState]int `json:"summary"`
	}
	text := w.out.String()
	if at := strings.Index(text, "{\n"); at >= 0 {
		text = text[at:]
	}
	if err := json.NewDecoder(strings.NewReader(text)).Decode(&said); err != nil {
		w.t.Fatalf("exit code %d: %v\n%s", code, err, &w.out)
	}
	found, counted := map[string]target.Check{}, map[target.CheckState]int{}
	for _, c := range said.Checks {
		found[c.Subject+": "+c.What] = c.Check
		counted[c.State]++
		if c.State == target.CheckWrong && c.Remedy == "" {
			w.t.Errorf("%s is wrong, and nothing is said that could be done: %s", c.What, c.Detail)
		}
	}
	for state, n := range said.Summary {
		if counted[state] != n {
			w.t.Errorf("%d are said to be %s, and %d are", n, state, counted[state])
		}
	}
	return code, found
}

// TestDoctor: of what is broken exactly that is found wrong, and what depends on it is unknown.
func TestDoctor(t *testing.T) {
	config := func(old, with string) func(*world) {
		return func(w *world) { w.write("levee.yaml", strings.Replace(w.read("levee.yaml"), old, with, 1)) }
	}
	for name, test := range map[string]struct {
		broken func(*world)
		code   int
		at     string // the check that is not well; empty for none
		state  target.CheckState
		says   string
	}{
		"well":       {func(*world) {}, exit.CodeFine, "", "", ""},
		"open key":   {func(w *world) { chmod(w, w.keys["daemon"].File, 0o644) }, exit.CodeNo, "files: daemon's key", target.CheckWrong, "others may read it (mode 0644)"},
		"other key":  {config("key: ", "key: other.key #"), exit.CodeNo, "ledger: daemon's key", target.CheckWrong, ""},
		"no branch":  {config("holder: one", "branch: trunk"), exit.CodeNo, "repository: branch trunk", target.CheckWrong, ""},
		"no ledger":  {func(w *world) { w.remote.SetRef("refs/heads/levee/ledger", "") }, exit.CodeNo, "ledger: trust", target.CheckWrong, "levee ledger init"},
		"not pinned": {config("  genesis: ", "  branch: levee/ledger #"), exit.CodeNo, "ledger: trust", target.CheckWrong, "pins no ledger"},
		"rewritten": {func(w *world) {
			w.pass()
			w.remote.Git("update-ref", "refs/heads/main", string(w.remote.Branch("main"))+"~1")
		}, exit.CodeNo, "ledger: frozen", target.CheckWrong, "nothing new is admitted"},
		"away":        {func(w *world) { w.must("status"); rename(w, w.remote.Dir) }, exit.CodeNo, "ledger: trust", target.CheckUnknown, "is not reached"},
		"no target":   {config("directory: {kind: directory, root: run}", "elsewhere: {kind: directory, root: run}"), exit.CodeNo, "ledger: environment staging", target.CheckWrong, `levee.yaml has no target "directory"`},
		"no folder":   {config("root: run", "root: ran"), exit.CodeNo, "target directory: folder", target.CheckWrong, "ran"},
		"no data":     {config("holder: one", "data: levee.yaml/data"), exit.CodeNo, "files: data folder", target.CheckWrong, "levee.yaml"},
		"open config": {func(w *world) { chmod(w, filepath.Join(w.dir, "levee.yaml"), 0o666) }, exit.CodeNo, "files: configuration", target.CheckWrong, "everybody may write"},
		"webhook":     {config("holder: one", "forge: {webhookSecret: none}"), exit.CodeNo, "files: webhook secret", target.CheckWrong, "no such file"},
		"no sender":   {config("holder: one", "notices: {kind: pigeon}"), exit.CodeNo, "notices: sender", target.CheckWrong, `notices.kind is "pigeon"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "board")
			w.push(map[string]string{"README.md": "more\n"})
			other, err := os.ReadFile(w.keys["ana"].File)
			if err != nil {
				t.Fatal(err)
			}
			w.write("other.key", string(other))
			chmod(w, filepath.Join(w.dir, "other.key"), 0o600)
			test.broken(w)
			code, found := w.doctor()
			if code != test.code {
				t.Errorf("exit code %d, want %d\n%s", code, test.code, &w.out)
			}
			if test.at == "" {
				for what, c := range found {
					if c.State != target.CheckWell {
						t.Errorf("%s: %+v", what, c)
					}
				}
				return
			}
			if got := found[test.at]; got.State != test.state || !strings.Contains(got.Detail+got.Remedy, test.says) {
				t.Errorf("%s is %+v\n%s", test.at, got, &w.out)
			}
		})
	}
}

func chmod(w *world, name string, mode os.FileMode) {
	w.t.Helper()
	if err := os.Chmod(name, mode); err != nil {
		w.t.Fatal(err)
	}
}

func rename(w *world, dir string) {
	w.t.Helper()
	if err := os.Rename(dir, dir+".away"); err != nil {
		w.t.Fatal(err)
	}
}

// TestDoctorChangesNothing: neither the repository nor the target is another afterwards.
func TestDoctorChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	refs, files := w.remote.Git("for-each-ref"), w.files()
	if code, _ := w.doctor(); code != exit.CodeFine {
		t.Errorf("exit code %d\n%s", code, &w.out)
	}
	if after := w.remote.Git("for-each-ref"); after != refs {
		t.Errorf("refs were\n%sand are\n%s", refs, after)
	}
	if after := w.files(); len(after) != len(files) {
		t.Errorf("the target had %d files, and has %d", len(files), len(after))
	}
}

// TestDoctorOnGitHub: what GitHub does not tell of a token is unknown, and no yes.
func TestDoctorOnGitHub(t *testing.T) {
	const at = "forge: credentials for GitHub"
	for name, test := range map[string]struct {
		as    identity
		set   func(*githubtest.Server)
		code  int
		state target.CheckState
	}{
		"app":          {asApp, func(*githubtest.Server) {}, exit.CodeFine, target.CheckWell},
		"app lacks":    {asApp, func(hub *githubtest.Server) { hub.Grant("checks", "read") }, exit.CodeNo, target.CheckWrong},
		"fine-grained": {asToken, func(*githubtest.Server) {}, exit.CodeError, target.CheckUnknown},
		"classic":      {asToken, func(hub *githubtest.Server) { hub.Scopes("repo") }, exit.CodeFine, target.CheckWell},
	} {
		t.Run(name, func(t *testing.T) {
			w := onHub(newWorld(t, "board"), test.as, "")
			if _, err := os.Stat(filepath.Join(w.dir, "github-app.pem")); err == nil {
				chmod(w.world, filepath.Join(w.dir, "github-app.pem"), 0o600)
			}
			test.set(w.hub)
			code, found := w.doctor()
			if got := found[at]; code != test.code || got.State != test.state {
				t.Errorf("exit code %d, want %d: %+v\n%s", code, test.code, got, &w.out)
			}
		})
	}
}

// TestDoctorWords: people read it grouped, with what to do below what is not well.
func TestDoctorWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.must("doctor")
	w.wantSaid("repository\n  well     reachable: ", "could not be told\n")
	chmod(w, w.keys["daemon"].File, 0o644)
	if code := w.levee("doctor"); code != exit.CodeNo {
		t.Errorf("exit code %d", code)
	}
	w.wantSaid("  wrong    daemon's key: ", "\n           to do: ", "  unknown  daemon's key: ")
	if code := w.levee("doctor", "--target", "cluster"); code != exit.CodeUsage {
		t.Errorf("of a target that is not there: exit code %d\n%s", code, &w.out)
	}
}
