package reconciler

import (
	"context"
	"fmt"
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

// Due plays the scheduled reviews forward, from now until a horizon, if nobody did
// anything and every notice arrived. It does nothing. What the rules say is taken as
// of now: they may say otherwise by then. Where apps are named only they are played,
// and what the others do to the caps is left out.
func (r *Reconciler) Due(ctx context.Context, now time.Time, horizon time.Duration, apps ...string) ([]Event, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := &pass{r: r, now: now}
	if err := p.look(ctx); err != nil {
		return nil, fmt.Errorf("look ahead: %w", err)
	}
	b, err := p.benchAt(ctx, p.tip)
	if err != nil {
		return nil, fmt.Errorf("look ahead: %w", err)
	}
	t, err := newTimetable(b.rules.Settings(), now)
	if err != nil {
		return nil, fmt.Errorf("look ahead: %w", err)
	}
	f := &forecast{pass: p, bench: b, end: now.Add(horizon), disabled: p.view.Root().Disabled, events: []Event{}}
	if len(apps) == 0 {
		apps = p.view.Apps()
	}
	for _, name := range apps {
		s, ok, err := p.standingOf(ctx, b, name)
		if err != nil {
			return nil, fmt.Errorf("look ahead: %w", err)
		}
		if ok {
			f.lives = append(f.lives, &foreseen{standing: s, decision: b.rejudge(ctx, s.state, s.running).decision, wake: t.run})
		}
	}
	for !t.now.After(f.end) {
		f.run(t)
		next := t.next()
		if next.IsZero() {
			break
		}
		t.now, t.run = next.Add(time.Minute), next
	}
	slices.SortStableFunc(f.events, func(a, b Event) int { return a.At.Compare(b.At) })
	return f.events, nil
}

// forecast is a play of the reviews to come. The ledger is left alone: each app has
// a state of its own, which goes on as if what was foreseen had happened.
type forecast struct {
	*pass
	bench    *bench
	end      time.Time
	lives    []*foreseen
	disabled []time.Time
	events   []Event
}

type foreseen struct {
	standing
	decision policies.Decision
	wake     time.Time
	asked    bool
}

// run plays one run.
func (f *forecast) run(t timetable) {
	f.bench.now = t.now
	var batch []candidate
	for _, x := range f.lives {
		if c := f.step(t, x); c != nil && !x.asked {
			batch = append(batch, *c)
		}
	}
	allowed, over := within(f.bench, t, f.disabled, batch)
	for _, c := range over {
		f.of(c).asked = true
		f.add(t, Event{App: c.life.state.Name, What: "ask", Why: fmt.Sprintf("%d apps are due at once, more than the caps allow", len(over))})
	}
	for _, c := range allowed {
		f.takeDown(t, f.of(c), c)
	}
}

// step lets an app go on until it has nothing more to do in a run. It answers with
// the app if it may be taken down.
func (f *forecast) step(t timetable, x *foreseen) *candidate {
	for !x.wake.IsZero() && !x.wake.After(t.now) {
		l := f.bench.life(x.standing, x.decision)
		if l == nil {
			x.wake = time.Time{}
			return nil
		}
		v := l.review(t)
		f.tell(t, l, x, v.tell)
		x.wake = v.wake
		if v.down != nil {
			return &candidate{*l, *v.down}
		}
		if v.move == nil {
			return nil
		}
		f.move(t, x, *v.move)
	}
	return nil
}

func (f *forecast) takeDown(t timetable, x *foreseen, c candidate) {
	if !c.life.ready(t, c.cause) {
		f.tell(t, &c.life, x, c.life.lastAgain(t, c.cause))
		return
	}
	f.disabled = append(slices.Clip(f.disabled), t.now)
	f.move(t, x, *c.life.transition(ledger.Disabled, c.cause, c.cause.reason))
	x.wake = t.now
	f.step(t, x)
}

func (f *forecast) of(c candidate) *foreseen {
	i := slices.IndexFunc(f.lives, func(x *foreseen) bool { return x.state.Name == c.life.state.Name })
	return f.lives[i]
}

// tell foresees notices, and takes them as delivered.
func (f *forecast) tell(t timetable, l *life, x *foreseen, list []said) {
	notices := map[string]ledger.Notice{}
	for key, n := range x.state.Notices {
		notices[key] = n
	}
	for _, s := range list {
		people := l.addressees(s, t.now)
		if len(people) == 0 {
			people = []recipient{{id: "nobody"}}
		}
		for _, to := range people {
			key := noticeKey(l.app.Metadata.Name, s.cause.epoch, s.rung, to.id)
			notices[key] = ledger.Notice{Key: key, Epoch: s.cause.epoch, Rung: s.rung, Recipient: to.id, Delivered: to.id != "nobody", At: t.now, Down: s.promised()}
			f.add(t, Event{App: l.state.Name, What: "tell", Who: to.id, Why: l.notice(t, s).Title})
		}
	}
	x.state.Notices = notices
}

func (f *forecast) move(t timetable, x *foreseen, m ledger.Transition) {
	x.state.Stage, x.state.Epoch, x.state.StageAt = m.To, m.Epoch, t.now
	if m.To == ledger.Active {
		x.state.Epoch = ""
	}
	f.add(t, Event{App: x.state.Name, What: string(m.To), Why: m.Cause})
}

// add notes what happens in a run. What the run before now is late with happens now.
func (f *forecast) add(t timetable, e Event) {
	e.At = maxTime(t.run, f.now).In(t.zone)
	f.events = append(f.events, e)
}
