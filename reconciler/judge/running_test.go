package judge_test

import (
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestRuleTurnsAgainstRunning: a new rule denies what runs. It runs on for the
// rule's grace, which a restart does not restart; a rule that says so contains it
// at once, and nothing else.
func TestRuleTurnsAgainstRunning(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board", "other")
	w.Pass()
	rule := func(more string) reconcilertest.Files {
		return reconcilertest.Files{"policies/own.rego": `# METADATA
# title: Boards cost nothing
# custom: {id: own.free, remedy: Take the budget out., grace: 5d` + more + `}
package own

problem contains {"field": "spec.budget", "message": "This board has a budget."} if input.app.metadata.name == "board"
`}
	}
	w.Publish("ana", "rule", rule(""))
	w.Pass()
	w.Approve("chris", "rule")
	w.Pass()
	w.WantTold("landed as")
	w.WantRuns("production", "board=1.0.0", "other=1.0.0")
	if r := w.App("board").Running; r == nil || r.Verdict != "deny" {
		t.Errorf("of what runs it is on record: %+v", r)
	}
	w.Later(48 * time.Hour)
	w.Pass()
	w.WantRuns("production", "board=1.0.0", "other=1.0.0")

	w.Publish("ana", "harder", rule(", onRunning: contain"))
	w.Pass()
	w.Approve("chris", "harder")
	w.Pass()
	w.Pass()
	w.WantRuns("production", "other=1.0.0")
	if q := w.App("board").Quarantine; q == nil || q.By != "levee" || !strings.HasPrefix(q.Reason, "it breaks the rule own.free") {
		t.Errorf("its containment is %+v", q)
	}
	if n := w.Count("Contain board"); n != 1 {
		t.Errorf("contained %d times on the record", n)
	}
	w.WantAudit()
}
