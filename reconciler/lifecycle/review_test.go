package lifecycle

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/catalog/settings"
)

// walk is one app whose reviews are played by a clock that does as it likes.
type walk struct {
	t     *testing.T
	rand  *rand.Rand
	zone  *settings.Settings
	now   time.Time
	state ledger.App
	life  catalog.Lifecycle
	down  time.Time      // when it was taken down last
	moved int            // stages it went through
	named []catalog.Date // days on which notices said that it goes down
	wake  time.Time      // when the last review wanted to look again
}

func newWalk(t *testing.T, seed uint64) *walk {
	return &walk{
		t: t, rand: rand.New(rand.NewPCG(seed, 1)), zone: settingsAt("Europe/Berlin", "0 9 * * *"),
		now:   time.Date(2026, 1, 10, 8, 0, 0, 0, time.UTC),
		state: ledger.App{Name: "board", Stage: ledger.Active, Notices: map[string]ledger.Notice{}},
		life:  catalog.Lifecycle{Stage: "production", Created: "2026-01-10"},
	}
}

// pass is one pass: what the review says is done and recorded, unless sending fails.
func (w *walk) pass(hold string) {
	t, err := NewTimetable(w.zone, w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	app := &catalog.App{Spec: catalog.AppSpec{Title: "Board", Lifecycle: w.life, Owner: catalog.Owner{Person: "ana", Team: "ops"}}}
	r := &Review{app: app, path: "apps/board/app.yaml", state: w.state, hold: hold}
	r.reasons = []Reason{t.reprieved(t.ageOf(w.life, w.zone.Lifecycle), w.state.Reprieve, w.zone.Lifecycle)}
	o := r.Outcome(t)
	w.wake = o.Wake
	tell := o.Announce
	if o.Move != nil {
		if o.Move.To == ledger.Due && !r.history().toldBy(o.Move.Epoch, w.now.Add(-noticeBefore)) {
			w.t.Fatalf("%s: due, and nobody was told a day before", w.now)
		}
		w.move(*o.Move)
	}
	if o.Disable != nil {
		if hold != "" {
			w.t.Fatalf("%s: it may be taken down although %s", w.now, hold)
		}
		if r.Ready(t, *o.Disable) {
			w.takeDown(r, *o.Disable)
		} else {
			tell = append(tell, r.FinalAgain(t, *o.Disable)...)
		}
	}
	last := 0
	for _, s := range tell {
		w.tell(r, t, s)
		if isFinal(s.Reminder) {
			last++
		}
	}
	if last > 1 {
		w.t.Fatalf("%s: the final notice is given twice", w.now)
	}
}

func (w *walk) move(m ledger.Transition) {
	w.moved++
	w.state.Stage, w.state.Epoch, w.state.StageAt = m.To, m.Epoch, w.now
	if m.To == ledger.Active {
		w.state.Epoch = ""
	}
}

// takeDown checks what must hold of everything that is taken down.
func (w *walk) takeDown(r *Review, c Reason) {
	var last ledger.Notice // since it became due
	for _, n := range w.state.Notices {
		if n.Epoch == c.Epoch && n.Delivered && isFinal(n.Reminder) && !n.At.Before(w.state.StageAt) && n.At.After(last.At) {
			last = n
		}
	}
	if last.At.IsZero() || w.now.Sub(last.At) < noticeBefore || w.now.Before(last.DisableAt) || w.now.Sub(last.DisableAt) > noticeHolds {
		w.t.Fatalf("%s: taken down, and the final notice at %s promised %s", w.now, last.At, last.DisableAt)
	}
	if w.now.Before(c.ends) || w.now.Sub(w.state.StageAt) < noticeBefore {
		w.t.Fatalf("%s: taken down too early: due since %s, over at %s", w.now, w.state.StageAt, c.ends)
	}
	w.move(r.Disable(c))
	w.down = w.now
}

// tell delivers three notices of four, and checks that none is doubled.
func (w *walk) tell(r *Review, t Timetable, s Announcement) {
	key := noticeKey("board", s.Epoch, s.Reminder, "ana")
	before := w.state.Notices[key]
	if before.Delivered {
		w.t.Fatalf("%s: %s is said twice", w.now, key)
	}
	if n := r.notice(t, s); n.Title == "" || n.Text == "" {
		w.t.Fatalf("%s says nothing", key)
	}
	if s.Reminder != reminderDown && s.Reminder != reminderSettled {
		w.named = append(w.named, scalar.DateOf(s.DisableAt, t.zone))
	}
	notices := maps.Clone(w.state.Notices)
	notices[key] = ledger.Notice{Key: key, Epoch: s.Epoch, Reminder: s.Reminder, Recipient: "ana", Delivered: w.rand.IntN(4) > 0, At: w.now, DisableAt: s.Promised()}
	w.state.Notices = notices
}

// TestWalks: whatever the clock does (sleeps for weeks, jumps ahead and back), and
// however often sending fails, nobody's app goes down unannounced, nothing is said
// twice, and an app that nobody renews does go down in the end.
func TestWalks(t *testing.T) {
	seeds := uint64(300)
	if sampled {
		seeds = 60
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := newWalk(t, seed)
			w.zone.Lifecycle.Grace = scalar.Days(w.rand.IntN(8))
			for range 400 {
				switch w.rand.IntN(40) {
				case 0:
					w.now = w.now.Add(time.Duration(w.rand.IntN(60*24)) * time.Hour)
				case 1:
					w.now = w.now.Add(-time.Duration(w.rand.IntN(72)) * time.Hour)
				default:
					w.now = w.now.Add(time.Duration(w.rand.IntN(30)) * time.Hour)
				}
				hold := ""
				if w.rand.IntN(10) == 0 {
					hold = "its file cannot be read"
				}
				switch w.rand.IntN(200) {
				case 0:
					w.life.Renewed = scalar.DateOf(w.now, time.UTC)
				case 1:
					w.life.Renewed = ""
				case 2:
					if w.state.Stage == ledger.Disabled {
						w.state.Reprieve = &ledger.Reprieve{Epoch: w.state.Epoch, Until: w.now.Add(7 * 24 * time.Hour)}
						w.move(ledger.Transition{To: ledger.Active})
					}
				}
				w.pass(hold)
			}
			for range 200 {
				w.now = w.now.Add(24 * time.Hour)
				w.pass("")
			}
			if w.state.Stage != ledger.Disabled || w.down.IsZero() {
				t.Errorf("nobody renewed it, and it is %s since %s", w.state.Stage, w.state.StageAt)
			}
		})
	}
}

// TestSlept: after a month's sleep an overdue app is not taken down at once: it
// goes through every stage, announced.
func TestSlept(t *testing.T) {
	w := newWalk(t, 0)
	w.rand = rand.New(alwaysDelivered{})
	w.pass("")
	w.now = time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC)
	woke := w.now
	for range 30 {
		for range 4 {
			w.pass("")
		}
		w.now = w.now.Add(24 * time.Hour)
	}
	if waited := w.down.Sub(woke); waited < 7*24*time.Hour || waited > 10*24*time.Hour {
		t.Errorf("it was taken down %s after waking", waited)
	}
	if n := len(w.state.Notices); n != 4 {
		t.Errorf("%d notices, want over, due, last, down: %v", n, w.state.Notices)
	}
}

// TestStaleFinalNotice: who was told the final notice before a month's sleep is told
// once more.
func TestStaleFinalNotice(t *testing.T) {
	w := newWalk(t, 0)
	w.rand = rand.New(alwaysDelivered{})
	for w.state.Notices["board/ttl 2026-04-10/last/ana"].Key == "" {
		w.pass("")
		w.now = w.now.Add(24 * time.Hour)
	}
	w.now = w.now.Add(30 * 24 * time.Hour)
	w.pass("")
	if w.state.Stage != ledger.Due {
		t.Fatalf("it is %s at once", w.state.Stage)
	}
	w.now = w.now.Add(24 * time.Hour)
	w.pass("")
	if w.state.Stage != ledger.Disabled {
		t.Errorf("it is %s a day later", w.state.Stage)
	}
}

type alwaysDelivered struct{}

func (alwaysDelivered) Uint64() uint64 { return ^uint64(0) }
