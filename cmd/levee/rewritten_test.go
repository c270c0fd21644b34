package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRewrittenAndForgotten: main was rewritten, the root key adopted that, and the
// disk was lost: the commits that were judged by and admitted are nowhere any more. The
// ledger holds what they held, and all goes on.
func TestRewrittenAndForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board", "other")
	w.pass()
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.pass()
	w.approve("ben", "x")
	w.pass()
	w.wantRuns("staging", "board=1.1.0", "other=1.0.0")
	w.push(map[string]string{boardPath("other"): boardFile("other", medium("1.1.0")...)}) // held
	w.pass()
	anew := strings.TrimSpace(w.remote.Git("commit-tree", "main^{tree}", "-m", "All of it, without its past"))
	w.remote.SetRef("refs/heads/main", anew)
	if out := w.pass(); !strings.Contains(out, "frozen") {
		t.Errorf("the rewrite was not noticed:\n%s", out)
	}
	w.must("ledger", "adopt", "--root-key", w.keys["root"].File, "--main", anew, "--reason", "it held a secret")
	for _, branch := range strings.Fields(w.remote.Git("for-each-ref", "--format=%(refname)", "refs/heads/publish/")) {
		w.remote.SetRef(branch, "")
	}
	for _, tag := range strings.Fields(w.remote.Git("for-each-ref", "--format=%(refname)", "refs/tags/")) {
		w.remote.SetRef(tag, "")
	}
	if err := os.RemoveAll(filepath.Join(w.dir, "data")); err != nil {
		t.Fatal(err)
	}
	w.clock = w.clock.Add(time.Hour)
	w.pass()
	w.pass()
	w.wantRuns("staging", "board=1.1.0", "other=1.0.0")
	w.wantRuns("production", "board=1.1.0", "other=1.0.0")
	w.publish("ana", "y", map[string]string{boardPath("board"): boardFile("board", append(medium("1.2.0"), "title: Board", "title: Boards")...)})
	w.pass()
	w.approve("ben", "y")
	w.pass()
	w.wantRuns("staging", "board=1.2.0", "other=1.0.0")
	w.publish("ana", "z", map[string]string{"apps/ops/other/evidence/note.md": "approve what landed"})
	w.pass()
	w.wantSaid("change publish/z: ")
	w.wantAudit()
}
