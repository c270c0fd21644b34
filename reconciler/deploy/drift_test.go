package deploy_test

import (
	"testing"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestDrift: what is changed by hand is put back, and the record says so.
func TestDrift(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board", "other")
	w.Pass()
	want := w.InTarget()
	w.Write("run/production/apps/board.json", "{}")
	w.Write("run/production/apps/foreign.json", "not ours")
	w.Pass()
	w.WantTold("correct board in production: done")
	got := w.InTarget()
	if got["/production/apps/board.json"] != want["/production/apps/board.json"] || got["/production/apps/foreign.json"] != "not ours" {
		t.Errorf("after correction: %v", got)
	}
	w.WantAudit()
}
