package contain_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

// slowable is a world whose target can throttle, in which the board runs whole.
func slowable(t *testing.T) (*reconcilertest.World, *targettest.Fake) {
	t.Helper()
	w, fake := reconcilertest.New(t, "board"), targettest.New()
	w.Target = fake
	w.Pass()
	wantFull(w, fake, true)
	return w, fake
}

// wantFull fails unless the board runs in both environments, with all it was given or with less.
func wantFull(w *reconcilertest.World, fake *targettest.Fake, full bool) {
	w.T.Helper()
	for _, environment := range []string{"staging", "production"} {
		if fake.Runs(environment, "board") == "" {
			w.T.Errorf("the board does not run in %s", environment)
		} else if got := fake.Full(environment, "board"); got != full {
			w.T.Errorf("that the board runs whole in %s is %t", environment, got)
		}
	}
}

// wantThrottled compares what is on record of the board.
func wantThrottled(w *reconcilertest.World, by, reason string) {
	w.T.Helper()
	if x := w.App("board").Throttle; x == nil || x.By != by || x.Reason != reason {
		w.T.Errorf("its throttle is %+v, not by %s: %s", x, by, reason)
	}
}

// marked is the throttle that the target holds of the board in an environment.
func marked(w *reconcilertest.World, fake *targettest.Fake, environment string) *target.Mark {
	w.T.Helper()
	inventory, err := fake.Observe(w.T.Context(), environment, "board")
	if err != nil {
		w.T.Fatal(err)
	}
	return inventory.Apps["board"].Throttle
}

// TestThrottle: an app that costs too much runs on with less at once, in every environment; what
// lands meanwhile is applied with less; a release brings the newest back whole. The first throttle
// stays.
func TestThrottle(t *testing.T) {
	t.Parallel()
	w, fake := slowable(t)
	if done := w.Throttle("board", "it costs too much", "ben"); !slices.Equal(done.Marked, []string{"staging", "production"}) || !done.Recorded {
		t.Errorf("it is said %+v", done)
	}
	wantFull(w, fake, false)
	w.WantRecorded("Throttle board: it costs too much")
	w.Throttle("board", "once more", "chris")
	wantThrottled(w, "ben", "it costs too much")
	w.Pass()
	before := fake.Runs("production", "board")
	w.Publish("ana", "fix", reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.0.1"))
	w.Pass()
	w.Pass()
	if fake.Runs("production", "board") == before {
		t.Error("what landed meanwhile does not run")
	}
	wantFull(w, fake, false)
	for _, done := range w.Release("it is paid for", "ben", "board") {
		if !done.Unthrottled || len(done.Marked) != 2 {
			t.Errorf("its release says %+v", done)
		}
	}
	if app := w.App("board"); app.Throttle != nil || app.Unthrottled.IsZero() {
		t.Errorf("after its release it is on record as %+v", app.Throttle)
	}
	w.Pass()
	wantFull(w, fake, true)
	w.WantRecorded("End the throttle of board: it is paid for")
	w.WantAudit()
}

// TestThrottleHolds: somebody who gives an app back what it was left is corrected, also by a
// daemon that has just started and while nothing can be recorded.
func TestThrottleHolds(t *testing.T) {
	t.Parallel()
	w, fake := slowable(t)
	w.Throttle("board", "it costs too much", "ben")
	w.Pass()
	for what, away := range map[string]bool{"with the repository there": false, "with the repository gone": true} {
		fake.Tamper("production", "board", "somebody scaled it")
		back := func() {}
		if away {
			back = w.Unreachable()
		}
		w.Later(5 * time.Minute)
		if _, err := w.TryPass(); (err != nil) != away {
			t.Errorf("%s a pass ends with %v", what, err)
		}
		back()
		wantFull(w, fake, false)
	}
	w.WantAudit()
}

// TestThrottleBesideDaemon: a throttle and its end, each made beside a daemon that goes on.
func TestThrottleBesideDaemon(t *testing.T) {
	t.Parallel()
	w, fake := slowable(t)
	w.DriftEvery = time.Hour
	w.Live()
	p := w.Run(50 * time.Millisecond)
	reconcilertest.Until(t, "it is ready", func() bool { return strings.Contains(p.Get("/readyz"), "ok") })
	w.Throttle("board", "it costs too much", "ben")
	wantFull(w, fake, false)
	w.Release("it is paid for", "ben", "board")
	reconcilertest.Until(t, "the daemon brings it back whole", func() bool { return fake.Full("staging", "board") && fake.Full("production", "board") })
}

// TestContainmentOverThrottle: the stricter wins whichever came first, and a release says that what
// comes back is throttled.
func TestContainmentOverThrottle(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]string{"throttled first": "throttle", "contained first": "quarantine"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, fake := slowable(t)
			if first == "throttle" {
				w.Throttle("board", "it costs too much", "ben")
				w.Pass()
				w.Quarantine("board", "leaks", "oncall")
			} else {
				w.Quarantine("board", "leaks", "oncall")
				w.Pass()
				w.Throttle("board", "it costs too much", "ben")
			}
			w.Pass()
			if fake.Runs("production", "board") != "" {
				t.Error("it runs while it is contained")
			}
			wantContained(w, "oncall", "leaks")
			wantThrottled(w, "ben", "it costs too much")
			if done := w.Release("mended", "oncall", "board")[0]; done.Throttled != "ben: it costs too much" || done.Unthrottled {
				t.Errorf("its release says %+v", done)
			}
			w.Pass()
			wantFull(w, fake, false)
			if done := w.Release("paid for", "ben", "board")[0]; done.Throttled != "" || !done.Unthrottled {
				t.Errorf("its second release says %+v", done)
			}
			w.Pass()
			wantFull(w, fake, true)
			if _, err := w.TryRelease("board", "once more", "ben"); err == nil || !strings.Contains(err.Error(), "not contained or throttled") {
				t.Errorf("a third release ends with %v", err)
			}
			w.WantAudit()
		})
	}
}

// TestDrillLeavesThrottle: a drill of an app that is throttled leaves the throttle in force.
func TestDrillLeavesThrottle(t *testing.T) {
	t.Parallel()
	w, fake := slowable(t)
	w.Throttle("board", "it costs too much", "ben")
	w.Live()
	p := w.Run(50 * time.Millisecond)
	reconcilertest.Until(t, "it is ready", func() bool { return strings.Contains(p.Get("/readyz"), "ok") })
	if _, said, err := w.Drill(t.Context(), "board", time.Minute); err != nil {
		t.Errorf("the drill ends with %v after %q", err, said)
	}
	wantThrottled(w, "ben", "it costs too much")
	wantFull(w, fake, false)
}

// TestThrottleIsNotEverywhere: a kind of target that cannot throttle says so before anything is
// marked or recorded, and so does a name that nobody knows.
func TestThrottleIsNotEverywhere(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	before := len(w.Log())
	done, err := w.TryThrottle("board", "it costs too much", "ben")
	if err == nil || len(done.Marked) > 0 || done.Recorded {
		t.Fatalf("it is throttled in a folder: %+v, %v", done, err)
	}
	for _, word := range []string{"staging and production", "nothing was done", "`levee quarantine board` stops it"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("it is not said that %q: %v", word, err)
		}
	}
	if n := len(w.Log()); n != before {
		t.Errorf("%d records of it", n-before)
	}
	w.WantRuns("production", "board=1.0.0")
	w, _ = slowable(t)
	if _, err := w.TryThrottle("baord", "dear", "ben"); err == nil || !strings.Contains(err.Error(), "did you mean board?") {
		t.Errorf("of a misspelt name it is said %v", err)
	}
}

// TestThrottleWithoutRepository: a throttle that could not be recorded holds, is recorded by the
// daemon, and reaches the environments whose target was not asked; one that was not recorded can
// be ended.
func TestThrottleWithoutRepository(t *testing.T) {
	t.Parallel()
	for name, recordedFirst := range map[string]bool{"the daemon records it": true, "it is ended unrecorded": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, fake := slowable(t)
			mark := target.Mark{Reason: "it costs too much", By: "ben", At: w.Now().Add(time.Second)}
			if _, err := fake.Throttle(t.Context(), "production", "board", mark); err != nil {
				t.Fatal(err)
			}
			w.Later(time.Minute)
			if recordedFirst {
				w.Pass()
				w.WantRecorded("Throttle board: it costs too much")
				w.Pass()
				wantFull(w, fake, false)
			}
			w.Release("paid for", "ben", "board")
			w.Pass()
			wantFull(w, fake, true)
			if x := marked(w, fake, "production"); x != nil {
				t.Errorf("it carries %+v after its release", x)
			}
			w.WantAudit()
		})
	}
}

// TestThrottleLostMark: a mark that is gone from a target is put there again, and one from before
// the last release goes.
func TestThrottleLostMark(t *testing.T) {
	t.Parallel()
	w, fake := slowable(t)
	w.Throttle("board", "it costs too much", "ben")
	if _, err := fake.Unthrottle(t.Context(), "production", "board"); err != nil {
		t.Fatal(err)
	}
	w.Later(time.Minute)
	w.Pass()
	if x := marked(w, fake, "production"); x == nil || x.Reason != "it costs too much" {
		t.Errorf("its mark is %+v", x)
	}
	wantFull(w, fake, false)
	fake.Fail(targettest.Failure{Method: "Unthrottle", Err: errors.New("the target does not answer")})
	w.Release("paid for", "ben", "board")
	w.Later(time.Minute)
	w.Pass()
	w.Later(time.Minute)
	w.Pass()
	wantFull(w, fake, true)
	w.WantAudit()
}
