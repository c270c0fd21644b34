package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
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
	w.must("audit", "verify", "-o", "json")
	w.wantSaid(`"findings": []`)
	w.must("status", "board", "-o", "json")
	w.wantSaid(`"name": "board"`, `"state": "ready"`)
	log := strings.Join(w.log(), "\n")
	for _, sentence := range []string{
		"Begin the ledger of main", "(adopted)", "ben approves board", "to staging", "to production (promotion)", "Close change publish/people, which landed",
	} {
		if !strings.Contains(log, sentence) {
			t.Errorf("the ledger lacks %q:\n%s", sentence, log)
		}
	}
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
	if code := w.levee("reconcile", "--once"); code != exit.CodeError {
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
