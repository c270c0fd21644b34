package landing_test

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestHeldIsApprovedAfterwards: content that landed past the check is approved in
// a change of its own, on the record.
func TestHeldIsApprovedAfterwards(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	pushed := reconcilertest.Board("board", reconcilertest.Medium("1.1.0")...)
	w.Push(reconcilertest.Files{reconcilertest.BoardPath("board"): pushed})
	w.Pass()
	w.WantRuns("staging", "board=1.0.0")
	w.Publish("ana", "after", reconcilertest.Files{"apps/ops/board/evidence/note.md": "approve what landed"})
	w.Pass()
	w.WantTold("change publish/after: pending")
	w.Approve("ben", "after")
	w.Pass()
	w.WantRuns("staging", "board=1.1.0")
	w.WantRecorded("(retrospective)")
	w.WantAudit()
}

// TestHeldGovernanceIsApproved: governance that landed past the check is asked for in
// a change, and governs once its owners approved that.
func TestHeldGovernanceIsApproved(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	w.Push(reconcilertest.Files{"catalog.yaml": reconcilertest.Settings + "  gates: {medium: {publish: staged}}\n"})
	w.Pass()
	w.WantHeld(catalog.Governance, "needs-approval")
	held := w.ChangeOf(catalog.Governance)
	w.Publish("ana", "x", reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...))
	w.Pass()
	w.WantTold("publish/x: pending", "approval by product-owner")
	w.Approve("chris", held)
	w.Pass()
	w.WantTold("landed as")
	w.Pass()
	w.WantHeld(catalog.Governance, "")
	if a := w.App(catalog.Governance).Admitted[""]; a.Cause != ledger.CauseRetrospective {
		t.Errorf("governance is not admitted afterwards: %+v", a)
	}
	w.WantRuns("staging", "board=1.1.0")
	w.WantAudit()
}

// TestHeldIsReverted: taking back what landed past the check ends it.
func TestHeldIsReverted(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	w.Push(reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...))
	w.Pass()
	w.WantHeld("board", "needs-approval")
	w.Push(reconcilertest.BoardFile("board"))
	w.Pass()
	w.WantHeld("board", "")
	w.WantRuns("production", "board=1.0.0")
	w.WantAudit()
}

// TestDaemonAsksForHeld: the daemon opens the change by which content that landed
// past the check can be approved.
func TestDaemonAsksForHeld(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	w.Push(reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...))
	w.Pass()
	branch := strings.Join(w.OpenChanges(), "\n")
	if !strings.HasPrefix(branch, "held-board-") {
		t.Fatalf("open changes: %q", branch)
	}
	w.WantTold("change publish/"+branch+": pending", "approval by product-owner")
	w.Approve("ben", branch)
	w.Approve("ana", branch) // what a bot asks for its owner has to agree to
	w.Pass()
	w.WantRuns("staging", "board=1.1.0")
	w.WantAudit()
}

// TestOneBadAppStopsNoOther in the same landing and the same pass.
func TestOneBadAppStopsNoOther(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board", "other")
	w.Pass()
	w.Push(reconcilertest.Files{
		reconcilertest.BoardPath("board"): "broken: [", reconcilertest.BoardPath("other"): reconcilertest.Board("other", "version: 1.0.0", "version: 1.0.1"),
		"vendors/x.yaml": "also broken",
	})
	w.Pass()
	w.WantRuns("production", "board=1.0.0", "other=1.0.1")
	w.WantHeld("board", "invalid")
	// A file that is gone takes nothing down.
	w.Remote.SetRef("refs/heads/main", string(w.Remote.Branch("main")))
	w.Publish("ana", "gone", reconcilertest.Files{reconcilertest.BoardPath("other"): ""})
	w.Pass()
	w.WantRuns("production", "board=1.0.0", "other=1.0.1")
	w.WantAudit()
}
