package landing_test

import (
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestAttackOwnPushAmongMany: whoever pushed past the check cannot approve that
// afterwards, however many commits came since the app was admitted.
func TestAttackOwnPushAmongMany(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	commit := func(who, tree, message string) {
		who += " <" + who + "@example.com> 1773133200 +0000"
		raw := "tree " + tree + "\nparent " + string(w.Remote.Branch("main")) + "\nauthor " + who + "\ncommitter " + who + "\n\n" + message + "\n"
		w.Remote.SetRef("refs/heads/main", strings.TrimSpace(w.Remote.GitInput(raw, "hash-object", "-t", "commit", "-w", "--stdin")))
	}
	same := strings.TrimSpace(w.Remote.Git("rev-parse", "main^{tree}"))
	for range 210 {
		commit("ana", same, "Say nothing")
	}
	w.Push(reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...))
	pushed := strings.TrimSpace(w.Remote.Git("rev-parse", "main^{tree}"))
	w.Remote.SetRef("refs/heads/main", strings.TrimSpace(w.Remote.Git("rev-parse", "main^")))
	commit("ben", pushed, "Quickly")
	w.Pass()
	branch := strings.Join(w.OpenChanges(), "\n")
	w.Approve("ben", branch)
	w.Approve("ana", branch)
	w.Pass()
	w.WantTold("the approval by ben does not count: its giver had a hand in this content")
	w.WantRuns("staging", "board=1.0.0")
	w.WantAudit()
}

// TestMergedTheWrongWayRound: somebody merges main into their own work and pushes
// that as main, as `git pull` and `git push` do. What was accepted is then no first
// parent of the tip. It is a direct push like any other: the apps go on.
func TestMergedTheWrongWayRound(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board", "other")
	w.Pass()
	mine := w.Remote.Commit("mine", gitrepotest.Change{From: w.Remote.Branch("main"), Message: "mine", Write: reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...)})
	w.Remote.SetRef("refs/heads/mine", "")
	theirs := w.Push(reconcilertest.BoardFile("other", "version: 1.0.0", "version: 1.0.1"))
	w.Pass()
	tree := strings.TrimSpace(w.Remote.Git("merge-tree", "--write-tree", string(mine), string(theirs)))
	merge := strings.TrimSpace(w.Remote.Git("commit-tree", tree, "-p", string(mine), "-p", string(theirs), "-m", "Merge branch 'main'"))
	w.Remote.SetRef("refs/heads/main", merge)
	w.Pass()
	w.WantRuns("production", "board=1.0.0", "other=1.0.1")
	w.WantRecorded("pushed directly; held: board (needs-approval)")
	w.Publish("ana", "x", reconcilertest.BoardFile("other", "version: 1.0.0", "version: 1.0.2"))
	w.Pass()
	w.WantRuns("production", "board=1.0.0", "other=1.0.2")
	w.WantAudit()
}

// TestAttackOnTopOfHeld: dangerous content is pushed past the check, then a
// harmless word is changed on top of it. The edit is measured from what was
// admitted, so the word carries nothing along.
func TestAttackOnTopOfHeld(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	danger := []string{"access: {groups", "access: {scopes: [write-database], groups", "version: 1.0.0", "version: 1.1.0"}
	w.Push(reconcilertest.BoardFile("board", danger...))
	w.Pass()
	w.WantRuns("staging", "board=1.0.0")
	w.Publish("ana", "word", reconcilertest.BoardFile("board", append(danger, "monthly: 5", "monthly: 6")...))
	w.Pass()
	w.WantTold("pending", "approval by security", "approval by dpo")
	w.WantRuns("staging", "board=1.0.0")
	w.WantAudit()
}

// TestAttackOldContent: content that was admitted once and replaced since is
// pushed back. It has to be approved again.
func TestAttackOldContent(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	risky := reconcilertest.Board("board", reconcilertest.Medium("1.1.0")...)
	w.Publish("ana", "a", reconcilertest.Files{reconcilertest.BoardPath("board"): risky})
	w.Pass()
	w.Approve("ben", "a")
	w.Pass()
	w.Later(time.Hour)
	w.Pass()
	w.WantRuns("production", "board=1.1.0")
	w.Publish("ana", "b", reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.2.0"))
	w.Pass()
	w.WantRuns("production", "board=1.2.0")
	w.Push(reconcilertest.Files{reconcilertest.BoardPath("board"): risky})
	w.Pass()
	w.Later(time.Hour)
	w.Pass()
	w.WantRuns("staging", "board=1.2.0")
	w.WantRuns("production", "board=1.2.0")
	w.WantAudit()
}

// TestAttackApprovesOwnPush: whoever pushed past the check cannot approve that
// afterwards, neither for an app nor for governance.
func TestAttackApprovesOwnPush(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	push := func(person string, files reconcilertest.Files) {
		w.Remote.Commit("main", gitrepotest.Change{Write: files, Message: "quickly", Author: person + " <" + person + "@example.com>"})
		w.Pass()
	}
	push("ben", reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...))
	open := w.OpenChanges()
	w.Approve("ben", open[len(open)-1])
	w.Pass()
	w.WantTold("the approval by ben does not count: its giver had a hand in this content")
	w.WantRuns("staging", "board=1.0.0")

	weaker := reconcilertest.Files{"catalog.yaml": reconcilertest.Settings + "  gates: {medium: {publish: automatic}}\n"}
	push("chris", weaker)
	w.WantHeld(catalog.Governance, "needs-approval")
	w.Approve("chris", w.ChangeOf(catalog.Governance))
	w.Pass()
	w.WantTold("the approval by chris does not count: its giver had a hand in this content")
	w.WantHeld(catalog.Governance, "needs-approval")
	w.WantAudit()
}

// TestAttackRolesPushed: whoever can push writes himself into roles.yaml, then
// approves an app's change.
func TestAttackRolesPushed(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	w.Push(reconcilertest.Files{"roles.yaml": strings.Replace(reconcilertest.Roles(w.Keys), "product-owner: [{person: ben, teams: [ops]}]", "product-owner: [{person: eve}]", 1)})
	w.Pass()
	w.Publish("ana", "x", reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...))
	w.Pass()
	w.Approve("eve", "x")
	w.Pass()
	w.WantTold("pending", "the approval by eve does not count: its giver holds no role")
	w.WantRuns("staging", "board=1.0.0")
	w.WantHeld(catalog.Governance, "needs-approval")
	w.WantRecorded("pushed directly; held: @governance (needs-approval)")
	// Who really holds the role still can.
	w.Approve("ben", "x")
	w.Pass()
	w.WantRuns("staging", "board=1.1.0")
	w.WantAudit()
}
