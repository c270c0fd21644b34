package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

// TestRefusedChangeSaysWhy: on plain Git a creator reads what a comment would say, and
// a reviewer what changes, before and after the daemon looked.
func TestRefusedChangeSaysWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", append(medium("1.1.0"), "  budget:", "  egress: [maps.example.com]\n  budget:")...)})
	for _, when := range []string{"before", "after"} {
		w.must("status", "publish/x")
		w.wantSaid("publish/x: One thing to fix", "Fix this first: line ", "What to do: ", "once it is fixed", "`ben`", "put it right on this branch")
		for _, marked := range []string{"**", "<sub>", "&#"} {
			if strings.Contains(w.out.String(), marked) {
				t.Errorf("%s a pass, a terminal is shown %q:\n%s", when, marked, &w.out)
			}
		}
		w.must("diff", "publish/x")
		w.wantSaid("`board` is changed. Risk: ", "What changes", "--- a/apps/ops/board/app.yaml", "+++ b/apps/ops/board/app.yaml", "\n-  version: 1.0.0\n", "\n+  version: 1.1.0\n")
		w.must("status", "publish/x", "-o", "json")
		w.wantSaid(`"title": "One thing to fix"`, `"verdict": "deny"`)
		w.pass()
	}
	w.must("show", "publish/x", "-o", "json")
	w.wantSaid(`"lines"`, `"path": "apps/ops/board/app.yaml"`)
	if code := w.levee("status", "publish/y"); code != exit.CodeUsage {
		t.Errorf("a change that never was: exit code %d\n%s", code, &w.out)
	}
	w.wantSaid("there is no open change publish/y; did you mean publish/x?")
	if code := w.levee("diff", "x"); code != exit.CodeUsage {
		t.Errorf("a change without its prefix: exit code %d\n%s", code, &w.out)
	}
	w.wantSaid("did you mean publish/x?")
}

// TestChangeThatIsOver: what became of a change is told when it is not open any more.
func TestChangeThatIsOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.publish("ana", "landed", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.1.0")})
	w.publish("ana", "dropped", map[string]string{boardPath("board"): boardFile("board", medium("1.2.0")...)})
	w.pass()
	w.pass()
	w.remote.Git("update-ref", "-d", "refs/heads/publish/dropped")
	w.pass()
	w.must("status", "publish/landed")
	w.wantSaid("change publish/landed landed as ")
	w.must("status", "publish/dropped")
	w.wantSaid("change publish/dropped was given up on 2026-03-10")
	if code := w.levee("approve", "publish/landed", "--key", w.keys["ben"].File); code != exit.CodeNo {
		t.Errorf("a review of what landed: exit code %d\n%s", code, &w.out)
	}
}

// TestRejectCommand: who rejects what they approved withdraws that.
func TestRejectCommand(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.pass()
	w.approve("ben", "x")
	w.must("reject", "publish/x", "--as", "ben", "--key", w.keys["ben"].File, "-m", "not like this")
	w.wantSaid("reject board ", "published as levee/review/publish/x/ben/2")
	w.pass()
	w.wantSaid("change publish/x: pending", "the approval by ben does not count: it was withdrawn")
}

// TestApproveAsks: whoever signs sees what, is asked, and has to be somebody.
func TestApproveAsks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.pass()
	tags := func() string { return strings.TrimSpace(w.remote.Git("tag", "--list", "levee/review/*")) }
	approve := func(answer string, code int, says string, args ...string) {
		t.Helper()
		w.out.Reset()
		args = append([]string{"approve", "publish/x", "--config", filepath.Join(w.dir, "levee.yaml")}, args...)
		std := terminal.IO{In: strings.NewReader(answer), Out: &w.out, Err: &w.out, Now: w.now, Terminal: true}
		if got := run(t.Context(), args, std); got != code {
			t.Errorf("%v, answered %q: exit code %d, not %d\n%s", args, answer, got, code, &w.out)
		}
		w.wantSaid(says)
		if code != exit.CodeFine && tags() != "" {
			t.Fatalf("%v, answered %q: it was signed all the same: %s", args, answer, tags())
		}
	}
	stranger := gitrepotest.NewKey(t, "stranger")
	approve("y\n", exit.CodeError, "lists it for nobody", "--as", "ben", "--key", stranger.File)
	approve("y\n", exit.CodeUsage, "is ana's, and not ben's", "--as", "ben", "--key", w.keys["ana"].File)
	for _, answer := range []string{"", "\n", "n\n", "what?\n"} {
		approve(answer, exit.CodeNo, "nothing was signed", "--key", w.keys["ben"].File)
	}
	w.wantSaid("What changes", "Sign as ben that you approve this? [y/N]")
	approve("y\n", exit.CodeFine, "published as levee/review/publish/x/ben/1", "--key", w.keys["ben"].File)
	w.pass()
	w.pass()
	w.wantRuns("staging", "board=1.1.0")
}

// TestUncountedReview: whoever looks for their review is told why it does not count.
func TestUncountedReview(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	head := w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.pass()
	w.remote.Git("tag", "-a", "-m", "Change: publish/x\nVerdict: approve", "levee/review/publish/x/ben/1", string(head))
	w.must("status", "publish/x")
	w.wantSaid("What does not count", "levee/review/publish/x/ben/1: ")
	w.approve("ana", "x")
	w.pass()
	w.must("status", "publish/x")
	w.wantSaid("✗ ")
}

// TestKeyOfAnAgent: a key that lies in an agent signs as one in a file does.
func TestKeyOfAnAgent(t *testing.T) {
	w := newWorld(t, "board")
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.pass()
	socket := gitrepotest.Agent(t, w.keys["ana"], w.keys["ben"])
	public := filepath.Join(w.dir, "ben.pub")
	w.write("ben.pub", w.keys["ben"].Public.String()+"\n")
	t.Setenv("SSH_AUTH_SOCK", "")
	if code := w.levee("approve", "publish/x", "--key", public); code != exit.CodeError {
		t.Errorf("without an agent: exit code %d\n%s", code, &w.out)
	}
	w.wantSaid("ssh-agent")
	t.Setenv("SSH_AUTH_SOCK", socket)
	w.must("approve", "publish/x", "--key", public)
	w.pass()
	w.pass()
	w.wantRuns("staging", "board=1.1.0")
}
