package contain

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/guess"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
	"github.com/levee-gitops/levee/reconciler/parallel"
	"github.com/levee-gitops/levee/reconciler/session"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/work"
)

// Contained says what a containment or its end did.
type Contained struct {
	App      string   `json:"app"`
	Marked   []string `json:"marked"`   // environments whose target was told
	Recorded bool     `json:"recorded"` // in the ledger; if not, the daemon records it from the mark
	Trouble  []string `json:"trouble,omitempty"`
	// Back is what a release brings back, in the order of environments.
	Back []Back `json:"back,omitempty"`
}

// Back is the content with which a release brings an app back in one environment.
type Back struct {
	Environment string         `json:"environment"`
	Digest      catalog.Digest `json:"digest"`
	Contained   bool           `json:"contained"` // it is known to be the content that was contained
}

// back is what a release of an app brings back: what is admitted now. A fix that landed while
// the app was contained may not have come to every environment.
func back(state ledger.App, settings *catalog.Settings) []Back {
	var list []Back
	for _, env := range settings.Environments {
		if a, ok := state.Admitted[string(env.Name)]; ok {
			q := state.Quarantine
			list = append(list, Back{string(env.Name), a.Digest, q != nil && !q.At.IsZero() && a.At.Before(q.At)})
		}
	}
	return list
}

// Container contains apps and releases them. Its methods are safe for concurrent use, and
// hold no lock.
type Container struct {
	Sessions *session.Source
	Targets  target.Set
	Work     *work.Claimed
	Now      func() time.Time
	Log      *slog.Logger
}

// Quarantine contains an app at once, in every environment: each target first
// writes a mark into its own inventory, then cuts. Only then is it recorded. It
// works with the forge unreachable and the ledger frozen: what is known of the
// catalog's environments is taken from the last state that was accepted.
func (c *Container) Quarantine(ctx context.Context, app, reason, by string) (Contained, error) {
	return c.quarantine(ctx, app, ledger.Incident{What: ledger.IncidentQuarantine, Message: reason, By: by})
}

// quarantine contains an app, and records the incident once its environments are marked.
func (c *Container) quarantine(ctx context.Context, app string, incident ledger.Incident) (Contained, error) {
	out := Contained{App: app, Marked: []string{}}
	p := c.Sessions.New(c.Now())
	fail := func(errs ...error) (Contained, error) {
		return out, fmt.Errorf("contain %s: %w", app, errors.Join(errs...))
	}
	if err := p.LookLocally(ctx); err != nil {
		return fail(err)
	}
	settings, err := p.Settings(ctx)
	if err != nil {
		return fail(err)
	}
	state, known := p.View.App(app)
	if !known {
		if state, err = c.newlyKnown(ctx, p, app, settings.Environments); err != nil {
			return fail(err)
		}
	}
	mark := target.Mark{Reason: incident.Message, By: incident.By, At: p.Now, Drill: incident.Drill != nil}
	if !mark.At.After(state.Released) {
		mark.At = state.Released.Add(time.Millisecond) // this clock is behind, and an older mark means nothing
	}
	contain := func(environments []catalog.Environment) (failed []error) {
		var all marks
		all, failed = c.markAll(ctx, environments, app, mark)
		out.Marked, out.Trouble = append(out.Marked, all.environments...), append(out.Trouble, all.left...)
		return failed
	}
	failed := contain(settings.Environments)
	recording, cancel := context.WithTimeout(ctx, session.RecordFor)
	defer cancel()
	incident.Marks = out.Marked
	err = recordAnew(recording, p, incidentEntry(app, incident))
	out.Recorded = err == nil
	if err != nil {
		out.Trouble = append(out.Trouble, "not recorded yet: "+err.Error())
	}
	// What was known may have been old: the record is written on what is.
	newest, err := p.Settings(ctx)
	if err != nil {
		return fail(append(failed, err)...)
	}
	failed = append(failed, contain(slices.DeleteFunc(slices.Clone(newest.Environments), func(env catalog.Environment) bool {
		return slices.ContainsFunc(settings.Environments, func(known catalog.Environment) bool { return known.Name == env.Name && known.Target == env.Target })
	}))...)
	if len(failed) > 0 {
		return fail(failed...)
	}
	return out, nil
}

// newlyKnown is the state of an app that the last accepted ledger does not know: it may
// have been recorded since, or run in a target without any record. Anything else is a
// misspelt name, of which nothing is marked or recorded.
func (c *Container) newlyKnown(ctx context.Context, p *session.Session, app string, environments []catalog.Environment) (ledger.App, error) {
	looking, cancel := context.WithTimeout(ctx, session.RecordFor)
	defer cancel()
	newest := c.Sessions.New(p.Now)
	if newest.Refresh(looking) == nil {
		p.View = newest.View
	}
	state, known := p.View.App(app)
	if known {
		return state, nil
	}
	names := map[string]bool{}
	for _, name := range p.View.Apps() {
		names[name] = true
	}
	for _, env := range environments {
		t, err := c.Targets.Of(env)
		if err != nil {
			continue
		}
		inventory, err := t.Observe(ctx, string(env.Name))
		if err != nil {
			return state, nil // what it runs cannot be told, so the name may be right
		}
		for name := range inventory.Apps {
			names[name] = true
		}
	}
	if names[app] {
		return state, nil
	}
	return state, UnknownApp(app, slices.Sorted(maps.Keys(names)))
}

// UnknownApp says that there is no such app, and which was probably meant.
func UnknownApp(app string, names []string) error {
	if near := guess.Closest(app, names); near != "" {
		return fmt.Errorf("there is no app called %s; did you mean %s?", app, near)
	}
	return fmt.Errorf("there is no app called %s; `levee status` lists all", app)
}

// Release brings back an app that was contained or taken down. The end of a
// containment is recorded first, so that a mark older than the record means nothing
// any more, then the marks are taken away. The next pass brings the app back.
func (c *Container) Release(ctx context.Context, app, reason, by string) (Contained, error) {
	return c.releaseIf(ctx, app, reason, by, func(ledger.App) error { return nil })
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
	found, err := c.markedOnly(ctx, state, settings)
	if err != nil {
		return out, fmt.Errorf("release %s: %w", app, err)
	}
	if found != nil {
		state.Quarantine = &ledger.Quarantine{} // recorded first, so that its end can be
	}
	entries := append(found, releases(state, settings, p.Now, reason, by)...)
	if len(entries) == 0 {
		return out, fmt.Errorf("release %s: it is not contained, and was not taken down", app)
	}
	if err := p.Record(ctx, []string{app}, "", entries); err != nil {
		return out, fmt.Errorf("release %s: %w", app, err)
	}
	out.Recorded, out.Back = true, back(state, settings)
	if state.Quarantine == nil {
		return out, nil
	}
	for _, env := range settings.Environments {
		t, err := c.Targets.Of(env)
		if err != nil {
			out.Trouble = append(out.Trouble, fmt.Sprintf("%s: %v", env.Name, err))
			continue
		}
		if _, err := t.Release(ctx, string(env.Name), app); err != nil {
			out.Trouble = append(out.Trouble, fmt.Sprintf("%s: %v; the daemon tries again", env.Name, err))
			continue
		}
		out.Marked = append(out.Marked, string(env.Name))
	}
	return out, nil
}

// markedOnly is the record of a containment that only targets know of, as when it was
// made while the repository was away; none where the ledger knows it or there is no mark
// that stands.
func (c *Container) markedOnly(ctx context.Context, state ledger.App, settings *catalog.Settings) ([]ledger.Entry, error) {
	if state.Quarantine != nil {
		return nil, nil
	}
	var newest *target.Mark
	var environments []string
	for _, env := range settings.Environments {
		t, err := c.Targets.Of(env)
		if err != nil {
			continue
		}
		inventory, err := t.Observe(ctx, string(env.Name), state.Name)
		if err != nil {
			return nil, fmt.Errorf("find out whether %s contains it: %w", env.Name, err)
		}
		if mark := inventory.Apps[state.Name].Mark; mark != nil && mark.At.After(state.Released) {
			environments = append(environments, string(env.Name))
			if newest == nil || mark.At.After(newest.At) {
				newest = mark
			}
		}
	}
	if newest == nil {
		return nil, nil
	}
	return []ledger.Entry{quarantineEntry(state.Name, *newest, environments)}, nil
}

// releases are the records that bring an app back: the end of its containment, and
// of a scheduled review's work. What ended its time counts again after the grace of
// the catalog, and is announced again before.
func releases(state ledger.App, settings *catalog.Settings, now time.Time, reason, by string) []ledger.Entry {
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

// recordAnew records what has happened, on the newest ledger.
func recordAnew(ctx context.Context, p *session.Session, entry ledger.Entry) error {
	if err := p.Look(ctx); err != nil {
		return err
	}
	if p.View.Frozen != nil {
		return p.View.Frozen
	}
	return p.Record(ctx, nil, "", []ledger.Entry{entry})
}

// ByRule contains an app that breaks a rule which does not wait, beside the passes. As with
// people's containment the mark comes first, then the record.
func (c *Container) ByRule(ctx context.Context, environments []catalog.Environment, app, rule string, now time.Time) {
	mark := target.Mark{Reason: "it breaks the rule " + rule, By: "levee", At: now}
	c.Work.Jobs.Start(ctx, work.Job[work.Outcome]{
		Lane: "contain", Key: jobKey(app),
		Do: func(ctx context.Context, _ time.Time) work.Outcome {
			marked, failed := c.markAll(ctx, environments, app, mark)
			return func(now time.Time) []ledger.Entry {
				for _, err := range failed {
					c.Log.Error("an app could not be contained; the next pass tries again", "app", app, "error", err)
					c.Work.Agenda.Retry(app, now)
				}
				return []ledger.Entry{quarantineEntry(app, mark, marked.environments)}
			}
		},
	})
}

// UnderWay reports whether an app is being contained by a rule.
func (c *Container) UnderWay(app string) bool { return c.Work.Jobs.Busy(jobKey(app), 0) }

func jobKey(app string) string { return "contain " + app }

// marks are where an app was marked as contained, and what was left there.
type marks struct {
	environments []string
	left         []string
}

// markAll has the target of each environment mark and cut an app, side by side: one that
// does not answer keeps no other from it.
func (c *Container) markAll(ctx context.Context, environments []catalog.Environment, app string, mark target.Mark) (all marks, failed []error) {
	receipts, errs := make([]target.Receipt, len(environments)), make([]error, len(environments))
	var side sync.WaitGroup
	for i, env := range environments {
		t, err := c.Targets.Of(env)
		if err != nil {
			errs[i] = fmt.Errorf("%s: not contained: %w", env.Name, err)
			continue
		}
		side.Go(func() {
			errs[i] = parallel.Guard(c.Log, "containing an app in "+string(env.Name), app, func() (err error) {
				receipts[i], err = t.Quarantine(ctx, string(env.Name), app, mark)
				return err
			})
			if errs[i] != nil {
				errs[i] = fmt.Errorf("%s: %w", env.Name, errs[i])
			}
		})
	}
	side.Wait()
	for i, env := range environments {
		if errs[i] != nil {
			failed = append(failed, errs[i])
			continue
		}
		all.environments = append(all.environments, string(env.Name))
		for _, what := range receipts[i].Left {
			all.left = append(all.left, string(env.Name)+": "+what)
		}
	}
	return all, failed
}

func quarantineEntry(app string, mark target.Mark, environments []string) ledger.Entry {
	incident := ledger.Incident{What: ledger.IncidentQuarantine, Message: mark.Reason, By: mark.By, Marks: environments}
	if mark.Drill {
		incident.Drill = &ledger.Drill{}
	}
	return incidentEntry(app, incident)
}

func incidentEntry(app string, incident ledger.Incident) ledger.Entry {
	return ledger.Entry{Kind: ledger.KindIncident, Subject: app, Sentence: fmt.Sprintf("Contain %s: %s", app, incident.Message), Body: incident}
}
