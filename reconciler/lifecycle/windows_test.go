package lifecycle

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/scalar"
)

// TestWindowsFollowSchedule: whenever reviews run, an app that nobody renews goes down
// once, on the day that every notice named from the first on, after its grace and a final
// notice, and is told of it a bounded number of times; before its time is over, where any
// review comes before that. It is looked at when its reviews want to, and not oftener.
func TestWindowsFollowSchedule(t *testing.T) {
	for _, schedule := range []string{
		"0 9 * * *", "0 9 * * 1", "0 9 1 * *", "0 9 31 * *", "0 0 1 1 *", "0 9 29 2 *", "30 2 * * *", "30 2 * * 0", "0 */8 * * *", "0 9 * * 1-5", "@weekly", "@monthly", "0 9 1,15 * *",
	} {
		for _, zone := range []string{"UTC", "Europe/Berlin", "Pacific/Chatham", "Africa/Cairo", "Australia/Lord_Howe"} {
			for _, grace := range []int{0, 1, 7} {
				t.Run(fmt.Sprintf("%s %s %d", schedule, zone, grace), func(t *testing.T) {
					t.Parallel()
					w := newWalk(t, 0)
					w.rand = rand.New(alwaysDelivered{})
					w.zone = settingsAt(zone, schedule)
					w.zone.Lifecycle.Grace = scalar.Days(grace)
					w.now = time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)
					for w.state.Stage != ledger.Disabled && w.now.Year() < 2041 {
						w.pass("")
						w.pass("") // whatever wakes the daemon again
						if w.wake.After(w.now) {
							w.now = w.wake.Add(time.Second)
						}
					}
					if w.state.Stage != ledger.Disabled {
						t.Fatalf("it is %s after fifteen years", w.state.Stage)
					}
					w.wantSaidBefore(time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC), catalog.Date("2026-04-10").Start(w.zone.Location()))
					down := scalar.DateOf(w.down, w.zone.Location())
					for _, day := range w.named {
						if day != down {
							t.Errorf("notices named %v, and it went down on %s", w.named, down)
							break
						}
					}
					if n := len(w.state.Notices); n > len(w.zone.Lifecycle.Notices)+3 {
						t.Errorf("%d notices: %v", n, w.state.Notices)
					}
				})
			}
		}
	}
}

// wantSaidBefore fails where a review came between two instants and nobody was told then.
func (w *walk) wantSaidBefore(from, end time.Time) {
	w.t.Helper()
	table, err := NewTimetable(w.zone, from)
	if err != nil {
		w.t.Fatal(err)
	}
	if !table.Next().Before(end) {
		return
	}
	for _, n := range w.state.Notices {
		if n.At.Before(end) {
			return
		}
	}
	w.t.Errorf("nobody was told before %s: %v", end, w.state.Notices)
}

// TestExceptionEnds: whoever has an exception is told of its end before that, however
// seldom reviews run, and an app is looked at again in time for that.
func TestExceptionEnds(t *testing.T) {
	for schedule, says := range map[string]string{"0 9 * * *": "30d", "0 9 1 * *": "1d", "0 9 1 1 *": "1d"} {
		s := settingsAt("Europe/Berlin", schedule)
		w := &catalog.Waiver{Metadata: catalog.Metadata{Name: "w"}, Spec: catalog.WaiverSpec{Rule: "egress.hosts", Expires: "2026-03-25"}}
		state := ledger.App{Name: "board", Stage: ledger.Active, Notices: map[string]ledger.Notice{}}
		var told []string
		for now := time.Date(2025, 2, 1, 12, 0, 0, 0, time.UTC); now.Year() < 2027; {
			table, err := NewTimetable(s, now)
			if err != nil {
				t.Fatal(err)
			}
			far := Reason{Epoch: "ttl", kind: age, ends: now.Add(5 * 365 * 24 * time.Hour)}
			r := &Review{app: &catalog.App{Spec: catalog.AppSpec{Title: "Board"}}, state: state, reasons: []Reason{far}}
			if c := table.waiverEnd(w, s.Lifecycle); now.Before(c.ends) {
				r.reasons = append(r.reasons, c)
			}
			o := r.Outcome(table)
			for _, x := range o.Announce {
				if x.kind == waiver {
					told = append(told, x.Reminder)
					key := noticeKey("board", x.Epoch, x.Reminder, "ana")
					state.Notices[key] = ledger.Notice{Key: key, Epoch: x.Epoch, Reminder: x.Reminder, Delivered: true, At: now}
				}
			}
			now = o.Wake.Add(time.Second)
		}
		if len(told) == 0 || told[0] != says {
			t.Errorf("%s: told %v, first should be %s", schedule, told, says)
		}
	}
}

// TestLateRun: a run that the daemon slept through is made up by its next pass, whenever
// in the day that is, and once.
func TestLateRun(t *testing.T) {
	for _, schedule := range []string{"0 9 * * *", "0 9 * * 1", "0 9 1 * *", "0 * * * *"} {
		for hour := 0; hour < 24; hour += 3 {
			w := newWalk(t, 0)
			w.rand = rand.New(alwaysDelivered{})
			w.zone = settingsAt("Europe/Berlin", schedule)
			w.now = time.Date(2026, 1, 10, hour, 17, 0, 0, time.UTC)
			for range 1000 {
				w.pass("")
				w.now = w.now.Add(24 * time.Hour)
			}
			if w.state.Stage != ledger.Disabled || w.moved != 3 {
				t.Errorf("%s, looked at %d:17: it is %s after %d moves", schedule, hour, w.state.Stage, w.moved)
			}
		}
	}
}

// TestPromiseHolds: a final notice promised a day, and a schedule that is changed after it
// brings nothing forward.
func TestPromiseHolds(t *testing.T) {
	w := newWalk(t, 0)
	w.rand = rand.New(alwaysDelivered{})
	w.zone = settingsAt("UTC", "0 9 * * 1")
	var promised time.Time
	for promised.IsZero() {
		w.pass("")
		w.now = w.now.Add(6 * time.Hour)
		for _, n := range w.state.Notices {
			promised = later(promised, n.DisableAt)
		}
	}
	w.zone.Lifecycle.Schedule = "0 * * * *"
	for w.state.Stage != ledger.Disabled && w.now.Before(promised.Add(30*24*time.Hour)) {
		w.pass("")
		w.now = w.now.Add(time.Hour)
	}
	if w.down.Before(promised) || w.down.After(promised.Add(2*time.Hour)) {
		t.Errorf("promised for %s, it went down on %s", promised, w.down)
	}
}
