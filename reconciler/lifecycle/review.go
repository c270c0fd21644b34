package lifecycle

import (
	"fmt"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/policies"
)

// Catalog is what reviews read of the catalog: what governs, and what stands on its
// branch.
type Catalog struct {
	Governing *catalog.Snapshot
	Main      *catalog.Snapshot
	Settings  *settings.Settings       // those that govern
	Zone      *time.Location           // the catalog's, which takes long to find by its name
	FileURL   func(path string) string // where people edit a file; empty where there is no such place
}

// App is one app as it is recorded, and the newest content that was admitted of it,
// wherever that has got to: what the owner asked for holds as soon as it was approved.
type App struct {
	State    ledger.App
	Document *catalog.Document
	Admitted ledger.Admitted // of that content
}

// Review is what a scheduled review knows of one app.
type Review struct {
	app     *catalog.App
	path    string
	fileURL string // empty where there is no such place
	state   ledger.App
	people  []recipient // who answers for it, in the order in which they are told
	team    []recipient // who else is told of what concerns all of them
	reasons []Reason
	// unjudged is set where what runs could not be judged: nothing changes then.
	unjudged bool
	// hold says why the app is not taken down now, whatever its clock says; empty
	// where nothing holds it.
	hold string
}

// NewReview gathers what a review at a moment has to know of an app. d is the decision on
// what runs. It is nil for an app whose file cannot be read.
func NewReview(c Catalog, a App, d policies.Decision, now time.Time) *Review {
	app := a.Document.App()
	if app == nil {
		return nil
	}
	return &Review{
		app: app, path: a.Document.Path, fileURL: c.FileURL(a.Document.Path), state: a.State,
		people: c.recipients(app.Spec.Owner), team: c.team(app.Spec.Owner), reasons: c.reasons(app, a, d, now),
		unjudged: d.Verdict == policies.Error || d.Verdict == policies.Invalid, hold: c.hold(a.State, now),
	}
}

// Name is the app's.
func (r *Review) Name() string { return r.state.Name }

const (
	// noticeBefore is how long before an app goes down somebody must have been told for the
	// last time: a day, less the hour that a day may lack and the time a run takes.
	noticeBefore = 20 * time.Hour
	// noticeHolds is how long after the day that it promised a final notice holds. After
	// it, as when the daemon slept or the clock jumped, it is given once more.
	noticeHolds = 3 * 24 * time.Hour
	// holdRenewal is how long an open request to live longer keeps an app up.
	holdRenewal = 14 * 24 * time.Hour
)

// Outcome is what follows for one app from a review.
type Outcome struct {
	Move *ledger.Transition // to the next stage; nil where it stays
	// Disable is set for an app that may be taken down now, if caps allow it.
	Disable  *Reason
	Announce []Announcement
	Wake     time.Time // the run that has something to do again; zero for none
}

// Outcome works out what follows from an app's reasons at a run. The package's table says
// which stage follows which.
func (r *Review) Outcome(t Timetable) Outcome {
	if r.unjudged {
		return Outcome{Announce: r.announce(t, Reason{}), Wake: t.Next()}
	}
	x, pressed := r.pressing()
	o := Outcome{Announce: r.announce(t, x)}
	ofStage := func(x Reason) bool { return x.Epoch == r.state.Epoch }
	switch stage := r.state.Stage; {
	case stage == ledger.Archived, stage == ledger.Tombstoned:
		return o
	case stage != ledger.Active && !slices.ContainsFunc(r.reasons, ofStage):
		o.Move = r.transition(ledger.Active, Reason{Epoch: r.state.Epoch}, r.whyOn())
	case !pressed, stage == ledger.Disabled:
	case stage == ledger.Active && x.begun(t):
		o.Move = r.transition(ledger.Expiring, x, x.Text)
	case stage == ledger.Expiring && !t.run.Before(x.ends) && (x.kind == retired || r.history().toldBy(x.Epoch, t.now.Add(-noticeBefore))):
		o.Move = r.transition(ledger.Due, x, x.Text)
	case stage == ledger.Due && !t.run.Before(r.deadlines(t).disableAt(x)) && r.hold == "":
		o.Disable = &x
	}
	switch {
	case o.Move != nil:
		o.Wake = t.now
	case pressed && r.state.Stage != ledger.Disabled:
		o.Wake = r.soonest(t, x)
	}
	return o
}

// whyOn says why an app whose time was ending goes on.
func (r *Review) whyOn() string {
	for _, x := range r.reasons {
		if x.kind == age && kind(r.state.Epoch.Kind()) == age {
			return x.Text
		}
	}
	return "what ended its time is gone"
}

// pressing is the reason that counts: the one the app's stage is about, else the
// one that takes it down first.
func (r *Review) pressing() (Reason, bool) {
	var first Reason
	var found bool
	for _, x := range r.reasons {
		if !x.disables() {
			continue
		}
		if x.Epoch == r.state.Epoch && r.state.Stage != ledger.Expiring {
			return x, true
		}
		if !found || x.ends.Add(x.grace.Std()).Before(first.ends.Add(first.grace.Std())) {
			first, found = x, true
		}
	}
	return first, found
}

// begun reports whether the first announcement of a reason has come by now, or its end.
func (x Reason) begun(t Timetable) bool { return x.reached(t) != "" || !t.run.Before(x.ends) }

// soonest is the next run at which a review of the app may lead to something.
func (r *Review) soonest(t Timetable, x Reason) time.Time {
	if r.state.Stage != ledger.Active && !r.state.StageAt.IsZero() {
		return t.Next() // under way: look at every run
	}
	moments := []time.Time{x.ends, r.deadlines(t).disableAt(x)}
	for _, x := range r.reasons {
		for _, m := range x.reminders {
			moments = append(moments, m.at)
		}
	}
	soonest := t.now.Add(maxQuiet)
	for _, m := range moments {
		if m.After(t.run) && m.Before(soonest) {
			soonest = m
		}
	}
	wake := t.at(soonest)
	for _, x := range r.reasons {
		if len(x.reminders) > 0 && x.ends.After(t.run) && !wake.Before(x.ends) {
			if last := t.newest(x.ends); last.After(t.run) {
				wake = last // in which is announced what no later run could announce in time
			}
		}
	}
	return wake
}

// Disable is the transition of an app that caps allow to be taken down.
func (r *Review) Disable(x Reason) ledger.Transition {
	return *r.transition(ledger.Disabled, x, x.Text)
}

func (r *Review) transition(to ledger.Stage, x Reason, why string) *ledger.Transition {
	return &ledger.Transition{From: r.state.Stage, To: to, Epoch: x.Epoch, Cause: why, Undo: undo(r.state.Name, to, x)}
}

// undo is how a stage is taken back.
func undo(app string, to ledger.Stage, x Reason) string {
	switch to {
	case ledger.Disabled:
		return "levee release " + app
	case ledger.Active:
		return ""
	default:
		return x.remedy
	}
}

// Ready reports whether an app that may go down was announced as it must be: not
// too late, and not so long ago that nobody remembers.
func (r *Review) Ready(t Timetable, x Reason) bool {
	final := r.history().finalNotice(x.Epoch)
	return final.Key != "" && !final.At.After(t.now.Add(-noticeBefore)) && !t.now.Before(final.DisableAt) && t.now.Before(final.DisableAt.Add(noticeHolds))
}

// hold says why an app is not taken down now.
func (c Catalog) hold(state ledger.App, now time.Time) string {
	doc := c.Main.AppNamed(catalog.Name(state.Name))
	switch {
	case doc == nil:
		return "its file is not on the catalog's branch"
	case !doc.Valid():
		return "its file on the catalog's branch cannot be read"
	}
	if x := state.Renewal; x != nil && !x.Closed && now.Before(x.At.Add(holdRenewal)) {
		return fmt.Sprintf("change %s asks for it to live longer", x.Change)
	}
	return ""
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
