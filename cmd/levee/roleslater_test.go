package main

import (
	"strings"
	"testing"
)

// TestAttackApprovalBeforeTheRole: somebody approves who may not, and is given the
// role afterwards. What they said before is not an approval now.
func TestAttackApprovalBeforeTheRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.pass()
	w.approve("eve", "x")
	w.pass()
	w.wantSaid("the approval by eve does not count: its giver holds no role")
	w.govern(map[string]string{"roles.yaml": strings.Replace(rolesFile(w.keys), "product-owner: [{person: ben, teams: [ops]}]", "product-owner: [{person: ben, teams: [ops]}, {person: eve}]", 1)})
	w.wantRuns("staging", "board=1.0.0")
	w.pass()
	w.wantRuns("staging", "board=1.0.0")
	w.approve("eve", "x") // as who they are now
	w.pass()
	w.wantRuns("staging", "board=1.1.0")
	w.wantAudit()
}
