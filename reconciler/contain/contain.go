package contain

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/levee-gitops/levee/catalog/guess"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/settings"
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
	// Throttled is why the app comes back with less: the release of a containment leaves a
	// throttle in force. Empty where it comes back whole.
	Throttled string `json:"throttled,omitempty"`
	// Unthrottled says that it was a throttle that was ended.
	Unthrottled bool `json:"unthrottled,omitempty"`
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
	return c.hold(ctx, app, containment, ledger.Incident{What: ledger.IncidentQuarantine, Message: reason, By: by})
}

// hold marks an app in the way that a hold says, and records the incident once its environments
// are marked.
func (c *Container) hold(ctx context.Context, app string, how hold, incident ledger.Incident) (Contained, error) {
	out := Contained{App: app, Marked: []string{}}
	p := c.Sessions.New(c.Now())
	fail := func(errs ...error) (Contained, error) {
		return out, fmt.Errorf("%s %s: %w", how.verb, app, errors.Join(errs...))
	}
	if err := p.LookLocally(ctx); err != nil {
		return fail(err)
	}
	governing, err := p.Settings(ctx)
	if err != nil {
		return fail(err)
	}
	state, known := p.View.App(app)
	if !known {
		if state, err = c.newlyKnown(ctx, p, app, governing.Environments); err != nil {
			return fail(err)
		}
	}
	mark := target.Mark{Reason: incident.Message, By: incident.By, At: p.Now, Drill: incident.Drill != nil}
	if ended := how.ended(state); !mark.At.After(ended) {
		mark.At = ended.Add(time.Millisecond) // this clock is behind, and an older mark means nothing
	}
	places, cannot := how.places(c, governing.Environments, state)
	if len(cannot) > 0 {
		return fail(fmt.Errorf("what serves %s cannot have an app run with less, so nothing was done; `levee quarantine %s` stops it", strings.Join(cannot, " and "), app))
	}
	contain := func(environments []settings.Environment) (failed []error) {
		var all marks
		all, failed = c.markAll(ctx, environments, app, how, mark)
		out.Marked, out.Trouble = append(out.Marked, all.environments...), append(out.Trouble, all.left...)
		return failed
	}
	failed := contain(places)
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
	places, cannot = how.places(c, newest.Environments, state)
	for _, environment := range cannot {
		failed = append(failed, fmt.Errorf("%s: not %s: what serves it now cannot have an app run with less", environment, how.done))
	}
	failed = append(failed, contain(slices.DeleteFunc(places, func(env settings.Environment) bool {
		return slices.ContainsFunc(governing.Environments, func(known settings.Environment) bool { return known.Name == env.Name && known.Target == env.Target })
	}))...)
	if len(failed) > 0 {
		return fail(failed...)
	}
	return out, nil
}

// newlyKnown is the state of an app that the last accepted ledger does not know: it may
// have been recorded since, or run in a target without any record. Anything else is a
// misspelt name, of which nothing is marked or recorded.
func (c *Container) newlyKnown(ctx context.Context, p *session.Session, app string, environments []settings.Environment) (ledger.App, error) {
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
func (c *Container) ByRule(ctx context.Context, environments []settings.Environment, app, rule string, now time.Time) {
	mark := target.Mark{Reason: "it breaks the rule " + rule, By: "levee", At: now}
	c.Work.Jobs.Start(ctx, work.Job[work.Outcome]{
		Lane: "contain", Key: jobKey(app),
		Do: func(ctx context.Context, _ time.Time) work.Outcome {
			marked, failed := c.markAll(ctx, environments, app, containment, mark)
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

// markAll has the target of each environment mark an app and hold it, side by side: one that
// does not answer keeps no other from it.
func (c *Container) markAll(ctx context.Context, environments []settings.Environment, app string, how hold, mark target.Mark) (all marks, failed []error) {
	receipts, errs := make([]target.Receipt, len(environments)), make([]error, len(environments))
	var side sync.WaitGroup
	for i, env := range environments {
		t, err := c.Targets.Of(env)
		if err != nil {
			errs[i] = fmt.Errorf("%s: not %s: %w", env.Name, how.done, err)
			continue
		}
		side.Go(func() {
			errs[i] = parallel.Guard(c.Log, "marking an app as "+how.done+" in "+string(env.Name), app, func() (err error) {
				receipts[i], err = how.mark(ctx, t, string(env.Name), app, mark)
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
	verb := map[ledger.IncidentKind]string{ledger.IncidentQuarantine: "Contain", ledger.IncidentThrottle: "Throttle"}[incident.What]
	return ledger.Entry{Kind: ledger.KindIncident, Subject: app, Sentence: fmt.Sprintf("%s %s: %s", verb, app, incident.Message), Body: incident}
}
