package lifecycle

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
)

// Event is something that a scheduled review would do.
type Event struct {
	At   time.Time `json:"at"`
	App  string    `json:"app"`
	What string    `json:"what"`          // "tell", a stage, or "ask" where the caps do not allow it
	Who  string    `json:"who,omitempty"` // who is told
	Why  string    `json:"why"`
}

// Judged is an app and the decision on what runs of it.
type Judged struct {
	App
	Decision policies.Decision
}

// Forecast plays the reviews of apps forward, from a moment over a horizon, if nobody did
// anything and every notice arrived. What the rules say is taken as of now. disabled are
// the moments at which apps were taken down lately, which count for the caps.
func Forecast(c Catalog, apps []Judged, disabled []time.Time, now time.Time, horizon time.Duration) ([]Event, error) {
	t, err := NewTimetable(c.Settings, now)
	if err != nil {
		return nil, err
	}
	f := &forecast{catalog: c, now: now, disabled: disabled, events: []Event{}}
	for _, app := range apps {
		f.apps = append(f.apps, &foreseen{Judged: app, wake: t.run})
	}
	for end := now.Add(horizon); !t.now.After(end); {
		f.run(t)
		next := t.Next()
		if next.IsZero() {
			break
		}
		t.now, t.run = next.Add(time.Minute), next
	}
	slices.SortStableFunc(f.events, func(a, b Event) int { return a.At.Compare(b.At) })
	return f.events, nil
}

// forecast is a play of the reviews to come. Each app has a state of its own, which goes
// on as if what was foreseen had happened.
type forecast struct {
	catalog  Catalog
	now      time.Time
	apps     []*foreseen
	disabled []time.Time
	events   []Event
}

type foreseen struct {
	Judged
	wake  time.Time
	asked bool
}

// run plays one run.
func (f *forecast) run(t Timetable) {
	var batch []Candidate
	for _, x := range f.apps {
		if c := f.step(t, x); c != nil && !x.asked {
			batch = append(batch, *c)
		}
	}
	allowed, over := Within(f.catalog, t, f.disabled, batch)
	for _, c := range over {
		f.of(c).asked = true
		f.add(t, Event{App: c.Review.Name(), What: "ask", Why: fmt.Sprintf("%d apps are due at once, more than the caps allow", len(over))})
	}
	for _, c := range allowed {
		f.takeDown(t, f.of(c), c)
	}
}

// step lets an app go on until it has nothing more to do in a run. It answers with
// the app if it may be taken down.
func (f *forecast) step(t Timetable, x *foreseen) *Candidate {
	for !x.wake.IsZero() && !x.wake.After(t.now) {
		r := NewReview(f.catalog, x.App, x.Decision, t.now)
		if r == nil {
			x.wake = time.Time{}
			return nil
		}
		o := r.Outcome(t)
		f.tell(t, r, x, o.Announce)
		x.wake = o.Wake
		if o.Disable != nil {
			return &Candidate{r, *o.Disable}
		}
		if o.Move == nil {
			return nil
		}
		f.move(t, x, *o.Move)
	}
	return nil
}

func (f *forecast) takeDown(t Timetable, x *foreseen, c Candidate) {
	if !c.Review.Ready(t, c.Reason) {
		f.tell(t, c.Review, x, c.Review.FinalAgain(t, c.Reason))
		return
	}
	f.disabled = append(slices.Clip(f.disabled), t.now)
	f.move(t, x, c.Review.Disable(c.Reason))
	x.wake = t.now
	f.step(t, x)
}

func (f *forecast) of(c Candidate) *foreseen {
	i := slices.IndexFunc(f.apps, func(x *foreseen) bool { return x.State.Name == c.Review.Name() })
	return f.apps[i]
}

// tell foresees notices, and takes them as delivered.
func (f *forecast) tell(t Timetable, r *Review, x *foreseen, list []Announcement) {
	notices := maps.Clone(x.State.Notices)
	if notices == nil {
		notices = map[string]ledger.Notice{}
	}
	for _, a := range list {
		people := r.audience().addressees(a, t.now)
		if len(people) == 0 {
			people = []recipient{{id: "nobody"}}
		}
		for _, to := range people {
			n := r.record(a, to)
			n.Delivered, n.At = to.id != "nobody", t.now
			notices[n.Key] = n
			f.add(t, Event{App: r.Name(), What: "tell", Who: to.id, Why: r.notice(t, a).Title})
		}
	}
	x.State.Notices = notices
}

func (f *forecast) move(t Timetable, x *foreseen, m ledger.Transition) {
	x.State.Stage, x.State.Epoch, x.State.StageAt = m.To, m.Epoch, t.now
	if m.To == ledger.Active {
		x.State.Epoch = ""
	}
	f.add(t, Event{App: x.State.Name, What: string(m.To), Why: m.Cause})
}

// add notes what happens in a run. What the run before now is late with happens now.
func (f *forecast) add(t Timetable, e Event) {
	e.At = later(t.run, f.now).In(t.zone)
	f.events = append(f.events, e)
}
