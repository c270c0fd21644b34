package deploy

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/session"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/work"
)

// Drift finds what differs in the targets that were looked at from what is admitted, and
// notes a claim for each app that was changed by hand. What is applied anyway is not
// corrected besides. main is the catalog's branch as the last pass saw it.
func (d *Deployer) Drift(ctx context.Context, s *session.Session, main catalog.Commit, underWay Effects) (Effects, error) {
	effects, notes, err := d.findDrift(ctx, s, main)
	if err != nil {
		return nil, err
	}
	effects = slices.DeleteFunc(effects, func(e effect) bool {
		return slices.ContainsFunc(underWay, func(o effect) bool { return o.app == e.app && o.environment == e.environment })
	})
	for _, e := range effects {
		if s.View.Claimable(e.app, e.name(), s.Now) {
			notes = append(notes, claimFor(s, e))
		}
	}
	for _, news := range d.fights.news(s.View) {
		notes = append(notes, news)
		d.Work.Agenda.TryAgain(news.Subject, s.Now) // so that people are told
	}
	return effects, s.Note(ctx, notes)
}

// DriftWhileFrozen puts back what was changed by hand although nothing can be
// recorded: what may run is known from the last state that was accepted.
func (d *Deployer) DriftWhileFrozen(ctx context.Context, s *session.Session, main catalog.Commit) error {
	effects, _, err := d.findDrift(ctx, s, main)
	if err != nil {
		return err
	}
	for _, e := range effects {
		d.Work.Jobs.Start(ctx, work.Job[work.Outcome]{
			Lane: e.lane, Key: e.key(), Stamp: e.object.Fence.Admission,
			Do: func(ctx context.Context, _ time.Time) work.Outcome {
				made, _, _ := e.do(ctx, d.Log)
				return func(now time.Time) []ledger.Entry {
					d.made = append(d.made, made...)
					d.fights.corrected(e, made, now)
					return nil
				}
			},
		})
	}
	return nil
}

// findDrift takes what was observed since the last pass.
func (d *Deployer) findDrift(ctx context.Context, s *session.Session, main catalog.Commit) (Effects, []ledger.Entry, error) {
	d.looks.gather()
	if len(d.looks.observed) == 0 && len(d.looks.named) == 0 {
		return nil, nil, nil
	}
	b, err := d.Judges.At(ctx, s, "")
	if err != nil {
		return nil, nil, err
	}
	if main := s.Known(main); main != nil {
		b.Main = main // where most of what runs can be read without asking the ledger
	}
	var effects Effects
	var notes []ledger.Entry
	for _, env := range b.Rules.Settings().Environments {
		t, err := d.Targets.Of(env)
		if err != nil {
			continue
		}
		if seen, looked := d.looks.observed[env.Name]; looked {
			found, marks := d.driftIn(ctx, s, b, env, t, seen, s.View.Apps())
			effects, notes = append(effects, found...), append(notes, marks...)
		}
		for n, seen := range d.looks.named {
			if n.target == string(env.Target) && n.environment == string(env.Name) {
				found, marks := d.driftIn(ctx, s, b, env, t, seen, []string{n.app})
				effects, notes = append(effects, found...), append(notes, marks...)
			}
		}
	}
	effects = onceEach(effects)
	d.looks.forget()
	return effects, notes, nil
}

// onceEach sorts effects, and leaves one of each app and environment: two looks may have
// found the same.
func onceEach(effects Effects) Effects {
	slices.SortFunc(effects, func(a, b effect) int { return cmp.Compare(a.key(), b.key()) })
	return slices.CompactFunc(effects, func(a, b effect) bool { return a.key() == b.key() })
}

// driftIn finds what drifted in one environment, of the apps named. Only apps that the ledger says were
// applied once are looked at, and what drifted is driven to what is admitted now. What
// was changed since the target was asked, or is being changed, says nothing; what failed
// is tried again anyway, unless nothing is while frozen. What else the target holds is
// nobody's business here.
func (d *Deployer) driftIn(ctx context.Context, s *session.Session, b *judge.Judge, env settings.Environment, t target.Target, seen observedAt, names []string) (Effects, []ledger.Entry) {
	var effects Effects
	var marks []ledger.Entry
	for _, name := range names {
		state, _ := s.View.App(name)
		admitted, ok := state.Admitted[string(env.Name)]
		applied := state.Applied[string(env.Name)]
		observed, there := seen.inventory.Apps[name]
		marks = append(marks, d.Contain.Align(ctx, laneOf(env), env, t, state, observed)...)
		if !ok || applied.Admission == 0 || applied.Outcome == ledger.OutcomeFailed && s.Frozen == "" || state.Quarantine != nil {
			continue
		}
		here, differs := place{name, string(env.Name)}, contested(observed)
		d.fights.looked(here, state, differs, seen.at)
		asWanted := observed.Drift == "" && observed.Render == applied.Digest && observed.Disabled == applied.Disabled
		if there && (asWanted || observed.Mark != nil) {
			continue
		}
		if observed.Throttle == nil && d.fights.pauses(here, differs, s.Now) {
			continue // a later look finds it again; what is throttled is corrected at once
		}
		if !applied.At.Before(seen.at) || d.Work.Jobs.Busy(effect{app: name, environment: string(env.Name)}.key(), 0) {
			d.looks.sightings.lookAgain(nudged{string(env.Target), string(env.Name), name})
			continue
		}
		e, err := d.renderer.effect(ctx, s, b, state, env, admitted)
		if err != nil {
			d.Log.Error("drift of an app cannot be corrected", "app", name, "error", err)
			continue
		}
		e.verb, e.differs = "correct", differs
		effects = append(effects, e)
	}
	return effects, marks
}
