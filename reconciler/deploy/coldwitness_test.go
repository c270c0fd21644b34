package deploy_test

import (
	"testing"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestAttackLedgerResetColdly: the ledger is cut back while a daemon starts that
// remembers nothing. What its targets were given last is a witness.
func TestAttackLedgerResetColdly(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	good := w.Remote.Ref("refs/heads/levee/ledger")
	w.Publish("ana", "x", reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.1.0"))
	w.Pass()
	full := w.Remote.Ref("refs/heads/levee/ledger")
	w.WantRuns("production", "board=1.1.0")
	w.Remote.SetRef("refs/heads/levee/ledger", good)
	w.Lose("data")
	if done := w.Pass(); done.Applied.Halted() != "frozen" {
		t.Errorf("the reset was not noticed:\n%s", w.Told())
	}
	if now := w.Remote.Ref("refs/heads/levee/ledger"); now != good {
		t.Errorf("something was recorded on it: %v", w.Log())
	}
	w.Remote.SetRef("refs/heads/levee/ledger", full)
	if done := w.Pass(); done.Applied.Frozen != "" {
		t.Errorf("still frozen:\n%s", w.Told())
	}
	w.WantRuns("production", "board=1.1.0")
	w.WantAudit()
}
