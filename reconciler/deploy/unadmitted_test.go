package deploy_test

import (
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestDriftUnderGrace: what runs on for the grace of a rule that denies it runs as it
// was admitted. Put back after drift, it is not rendered from governance that it was
// never admitted under.
func TestDriftUnderGrace(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	const at = "run/production/apps/board.json"
	admitted := w.Read(at)
	w.Govern(reconcilertest.Files{
		"policies/own.rego": `# METADATA
# title: Boards cost nothing
# custom: {id: own.free, remedy: Take the budget out., grace: 30d}
package own

problem contains {"field": "spec.budget", "message": "This board has a budget."} if input.app.metadata.name == "board"
`,
		"blueprints/page/1/scaffold/readme.md": "New.",
	})
	w.Pass()
	if w.Read(at) != admitted {
		t.Fatalf("denied, it runs something else:\n%s", w.Read(at))
	}
	w.Write(at, "{}")
	w.Pass()
	if got := w.Read(at); got != admitted {
		t.Errorf("put back as\n%s\nand was admitted as\n%s", got, admitted)
	}
	w.Later(time.Minute)
	w.Pass()
	before := len(w.Log())
	w.Pass()
	if now := len(w.Log()); now != before {
		t.Errorf("a pass with nothing to do recorded %v", w.Log()[before:])
	}
	w.WantAudit()
}
