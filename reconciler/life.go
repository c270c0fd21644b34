package reconciler

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
)

// life is what a scheduled review knows of one app.
type life struct {
	app  *catalog.App // what is admitted
	path string
	// fileURL is where people edit its file; empty where there is no such place.
	fileURL string
	state   ledger.App
	people  []recipient // who answers for it, in the order in which they are told
	team    []recipient // who else is told of what concerns all of them
	causes  []cause
	// blind is set where what runs could not be judged: nothing changes then.
	blind bool
	// hold says why the app is not taken down now, whatever its clock says; empty
	// where nothing holds it.
	hold string
}

// life gathers what the scheduled review has to know of an app. The newest content
// that was admitted counts, wherever it has got to: what the owner asked for holds
// as soon as it was approved.
func (b *bench) life(s standing, d policies.Decision) *life {
	app := s.document.App()
	if app == nil {
		return nil
	}
	t := timetable{zone: b.rules.Settings().Location(), now: b.now}
	return &life{
		app: app, path: s.document.Path, fileURL: b.fileURL(s.document.Path), state: s.state,
		people: b.recipients(app.Spec.Owner), team: b.team(app.Spec.Owner), causes: b.causes(t, app, s.newest, s.state, d),
		blind: d.Verdict == policies.Error || d.Verdict == policies.Invalid, hold: b.held(s.state.Name, s.state, b.now),
	}
}

const (
	// lead is how long before an app goes down somebody must have been told for the
	// last time: a day, less the hour that a day may lack and the time a run takes.
	lead = 20 * time.Hour
	// fresh is how long after the day that it promised a last word holds. After it, as
	// when the daemon slept or the clock jumped, it is said once more.
	fresh = 3 * 24 * time.Hour
	// holdRenewal is how long an open request to live longer keeps an app up.
	holdRenewal = 14 * 24 * time.Hour
)

// verdictOnLife is what follows for one app from a review.
type verdictOnLife struct {
	move *ledger.Transition // to the next stage; nil where it stays
	// down is set for an app that may be taken down now, if caps allow it.
	down *cause
	tell []said
	wake time.Time // the run that has something to do again; zero for none
}

// said is something to be said: a rung of a cause.
type said struct {
	cause cause
	rung  string
	down  time.Time // when the app goes down, as far as is known
}

// promised is the day that a notice promises: of the last word only, for what is said
// earlier holds as long as nothing changes.
func (s said) promised() time.Time {
	if !isLast(s.rung) {
		return time.Time{}
	}
	return s.down
}

// review works out what follows from an app's causes at a moment. It is pure, and
// moves at most one stage at a time: active → expiring → due, and on to disabled
// where the caps allow it. It goes back to active as soon as its cause is gone.
func (l life) review(t timetable) verdictOnLife {
	if l.blind {
		return verdictOnLife{tell: l.announce(t, cause{}), wake: t.next()}
	}
	c, pressed := l.pressing()
	v := verdictOnLife{tell: l.announce(t, c)}
	switch stage := l.state.Stage; {
	case stage == ledger.Archived, stage == ledger.Tombstoned:
		return v
	case stage != ledger.Active && !l.has(l.state.Epoch):
		v.move = l.transition(ledger.Active, cause{epoch: l.state.Epoch}, l.whyOn())
	case !pressed, stage == ledger.Disabled:
	case stage == ledger.Active && c.begun(t):
		v.move = l.transition(ledger.Expiring, c, c.reason)
	case stage == ledger.Expiring && !t.run.Before(c.ends) && (c.kind == byOwner || l.toldBy(c.epoch, t.now.Add(-lead))):
		v.move = l.transition(ledger.Due, c, c.reason)
	case stage == ledger.Due && !t.run.Before(l.downAt(t, c)) && l.hold == "":
		v.down = &c
	}
	switch {
	case v.move != nil:
		v.wake = t.now
	case pressed && l.state.Stage != ledger.Disabled:
		v.wake = l.soonest(t, c)
	}
	return v
}

// whyOn says why an app whose time was ending goes on.
func (l life) whyOn() string {
	for _, c := range l.causes {
		if c.kind == byAge && strings.HasPrefix(l.state.Epoch, string(byAge)+" ") {
			return c.reason
		}
	}
	return "what ended its time is gone"
}

// pressing is the cause that counts: the one the app's stage is about, else the
// one that takes it down first.
func (l life) pressing() (cause, bool) {
	var first cause
	var found bool
	for _, c := range l.causes {
		if !c.harmful() {
			continue
		}
		if c.epoch == l.state.Epoch && l.state.Stage != ledger.Expiring {
			return c, true
		}
		if !found || c.ends.Add(c.grace.Std()).Before(first.ends.Add(first.grace.Std())) {
			first, found = c, true
		}
	}
	return first, found
}

func (l life) has(epoch string) bool {
	return slices.ContainsFunc(l.causes, func(c cause) bool { return c.epoch == epoch })
}

// begun reports whether the first thing is to be said of a cause by now, or it ended.
func (c cause) begun(t timetable) bool { return c.reached(t) != "" || !t.run.Before(c.ends) }

// dueAt is when an app becomes due: the recorded moment, which a restart does not move,
// or else the first run at which its time is over and somebody was told long enough
// before, if that is now.
func (l life) dueAt(t timetable, c cause) time.Time {
	if l.state.Stage == ledger.Due && l.state.Epoch == c.epoch {
		return l.state.StageAt
	}
	at := c.ends
	if c.kind != byOwner {
		at = maxTime(at, l.firstTold(c.epoch, t.now).Add(lead))
	}
	if !at.After(t.run) {
		return t.now
	}
	return t.at(at)
}

// downAt is when the grace of a cause is over, counted from when the app became due.
func (l life) downAt(t timetable, c cause) time.Time {
	return t.after(maxTime(c.ends, l.dueAt(t, c)), c.grace)
}

// downRun is the run in which an app goes down if nobody does anything: the first after
// its grace that leaves time for a last word. Notices, previews and reviews all take it
// from here, so that they name one day. What was promised holds.
func (l life) downRun(t timetable, c cause) time.Time {
	mine := l.state.Stage == ledger.Due && l.state.Epoch == c.epoch
	if last := l.lastWord(c.epoch); mine && last.Key != "" && t.now.Before(last.Down.Add(fresh)) {
		return last.Down
	}
	said := l.dueAt(t, c)
	if mine {
		said = t.now
	}
	return maxTime(t.at(l.downAt(t, c)), t.at(said.Add(lead)))
}

// firstTold is when somebody was first told anything of an epoch; otherwise, if nobody
// was.
func (l life) firstTold(epoch string, otherwise time.Time) time.Time {
	first := otherwise
	for _, n := range l.state.Notices {
		if n.Delivered && n.Epoch == epoch {
			first = minTime(first, n.At)
		}
	}
	return first
}

// soonest is the next run at which a review of the app may lead to something.
func (l life) soonest(t timetable, c cause) time.Time {
	if l.state.Stage != ledger.Active && !l.state.StageAt.IsZero() {
		return t.next() // under way: look at every run
	}
	moments := []time.Time{c.ends, l.downAt(t, c)}
	for _, x := range l.causes {
		for _, r := range x.rungs {
			moments = append(moments, r.at)
		}
	}
	soonest := t.now.Add(maxQuiet)
	for _, m := range moments {
		if m.After(t.run) && m.Before(soonest) {
			soonest = m
		}
	}
	wake := t.at(soonest)
	for _, x := range l.causes {
		if len(x.rungs) > 0 && x.ends.After(t.run) && !wake.Before(x.ends) {
			if last := t.newest(x.ends); last.After(t.run) {
				wake = last // in which is said what no later run could say in time
			}
		}
	}
	return wake
}

func minTime(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func (l life) transition(to ledger.Stage, c cause, why string) *ledger.Transition {
	return &ledger.Transition{From: l.state.Stage, To: to, Epoch: c.epoch, Cause: why, Undo: l.undo(to, c)}
}

// undo is how a stage is taken back.
func (l life) undo(to ledger.Stage, c cause) string {
	switch to {
	case ledger.Disabled:
		return "levee release " + l.state.Name
	case ledger.Active:
		return ""
	default:
		return c.remedy
	}
}

// told reports whether somebody was told a rung of an epoch, whenever it was.
func (l life) told(epoch, rung string) bool {
	for _, n := range l.state.Notices {
		if n.Delivered && n.Epoch == epoch && n.Rung == rung {
			return true
		}
	}
	return false
}

// toldBy reports whether somebody was told anything of an epoch by an instant.
func (l life) toldBy(epoch string, by time.Time) bool {
	for _, n := range l.state.Notices {
		if n.Delivered && n.Epoch == epoch && !n.At.After(by) {
			return true
		}
	}
	return false
}

// lastWord is what somebody was last told of the day on which an app that is due goes
// down; without a key if nobody was since it became due. One of an older release
// promised no day, and held from the next.
func (l life) lastWord(epoch string) ledger.Notice {
	var last ledger.Notice
	for _, n := range l.state.Notices {
		if n.Delivered && n.Epoch == epoch && isLast(n.Rung) && !n.At.Before(l.state.StageAt) && n.At.After(last.At) {
			last = n
		}
	}
	if last.Down.IsZero() {
		last.Down = last.At.Add(lead)
	}
	return last
}

// ready reports whether an app that may go down was announced as it must be: not
// too late, and not so long ago that nobody remembers.
func (l life) ready(t timetable, c cause) bool {
	last := l.lastWord(c.epoch)
	return last.Key != "" && !last.At.After(t.now.Add(-lead)) && !t.now.Before(last.Down) && t.now.Before(last.Down.Add(fresh))
}

// held says why an app is not taken down now.
func (b *bench) held(name string, state ledger.App, now time.Time) string {
	doc := b.main.AppNamed(catalog.Name(name))
	switch {
	case doc == nil:
		return "its file is not on the catalog's branch"
	case !doc.Valid():
		return "its file on the catalog's branch cannot be read"
	}
	if r := state.Renewal; r != nil && !r.Closed && now.Before(r.At.Add(holdRenewal)) {
		return fmt.Sprintf("change %s asks for it to live longer", r.Change)
	}
	return ""
}
