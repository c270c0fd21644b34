package judge_test

import (
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// askingRule asks for an approval of every app, and has little patience.
const askingRule = `# METADATA
# title: Security looks at everything
# custom: {id: own.asks, remedy: Ask them., grace: 5d}
package own

approval contains {"role": "security", "reason": "it looks at everything"} if input.app.metadata.name == "board"
`

// TestAdoptedStaysAdopted: an app that was taken over as it stood stays that when it
// renders to something else or comes back by a rollback, so no rule begins to miss an
// approval for that.
func TestAdoptedStaysAdopted(t *testing.T) {
	t.Parallel()
	w := reconcilertest.Empty(t)
	w.FoundWith(reconcilertest.BoardFile("board"), reconcilertest.Files{"policies/own.rego": askingRule})
	w.Pass()
	w.Govern(reconcilertest.Files{"blueprints/page/1/scaffold/readme.md": "New."})
	adopted := func() {
		t.Helper()
		w.Later(26 * time.Hour)
		w.Pass()
		app := w.App("board")
		takenOver := false
		for _, a := range app.Admitted {
			takenOver = takenOver || a.TakenOver()
		}
		if app.Stage != ledger.Active || !takenOver {
			t.Errorf("it is not what it was: %+v", app)
		}
	}
	adopted()
	w.Publish("ana", "a", reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.1.0"))
	w.Pass()
	w.Approve("chris", "a")
	w.Pass()
	w.WantRuns("production", "board=1.1.0")
	w.Rollback("board", "it flickers")
	w.Pass()
	w.WantRuns("production", "board=1.0.0")
	adopted()
	w.WantAudit()
}
