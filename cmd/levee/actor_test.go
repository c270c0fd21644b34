package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// TestWhoActs: whoever acts is on record as proved only with a key that is theirs.
func TestWhoActs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	stranger := gitrepotest.NewKey(t, "stranger")
	for _, test := range []struct {
		by, key string
		code    int
		says    string // in status, or in what it answers
	}{
		{"nobody", "", exit.CodeFine, "contained by nobody (unproved): leaks"},
		{"", w.keys["ana"].File, exit.CodeFine, "contained by ana: leaks"},
		{"ana", w.keys["ana"].File, exit.CodeFine, "contained by ana: leaks"},
		{"ben", w.keys["ana"].File, exit.CodeUsage, "is ana's, and not ben's"},
		{"ana", stranger.File, exit.CodeError, "lists it for nobody"},
		{"ana", filepath.Join(w.dir, "no.key"), exit.CodeError, "read your key"},
	} {
		if code := w.levee("quarantine", "board", "--reason", "leaks", "--by", test.by, "--key", test.key); code != test.code {
			t.Errorf("by %q with %q: exit code %d\n%s", test.by, test.key, code, &w.out)
		}
		if test.code == exit.CodeFine {
			w.must("status", "board")
		}
		w.wantSaid(test.says)
		if test.code == exit.CodeFine {
			w.must("release", "board", "--reason", "tried", "--by", test.by, "--key", test.key)
		}
	}
	w.push(map[string]string{"roles.yaml": strings.Replace(rolesFile(w.keys), "ana: {name: ana,", "ana: {name: ana, left: true,", 1)})
	w.must("ledger", "adopt", "--governance", "--root-key", w.keys["root"].File, "--reason", "she left", "--main", string(w.remote.Branch("main")))
	if code := w.levee("quarantine", "board", "--reason", "leaks", "--key", w.keys["ana"].File); code != exit.CodeError {
		t.Errorf("by somebody who left: exit code %d\n%s", code, &w.out)
	}
	w.wantSaid("ana's, who left")
}

// TestRollbackNamesItsDecision: an admission names the decision that it follows from,
// and who asked for it.
func TestRollbackNamesItsDecision(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.publish("ana", "a", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.1.0")})
	w.pass()
	w.must("rollback", "board", "--reason", "it leaks", "--key", w.keys["ben"].File)
	ledger := w.remote.Git("log", "-p", "--format=", "levee/ledger", "--", "admissions")
	if !strings.Contains(ledger, `"by":"ben"`) {
		t.Errorf("it is not on record who asked:\n%s", ledger)
	}
	for line := range strings.Lines(ledger) {
		if strings.Contains(line, `"cause":"adopted"`) || !strings.HasPrefix(line, "+{") {
			continue
		}
		if strings.Contains(line, `"decision":0`) {
			t.Errorf("an admission follows from nothing:\n%s", line)
		}
	}
	w.wantAudit()
}

// TestCutLedger: a ledger without its newest records is sound in itself, and is held
// against whoever remembers them.
func TestCutLedger(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	tip := string(w.remote.Branch("levee/ledger"))
	w.remote.Git("update-ref", "refs/heads/levee/ledger", "levee/ledger~5")
	noted := filepath.Join(w.dir, "noted")
	w.write("noted", "# every Friday\n\n"+tip+"\trefs/heads/levee/ledger\n")
	w.write("none", "# nothing yet\n")
	w.write("short", tip[:12]+"\n")
	forget := func() {
		t.Helper()
		if err := os.RemoveAll(filepath.Join(w.dir, "data")); err != nil {
			t.Fatal(err)
		}
	}
	targets := func(where string) {
		t.Helper()
		for _, env := range []string{"staging", "production"} {
			from, to := filepath.Join(w.dir, "run", env), filepath.Join(w.dir, "run", "away-"+env)
			if where == "back" {
				from, to = to, from
			}
			if err := os.Rename(from, to); err != nil {
				t.Fatal(err)
			}
		}
	}
	verify := func(code int, says string, args ...string) {
		t.Helper()
		if got := w.levee(append([]string{"audit", "verify"}, args...)...); got != code {
			t.Errorf("audit verify %v: exit code %d, not %d\n%s", args, got, code, &w.out)
		}
		w.wantSaid(says)
	}
	verify(exit.CodeNo, "this machine remembers it")
	forget()
	verify(exit.CodeNo, "the target of production remembers it")
	targets("away")
	forget()
	verify(exit.CodeUnwitnessed, "verified against NOTHING that remembers its newest record")
	forget()
	verify(exit.CodeNo, "--tip remembers it", "--tip", tip)
	forget()
	verify(exit.CodeNo, "noted remembers it", "--witness", noted)
	verify(exit.CodeUsage, "no full commit id", "--tip", tip[:12])
	verify(exit.CodeUsage, "line 1: it begins with no full commit id", "--witness", filepath.Join(w.dir, "short"))
	verify(exit.CodeUsage, "names no ledger commit", "--witness", filepath.Join(w.dir, "none"))
	verify(exit.CodeUsage, "read --witness", "--witness", filepath.Join(w.dir, "absent"))
	targets("back")
	forget()
	w.remote.Git("update-ref", "refs/heads/levee/ledger", tip)
	verify(exit.CodeFine, "verified against the target of production (record ", "--tip", tip)
}
