package main

import (
	"testing"
	"time"
)

// TestDriftUnderGrace: what runs on for the grace of a rule that denies it runs as it
// was admitted. Put back after drift, it is not rendered from governance that it was
// never admitted under.
func TestDriftUnderGrace(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	const at = "run/production/apps/board.json"
	admitted := w.read(at)
	w.govern(map[string]string{
		"policies/own.rego": `# METADATA
# title: Boards cost nothing
# custom: {id: own.free, remedy: Take the budget out., grace: 30d}
package own

problem contains {"field": "spec.budget", "message": "This board has a budget."} if input.app.metadata.name == "board"
`,
		"blueprints/page/1/scaffold/readme.md": "New.",
	})
	w.pass()
	if w.read(at) != admitted {
		t.Fatalf("denied, it runs something else:\n%s", w.read(at))
	}
	w.write(at, "{}")
	w.pass()
	if got := w.read(at); got != admitted {
		t.Errorf("put back as\n%s\nand was admitted as\n%s", got, admitted)
	}
	w.clock = w.clock.Add(time.Minute)
	w.pass()
	before := len(w.log())
	w.pass()
	if now := len(w.log()); now != before {
		t.Errorf("a pass with nothing to do recorded %v", w.log()[before:])
	}
	w.wantAudit()
}
