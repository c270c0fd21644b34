package reconciler

import (
	"context"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/parallel"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/work"
)

// observed is what one environment's target held at a moment.
type observedAt struct {
	at        time.Time // when it was asked
	inventory target.Inventory
}

// observe has all targets looked at, at its own cadence and beside the passes. Each
// answer is told to the pass after it.
func (p *pass) observe(ctx context.Context) error {
	r := p.r
	if due := r.drifted.Add(r.DriftEvery); p.Now.Before(due) {
		p.out.Wake = earliest(p.out.Wake, due)
		return nil
	}
	if p.View == nil || p.View.Root().Governing.Commit == "" {
		return nil
	}
	settings, err := p.Settings(ctx)
	if err != nil {
		return err
	}
	for _, env := range settings.Environments {
		t, ok := r.Targets[string(env.Target)]
		if !ok {
			continue
		}
		at := p.Now
		r.jobs.Start(ctx, work.Job[outcome]{
			Lane: "look at " + string(env.Target), Key: "look at " + string(env.Name),
			Do: func(ctx context.Context, _ time.Time) outcome {
				var inventory target.Inventory
				err := parallel.Guard(r.Log, "looking at an environment", string(env.Name), func() (err error) {
					inventory, err = t.Observe(ctx, string(env.Name))
					return err
				})
				return func(p *pass) []ledger.Entry {
					if err != nil {
						r.Log.Error("a target could not be looked at", "environment", env.Name, "error", err)
						return nil
					}
					r.observed[env.Name] = observedAt{at, inventory}
					r.heard(env.Name, inventory.Witness.Ledger)
					return nil
				}
			},
		})
	}
	r.drifted = p.Now
	p.out.Wake = earliest(p.out.Wake, r.drifted.Add(r.DriftEvery))
	return nil
}

// drift finds what differs in the targets that were looked at from what is admitted, and
// notes a claim for each app that was changed by hand. What is applied anyway is not
// corrected besides.
func (p *pass) drift(ctx context.Context, underWay []effect) ([]effect, error) {
	effects, notes, err := p.findDrift(ctx)
	if err != nil {
		return nil, err
	}
	effects = slices.DeleteFunc(effects, func(e effect) bool {
		return slices.ContainsFunc(underWay, func(o effect) bool { return o.app == e.app && o.environment == e.environment })
	})
	for _, e := range effects {
		if p.View.Claimable(e.app, e.name(), p.Now) {
			notes = append(notes, p.claimFor(e))
		}
	}
	return effects, p.Note(ctx, notes)
}

// driftWhileFrozen puts back what was changed by hand although nothing can be
// recorded: what may run is known from the last state that was accepted.
func (p *pass) driftWhileFrozen(ctx context.Context) error {
	effects, _, err := p.findDrift(ctx)
	if err != nil {
		return err
	}
	for _, e := range effects {
		p.r.jobs.Start(ctx, work.Job[outcome]{
			Lane: e.lane, Key: e.key(), Stamp: e.object.Fence.Admission,
			Do: func(ctx context.Context, _ time.Time) outcome {
				made, _ := e.do(ctx, p.r.Log)
				return func(p *pass) []ledger.Entry {
					p.out.Effects = append(p.out.Effects, made...)
					return nil
				}
			},
		})
	}
	return nil
}

// findDrift takes what was observed since the last pass.
func (p *pass) findDrift(ctx context.Context) ([]effect, []ledger.Entry, error) {
	r := p.r
	if len(r.observed) == 0 {
		return nil, nil, nil
	}
	b, err := p.judgeAt(ctx, "")
	if err != nil {
		return nil, nil, err
	}
	if main := r.source.Known(r.last.Main); main != nil {
		b.Main = main // where most of what runs can be read without asking the ledger
	}
	var effects []effect
	var notes []ledger.Entry
	for _, env := range b.Rules.Settings().Environments {
		t, ok := r.Targets[string(env.Target)]
		seen, looked := r.observed[env.Name]
		if !ok || !looked {
			continue
		}
		found, marks := p.driftIn(ctx, b, env, t, seen)
		effects, notes = append(effects, found...), append(notes, marks...)
	}
	clear(r.observed)
	return effects, notes, nil
}

// driftIn finds what drifted in one environment. Only apps that the ledger says were
// applied once are looked at, and what drifted is driven to what is admitted now. What
// was changed since the target was asked, or is being changed, says nothing; what failed
// is tried again anyway, unless nothing is while frozen. What else the target holds is
// nobody's business here.
func (p *pass) driftIn(ctx context.Context, b *judge.Judge, env catalog.Environment, t target.Target, seen observedAt) ([]effect, []ledger.Entry) {
	var effects []effect
	var marks []ledger.Entry
	for _, name := range p.View.Apps() {
		state, _ := p.View.App(name)
		admitted, ok := state.Admitted[string(env.Name)]
		applied := state.Applied[string(env.Name)]
		observed, there := seen.inventory.Apps[name]
		if mark, unknown := p.alignMark(ctx, env, t, state, observed); unknown {
			marks = append(marks, mark)
		}
		if !ok || applied.Admission == 0 || applied.Outcome == outcomeFailed && p.Frozen == "" || state.Quarantine != nil {
			continue
		}
		asWanted := observed.Drift == "" && observed.Render == applied.Digest && observed.Disabled == applied.Disabled
		if there && (asWanted || observed.Mark != nil) || !applied.At.Before(seen.at) || p.r.jobs.Busy(effect{app: name, environment: string(env.Name)}.key(), 0) {
			continue
		}
		e, err := p.effect(ctx, b, state, env, admitted)
		if err != nil {
			p.r.Log.Error("drift of an app cannot be corrected", "app", name, "error", err)
			continue
		}
		e.verb = "correct"
		effects = append(effects, e)
	}
	return effects, marks
}
