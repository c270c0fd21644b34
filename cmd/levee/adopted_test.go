package main

import (
	"strings"
	"testing"
	"time"
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
	w := emptyWorld(t)
	w.found(map[string]string{
		"catalog.yaml": settingsFile, "roles.yaml": rolesFile(w.keys), "blueprints/page/1/blueprint.yaml": blueprintFile,
		"policies/own.rego": askingRule, boardPath("board"): boardFile("board"),
	})
	w.pass()
	w.govern(map[string]string{"blueprints/page/1/scaffold/readme.md": "New."})
	adopted := func() {
		t.Helper()
		w.clock = w.clock.Add(26 * time.Hour)
		w.pass()
		if w.must("status", "board"); !strings.Contains(w.out.String(), "board: active") || !strings.Contains(w.out.String(), "never reviewed") {
			t.Errorf("it is not what it was:\n%s", &w.out)
		}
	}
	adopted()
	w.publish("ana", "a", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.1.0")})
	w.pass()
	w.approve("chris", "a")
	w.pass()
	w.wantRuns("production", "board=1.1.0")
	w.must("rollback", "board", "--reason", "it flickers", "--by", "ana")
	w.pass()
	w.wantRuns("production", "board=1.0.0")
	adopted()
	w.wantAudit()
}
