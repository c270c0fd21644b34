package reconciler

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/target"
)

// effect is one app to be driven into one environment, by this replica.
type effect struct {
	app, environment string
	target           target.Target
	object           target.Object
	claim            int64 // the sequence of the claim that allows it
}

// name is what the effect is called in claims and receipts.
func (e effect) name() string { return "apply " + e.environment }

// claim finds the apps whose targets lack what was admitted, and claims those
// that nobody else is at work on. Whether the claim holds shows when it landed.
func (p *pass) claim(ctx context.Context, b *bench, apps []string) ([]effect, []ledger.Entry, error) {
	var effects []effect
	var claims []ledger.Entry
	for _, name := range apps {
		state, _ := p.view.App(name)
		for _, env := range b.rules.Settings().Environments {
			standing, ok := state.Admitted[string(env.Name)]
			if !ok || !p.lacks(state, string(env.Name), standing) {
				continue
			}
			e, err := p.effect(ctx, b, state, env, standing)
			if err != nil {
				p.r.Log.Error("an app cannot be applied", "app", name, "environment", env.Name, "error", err)
				p.retry(name)
				continue
			}
			if held, ok := state.Claims[e.name()]; ok && held.Holder != p.r.Holder && p.now.Before(held.Until) {
				p.setWake(name, held.Until)
				continue
			}
			effects = append(effects, e)
			claims = append(claims, ledger.Entry{
				Kind: ledger.KindClaim, Subject: name,
				Sentence: fmt.Sprintf("Claim to apply %s %s to %s", name, standing.Digest.Short(), env.Name),
				Body:     ledger.Claim{Effect: e.name(), Holder: p.r.Holder, Until: p.now.Add(p.r.ClaimFor)},
			})
		}
	}
	return effects, claims, nil
}

// lacks reports whether a target does not yet hold what was admitted, as far as
// the ledger knows. What waits for the release of a quarantine lacks nothing.
func (p *pass) lacks(state ledger.App, environment string, standing ledger.Admitted) bool {
	applied, ok := state.Applied[environment]
	switch {
	case !ok || applied.Admission != standing.Seq || applied.Outcome == "failed":
		return state.Quarantine == nil
	case applied.Outcome == string(target.Contained):
		return state.Quarantine == nil
	}
	return false
}

// effect renders what is to be applied.
func (p *pass) effect(ctx context.Context, b *bench, state ledger.App, env catalog.Environment, standing ledger.Admitted) (effect, error) {
	t, ok := p.r.Targets[string(env.Target)]
	if !ok {
		return effect{}, fmt.Errorf("environment %s names the target %q, which the daemon's configuration does not have", env.Name, env.Target)
	}
	doc, err := p.runningDocument(ctx, b, string(env.Name), standing, state.Name)
	if err != nil {
		return effect{}, err
	}
	if doc == nil || doc.Digest() != standing.Digest {
		return effect{}, fmt.Errorf("the ledger does not hold what was admitted of %s", state.Name)
	}
	r, err := render(b.governing, doc, string(env.Name))
	if err != nil {
		return effect{}, err
	}
	fence := target.Fence{Admission: standing.Seq, Ledger: p.view.Tip, Main: p.view.Root().Main}
	disabled := state.Stage == ledger.Disabled || state.Stage == ledger.Archived
	return effect{app: state.Name, environment: string(env.Name), target: t, object: r.object(state.Name, fence, disabled)}, nil
}

// perform does the effects whose claims this replica landed, several apps at a
// time, and records what they really did. A failure is that app's alone.
func (p *pass) perform(ctx context.Context, effects []effect) error {
	var mine []effect
	for _, e := range effects {
		state, _ := p.view.App(e.app)
		if held, ok := state.Claims[e.name()]; ok && held.Holder == p.r.Holder {
			e.claim = held.Seq
			mine = append(mine, e)
		}
	}
	receipts := make([]ledger.Receipt, len(mine))
	var mu sync.Mutex
	inParallel(len(mine), func(i int) {
		made, receipt := mine[i].do(ctx)
		receipts[i] = receipt
		mu.Lock()
		defer mu.Unlock()
		p.out.Effects = append(p.out.Effects, made...)
	})
	var entries []ledger.Entry
	for i, receipt := range receipts {
		e := mine[i]
		if receipt.Outcome == "failed" {
			p.r.Log.Error("an app could not be applied", "app", e.app, "environment", e.environment, "error", receipt.Error)
			p.retry(e.app)
		} else {
			delete(p.r.failures, e.app)
			p.setWake(e.app, p.now) // the next environment may be ready for it
		}
		entries = append(entries, ledger.Entry{
			Kind: ledger.KindReceipt, Subject: e.app, Body: receipt,
			Sentence: fmt.Sprintf("Apply %s to %s: %s", e.app, e.environment, receipt.Outcome),
		})
	}
	return p.append(ctx, entries)
}

// do drives one app into one environment: what is there is observed first, since
// whoever had the claim before may have done it already.
func (e effect) do(ctx context.Context) ([]Effect, ledger.Receipt) {
	receipt := ledger.Receipt{
		Effect: e.name(), Claim: e.claim, Environment: e.environment,
		Admission: e.object.Fence.Admission, Outcome: string(target.Unchanged), Digest: e.object.Render,
	}
	made, err := e.steps(ctx)
	for _, m := range made {
		receipt.Steps = append(receipt.Steps, string(m.Verb)+": "+m.Reason)
		if m.Outcome != target.Unchanged {
			receipt.Outcome = string(m.Outcome)
		}
	}
	switch {
	case errors.Is(err, target.ErrFenced):
		receipt.Outcome, receipt.Error = "fenced", err.Error()
	case err != nil:
		receipt.Outcome, receipt.Error, receipt.Digest = "failed", err.Error(), ""
	}
	return made, receipt
}

func (e effect) steps(ctx context.Context) ([]Effect, error) {
	observed, err := e.target.Observe(ctx, e.environment, e.app)
	if err != nil {
		return nil, fmt.Errorf("look at %s in %s: %w", e.app, e.environment, err)
	}
	var made []Effect
	for _, step := range e.target.Plan([]target.Object{e.object}, observed) {
		receipt, err := e.target.Apply(ctx, e.environment, step)
		m := Effect{App: e.app, Environment: e.environment, Verb: step.Verb, Outcome: receipt.Outcome, Reason: step.Reason}
		if err != nil {
			m.Error = err.Error()
			return append(made, m), fmt.Errorf("%s %s in %s: %w", step.Verb, e.app, e.environment, err)
		}
		made = append(made, m)
	}
	return made, nil
}

// correctDrift looks at all targets, at its own cadence, and puts back what was
// changed by hand. It needs no ledger that can be written: what may run is known
// from the last that was accepted, so it goes on during a freeze.
func (r *Reconciler) correctDrift(ctx context.Context, p *pass) error {
	if p.now.Before(r.drifted.Add(r.DriftEvery)) {
		p.out.Wake = earliest(p.out.Wake, r.drifted.Add(r.DriftEvery))
		return nil
	}
	if p.view == nil || p.view.Root().Governing.Commit == "" {
		return nil
	}
	governing, err := r.snapshot(ctx, p.view.Root().Governing.Commit)
	if err != nil {
		return err
	}
	b, err := r.bench(ctx, governing, governing, p.now)
	if err != nil {
		return err
	}
	if r.last.main != nil {
		b.main = r.last.main
	}
	var receipts []ledger.Entry
	for _, env := range b.rules.Settings().Environments {
		t, ok := r.Targets[string(env.Target)]
		if !ok {
			continue
		}
		entries, err := p.correctIn(ctx, b, env, t)
		if err != nil {
			r.Log.Error("a target could not be looked at", "environment", env.Name, "error", err)
			continue
		}
		receipts = append(receipts, entries...)
	}
	r.drifted = p.now
	p.out.Wake = earliest(p.out.Wake, r.drifted.Add(r.DriftEvery))
	if p.out.Frozen != "" {
		return nil
	}
	return p.append(ctx, receipts)
}

// correctIn corrects one environment. Only apps that the ledger says were applied
// are looked at; what else the target holds is nobody's business here.
func (p *pass) correctIn(ctx context.Context, b *bench, env catalog.Environment, t target.Target) ([]ledger.Entry, error) {
	inventory, err := t.Observe(ctx, string(env.Name))
	if err != nil {
		return nil, err
	}
	var entries []ledger.Entry
	for _, name := range p.view.Apps() {
		state, _ := p.view.App(name)
		standing, ok := state.Admitted[string(env.Name)]
		applied := state.Applied[string(env.Name)]
		if !ok || applied.Admission != standing.Seq || applied.Outcome == "failed" || state.Quarantine != nil {
			continue
		}
		observed, there := inventory.Apps[name]
		if there && (observed.Drift == "" && observed.Render == standing.Render || observed.Mark != nil) {
			continue
		}
		e, err := p.effect(ctx, b, state, env, standing)
		if err != nil {
			p.r.Log.Error("drift of an app cannot be corrected", "app", name, "error", err)
			continue
		}
		made, receipt := e.do(ctx)
		receipt.Effect = "correct " + string(env.Name)
		p.out.Effects = append(p.out.Effects, made...)
		if len(made) > 0 {
			entries = append(entries, ledger.Entry{
				Kind: ledger.KindReceipt, Subject: name, Body: receipt,
				Sentence: fmt.Sprintf("Correct drift of %s in %s: %s", name, env.Name, receipt.Outcome),
			})
		}
	}
	return entries, nil
}
