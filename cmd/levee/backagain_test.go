package main

import (
	"testing"
	"time"
)

// TestAttackBackToWhatWasShown: the author shows content, replaces it by other
// content that somebody reads, and puts the first back just before they approve.
func TestAttackBackToWhatWasShown(t *testing.T) {
	t.Parallel()
	w := onHub(newWorld(t, "board"), asApp, "mergeWhenApproved: true\n")
	path := boardPath("board")
	w.pass()
	number := w.propose("ana", "people", map[string]string{path: boardFile("board", medium("1.1.0")...)})
	w.pass()
	w.clock = w.clock.Add(5 * time.Minute)
	w.pushTo(number, "ana", "people", map[string]string{path: boardFile("board", medium("1.2.0")...)})
	w.pass()
	w.clock = w.clock.Add(5 * time.Minute)
	w.pushTo(number, "ana", "people", map[string]string{path: boardFile("board", medium("1.1.0")...)})
	w.clock = w.clock.Add(10 * time.Second)
	w.hub.Review(number, "ben", "APPROVED", "", "") // who looked at 1.2.0
	w.pass()
	w.pass()
	w.wantRuns("staging", "board=1.0.0")
	w.clock = w.clock.Add(5 * time.Minute)
	w.hub.Review(number, "ben", "APPROVED", "again", "")
	w.pass()
	w.wantRuns("staging", "board=1.1.0")
	w.wantAudit()
}

// TestApprovedTooSoonAndLearntLate: how long somebody had to read does not grow while
// the daemon is away.
func TestApprovedTooSoonAndLearntLate(t *testing.T) {
	t.Parallel()
	w := onHub(newWorld(t, "board"), asApp, "mergeWhenApproved: true\n")
	path := boardPath("board")
	w.pass()
	number := w.propose("ana", "people", map[string]string{path: boardFile("board", medium("1.1.0")...)})
	w.pass()
	w.clock = w.clock.Add(5 * time.Minute)
	w.pushTo(number, "ana", "people", map[string]string{path: boardFile("board", medium("1.2.0")...)})
	w.pass()
	w.clock = w.clock.Add(10 * time.Second)
	w.hub.Review(number, "ben", "APPROVED", "", "")
	w.clock = w.clock.Add(10 * time.Minute)
	w.pass()
	w.pass()
	w.wantRuns("staging", "board=1.0.0")
	w.clock = w.clock.Add(5 * time.Minute)
	w.hub.Review(number, "ben", "APPROVED", "again", "")
	w.pass()
	w.wantRuns("staging", "board=1.2.0")
	w.wantAudit()
}
