package approval_test

import (
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestApprovalStaysWithTheMeaning: a rebase, a comment and a title keep an
// approval; a change of meaning voids it and says so.
func TestApprovalStaysWithTheMeaning(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board", "other")
	asked := []string{"version: 1.0.0", "version: 1.2.0", "access: {groups", "access: {scopes: [write-database], groups"} // security and dpo
	w.Publish("ana", "x", reconcilertest.BoardFile("board", asked...))
	w.Pass()
	w.Approve("dana", "x")
	w.Pass()
	w.WantTold("pending", "approval by security")

	// main moves on, the branch is made anew with another title: the same meaning
	w.Push(reconcilertest.Files{"README.md": "hello"})
	w.Remote.SetRef("refs/heads/publish/x", "")
	w.Publish("ana", "x", reconcilertest.BoardFile("board", append(asked, "title: Board", "title: The board # ours")...))
	w.Pass()
	w.Approve("chris", "x")
	w.Pass()
	w.WantTold("success", "landed as")

	w.Publish("ana", "y", reconcilertest.BoardFile("other", asked...))
	w.Pass()
	w.Approve("dana", "y")
	w.Pass()
	w.Publish("ana", "y", reconcilertest.BoardFile("other", append(asked, "monthly: 5", "monthly: 7")...))
	w.Pass()
	w.WantTold("pending", "the approval by dana does not count: it was given for")
	w.WantAudit()
}

// TestAttackClosedChange: a change is approved, closed, and opened again under its
// name with the same content. The old approval is over.
func TestAttackClosedChange(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	asked := []string{"version: 1.0.0", "version: 1.1.0", "access: {groups", "access: {scopes: [write-database], groups"}
	w.Publish("ana", "x", reconcilertest.BoardFile("board", asked...))
	w.Pass()
	w.Approve("dana", "x")
	w.Approve("ben", "x")
	w.Pass()
	w.Remote.Git("update-ref", "-d", "refs/heads/publish/x")
	w.Pass()
	w.Publish("ana", "x", reconcilertest.BoardFile("board", asked...))
	w.Pass()
	w.Approve("chris", "x")
	w.Pass()
	w.WantTold("pending", "approval by dpo")
	w.WantRuns("staging", "board=1.0.0")
	w.WantAudit()
}

// TestAttackClosedChangeWithAClockAhead is the same, with an approver whose clock is
// ahead: the old approval is dated after the end of the change it was given for.
func TestAttackClosedChangeWithAClockAhead(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	asked := []string{"version: 1.0.0", "version: 1.1.0", "access: {groups", "access: {scopes: [write-database], groups"}
	w.Publish("ana", "x", reconcilertest.BoardFile("board", asked...))
	w.Pass()
	w.Later(8 * time.Minute)
	w.Approve("dana", "x")
	w.Later(-8 * time.Minute)
	w.Pass()
	w.Remote.Git("update-ref", "-d", "refs/heads/publish/x")
	w.Pass()
	w.Publish("ana", "x", reconcilertest.BoardFile("board", asked...))
	w.Pass()
	w.Approve("chris", "x")
	w.Pass()
	w.WantTold("pending", "approval by dpo")
	w.WantRuns("staging", "board=1.0.0")
	w.Approve("dana", "x")
	w.Pass()
	w.WantRuns("staging", "board=1.1.0")
	w.WantAudit()
}

// TestAttackPushBeforeApproval: the content changes between reading and approving.
// The tag names what was read.
func TestAttackPushBeforeApproval(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Publish("ana", "x", reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...))
	w.Pass()
	w.Approve("ben", "x") // of what was there
	w.Publish("ana", "x", reconcilertest.BoardFile("board", append(reconcilertest.Medium("1.1.0"), "monthly: 5", "monthly: 99")...))
	w.Pass()
	w.WantTold("pending", "the approval by ben does not count: it was given for")
	w.WantRuns("staging", "board=1.0.0")
	w.WantAudit()
}

// TestAttackDeletedReview: an approval that was captured stands; a rejection that
// was captured does too, whatever becomes of its tag.
func TestAttackDeletedReview(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	asked := []string{"version: 1.0.0", "version: 1.1.0", "access: {groups", "access: {scopes: [write-database], groups"}
	w.Publish("ana", "x", reconcilertest.BoardFile("board", asked...))
	w.Pass()
	w.Approve("dana", "x")
	w.Approve("chris", "x")
	w.Reject("chris", "x")
	w.Pass()
	w.WantTold("the approval by chris does not count: it was withdrawn")
	for _, tag := range strings.Fields(w.Remote.Git("for-each-ref", "--format=%(refname)", "refs/tags/levee/review/publish/x/chris")) {
		w.Remote.Git("update-ref", "-d", tag)
	}
	w.Pass()
	w.WantTold("pending, nothing new")
	w.WantRuns("staging", "board=1.0.0")
	w.WantAudit()
}

// TestARoleThatCameLater: an approval counts by what its giver was when it was given. A
// role that comes later makes no approval of what was only an opinion, be it of somebody
// without a role or of somebody nobody knew.
func TestARoleThatCameLater(t *testing.T) {
	t.Parallel()
	for person, said := range map[string]string{"eve": "the approval by eve does not count: its giver holds no role", "finn": "pending, nothing new"} {
		t.Run(person, func(t *testing.T) {
			t.Parallel()
			w := reconcilertest.New(t, "board")
			w.Pass()
			w.Publish("ana", "x", reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...))
			w.Pass()
			if w.Keys[person] == nil {
				w.Keys[person] = gitrepotest.NewKey(t, person)
			}
			w.ApproveByHand(person, "x")
			w.Pass()
			w.WantTold(said)
			w.Later(time.Hour)
			roles := strings.Replace(reconcilertest.Roles(w.Keys), "product-owner: [{person: ben, teams: [ops]}]", "product-owner: [{person: ben, teams: [ops]}, {person: "+person+"}]", 1)
			if !strings.Contains(roles, "    "+person+": {name") {
				roles = strings.Replace(roles, "  people:\n", "  people:\n    "+person+": {name: "+person+", email: "+person+"@example.com, keys: [\""+w.Keys[person].Public.String()+"\"]}\n", 1)
			}
			w.Push(reconcilertest.Files{"roles.yaml": roles})
			w.Pass()
			w.AdoptGovernance(person + " joins")
			w.Pass()
			w.WantRuns("staging", "board=1.0.0")
			w.WantTold("pending", "the approval by "+person+" does not count: its giver held no role for this app when it was given")
			w.Approve(person, "x")
			w.Pass()
			w.WantRuns("staging", "board=1.1.0")
			w.WantAudit()
		})
	}
}
