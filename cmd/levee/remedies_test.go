package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

// mostRounds is how often the first problem's remedy is followed, before whoever does so
// gives up.
const mostRounds = 5

// attemptAt is what became of one mistake.
type attemptAt struct {
	right bool
	steps []told // what was said, in order
}

// TestRemedies makes one mistake after the other in a catalog that passes, and does what
// `levee check` says, word by word, until it passes or asks for approval. Nine in ten
// have to come so far; the others need what no file can give.
func TestRemedies(t *testing.T) {
	t.Parallel()
	base := archived(t, "testdata/remedies/catalog.txtar")
	if problem, bad := firstProblem(t, base, nil); bad {
		t.Fatalf("the catalog is not right to begin with: %+v", problem)
	}
	outcomes := make([]attemptAt, len(mistakes))
	var group sync.WaitGroup
	free := make(chan bool, runtime.GOMAXPROCS(0))
	for i, m := range mistakes {
		group.Go(func() {
			free <- true
			outcomes[i] = tryToMend(t, base, m)
			<-free
		})
	}
	group.Wait()
	var said strings.Builder
	right := 0
	rules := map[string]bool{}
	for i, o := range outcomes {
		for _, p := range o.steps {
			rules[p.Rule] = true
			wantCivil(t, p)
		}
		if len(o.steps) > 0 {
			p := o.steps[0]
			fmt.Fprintf(&said, "%s\n  %s:%d:%d %s %s\n  %s\n", mistakes[i].name, p.Path, p.Line, p.Column, p.Rule, p.Message, p.Remedy)
		}
		if o.right {
			right++
			continue
		}
		last := told{}
		if len(o.steps) > 0 {
			last = o.steps[len(o.steps)-1]
		}
		t.Logf("%s: %s:%d:%d %s → %s", mistakes[i].name, last.Path, last.Line, last.Column, last.Message, last.Remedy)
	}
	compareSaid(t, said.String())
	t.Logf("%d of %d mistakes come right", right, len(mistakes))
	if len(mistakes) < 120 || right*10 < len(mistakes)*9 {
		t.Errorf("%d of %d mistakes come right by doing what is said; it has to be nine in ten", right, len(mistakes))
	}
	for rule := range rules {
		if out, code := quietly(t, "explain", rule); code != exit.CodeFine {
			t.Errorf("nobody explains %s: %s", rule, out)
		}
	}
}

// compareSaid holds what is said of each mistake against the golden file.
func compareSaid(t *testing.T, got string) {
	t.Helper()
	const file = "testdata/remedies/said.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; run with -update and read it", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("what is said differs (-want +got):\n%s", diff)
	}
}

func archived(t *testing.T, file string) map[string]string {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range archive.Files {
		files[f.Name] = string(f.Data)
	}
	return files
}

func tryToMend(t *testing.T, base map[string]string, m mistake) (o attemptAt) {
	files := maps.Clone(base)
	if !strings.Contains(files[m.file], m.old) {
		t.Errorf("%s: %s has no %q", m.name, m.file, m.old)
		return o
	}
	files[m.file] = strings.Replace(files[m.file], m.old, m.new, 1)
	var stood map[string]string
	if m.since {
		stood = base
	}
	for {
		p, bad := firstProblem(t, files, stood)
		if !bad {
			if o.right = len(o.steps) > 0; !o.right {
				t.Errorf("%s: is no mistake", m.name)
			}
			return o
		}
		o.steps = append(o.steps, p)
		if len(o.steps) > mostRounds || !follow(files, p) {
			return o
		}
	}
}

// firstProblem checks a catalog as `levee check` does, and returns the first problem
// that stops anything.
func firstProblem(t *testing.T, files, stood map[string]string) (p told, bad bool) {
	var args []string
	if stood == nil {
		dir := t.TempDir()
		for name, content := range files {
			file := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Error(err)
			}
			if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
				t.Error(err)
			}
		}
		args = []string{"check", dir, "-o", "json"}
	} else {
		remote := gitrepotest.NewEmpty(t)
		main := remote.Commit("main", gitrepotest.Change{Message: "begin", Write: stood})
		remote.Commit("change", gitrepotest.Change{Message: "change", Write: files, From: main})
		args = []string{"check", remote.Dir, "--rev", "change", "--base", "main", "-o", "json"}
	}
	out, _ := quietly(t, args...)
	var report struct {
		Results []struct {
			Verdict  string
			Problems []told
		}
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Errorf("%v: %s", err, out)
		return p, true
	}
	for _, r := range report.Results {
		if r.Verdict == "allow" || r.Verdict == "needs-approval" {
			continue
		}
		bad = true
		for _, p := range r.Problems {
			if p.Level == "deny" && p.Waiver == nil {
				return p, true
			}
		}
	}
	return p, bad
}

// quietly runs a command line on the morning of the stories.
func quietly(t *testing.T, args ...string) (out string, code int) {
	var b bytes.Buffer
	code = run(t.Context(), args, terminal.IO{Out: &b, Err: io.Discard, Now: func() time.Time { return start }})
	return b.String(), code
}

var (
	expression = regexp.MustCompile(`\[[a-zA-Z0-9]-[a-zA-Z0-9]|\^\[|\]\+|\]\*|\{[0-9]+,?[0-9]*\}`)
	weakest    = regexp.MustCompile("(?:Did you mean|Write|Write one of|Add) `(?:[a-zA-Z]+: )?(public|none|off|dryrun|automatic)`")
)

// wantCivil holds what is said against what holds for all: no expression for programs,
// and no advice to lower a control.
func wantCivil(t *testing.T, p told) {
	t.Helper()
	if said := p.Message + " " + p.Remedy; expression.MatchString(said) {
		t.Errorf("%s: shows a regular expression: %s", p.Rule, said)
	}
	if weakest.MatchString(p.Remedy) {
		t.Errorf("%s: advises the least control: %s", p.Rule, p.Remedy)
	}
	if p.Remedy == "" {
		t.Errorf("%s: no remedy for %s", p.Rule, p.Message)
	}
}
