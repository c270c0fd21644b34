package reconciler_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestCaps: more apps than the caps allow are due at once. None goes down; one
// change asks, and what it lists goes down once the platform team approved it.
func TestCaps(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "a", "b", "c")
	notices := w.Notify()
	w.Govern(reconcilertest.Files{"catalog.yaml": reconcilertest.Settings + "  lifecycle: {caps: {perRun: 2}}\n"})
	w.Set(time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC))
	if !slices.ContainsFunc(w.Due(20*24*time.Hour), func(e lifecycle.Event) bool {
		return e.What == "ask" && strings.Contains(e.Why, "3 apps are due at once, more than the caps allow")
	}) {
		t.Errorf("nobody is asked in %+v", w.Due(20*24*time.Hour))
	}
	w.Days(12)
	w.WantRuns("production", "a=1.0.0", "b=1.0.0", "c=1.0.0")
	var asked []string
	for _, line := range w.Log() {
		if strings.HasPrefix(line, "Ask whether 3 apps") {
			asked = append(asked, line)
		}
	}
	if len(asked) != 1 {
		t.Errorf("asked %d times: %q", len(asked), asked)
	}
	for _, branch := range w.OpenChanges() {
		if strings.HasPrefix(branch, "due-") {
			w.Approve("chris", branch)
		}
	}
	sent := len(notices.Sent())
	w.Days(3)
	w.WantRuns("production")
	for _, m := range notices.Sent()[sent:] {
		if !strings.Contains(m.Notice.Title, "goes down on") && !strings.Contains(m.Notice.Title, "was taken down") {
			t.Errorf("told meanwhile: %s", m.Notice.Title)
		}
	}
	w.Release("all of it was a mistake", "chris", "a", "b", "c")
	w.Days(1)
	w.WantRuns("production", "a=1.0.0", "b=1.0.0", "c=1.0.0")
	w.WantAudit()
}

// TestCapZero: zero means that not even one goes down.
func TestCapZero(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "a")
	w.Notify()
	w.Govern(reconcilertest.Files{"catalog.yaml": reconcilertest.Settings + "  lifecycle: {caps: {perDay: 0}}\n"})
	w.Set(time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC))
	w.Days(14)
	w.WantRuns("production", "a=1.0.0")
	w.WantStage("a", ledger.Due)
}

// TestRetire: who asks for the end of an app gets it, after one last word.
func TestRetire(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board", "other")
	notices := w.Notify()
	w.Pass()
	w.Publish("ana", "retire", reconcilertest.BoardFile("board", "stage: prototype", "stage: retired", "version: 1.0.0", "version: 1.1.0"))
	w.Pass()
	w.WantTold("landed as")
	w.Days(1)
	notices.Want("ana@example.com: Board goes down on 12 March 2026")
	w.WantRuns("production", "board=1.1.0", "other=1.0.0")
	w.Days(1)
	w.WantRuns("production", "other=1.0.0")
	notices.Want("ana@example.com: Board was taken down")
	w.WantAudit()
}

// TestRenewalHolds: an open request to live longer keeps the app up for 14 days,
// once; a file that is gone or broken keeps it up as long as it is.
func TestRenewalHolds(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board", "gone", "broken")
	w.Notify()
	w.Set(time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC))
	w.Days(6)
	w.Publish("ana", "renew", reconcilertest.BoardFile("board", "ttl: 30d}", "ttl: 30d, renewed: 2026-04-08}"))
	w.Remote.Commit("main", gitrepotest.Change{Write: reconcilertest.Files{reconcilertest.BoardPath("broken"): "kind: ["}, Delete: []string{reconcilertest.BoardPath("gone")}})
	w.Days(13)
	w.WantRuns("production", "board=1.0.0", "broken=1.0.0", "gone=1.0.0")
	w.Days(6)
	w.WantRuns("production", "broken=1.0.0", "gone=1.0.0")
	w.Publish("ana", "again", reconcilertest.BoardFile("board", "ttl: 30d}", "ttl: 30d, renewed: 2026-04-20}"))
	w.Days(1)
	w.WantRuns("production", "broken=1.0.0", "gone=1.0.0")
	w.Approve("ben", "again")
	w.Days(2)
	w.WantRuns("production", "board=1.0.0", "broken=1.0.0", "gone=1.0.0")
	w.WantAudit()
}

// TestClockBehind: a clock that fell behind the ledger moves nobody on.
func TestClockBehind(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	notices := w.Notify()
	w.Set(time.Date(2026, 4, 5, 9, 0, 0, 0, time.UTC))
	w.Days(2)
	w.Set(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))
	sent := len(notices.Sent())
	w.Pass()
	w.WantTold("the scheduled reviews wait")
	w.Days(3)
	if n := len(notices.Sent()); n != sent {
		t.Errorf("%d notices were sent", n-sent)
	}
	w.WantStage("board", ledger.Due)
	w.AdoptMain(w.Remote.Branch("main"), "the clock had been ahead")
	w.Days(1)
	if strings.Contains(w.Told(), "the scheduled reviews wait") {
		t.Errorf("the reviews wait on:\n%s", w.Told())
	}
}

// TestSchedule: a schedule that never runs is refused before it governs.
func TestSchedule(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	w.Publish("ana", "schedule", reconcilertest.Files{"catalog.yaml": reconcilertest.Settings + "  lifecycle: {schedule: at nine}\n"})
	w.Pass()
	w.WantTold("failure", "The scheduled reviews cannot be planned")
}

var goesDown = regexp.MustCompile(`goes down on ([0-9]+ [A-Z][a-z]+ [0-9]{4})`)

// foreseen is when something happens next to the apps named, or all, and when one goes
// down.
func foreseen(w *reconcilertest.World, apps ...string) (next, down time.Time) {
	w.T.Helper()
	for _, e := range w.Due(400*24*time.Hour, apps...) {
		if next.IsZero() && e.At.After(w.Now()) {
			next = e.At
		}
		if e.What == string(ledger.Disabled) {
			down = e.At
		}
	}
	return next, down
}

// TestOneDay: whenever reviews run, every notice, what is due, of all apps and of this one, name one day
// from the beginning, and on that day the app goes down.
func TestOneDay(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ schedule, zone, down string }{
		"daily":                        {"0 9 * * *", "UTC", "2026-04-11"},
		"weekly":                       {"0 9 * * 1", "Europe/Berlin", "2026-04-13"},
		"monthly":                      {"0 9 1 * *", "America/New_York", "2026-06-01"},
		"the last day of long months":  {"0 9 31 * *", "UTC", "2026-07-31"},
		"nights, one lacking its hour": {"30 2 * * 0", "Europe/Berlin", "2026-04-12"},
		"every second week day":        {"0 9 * * 1,3,5", "Pacific/Chatham", "2026-04-13"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := reconcilertest.Empty(t)
			notices := w.Notify()
			settings := strings.Replace(reconcilertest.Settings, "timeZone: UTC\n", "timeZone: "+test.zone+"\n  lifecycle: {schedule: \""+test.schedule+"\"}\n", 1)
			w.FoundWith(reconcilertest.BoardFile("board"), reconcilertest.Files{"catalog.yaml": settings})
			w.Pass()
			w.Pass()
			for range 30 {
				next, down := foreseen(w)
				if down.IsZero() {
					break
				}
				if day := down.Format(time.DateOnly); day != test.down {
					t.Errorf("at %s due says it goes down on %s, not %s", w.Now(), day, test.down)
				}
				if _, alone := foreseen(w, "board"); alone.Format(time.DateOnly) != test.down {
					t.Errorf("at %s, asked about it alone, it goes down on %s", w.Now(), alone)
				}
				w.Set(next.Add(-time.Minute))
				w.Pass()
			}
			named := 0
			for _, m := range notices.Sent() {
				for _, said := range goesDown.FindAllStringSubmatch(m.Notice.Title+". "+m.Notice.Text, -1) {
					named++
					if day, err := time.Parse("2 January 2006", said[1]); err != nil || day.Format(time.DateOnly) != test.down {
						t.Errorf("a notice says: %s", said[0])
					}
				}
			}
			if n := len(notices.Sent()); named < 2 || n > 6 {
				t.Errorf("%d notices named a day, of %d", named, n)
			}
			w.WantStage("board", ledger.Disabled)
			zone, err := time.LoadLocation(test.zone)
			if err != nil {
				t.Fatal(err)
			}
			if day := w.App("board").StageAt.In(zone).Format(time.DateOnly); day != test.down {
				t.Errorf("taken down on %s", day)
			}
			w.WantAudit()
		})
	}
}
