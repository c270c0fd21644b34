package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/notifier/notifiertest"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
)

var goesDown = regexp.MustCompile(`goes down on ([0-9]+ [A-Z][a-z]+ [0-9]{4})`)

// foreseen is what levee due says of the app: when something happens next, and when it
// goes down.
func (w *world) foreseen() (next, down time.Time) {
	w.t.Helper()
	var said struct{ Events []lifecycle.Event }
	if err := json.Unmarshal([]byte(w.must("due", "--horizon", "400d", "-o", "json")), &said); err != nil {
		w.t.Fatal(err)
	}
	for _, e := range said.Events {
		if next.IsZero() && e.At.After(w.clock) {
			next = e.At
		}
		if e.What == "disabled" {
			down = e.At
		}
	}
	return next, down
}

// TestOneDay: whenever reviews run, every notice, levee due and levee status name one day
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
			w := emptyWorld(t)
			fake := notifiertest.New(w.now)
			w.sender = fake
			settings := strings.Replace(settingsFile, "timeZone: UTC\n", "timeZone: "+test.zone+"\n  lifecycle: {schedule: \""+test.schedule+"\"}\n", 1)
			w.found(map[string]string{"catalog.yaml": settings, "roles.yaml": rolesFile(w.keys), "blueprints/page/1/blueprint.yaml": blueprintFile, boardPath("board"): boardFile("board")})
			w.pass()
			w.pass()
			for range 30 {
				next, down := w.foreseen()
				if down.IsZero() {
					break
				}
				if day := down.Format(time.DateOnly); day != test.down {
					t.Errorf("at %s due says it goes down on %s, not %s", w.clock, day, test.down)
				}
				w.must("status", "board")
				w.wantSaid("it goes down on " + test.down)
				w.clock = next.Add(-time.Minute)
				w.pass()
			}
			named := 0
			for _, m := range fake.Sent() {
				for _, said := range goesDown.FindAllStringSubmatch(m.Notice.Title+". "+m.Notice.Text, -1) {
					named++
					if day, err := time.Parse("2 January 2006", said[1]); err != nil || day.Format(time.DateOnly) != test.down {
						t.Errorf("a notice says: %s", said[0])
					}
				}
			}
			if n := len(fake.Sent()); named < 2 || n > 6 {
				t.Errorf("%d notices named a day, of %d", named, n)
			}
			w.must("status", "board")
			w.wantSaid("board: disabled", "taken down on "+test.down)
			w.wantAudit()
		})
	}
}
