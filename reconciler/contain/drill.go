package contain

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/session"
	"github.com/levee-gitops/levee/reconciler/target"
)

// Drilled says how a drill went.
type Drilled struct {
	App          string   `json:"app"`
	Environments []string `json:"environments"` // where the app ran and was cut
	// Cut is how long it took until the app was seen to be cut everywhere, and Back how long
	// from its release until it was seen to run again; zero where it never was.
	Cut  time.Duration `json:"cutNanoseconds"`
	Back time.Duration `json:"backNanoseconds"`
	// Failed is why the drill proves nothing; empty where it does.
	Failed   string `json:"failed,omitempty"`
	Recorded bool   `json:"recorded"`
}

// What a drill waits for, and how often it looks. What is not cut by then counts as not cut.
const (
	cutWithin = time.Minute
	drillLook = 200 * time.Millisecond
	sayEvery  = 15 * time.Second // what it still waits for
)

// Drill proves that an app can be contained: it contains it, watches until no environment has
// it running, releases it, and waits until a daemon beside it has brought it back, at most as
// long as within says. How it went is recorded. The app is down for that long.
//
// An app that is contained, taken down, runs nowhere or is not well is not touched: the error
// says so. From the cut on the app is released whatever happens, also when ctx ends; where
// that fails, or somebody contains it in earnest meanwhile, the error says that it stays
// contained. say is told each step as it is done.
func (c *Container) Drill(ctx context.Context, app, by string, within time.Duration, say func(string)) (Drilled, error) {
	out := Drilled{App: app, Environments: []string{}}
	places, err := c.drillable(ctx, app)
	if err != nil {
		return out, fmt.Errorf("drill %s: %w", app, err)
	}
	for _, p := range places {
		out.Environments = append(out.Environments, string(p.env.Name))
	}
	const reason = "a drill of its kill switch"
	began := time.Now()
	if _, err = c.hold(ctx, app, containment, ledger.Incident{What: ledger.IncidentQuarantine, Message: reason, By: by, Drill: &ledger.Drill{}}); err == nil {
		err = await(ctx, cutWithin, app, places, isCut, func(why string) { say("not cut yet: " + why) })
	}
	if err == nil {
		out.Cut = time.Since(began)
		say(fmt.Sprintf("cut in %s after %s", strings.Join(out.Environments, ", "), rounded(out.Cut)))
	}
	err = errors.Join(err, c.bringBack(ctx, &out, reason, by, within, places, say))
	if err != nil {
		out.Failed = err.Error()
	}
	recording, cancel := context.WithTimeout(context.WithoutCancel(ctx), session.RecordFor)
	defer cancel()
	unrecorded := recordAnew(recording, c.Sessions.New(c.Now()), drillEntry(out, by))
	out.Recorded = unrecorded == nil
	if unrecorded != nil {
		unrecorded = fmt.Errorf("record it: %w", unrecorded)
	}
	if err = errors.Join(err, unrecorded); err != nil {
		return out, fmt.Errorf("drill %s: %w", app, err)
	}
	return out, nil
}

// bringBack releases the app, and waits until it is back.
func (c *Container) bringBack(ctx context.Context, out *Drilled, reason, by string, within time.Duration, places []place, say func(string)) error {
	releasing, cancel := context.WithTimeout(context.WithoutCancel(ctx), session.RecordFor)
	defer cancel()
	began := time.Now()
	released, err := c.releaseIf(releasing, out.App, reason, by, func(state ledger.App) error {
		if q := state.Quarantine; q != nil && !q.Drill {
			return fmt.Errorf("%s contained it meanwhile: %s", q.By, q.Reason)
		}
		for _, p := range places { // it may not be on record yet
			o, _, err := p.look(releasing, out.App)
			if err != nil {
				return err
			}
			if o.Mark != nil && !o.Mark.Drill {
				return fmt.Errorf("%s contained it in %s meanwhile: %s", o.Mark.By, p.env.Name, o.Mark.Reason)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%w; it STAYS CONTAINED until `levee release %s`", err, out.App)
	}
	say("released; waiting until the daemon has brought it back")
	for _, trouble := range released.Trouble {
		say(trouble)
	}
	waits := func(why string) {
		say("not back yet: " + why + "; where no daemon runs, `levee reconcile --once` brings it back")
	}
	if err := await(ctx, within, out.App, places, isBack, waits); err != nil {
		return fmt.Errorf("it was released: %w", err)
	}
	out.Back = time.Since(began)
	say("back after " + rounded(out.Back))
	return nil
}

// rounded is a duration as people read it.
func rounded(d time.Duration) string { return d.Round(time.Millisecond).String() }

// place is an environment that an app runs in.
type place struct {
	env settings.Environment
	in  target.Target
}

// drillable lists where an app runs that may be drilled.
func (c *Container) drillable(ctx context.Context, app string) ([]place, error) {
	p := c.Sessions.New(c.Now())
	if err := p.Look(ctx); err != nil {
		return nil, err
	}
	if p.Frozen != "" {
		return nil, fmt.Errorf("it could not be released again: %s", p.Frozen)
	}
	state, known := p.View.App(app)
	switch {
	case !known:
		return nil, UnknownApp(app, p.View.Apps())
	case state.Quarantine != nil:
		return nil, fmt.Errorf("it is contained already: %s", state.Quarantine.Reason)
	case state.Stage == ledger.Disabled, state.Stage == ledger.Archived, state.Stage == ledger.Tombstoned:
		return nil, fmt.Errorf("it is %s", state.Stage)
	}
	settings, err := p.Settings(ctx)
	if err != nil {
		return nil, err
	}
	var places []place
	for _, env := range settings.Environments {
		t, err := c.Targets.Of(env)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", env.Name, err)
		}
		one := place{env, t}
		o, there, err := one.look(ctx, app)
		switch {
		case err != nil:
			return nil, err
		case !there || o.Disabled:
		case !isBack(o):
			return nil, fmt.Errorf("in %s it is not as it should be before, so that nothing would be proved: %s; `levee status %s` says more, try again once it is put right", env.Name, unlike(o), app)
		default:
			places = append(places, one)
		}
	}
	if len(places) == 0 {
		return nil, errors.New("it runs nowhere")
	}
	return places, nil
}

func (p place) look(ctx context.Context, app string) (target.Observed, bool, error) {
	inventory, err := p.in.Observe(ctx, string(p.env.Name), app)
	if err != nil {
		return target.Observed{}, false, fmt.Errorf("look at it in %s: %w", p.env.Name, err)
	}
	o, there := inventory.Apps[app]
	return o, there && o.Render != "", nil
}

// isCut reports whether an app is contained and was seen to be cut, with nothing of it running
// on.
func isCut(o target.Observed) bool { return o.Mark != nil && o.Drift == "" && o.Ending == "" }

// isBack reports whether an app runs as it was applied, and well, as far as can be told.
func isBack(o target.Observed) bool {
	return o.Mark == nil && o.Drift == "" && (o.Health.State == "" || o.Health.State == target.Ready)
}

// unlike says why isCut or isBack is not so.
func unlike(o target.Observed) string {
	switch {
	case o.Drift != "":
		return o.Drift
	case o.Ending != "":
		return o.Ending
	case o.Mark != nil:
		return "it is marked as contained"
	case o.Health.State != "" && o.Health.State != target.Ready:
		return strings.TrimRight("it is "+string(o.Health.State)+": "+o.Health.Reason, ": ")
	}
	return "it is not marked as contained"
}

// await looks until an app is as it shall be in all places, or the time is over. waits is told
// from time to time why it is not so yet.
func await(ctx context.Context, within time.Duration, app string, places []place, is func(target.Observed) bool, waits func(why string)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, within, fmt.Errorf("not within %s", within))
	defer cancel()
	tick := time.NewTicker(drillLook)
	defer tick.Stop()
	said := time.Now()
	for _, p := range places {
		last := errors.New("it was not looked at")
		for ctx.Err() == nil {
			o, _, err := p.look(ctx, app)
			if err == nil && is(o) {
				last = nil
				break
			}
			if last = err; err == nil {
				last = errors.New(unlike(o))
			}
			if time.Since(said) > sayEvery {
				said = time.Now()
				waits(fmt.Sprintf("in %s: %v", p.env.Name, last))
			}
			select {
			case <-ctx.Done():
			case <-tick.C:
			}
		}
		if last != nil {
			return fmt.Errorf("in %s: %w (%w)", p.env.Name, last, context.Cause(ctx))
		}
	}
	return nil
}

func drillEntry(d Drilled, by string) ledger.Entry {
	said := fmt.Sprintf("cut after %s, back after %s", rounded(d.Cut), rounded(d.Back))
	if d.Failed != "" {
		said = "it FAILED: " + d.Failed
	}
	return ledger.Entry{
		Kind: ledger.KindIncident, Subject: d.App, Sentence: fmt.Sprintf("Drill the kill switch of %s: %s", d.App, said),
		Body: ledger.Incident{
			What: ledger.IncidentDrill, Message: said, By: by, Marks: d.Environments,
			Drill: &ledger.Drill{CutMillis: d.Cut.Milliseconds(), BackMillis: d.Back.Milliseconds(), Failed: d.Failed != ""},
		},
	}
}
