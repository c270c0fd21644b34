package main

import (
	"encoding/json"
	"testing"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/reconciler/review"
)

// TestPlanOfAChange: what merging a change would do is told, of its own apps and of those that
// its blueprint changes, and nothing is done.
func TestPlanOfAChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board", "desk")
	w.pass()
	before, records := w.files(), len(w.log())
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.1.0")})
	w.must("plan", "publish/x")
	w.wantSaid("board in staging\n  change apps/board.json (version 1.0.0 → 1.1.0", "board in production\n", "+", "2 things; nothing was done")
	w.publish("eve", "conf", map[string]string{"blueprints/page/1/directory/page.conf": "colour = blue\n"})
	w.must("plan", "publish/conf")
	w.wantSaid("board in production, without a change of its own\n  files +page.conf\n", "desk in staging, without", "colour = blue", "4 things; nothing was done")
	w.must("plan", "publish/conf", "-o", "json")
	var plan review.Plan
	if err := json.Unmarshal(w.out.Bytes(), &plan); err != nil || len(plan.Rerenders.Places) != 4 || plan.Change != "publish/conf" {
		t.Errorf("as JSON it is %+v, %v", plan, err)
	}
	if code := w.levee("plan", "publish/none"); code != exit.CodeError {
		t.Errorf("of a change that is not there: exit code %d", code)
	}
	w.wantSaid("publish/none", "there is no such open change")
	if got := w.files(); len(got) != len(before) || len(w.log()) != records {
		t.Errorf("a plan did something: %v", got)
	}
}
