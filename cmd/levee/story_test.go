package main

import (
	"os"
	"strings"
	"testing"
	"time"
)

// TestStory is the main job from end to end on real Git: judged, approved, landed,
// admitted, applied, proved.
func TestStory(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	w.wantRuns("staging", "board=1.0.0")
	w.wantRuns("production", "board=1.0.0")

	// A mistake is explained, and nothing happens.
	w.publish("ana", "board", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.1.0", "{type: static}", "{type: static, memory: 64Gi}")})
	w.pass()
	w.wantSaid("change publish/board: failure", "64Gi", "Write `1Gi` or less")
	w.wantRuns("production", "board=1.0.0")

	// Mended, it is low risk and publishes by itself, everywhere.
	w.publish("ana", "board", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.1.0", "monthly: 5", "monthly: 6")})
	w.pass()
	w.wantSaid("change publish/board: success", "landed as")
	w.wantRuns("staging", "board=1.1.0")
	w.wantRuns("production", "board=1.1.0")

	// More risk waits for the product owner, who is not the author.
	w.publish("ana", "people", map[string]string{boardPath("board"): boardFile("board", medium("1.2.0")...)})
	w.pass()
	w.wantSaid("change publish/people: pending", "approval by product-owner", "ask ben")
	w.approve("ana", "people")
	w.pass()
	w.wantSaid("pending", "the approval by ana does not count")
	w.approve("ben", "people")
	w.pass()
	w.wantSaid("success", "landed as")
	w.wantRuns("staging", "board=1.2.0")
	w.wantRuns("production", "board=1.1.0")

	// It soaks, then goes on.
	w.clock = w.clock.Add(5 * time.Minute)
	w.pass()
	w.wantRuns("production", "board=1.1.0")
	w.clock = w.clock.Add(5 * time.Minute)
	w.pass()
	w.wantRuns("production", "board=1.2.0")

	w.wantAudit()
	w.wantSaid("nothing found")
	log := strings.Join(w.log(), "\n")
	for _, sentence := range []string{
		"Begin the ledger of main", "(adopted)", "ben approves board", "to staging", "to production (promotion)", "Close change publish/people, which landed",
	} {
		if !strings.Contains(log, sentence) {
			t.Errorf("the ledger lacks %q:\n%s", sentence, log)
		}
	}
}

// TestApprovalStaysWithTheMeaning: a rebase, a comment and a title keep an
// approval; a change of meaning voids it and says so.
func TestApprovalStaysWithTheMeaning(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board", "other")
	asked := []string{"version: 1.0.0", "version: 1.2.0", "access: {groups", "access: {scopes: [write-database], groups"} // security and dpo
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", asked...)})
	w.pass()
	w.approve("dana", "x")
	w.pass()
	w.wantSaid("pending", "approval by security")

	// main moves on, the branch is made anew with another title: the same meaning
	w.push(map[string]string{"README.md": "hello"})
	w.remote.SetRef("refs/heads/publish/x", "")
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", append(asked, "title: Board", "title: The board # ours")...)})
	w.pass()
	w.approve("chris", "x")
	w.pass()
	w.wantSaid("success", "landed as")

	w.publish("ana", "y", map[string]string{boardPath("other"): boardFile("other", asked...)})
	w.pass()
	w.approve("dana", "y")
	w.pass()
	w.publish("ana", "y", map[string]string{boardPath("other"): boardFile("other", append(asked, "monthly: 5", "monthly: 7")...)})
	w.pass()
	w.wantSaid("pending", "the approval by dana does not count: it was given for")
	w.wantAudit()
}

// TestIdlePassWritesNothing: a pass over a world in which nothing moved records
// nothing and does nothing.
func TestIdlePassWritesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board", "other")
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.pass()
	w.pass()
	before := w.remote.Ref("refs/heads/levee/ledger")
	for range 5 {
		if out := w.pass(); !strings.Contains(out, "0 effects, 0 facts recorded") {
			t.Errorf("an idle pass did something:\n%s", out)
		}
	}
	if after := w.remote.Ref("refs/heads/levee/ledger"); after != before {
		t.Errorf("the ledger moved from %s to %s", before, after)
	}
}

// TestDrift: what is changed by hand is put back, and the record says so.
func TestDrift(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board", "other")
	w.pass()
	want := w.files()
	w.write("run/production/apps/board.json", "{}")
	w.write("run/production/apps/foreign.json", "not ours")
	w.pass()
	w.wantSaid("correct board in production: done")
	got := w.files()
	if got["/production/apps/board.json"] != want["/production/apps/board.json"] || got["/production/apps/foreign.json"] != "not ours" {
		t.Errorf("after correction: %v", got)
	}
	w.wantAudit()
}

// TestContainment: contained at once, in every environment; a fix merged meanwhile
// is admitted and waits; release brings the newest back.
func TestContainment(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	w.must("quarantine", "board", "--reason", "leaks", "--by", "oncall")
	w.wantRuns("staging")
	w.wantRuns("production")
	w.publish("ana", "fix", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.0.1")})
	w.pass()
	w.pass()
	w.wantRuns("production")
	w.must("status", "board")
	w.wantSaid("contained by oncall (unproved): leaks")
	w.must("release", "board", "--reason", "mended", "--by", "oncall")
	w.pass()
	w.wantRuns("staging", "board=1.0.1")
	w.wantRuns("production", "board=1.0.1")
	w.wantAudit()
}

// TestOneBadAppStopsNoOther in the same landing and the same pass.
func TestOneBadAppStopsNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board", "other")
	w.pass()
	w.push(map[string]string{
		boardPath("board"): "broken: [", boardPath("other"): boardFile("other", "version: 1.0.0", "version: 1.0.1"),
		"vendors/x.yaml": "also broken",
	})
	w.pass()
	w.wantRuns("production", "board=1.0.0", "other=1.0.1")
	w.must("status", "board")
	w.wantSaid("held", "invalid")
	// A file that is gone takes nothing down.
	w.remote.SetRef("refs/heads/main", string(w.remote.Branch("main")))
	w.publish("ana", "gone", map[string]string{boardPath("other"): ""})
	w.pass()
	w.wantRuns("production", "board=1.0.0", "other=1.0.1")
	w.wantAudit()
}

// TestRollback goes back to what was admitted before, under today's rules, on the
// record, and the next change is measured from there.
func TestRollback(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.publish("ana", "a", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.1.0")})
	w.pass()
	w.wantRuns("production", "board=1.1.0")
	w.must("rollback", "board", "--reason", "it flickers", "--by", "ana")
	w.wantSaid("production:", "back to")
	if w.must("plan"); !strings.Contains(w.out.String(), "update board in production (version 1.1.0 → 1.0.0)") {
		t.Errorf("plan: %s", &w.out)
	}
	w.pass()
	w.wantRuns("staging", "board=1.0.0")
	w.wantRuns("production", "board=1.0.0")
	w.pass()
	w.wantRuns("production", "board=1.0.0")
	if code := w.levee("rollback", "board", "--reason", "further", "--to", "0123456"); code != exitError {
		t.Errorf("to what never was: exit code %d\n%s", code, &w.out)
	}
	w.publish("ana", "b", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.2.0")})
	w.pass()
	w.wantRuns("production", "board=1.2.0")
	w.wantAudit()
}

// TestDaemonAsksForHeld: the daemon opens the change by which content that landed
// past the check can be approved.
func TestDaemonAsksForHeld(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	w.push(map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.pass()
	branch := strings.TrimSpace(w.remote.Git("for-each-ref", "--format=%(refname:lstrip=3)", "refs/heads/publish/"))
	if !strings.HasPrefix(branch, "held-board-") {
		t.Fatalf("open changes: %q", branch)
	}
	w.wantSaid("change publish/"+branch+": pending", "approval by product-owner")
	w.approve("ben", branch)
	w.approve("ana", branch) // what a bot asks for its owner has to agree to
	w.pass()
	w.wantRuns("staging", "board=1.1.0")
	w.wantAudit()
}

// TestUnreachable: with the repository gone, drift is corrected and an app can be
// contained; nothing new happens, and it is said why.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	away := w.remote.Dir + ".away"
	if err := os.Rename(w.remote.Dir, away); err != nil {
		t.Fatal(err)
	}
	w.write("run/production/apps/board.json", "{}")
	w.clock = w.clock.Add(time.Minute)
	if code := w.levee("reconcile", "--once"); code != exitError {
		t.Errorf("exit code %d\n%s", code, &w.out)
	}
	w.wantSaid("cannot be reached", "correct board in production: done")
	w.wantRuns("production", "board=1.0.0")
	w.must("quarantine", "board", "--reason", "leaks", "--by", "oncall")
	w.wantSaid("not recorded yet")
	w.wantRuns("production")
	if err := os.Rename(away, w.remote.Dir); err != nil {
		t.Fatal(err)
	}
	w.pass() // the mark is what the record is made from
	w.must("status", "board")
	w.wantSaid("contained by oncall (unproved): leaks")
	w.wantAudit()
}
