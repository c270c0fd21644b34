package main

import (
	"strings"
	"testing"
	"time"
)

// TestWhatBreaksOffStopsNobody: where the program itself is wrong about one app or one
// change, that is logged with the place, the app or change is tried again, and everything
// else goes on.
func TestWhatBreaksOffStopsNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board", "other")
	breaks := map[string]bool{"target apply staging board": true, "forge publish/bad": true}
	w.intercept = func(what string, effect func() error) error {
		if breaks[what] {
			panic("a mistake of ours")
		}
		return effect()
	}
	for _, name := range []string{"bad", "good"} {
		app := map[string]string{"bad": "board", "good": "other"}[name]
		w.publish("ana", name, map[string]string{boardPath(app): boardFile(app, "version: 1.0.0", "version: 1.1.0", "monthly: 5", "monthly: 6")})
	}
	for range 2 {
		w.clock = w.clock.Add(time.Minute)
		w.levee("reconcile", "--once")
		w.wantSaid("change publish/bad: it broke off: a mistake of ours", "brokeoff_test.go")
	}
	w.wantRuns("staging", "other=1.1.0")
	w.wantRuns("production", "board=1.0.0", "other=1.1.0")
	w.must("status", "board")
	w.wantSaid("apply failed in staging: it broke off")

	clear(breaks)
	w.pass()
	w.pass()
	w.wantRuns("staging", "board=1.1.0", "other=1.1.0")
	w.wantAudit()
	if log := strings.Join(w.log(), "\n"); strings.Contains(log, "goroutine") {
		t.Error("a stack stands in the ledger")
	}
}
