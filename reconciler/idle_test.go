package reconciler_test

import (
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestIdlePassWritesNothing: a pass over a world in which nothing moved records
// nothing and does nothing.
func TestIdlePassWritesNothing(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board", "other")
	w.Publish("ana", "x", reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...))
	w.Pass()
	w.Pass()
	before := w.Remote.Ref("refs/heads/levee/ledger")
	for range 5 {
		if done := w.Pass(); len(done.Applied.Effects) > 0 || done.Records() > 0 {
			t.Errorf("an idle pass did something:\n%s", w.Told())
		}
	}
	if after := w.Remote.Ref("refs/heads/levee/ledger"); after != before {
		t.Errorf("the ledger moved from %s to %s", before, after)
	}
}

// TestRewrittenAndForgotten: main was rewritten, the root key adopted that, and the
// disk was lost: the commits that were judged by and admitted are nowhere any more. The
// ledger holds what they held, and all goes on.
func TestRewrittenAndForgotten(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board", "other")
	w.Pass()
	w.Publish("ana", "x", reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...))
	w.Pass()
	w.Approve("ben", "x")
	w.Pass()
	w.WantRuns("staging", "board=1.1.0", "other=1.0.0")
	w.Push(reconcilertest.BoardFile("other", reconcilertest.Medium("1.1.0")...)) // held
	w.Pass()
	anew := strings.TrimSpace(w.Remote.Git("commit-tree", "main^{tree}", "-m", "All of it, without its past"))
	w.Remote.SetRef("refs/heads/main", anew)
	if done := w.Pass(); done.Applied.Halted() != "frozen" {
		t.Errorf("the rewrite was not noticed:\n%s", w.Told())
	}
	w.AdoptMain(catalog.Commit(anew), "it held a secret")
	for _, branch := range strings.Fields(w.Remote.Git("for-each-ref", "--format=%(refname)", "refs/heads/publish/")) {
		w.Remote.SetRef(branch, "")
	}
	for _, tag := range strings.Fields(w.Remote.Git("for-each-ref", "--format=%(refname)", "refs/tags/")) {
		w.Remote.SetRef(tag, "")
	}
	w.Lose("data")
	w.Later(time.Hour)
	w.Pass()
	w.Pass()
	w.WantRuns("staging", "board=1.1.0", "other=1.0.0")
	w.WantRuns("production", "board=1.1.0", "other=1.0.0")
	w.Publish("ana", "y", reconcilertest.BoardFile("board", append(reconcilertest.Medium("1.2.0"), "title: Board", "title: Boards")...))
	w.Pass()
	w.Approve("ben", "y")
	w.Pass()
	w.WantRuns("staging", "board=1.2.0", "other=1.0.0")
	w.Publish("ana", "z", reconcilertest.Files{"apps/ops/other/evidence/note.md": "approve what landed"})
	w.Pass()
	w.WantTold("change publish/z: ")
	w.WantAudit()
}
