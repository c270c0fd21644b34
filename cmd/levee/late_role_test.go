package main

import (
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// TestARoleThatCameLater: an approval counts by what its giver was when it was given. A
// role that comes later makes no approval of what was only an opinion, be it of somebody
// without a role or of somebody nobody knew.
func TestARoleThatCameLater(t *testing.T) {
	t.Parallel()
	for person, said := range map[string]string{"eve": "the approval by eve does not count: its giver holds no role", "finn": "pending, nothing new"} {
		t.Run(person, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "board")
			w.pass()
			w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
			w.pass()
			if w.keys[person] == nil {
				w.keys[person] = gitrepotest.NewKey(t, person)
			}
			w.approveByHand(person, "x")
			w.pass()
			w.wantSaid(said)
			w.clock = w.clock.Add(time.Hour)
			roles := strings.Replace(rolesFile(w.keys), "product-owner: [{person: ben, teams: [ops]}]", "product-owner: [{person: ben, teams: [ops]}, {person: "+person+"}]", 1)
			if !strings.Contains(roles, "    "+person+": {name") {
				roles = strings.Replace(roles, "  people:\n", "  people:\n    "+person+": {name: "+person+", email: "+person+"@example.com, keys: [\""+w.keys[person].Public.String()+"\"]}\n", 1)
			}
			w.push(map[string]string{"roles.yaml": roles})
			w.pass()
			w.must("ledger", "adopt", "--governance", "--root-key", w.keys["root"].File, "--reason", person+" joins")
			w.pass()
			w.wantRuns("staging", "board=1.0.0")
			w.wantSaid("pending", "the approval by "+person+" does not count: its giver held no role for this app when it was given")
			w.approve(person, "x")
			w.pass()
			w.wantRuns("staging", "board=1.1.0")
			w.wantAudit()
		})
	}
}
