package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/notifier/notifiertest"
)

// lifeWorld is a world whose people are told through a fake sender.
func lifeWorld(t *testing.T, apps ...string) (*world, *notifiertest.Fake) {
	t.Helper()
	w := newWorld(t, apps...)
	fake := notifiertest.New(w.now)
	w.sender = fake
	return w, fake
}

// morning is a pass a minute after the run of a day.
func (w *world) morning(month time.Month, day int) string {
	w.t.Helper()
	w.clock = time.Date(2026, month, day, 9, 0, 0, 0, time.UTC)
	return w.pass()
}

// wantTold compares the titles that arrived since the last call.
func wantTold(t *testing.T, fake *notifiertest.Fake, seen *int, want ...string) {
	t.Helper()
	var got []string
	for _, m := range fake.Sent()[*seen:] {
		got = append(got, m.Address+": "+m.Notice.Title)
		*seen++
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("told:\n  %s\nwant:\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// TestLife: an app nobody asks for again is announced, due, taken down, and
// brought back by one command or by a renewal.
func TestLife(t *testing.T) {
	t.Parallel()
	w, fake := lifeWorld(t, "board")
	seen := 0
	w.pass()
	w.pass()
	wantTold(t, fake, &seen)
	w.must("due")
	w.wantSaid(
		"2026-03-28 09:00  board  expiring", "2026-03-28 09:00  board  tell      ana  Board ends in 7 days, on 4 April 2026",
		"2026-04-04 09:00  board  due", "2026-04-10 09:00  board  tell      ana  Board goes down on 11 April 2026",
		"2026-04-11 09:00  board  disabled", "2026-04-11 09:00  board  tell      ana  Board was taken down",
	)
	w.morning(3, 27)
	wantTold(t, fake, &seen)
	w.morning(3, 28)
	wantTold(t, fake, &seen, "ana@example.com: Board ends in 7 days, on 4 April 2026")
	w.must("status", "board")
	w.wantSaid("board: expiring", "next: due on 2026-04-04, because it was first asked for on 5 March 2026, for 30 days")
	w.morning(3, 29)
	wantTold(t, fake, &seen)
	w.morning(4, 3)
	wantTold(t, fake, &seen, "ana@example.com: Board ends tomorrow, 4 April 2026")
	w.morning(4, 4)
	w.wantSaid("board: expiring → due", "renewed")
	wantTold(t, fake, &seen, "ana@example.com: The time of Board is over")
	w.wantRuns("production", "board=1.0.0")
	w.morning(4, 10)
	wantTold(t, fake, &seen, "ana@example.com: Board goes down on 11 April 2026")
	w.wantRuns("production", "board=1.0.0")
	w.morning(4, 11)
	w.wantSaid("board: due → disabled", "levee release board", "disable board in production")
	wantTold(t, fake, &seen, "ana@example.com: Board was taken down")
	w.wantRuns("production")
	w.wantRuns("staging")
	w.morning(4, 12)
	w.wantSaid("0 effects, 0 facts recorded")
	w.must("status")
	w.wantSaid("nothing", "taken down on 2026-04-11 (ttl 2026-04-04); `levee release board` brings it back")

	w.must("release", "board", "--reason", "we need it over Easter", "--by", "ana")
	w.pass()
	w.wantRuns("production", "board=1.0.0")
	w.must("status", "board")
	w.wantSaid("board: active")
	wantTold(t, fake, &seen)
	w.morning(4, 13)
	w.morning(4, 18)
	wantTold(t, fake, &seen, "ana@example.com: Board ends tomorrow, 19 April 2026")

	w.publish("ana", "renew", map[string]string{boardPath("board"): boardFile("board", "ttl: 30d}", "ttl: 30d, renewed: 2026-04-18}")})
	w.pass()
	w.wantSaid("approval by owner", "ask ben")
	w.morning(4, 22)
	w.wantRuns("production", "board=1.0.0")
	w.must("status", "board")
	w.wantSaid("board: due")
	w.approve("ben", "renew")
	w.pass()
	w.wantSaid("landed as")
	w.pass()
	w.must("status", "board")
	w.wantSaid("board: active")
	w.wantAudit()
	last := fake.Sent()[len(fake.Sent())-1]
	if last.Notice.Title != "Board goes on" || last.Edits != 1 || !strings.Contains(last.Notice.Text, "18 May 2026") {
		t.Errorf("the last message is %+v", last)
	}
}

// govern pushes governance and has the root key admit it.
func (w *world) govern(files map[string]string) {
	w.t.Helper()
	w.push(files)
	w.pass()
	w.must("ledger", "adopt", "--root-key", w.keys["root"].File, "--governance", "--reason", "the test wants it")
	w.pass()
}
