package main

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/notifier"
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

// TestNobodyTold: as long as nobody was told, nothing goes down; an address that
// fails passes on after 14 days, to the fallback and then to the platform team.
func TestNobodyTold(t *testing.T) {
	t.Parallel()
	w, fake := lifeWorld(t, "board")
	fake.Refuse("ana@example.com", notifier.ErrAddress)
	fake.Refuse("ben@example.com", errors.New("the mail server is down"))
	fake.Refuse("chris@example.com", notifier.ErrAddress)
	w.pass()
	for day := range 60 {
		w.clock = time.Date(2026, 3, 28, 9, 0, 0, 0, time.UTC).AddDate(0, 0, day)
		w.pass()
	}
	if n := len(fake.Sent()); n != 0 {
		t.Errorf("%d arrived", n)
	}
	w.wantRuns("production", "board=1.0.0")
	w.must("status", "board")
	w.wantSaid("board: expiring")
	fake.Refuse("chris@example.com", nil)
	w.clock = w.clock.AddDate(0, 0, 1)
	w.pass()
	seen := 0
	wantTold(t, fake, &seen, "chris@example.com: The time of Board is over")
	for range 10 {
		w.clock = w.clock.AddDate(0, 0, 1)
		w.pass()
	}
	w.wantRuns("production")
	w.wantAudit()
}

// govern pushes governance and has the root key admit it.
func (w *world) govern(files map[string]string) {
	w.t.Helper()
	w.push(files)
	w.pass()
	w.must("ledger", "adopt", "--root-key", w.keys["root"].File, "--governance", "--reason", "the test wants it")
	w.pass()
}

// days makes a pass each morning for a number of days.
func (w *world) days(n int) {
	w.t.Helper()
	for range n {
		w.clock = w.clock.Truncate(24 * time.Hour).Add(33 * time.Hour)
		w.pass()
	}
}

// TestCaps: more apps than the caps allow are due at once. None goes down; one
// change asks, and what it lists goes down once the platform team approved it.
func TestCaps(t *testing.T) {
	t.Parallel()
	w, fake := lifeWorld(t, "a", "b", "c")
	w.govern(map[string]string{"catalog.yaml": settingsFile + "  lifecycle: {caps: {perRun: 2}}\n"})
	w.clock = time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC)
	w.must("due", "--horizon", "20d")
	w.wantSaid("ask", "3 apps are due at once, more than the caps allow")
	w.days(12)
	w.wantRuns("production", "a=1.0.0", "b=1.0.0", "c=1.0.0")
	var asked []string
	for _, line := range w.log() {
		if strings.HasPrefix(line, "Ask whether 3 apps") {
			asked = append(asked, line)
		}
	}
	if len(asked) != 1 {
		t.Errorf("asked %d times: %q", len(asked), asked)
	}
	w.must("status", "governance")
	_, branch, _ := strings.Cut(w.out.String(), "  change ")
	branch, _, _ = strings.Cut(branch, "\n")
	w.must("approve", branch, "--as", "chris", "--key", w.keys["chris"].File)
	sent := len(fake.Sent())
	w.days(3)
	w.wantRuns("production")
	for _, m := range fake.Sent()[sent:] {
		if !strings.Contains(m.Notice.Title, "goes down on") && !strings.Contains(m.Notice.Title, "was taken down") {
			t.Errorf("told meanwhile: %s", m.Notice.Title)
		}
	}
	w.must("release", "a", "b", "c", "--reason", "all of it was a mistake", "--by", "chris")
	w.days(1)
	w.wantRuns("production", "a=1.0.0", "b=1.0.0", "c=1.0.0")
	w.wantAudit()
}

// TestCapZero: zero means that not even one goes down.
func TestCapZero(t *testing.T) {
	t.Parallel()
	w, _ := lifeWorld(t, "a")
	w.govern(map[string]string{"catalog.yaml": settingsFile + "  lifecycle: {caps: {perDay: 0}}\n"})
	w.clock = time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC)
	w.days(14)
	w.wantRuns("production", "a=1.0.0")
	w.must("status", "a")
	w.wantSaid("a: due")
}

// TestRetire: who asks for the end of an app gets it, after one last word.
func TestRetire(t *testing.T) {
	t.Parallel()
	w, fake := lifeWorld(t, "board", "other")
	w.pass()
	w.publish("ana", "retire", map[string]string{boardPath("board"): boardFile("board", "stage: prototype", "stage: retired", "version: 1.0.0", "version: 1.1.0")})
	w.pass()
	w.wantSaid("landed as")
	w.days(1)
	seen := 0
	wantTold(t, fake, &seen, "ana@example.com: Board goes down on 12 March 2026")
	w.wantRuns("production", "board=1.1.0", "other=1.0.0")
	w.days(1)
	w.wantRuns("production", "other=1.0.0")
	wantTold(t, fake, &seen, "ana@example.com: Board was taken down")
	w.wantAudit()
}

// TestDeniedAndWaived: a rule newly denies what runs. The owner is told at once; a
// waiver stops the clock, its end is announced, and then the clock runs to the end.
func TestDeniedAndWaived(t *testing.T) {
	t.Parallel()
	w, fake := lifeWorld(t)
	w.remote.Commit("main", gitrepotest.Change{Write: map[string]string{boardPath("board"): boardFile("board", "stage: prototype, created: 2026-03-05, ttl: 30d", "stage: approved, created: 2026-03-05")}})
	w.pass()
	w.govern(map[string]string{"policies/own.rego": `# METADATA
# title: Boards cost nothing
# custom: {id: own.free, remedy: Take the budget out., grace: 10d}
package own

problem contains {"field": "spec.budget", "message": "This board has a budget."} if input.app.metadata.name == "board"
`})
	seen := 0
	wantTold(t, fake, &seen, "ana@example.com: Board breaks a rule, and has until 20 March 2026")
	w.govern(map[string]string{"waivers/w1.yaml": `apiVersion: levee.dev/v1
kind: Waiver
metadata: {name: w1}
spec: {rule: own.free, app: board, reason: until the new site, expires: 2026-03-31}
`})
	wantTold(t, fake, &seen, "ana@example.com: An exception for Board ends in 22 days, on 1 April 2026")
	w.must("status", "board")
	w.wantSaid("board: active")
	w.days(20)
	wantTold(t, fake, &seen, "ana@example.com: An exception for Board ends in 7 days, on 1 April 2026")
	w.days(1)
	wantTold(t, fake, &seen, "ana@example.com: An exception for Board ends tomorrow, 1 April 2026")
	w.days(1)
	wantTold(t, fake, &seen, "ana@example.com: Board breaks a rule, and has until 11 April 2026")
	w.days(25)
	w.wantRuns("production")
	w.wantAudit()
}

// TestRenewalHolds: an open request to live longer keeps the app up for 14 days,
// once; a file that is gone or broken keeps it up as long as it is.
func TestRenewalHolds(t *testing.T) {
	t.Parallel()
	w, _ := lifeWorld(t, "board", "gone", "broken")
	w.clock = time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC)
	w.days(6)
	w.publish("ana", "renew", map[string]string{boardPath("board"): boardFile("board", "ttl: 30d}", "ttl: 30d, renewed: 2026-04-08}")})
	w.remote.Commit("main", gitrepotest.Change{Write: map[string]string{boardPath("broken"): "kind: ["}, Delete: []string{boardPath("gone")}})
	w.days(13)
	w.wantRuns("production", "board=1.0.0", "broken=1.0.0", "gone=1.0.0")
	w.days(6)
	w.wantRuns("production", "broken=1.0.0", "gone=1.0.0")
	w.publish("ana", "again", map[string]string{boardPath("board"): boardFile("board", "ttl: 30d}", "ttl: 30d, renewed: 2026-04-20}")})
	w.days(1)
	w.wantRuns("production", "broken=1.0.0", "gone=1.0.0")
	w.approve("ben", "again")
	w.days(2)
	w.wantRuns("production", "board=1.0.0", "broken=1.0.0", "gone=1.0.0")
	w.wantAudit()
}

// TestNoSender: where nobody can be told, nothing is taken down, and that is said.
func TestNoSender(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.clock = time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC)
	w.days(40)
	w.wantRuns("production", "board=1.0.0")
	w.must("due")
	w.wantSaid("names no sender of notices")
}

// TestClockBehind: a clock that fell behind the ledger moves nobody on.
func TestClockBehind(t *testing.T) {
	t.Parallel()
	w, fake := lifeWorld(t, "board")
	w.clock = time.Date(2026, 4, 5, 9, 0, 0, 0, time.UTC)
	w.days(2)
	w.clock = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	sent := len(fake.Sent())
	w.pass()
	w.wantSaid("the scheduled reviews wait")
	w.days(3)
	if n := len(fake.Sent()); n != sent {
		t.Errorf("%d notices were sent", n-sent)
	}
	w.must("status", "board")
	w.wantSaid("board: due")
	w.must("ledger", "adopt", "--root-key", w.keys["root"].File, "--main", string(w.remote.Branch("main")), "--reason", "the clock had been ahead")
	w.days(1)
	if strings.Contains(w.out.String(), "the scheduled reviews wait") {
		t.Errorf("the reviews wait on:\n%s", &w.out)
	}
}

// TestSchedule: a schedule that never runs is refused before it governs.
func TestSchedule(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	w.publish("ana", "schedule", map[string]string{"catalog.yaml": settingsFile + "  lifecycle: {schedule: at nine}\n"})
	w.pass()
	w.wantSaid("failure", "The scheduled reviews cannot be planned")
}
