package main

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// TestMergedTheWrongWayRound: somebody merges main into their own work and pushes
// that as main, as `git pull` and `git push` do. What was accepted is then no first
// parent of the tip. It is a direct push like any other: the apps go on.
func TestMergedTheWrongWayRound(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board", "other")
	w.pass()
	mine := w.remote.Commit("mine", gitrepotest.Change{From: w.remote.Branch("main"), Message: "mine", Write: map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)}})
	w.remote.SetRef("refs/heads/mine", "")
	theirs := w.push(map[string]string{boardPath("other"): boardFile("other", "version: 1.0.0", "version: 1.0.1")})
	w.pass()
	tree := strings.TrimSpace(w.remote.Git("merge-tree", "--write-tree", string(mine), string(theirs)))
	merge := strings.TrimSpace(w.remote.Git("commit-tree", tree, "-p", string(mine), "-p", string(theirs), "-m", "Merge branch 'main'"))
	w.remote.SetRef("refs/heads/main", merge)
	w.pass()
	w.wantRuns("production", "board=1.0.0", "other=1.0.1")
	if log := strings.Join(w.log(), "\n"); !strings.Contains(log, "pushed directly; held: board (needs-approval)") {
		t.Errorf("the push is not reported:\n%s", log)
	}
	w.publish("ana", "x", map[string]string{boardPath("other"): boardFile("other", "version: 1.0.0", "version: 1.0.2")})
	w.pass()
	w.wantRuns("production", "board=1.0.0", "other=1.0.2")
	w.wantAudit()
}
