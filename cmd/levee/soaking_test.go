package main

import (
	"strings"
	"testing"
)

// TestRenderedAnewWhileNewerSoaks: what governance renders to changes while newer
// content soaks. What production was given is kept as it was admitted there.
func TestRenderedAnewWhileNewerSoaks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.pass()
	w.approve("ben", "x")
	w.pass()
	w.wantRuns("staging", "board=1.1.0")
	w.publish("ana", "page", map[string]string{"blueprints/page/1/scaffold/readme.md": "New."})
	w.pass()
	w.approve("chris", "page")
	w.pass()
	w.wantSaid("landed as")
	w.write("run/production/apps/board.json", "{}")
	w.pass()
	w.wantRuns("staging", "board=1.1.0")
	w.wantRuns("production", "board=1.0.0")
	if strings.Contains(w.out.String(), "does not hold") {
		t.Errorf("it said\n%s", &w.out)
	}
	w.wantAudit()
}
