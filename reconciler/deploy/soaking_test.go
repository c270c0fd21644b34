package deploy_test

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestRenderedAnewWhileNewerSoaks: what governance renders to changes while newer
// content soaks. What production was given is kept as it was admitted there.
func TestRenderedAnewWhileNewerSoaks(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	w.Publish("ana", "x", reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...))
	w.Pass()
	w.Approve("ben", "x")
	w.Pass()
	w.WantRuns("staging", "board=1.1.0")
	w.Publish("ana", "page", reconcilertest.Files{"blueprints/page/1/scaffold/readme.md": "New."})
	w.Pass()
	w.Approve("chris", "page")
	w.Pass()
	w.WantTold("landed as")
	w.Write("run/production/apps/board.json", "{}")
	w.Pass()
	w.WantRuns("staging", "board=1.1.0")
	w.WantRuns("production", "board=1.0.0")
	if strings.Contains(w.Told(), "does not hold") {
		t.Errorf("it was told\n%s", w.Told())
	}
	w.WantAudit()
}
