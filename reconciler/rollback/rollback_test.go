package rollback_test

import (
	"slices"
	"testing"

	"github.com/levee-gitops/levee/reconciler/deploy"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestRollbackGoesBack: while newer content soaks in staging, going back from what
// production runs must not bring it there, neither by default nor by name.
func TestRollbackGoesBack(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Publish("ana", "a", reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.1.0"))
	w.Pass()
	w.Publish("ana", "b", reconcilertest.BoardFile("board", reconcilertest.Medium("1.2.0")...))
	w.Pass()
	w.Approve("ben", "b")
	w.Pass()
	w.WantRuns("staging", "board=1.2.0")
	w.WantRuns("production", "board=1.1.0")
	soaking := w.App("board").Admitted["staging"].Digest.Short()
	if done, err := w.TryRollback("board", soaking, "jump the queue"); err == nil {
		t.Errorf("to what still soaks: %+v", done)
	}
	w.Rollback("board", "it leaks")
	w.Pass()
	w.WantRuns("staging", "board=1.0.0")
	w.WantRuns("production", "board=1.0.0")
	if done, err := w.TryRollback("board", "", "pressed twice"); err == nil {
		t.Errorf("back to what was gone back from: %+v", done)
	}
	w.Pass()
	w.WantRuns("production", "board=1.0.0")
	w.WantAudit()
}

// TestRollback goes back to what was admitted before, under today's rules, on the
// record, and the next change is measured from there.
func TestRollback(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Publish("ana", "a", reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.1.0"))
	w.Pass()
	w.WantRuns("production", "board=1.1.0")
	if done := w.Rollback("board", "it flickers"); !slices.Contains(done.Environments, "production") {
		t.Errorf("gone back: %+v", done)
	}
	if plan := w.Plan(); !slices.Contains(plan, deploy.Planned{App: "board", Environment: "production", Verb: "update", Reason: "version 1.1.0 → 1.0.0"}) {
		t.Errorf("plan: %+v", plan)
	}
	w.Pass()
	w.WantRuns("staging", "board=1.0.0")
	w.WantRuns("production", "board=1.0.0")
	w.Pass()
	w.WantRuns("production", "board=1.0.0")
	if done, err := w.TryRollback("board", "0123456", "further"); err == nil {
		t.Errorf("to what never was: %+v", done)
	}
	w.Publish("ana", "b", reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.2.0"))
	w.Pass()
	w.WantRuns("production", "board=1.2.0")
	w.WantAudit()
}
