package main

import (
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// Each attack tries to run content that nobody who may has approved, or to change
// the past. Held or refused, and reported.

// TestAttackRolesPushed: whoever can push writes himself into roles.yaml, then
// approves an app's change.
func TestAttackRolesPushed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	w.push(map[string]string{"roles.yaml": strings.Replace(rolesFile(w.keys), "product-owner: [{person: ben, teams: [ops]}]", "product-owner: [{person: eve}]", 1)})
	w.pass()
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.pass()
	w.approve("eve", "x")
	w.pass()
	w.wantSaid("pending", "the approval by eve does not count: its giver holds no role")
	w.wantRuns("staging", "board=1.0.0")
	w.must("status", "governance")
	w.wantSaid("held", "needs-approval")
	if log := strings.Join(w.log(), "\n"); !strings.Contains(log, "pushed directly; held: @governance (needs-approval)") {
		t.Errorf("the push is not reported:\n%s", log)
	}
	// Who really holds the role still can.
	w.approve("ben", "x")
	w.pass()
	w.wantRuns("staging", "board=1.1.0")
	w.wantAudit()
}

// TestAttackOnTopOfHeld: dangerous content is pushed past the check, then a
// harmless word is changed on top of it. The edit is measured from what was
// admitted, so the word carries nothing along.
func TestAttackOnTopOfHeld(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	danger := []string{"access: {groups", "access: {scopes: [write-database], groups", "version: 1.0.0", "version: 1.1.0"}
	w.push(map[string]string{boardPath("board"): boardFile("board", danger...)})
	w.pass()
	w.wantRuns("staging", "board=1.0.0")
	w.publish("ana", "word", map[string]string{boardPath("board"): boardFile("board", append(danger, "monthly: 5", "monthly: 6")...)})
	w.pass()
	w.wantSaid("pending", "approval by security", "approval by dpo")
	w.wantRuns("staging", "board=1.0.0")
	w.wantAudit()
}

// TestAttackOldContent: content that was admitted once and replaced since is
// pushed back. It has to be approved again.
func TestAttackOldContent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	risky := boardFile("board", medium("1.1.0")...)
	w.publish("ana", "a", map[string]string{boardPath("board"): risky})
	w.pass()
	w.approve("ben", "a")
	w.pass()
	w.clock = w.clock.Add(time.Hour)
	w.pass()
	w.wantRuns("production", "board=1.1.0")
	w.publish("ana", "b", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.2.0")})
	w.pass()
	w.wantRuns("production", "board=1.2.0")
	w.push(map[string]string{boardPath("board"): risky})
	w.pass()
	w.clock = w.clock.Add(time.Hour)
	w.pass()
	w.wantRuns("staging", "board=1.2.0")
	w.wantRuns("production", "board=1.2.0")
	w.wantAudit()
}

// TestAttackClosedChange: a change is approved, closed, and opened again under its
// name with the same content. The old approval is over.
func TestAttackClosedChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	asked := []string{"version: 1.0.0", "version: 1.1.0", "access: {groups", "access: {scopes: [write-database], groups"}
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", asked...)})
	w.pass()
	w.approve("dana", "x")
	w.approve("ben", "x")
	w.pass()
	w.remote.Git("update-ref", "-d", "refs/heads/publish/x")
	w.pass()
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", asked...)})
	w.pass()
	w.approve("chris", "x")
	w.pass()
	w.wantSaid("pending", "approval by dpo")
	w.wantRuns("staging", "board=1.0.0")
	w.wantAudit()
}

// TestAttackClosedChangeWithAClockAhead is the same, with an approver whose clock is
// ahead: the old approval is dated after the end of the change it was given for.
func TestAttackClosedChangeWithAClockAhead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	asked := []string{"version: 1.0.0", "version: 1.1.0", "access: {groups", "access: {scopes: [write-database], groups"}
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", asked...)})
	w.pass()
	w.clock = w.clock.Add(8 * time.Minute)
	w.approve("dana", "x")
	w.clock = w.clock.Add(-8 * time.Minute)
	w.pass()
	w.remote.Git("update-ref", "-d", "refs/heads/publish/x")
	w.pass()
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", asked...)})
	w.pass()
	w.approve("chris", "x")
	w.pass()
	w.wantSaid("pending", "approval by dpo")
	w.wantRuns("staging", "board=1.0.0")
	w.approve("dana", "x")
	w.pass()
	w.wantRuns("staging", "board=1.1.0")
	w.wantAudit()
}

// TestAttackPushBeforeApproval: the content changes between reading and approving.
// The tag names what was read.
func TestAttackPushBeforeApproval(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.pass()
	w.approve("ben", "x") // of what was there
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", append(medium("1.1.0"), "monthly: 5", "monthly: 99")...)})
	w.pass()
	w.wantSaid("pending", "the approval by ben does not count: it was given for")
	w.wantRuns("staging", "board=1.0.0")
	w.wantAudit()
}

// TestAttackForgedNames: commit names are whatever their writer types. The signing
// key says who it was.
func TestAttackForgedNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.remote.Commit("publish/x", gitrepotest.Change{
		From: w.remote.Branch("main"), Key: w.keys["ben"], Author: "ana <ana@example.com>",
		Write: map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)},
	})
	w.pass()
	w.approve("ben", "x")
	w.pass()
	w.wantSaid("pending", "the approval by ben does not count: its giver had a hand in this content")
	// Unsigned, it is nobody's.
	w.remote.Commit("publish/y", gitrepotest.Change{
		From: w.remote.Branch("main"), Author: "ana <ana@example.com>",
		Write: map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.0.1")},
	})
	w.pass()
	w.wantSaid("change publish/y: failure", "did not sign it")
	w.wantRuns("production", "board=1.0.0")
	w.wantAudit()
}

// TestAttackStrangersKey: somebody with a role commits with a key that nobody
// knows is theirs, and approves.
func TestAttackStrangersKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.remote.Commit("publish/x", gitrepotest.Change{
		From: w.remote.Branch("main"), Key: gitrepotest.NewKey(t, "second key of ben"), Author: "ana <ana@example.com>",
		Write: map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)},
	})
	w.pass()
	w.approve("ben", "x")
	w.pass()
	w.wantSaid("change publish/x: failure", "whom `roles.yaml` does not know")
	w.wantRuns("staging", "board=1.0.0")
	w.wantAudit()
}

// TestAttackDeletedReview: an approval that was captured stands; a rejection that
// was captured does too, whatever becomes of its tag.
func TestAttackDeletedReview(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	asked := []string{"version: 1.0.0", "version: 1.1.0", "access: {groups", "access: {scopes: [write-database], groups"}
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", asked...)})
	w.pass()
	w.approve("dana", "x")
	w.approve("chris", "x")
	w.must("reject", "publish/x", "--as", "chris", "--key", w.keys["chris"].File)
	w.pass()
	w.wantSaid("the approval by chris does not count: it was withdrawn")
	for _, tag := range strings.Fields(w.remote.Git("for-each-ref", "--format=%(refname)", "refs/tags/levee/review/publish/x/chris")) {
		w.remote.Git("update-ref", "-d", tag)
	}
	w.pass()
	w.wantSaid("pending, nothing new")
	w.wantRuns("staging", "board=1.0.0")
	w.wantAudit()
}

// TestAttackMainReset: the catalog's branch is rewritten to before an approval.
func TestAttackMainReset(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	first := w.remote.Branch("main")
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.0.1")})
	w.pass()
	accepted := w.remote.Branch("main")
	w.remote.SetRef("refs/heads/main", string(first))
	w.remote.Commit("main", gitrepotest.Change{Write: map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 6.6.6")}})
	out := w.pass()
	if !strings.Contains(out, "frozen") {
		t.Errorf("the rewrite was not noticed:\n%s", out)
	}
	w.wantRuns("production", "board=1.0.1")
	// Drift is corrected all the same, and containment works.
	w.write("run/production/apps/board.json", "{}")
	w.pass()
	w.wantRuns("production", "board=1.0.1")
	w.must("quarantine", "board", "--reason", "to be sure")
	w.wantRuns("production")
	w.remote.SetRef("refs/heads/main", string(accepted))
	w.pass()
	w.wantAudit()
}

// TestAttackLedgerReset: the ledger is cut back to before a rejection or an
// incident. The tip seen before is a witness.
func TestAttackLedgerReset(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	good := w.remote.Ref("refs/heads/levee/ledger")
	w.push(map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.pass()
	full := w.remote.Ref("refs/heads/levee/ledger")
	w.remote.SetRef("refs/heads/levee/ledger", good)
	if out := w.pass(); !strings.Contains(out, "frozen") {
		t.Errorf("the reset was not noticed:\n%s", out)
	}
	w.remote.Git("update-ref", "-d", "refs/heads/levee/ledger")
	if out := w.pass(); !strings.Contains(out, "frozen") {
		t.Errorf("a missing ledger was not noticed:\n%s", out)
	}
	w.remote.SetRef("refs/heads/levee/ledger", full)
	if out := w.pass(); strings.Contains(out, "frozen") {
		t.Errorf("still frozen:\n%s", out)
	}
	w.wantRuns("production", "board=1.0.0")
	w.wantAudit()
}

// TestAttackLedgerForged: a record written by somebody else than the daemon.
func TestAttackLedgerForged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	full := w.remote.Ref("refs/heads/levee/ledger")
	w.remote.Commit("levee/ledger", gitrepotest.Change{Write: map[string]string{"admissions/x.json": "{}"}, Message: "Admit evil", Key: w.keys["eve"]})
	if out := w.pass(); !strings.Contains(out, "frozen") {
		t.Errorf("a forged record was not noticed:\n%s", out)
	}
	if code := w.levee("audit", "verify"); code != exitNo {
		t.Errorf("audit verify: exit code %d\n%s", code, &w.out)
	}
	w.wantSaid("key")
	w.remote.SetRef("refs/heads/levee/ledger", full)
	w.wantAudit()
}

// TestAttackFilesInChange: nothing inside a change grants the change anything:
// neither an approval written as a file nor weaker rules.
func TestAttackFilesInChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.publish("ana", "x", map[string]string{
		boardPath("board"):                 boardFile("board", medium("1.1.0")...),
		"apps/ops/board/approvals/ben.txt": "fine",
	})
	w.pass()
	w.wantSaid("pending")
	w.publish("ana", "w", map[string]string{
		boardPath("board"):     boardFile("board", medium("1.2.0")...),
		"approvals/board.yaml": "approved: true\n",
	})
	w.pass()
	w.wantSaid("The change touches governance and apps")
	w.publish("ana", "y", map[string]string{
		boardPath("board"): boardFile("board", medium("1.1.0")...),
		"catalog.yaml":     settingsFile + "  gates: {medium: {publish: automatic}}\n",
	})
	w.pass()
	w.wantSaid("The change touches governance and apps")
	w.approve("chris", "y") // platform: governance only
	w.pass()
	w.wantRuns("staging", "board=1.0.0")
	w.publish("ana", "z", map[string]string{"waivers/w.yaml": "apiVersion: levee.dev/v1\nkind: Waiver\nmetadata: {name: w}\nspec: {rule: runtime.limits, app: board, reason: r, expires: 2026-12-31}\n"})
	w.pass()
	w.wantSaid("approval by platform")
	w.approve("chris", "z")
	w.pass()
	w.wantSaid("landed as")
	w.wantAudit()
}

// TestHeldIsApprovedAfterwards: content that landed past the check is approved in
// a change of its own, on the record.
func TestHeldIsApprovedAfterwards(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	pushed := boardFile("board", medium("1.1.0")...)
	w.push(map[string]string{boardPath("board"): pushed})
	w.pass()
	w.wantRuns("staging", "board=1.0.0")
	w.publish("ana", "after", map[string]string{"apps/ops/board/evidence/note.md": "approve what landed"})
	w.pass()
	w.wantSaid("change publish/after: pending")
	w.approve("ben", "after")
	w.pass()
	w.wantRuns("staging", "board=1.1.0")
	if log := strings.Join(w.log(), "\n"); !strings.Contains(log, "(retrospective)") {
		t.Errorf("the admission is not marked:\n%s", log)
	}
	w.wantAudit()
}

// TestAttackApprovesOwnPush: whoever pushed past the check cannot approve that
// afterwards, neither for an app nor for governance.
func TestAttackApprovesOwnPush(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	push := func(person string, files map[string]string) {
		w.remote.Commit("main", gitrepotest.Change{Write: files, Message: "quickly", Author: person + " <" + person + "@example.com>"})
		w.pass()
	}
	proposal := func() string {
		ids := strings.Fields(w.remote.Git("for-each-ref", "--format=%(refname:short)", "refs/heads/publish"))
		return ids[len(ids)-1]
	}
	push("ben", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.must("approve", proposal(), "--as", "ben", "--key", w.keys["ben"].File)
	w.pass()
	w.wantSaid("the approval by ben does not count: its giver had a hand in this content")
	w.wantRuns("staging", "board=1.0.0")

	weaker := map[string]string{"catalog.yaml": settingsFile + "  gates: {medium: {publish: automatic}}\n"}
	push("chris", weaker)
	w.must("status", "governance")
	w.wantSaid("held", "1 open change")
	held := strings.Fields(w.out.String()[strings.Index(w.out.String(), "  change ")+len("  change "):])[0]
	w.must("approve", held, "--as", "chris", "--key", w.keys["chris"].File)
	w.pass()
	w.wantSaid("the approval by chris does not count: its giver had a hand in this content")
	w.must("status", "governance")
	w.wantSaid("held")
	w.wantAudit()
}

// TestHeldGovernanceIsApproved: governance that landed past the check is asked for in
// a change, and governs once its owners approved that.
func TestHeldGovernanceIsApproved(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	w.push(map[string]string{"catalog.yaml": settingsFile + "  gates: {medium: {publish: staged}}\n"})
	w.pass()
	w.must("status", "governance")
	w.wantSaid("held", "1 open change")
	held := strings.Fields(w.out.String()[strings.Index(w.out.String(), "  change ")+len("  change "):])[0]
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.pass()
	w.wantSaid("publish/x: pending", "approval by product-owner")
	w.must("approve", held, "--as", "chris", "--key", w.keys["chris"].File)
	w.pass()
	w.wantSaid("landed as")
	w.pass()
	if out := w.must("status", "governance"); strings.Contains(out, "held") || !strings.Contains(out, "retrospective") {
		t.Errorf("governance is not admitted afterwards:\n%s", out)
	}
	w.wantRuns("staging", "board=1.1.0")
	w.wantAudit()
}

// TestHeldIsReverted: taking back what landed past the check ends it.
func TestHeldIsReverted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	w.push(map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.pass()
	w.must("status", "board")
	w.wantSaid("held")
	w.push(map[string]string{boardPath("board"): boardFile("board")})
	w.pass()
	if out := w.must("status", "board"); strings.Contains(out, "held") {
		t.Errorf("still held:\n%s", out)
	}
	w.wantRuns("production", "board=1.0.0")
	w.wantAudit()
}

// TestAttackRulesOfStrangers: rules that somebody proposes whom nobody knows are not
// run, not even their tests: they could take all the time and memory there is.
func TestAttackRulesOfStrangers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	files := map[string]string{
		"policies/own.rego":      "# METADATA\n# title: Own\n# custom: {id: own.rule, remedy: Mend it.}\npackage own\n\nproblem contains {\"message\": \"No.\"} if false\n",
		"policies/own_test.rego": "package own_test\n\ntest_never if false\n",
	}
	w.keys["mallory"] = gitrepotest.NewKey(t, "mallory")
	w.publish("mallory", "stranger", files)
	if said := w.pass(); !strings.Contains(said, "whom `roles.yaml` does not know") || strings.Contains(said, "test_never") {
		t.Errorf("of a stranger's rules it is said:\n%s", said)
	}
	w.publish("ana", "known", files)
	w.pass()
	w.wantSaid("The test `test_never` fails")
}
