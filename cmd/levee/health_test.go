package main

import (
	"strings"
	"testing"
	"time"
)

// TestHealthGates: content goes on to the next environment counting from when it was
// ready, and not while whoever runs it says otherwise; what was said is on record, once
// for each change of state and not more often than once a minute.
func TestHealthGates(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	w.publish("ana", "soak", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.pass()
	w.approve("ben", "soak")
	w.pass()
	w.wantRuns("staging", "board=1.1.0")
	w.must("status", "board")
	w.wantSaid("; ready since 2026-03-10 09:")
	says := func(health string) { w.write("run/staging/apps/board.health.json", health) }
	later := func(d time.Duration) {
		w.clock = w.clock.Add(d - time.Minute) // a pass takes one
		w.pass()
	}
	written := func() int { return strings.Count(strings.Join(w.log(), "\n"), "Health of board in staging: ") }

	says(`{"state":"failing","reason":"it restarts again and again"}`)
	later(2 * time.Minute)
	for range 3 {
		later(20 * time.Minute)
		w.wantRuns("production", "board=1.0.0")
	}
	w.must("status", "board")
	w.wantSaid("failing since 2026-03-10 09:", "stays in staging, because it is failing there: it restarts again and again")
	w.must("status")
	w.wantSaid("staging: failing since 2026-03-10 09:")
	w.must("status", "board", "-o", "json")
	w.wantSaid(`"state": "failing"`)
	if got := written(); got != 1 {
		t.Errorf("%d records of health, for one change of it", got)
	}

	says(`not JSON`)
	later(20 * time.Minute)
	w.wantRuns("production", "board=1.0.0")
	w.must("status", "board")
	w.wantSaid("nobody can tell how it does there")

	// It goes up and down within a minute: one record at most, and what is so then counts.
	before := written()
	for i, state := range []string{"progressing", "failing", "progressing", "ready"} {
		says(`{"state":"` + state + `","since":"2026-03-09T09:00:00Z"}`)
		later([]time.Duration{2 * time.Minute, 5 * time.Second, 5 * time.Second, 5 * time.Second}[i])
	}
	if got := written() - before; got != 1 {
		t.Errorf("%d records of health in a minute:\n%s", got, strings.Join(w.log(), "\n"))
	}
	later(time.Minute)
	if got := written() - before; got != 2 {
		t.Errorf("%d records of health after the minute:\n%s", got, strings.Join(w.log(), "\n"))
	}
	w.wantRuns("production", "board=1.1.0") // ready for a day, and applied for an hour
	w.wantAudit()
}

// TestHealthSoaks: the soak begins when content is ready.
func TestHealthSoaks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	w.write("run/staging/apps/board.health.json", `{"state":"progressing"}`)
	w.publish("ana", "soak", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.pass()
	w.approve("ben", "soak")
	w.pass()
	w.clock = w.clock.Add(20 * time.Minute)
	w.pass()
	w.wantRuns("production", "board=1.0.0")
	w.write("run/staging/apps/board.health.json", `{"state":"ready"}`)
	w.clock = w.clock.Add(2 * time.Minute)
	w.pass()
	w.clock = w.clock.Add(5 * time.Minute)
	w.pass()
	w.wantRuns("production", "board=1.0.0")
	w.clock = w.clock.Add(10 * time.Minute)
	w.pass()
	w.wantRuns("production", "board=1.1.0")
	w.wantAudit()
}
