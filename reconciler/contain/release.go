package contain

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
	"github.com/levee-gitops/levee/reconciler/session"
	"github.com/levee-gitops/levee/reconciler/target"
)

// Back is the content with which a release brings an app back in one environment.
type Back struct {
	Environment string         `json:"environment"`
	Digest      catalog.Digest `json:"digest"`
	Contained   bool           `json:"contained"` // it is known to be the content that was contained
}

// back is what a release of an app brings back: what is admitted now. A fix that landed while
// the app was contained may not have come to every environment.
func back(state ledger.App, settings *settings.Settings) []Back {
	var list []Back
	for _, env := range settings.Environments {
		if a, ok := state.Admitted[string(env.Name)]; ok {
			q := state.Quarantine
			list = append(list, Back{string(env.Name), a.Digest, q != nil && !q.At.IsZero() && a.At.Before(q.At)})
		}
	}
	return list
}

// errNotHeld is that an app is neither contained nor taken down.
var errNotHeld = errors.New("it is not contained, and was not taken down")

// Release brings back an app that was contained or taken down, and where it is neither, ends its
// throttle: one that is contained and throttled comes back throttled. The end is recorded first,
// so that a mark older than the record means nothing any more, then the marks are taken away. The
// next pass brings the app back.
func (c *Container) Release(ctx context.Context, app, reason, by string) (Contained, error) {
	out, err := c.releaseIf(ctx, app, reason, by, func(ledger.App) error { return nil })
	if errors.Is(err, errNotHeld) {
		return session.Retried(func() (Contained, error) { return c.unthrottle(ctx, app, reason, by) })
	}
	return out, err
}

// releaseIf releases an app unless its state speaks against it.
func (c *Container) releaseIf(ctx context.Context, app, reason, by string, may func(ledger.App) error) (Contained, error) {
	return session.Retried(func() (Contained, error) { return c.release(ctx, app, reason, by, may) })
}

func (c *Container) release(ctx context.Context, app, reason, by string, may func(ledger.App) error) (Contained, error) {
	out := Contained{App: app, Marked: []string{}}
	p := c.Sessions.New(c.Now())
	if err := p.Look(ctx); err != nil {
		return out, fmt.Errorf("release %s: %w", app, err)
	}
	if p.Frozen != "" {
		return out, fmt.Errorf("release %s: %s", app, p.Frozen)
	}
	state, _ := p.View.App(app)
	if err := may(state); err != nil {
		return out, fmt.Errorf("release %s: %w", app, err)
	}
	settings, err := p.Settings(ctx)
	if err != nil {
		return out, fmt.Errorf("release %s: %w", app, err)
	}
	var found []ledger.Entry
	if state.Quarantine == nil {
		found, err = c.markedOnly(ctx, state, settings, containment)
	}
	if err != nil {
		return out, fmt.Errorf("release %s: %w", app, err)
	}
	if found != nil {
		state.Quarantine = &ledger.Quarantine{} // recorded first, so that its end can be
	}
	entries := append(found, releases(state, settings, p.Now, reason, by)...)
	if len(entries) == 0 {
		return out, fmt.Errorf("release %s: %w", app, errNotHeld)
	}
	if err := p.Record(ctx, []string{app}, "", entries); err != nil {
		return out, fmt.Errorf("release %s: %w", app, err)
	}
	out.Recorded, out.Back = true, back(state, settings)
	if t := state.Throttle; t != nil {
		out.Throttled = t.By + ": " + t.Reason
	}
	if state.Quarantine != nil {
		c.unmarkAll(ctx, settings.Environments, containment, &out)
	}
	return out, nil
}

// unthrottle ends the throttle of an app.
func (c *Container) unthrottle(ctx context.Context, app, reason, by string) (Contained, error) {
	out := Contained{App: app, Marked: []string{}, Unthrottled: true}
	fail := func(err error) (Contained, error) { return out, fmt.Errorf("release %s: %w", app, err) }
	p := c.Sessions.New(c.Now())
	if err := p.Look(ctx); err != nil {
		return fail(err)
	}
	if p.Frozen != "" {
		return fail(errors.New(p.Frozen))
	}
	settings, err := p.Settings(ctx)
	if err != nil {
		return fail(err)
	}
	state, _ := p.View.App(app)
	var entries []ledger.Entry
	if state.Throttle == nil {
		if entries, err = c.markedOnly(ctx, state, settings, throttle); err != nil {
			return fail(err)
		}
		if entries == nil {
			return fail(errors.New("it is not contained or throttled, and was not taken down"))
		}
	}
	entries = append(entries, ledger.Entry{
		Kind: ledger.KindIncident, Subject: app, Sentence: fmt.Sprintf("End the throttle of %s: %s", app, reason),
		Body: ledger.Incident{What: ledger.IncidentUnthrottle, Message: reason, By: by},
	})
	if err := p.Record(ctx, []string{app}, "", entries); err != nil {
		return fail(err)
	}
	out.Recorded = true
	c.unmarkAll(ctx, settings.Environments, throttle, &out)
	return out, nil
}

// unmarkAll takes the marks of an app away. What fails is the daemon's to try again.
func (c *Container) unmarkAll(ctx context.Context, environments []settings.Environment, how hold, out *Contained) {
	for _, env := range environments {
		t, err := c.Targets.Of(env)
		if err != nil {
			out.Trouble = append(out.Trouble, fmt.Sprintf("%s: %v", env.Name, err))
			continue
		}
		if !how.can(t) {
			continue // nothing is marked there
		}
		if _, err := how.unmark(ctx, t, string(env.Name), out.App); err != nil {
			out.Trouble = append(out.Trouble, fmt.Sprintf("%s: %v; the daemon tries again", env.Name, err))
			continue
		}
		out.Marked = append(out.Marked, string(env.Name))
	}
}

// markedOnly is the record of a containment or throttle that only targets know of, as when it was
// made while the repository was away; none where there is no mark that stands.
func (c *Container) markedOnly(ctx context.Context, state ledger.App, settings *settings.Settings, how hold) ([]ledger.Entry, error) {
	var newest *target.Mark
	var environments []string
	for _, env := range settings.Environments {
		t, err := c.Targets.Of(env)
		if err != nil {
			continue
		}
		inventory, err := t.Observe(ctx, string(env.Name), state.Name)
		if err != nil {
			return nil, fmt.Errorf("find out whether it is %s in %s: %w", how.done, env.Name, err)
		}
		if mark := how.markOf(inventory.Apps[state.Name]); mark != nil && mark.At.After(how.ended(state)) {
			environments = append(environments, string(env.Name))
			if newest == nil || mark.At.After(newest.At) {
				newest = mark
			}
		}
	}
	if newest == nil {
		return nil, nil
	}
	return []ledger.Entry{how.entry(state.Name, *newest, environments)}, nil
}

// releases are the records that bring an app back: the end of its containment, and
// of a scheduled review's work. What ended its time counts again after the grace of
// the catalog, and is announced again before.
func releases(state ledger.App, settings *settings.Settings, now time.Time, reason, by string) []ledger.Entry {
	var entries []ledger.Entry
	if state.Quarantine != nil {
		entries = append(entries, ledger.Entry{
			Kind: ledger.KindIncident, Subject: state.Name, Sentence: fmt.Sprintf("Release %s: %s", state.Name, reason),
			Body: ledger.Incident{What: ledger.IncidentRelease, Message: reason, By: by},
		})
	}
	if state.Stage == ledger.Disabled {
		entries = append(entries, lifecycle.TransitionEntry(state.Name, ledger.Transition{
			From: ledger.Disabled, To: ledger.Active, Epoch: state.Epoch, Cause: reason, By: by,
			Until: lifecycle.ReprievedUntil(settings, now),
		}))
	}
	return entries
}
