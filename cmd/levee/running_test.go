package main

import (
	"strings"
	"testing"
	"time"
)

// TestRuleTurnsAgainstRunning: a new rule denies what runs. It runs on for the
// rule's grace, which a restart does not restart; a rule that says so contains it
// at once, and nothing else.
func TestRuleTurnsAgainstRunning(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board", "other")
	w.pass()
	rule := func(more string) map[string]string {
		return map[string]string{"policies/own.rego": `# METADATA
# title: Boards cost nothing
# custom: {id: own.free, remedy: Take the budget out., grace: 5d` + more + `}
package own

problem contains {"field": "spec.budget", "message": "This board has a budget."} if input.app.metadata.name == "board"
`}
	}
	w.publish("ana", "rule", rule(""))
	w.pass()
	w.approve("chris", "rule")
	w.pass()
	w.wantSaid("landed as")
	w.wantRuns("production", "board=1.0.0", "other=1.0.0")
	w.must("status", "board")
	w.wantSaid("what runs is now deny")
	w.clock = w.clock.Add(48 * time.Hour)
	w.pass()
	w.wantRuns("production", "board=1.0.0", "other=1.0.0")

	w.publish("ana", "harder", rule(", onRunning: contain"))
	w.pass()
	w.approve("chris", "harder")
	w.pass()
	w.pass()
	w.wantRuns("production", "other=1.0.0")
	w.must("status", "board")
	w.wantSaid("contained by levee: it breaks the rule own.free")
	if n := strings.Count(strings.Join(w.log(), "\n"), "Contain board"); n != 1 {
		t.Errorf("contained %d times on the record", n)
	}
	w.wantAudit()
}
