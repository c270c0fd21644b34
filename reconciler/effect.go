package reconciler

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/parallel"
	"github.com/levee-gitops/levee/reconciler/render"
	"github.com/levee-gitops/levee/reconciler/target"
)

// effect is one app to be driven into one environment, by this replica.
type effect struct {
	verb             string // "apply", or "correct" for drift
	app, environment string
	target           target.Target
	object           target.Object
	claim            ledger.ClaimState // that allows it
}

// name is what the effect is called in claims and receipts.
func (e effect) name() string { return ledger.Effect(e.verb, e.environment) }

// claim is the record by which this replica asks to do the effect.
func (p *pass) claimFor(e effect) ledger.Entry {
	return ledger.Entry{
		Kind: ledger.KindClaim, Subject: e.app, Body: ledger.NewClaim(e.name(), p.r.Holder, p.Now, p.r.ClaimFor),
		Sentence: fmt.Sprintf("Claim to %s %s in %s", e.verb, e.app, e.environment),
	}
}

// claim finds the apps whose targets lack what was admitted, and claims those
// that nobody else is at work on. Whether the claim holds shows when it landed.
func (p *pass) claim(ctx context.Context, b *judge.Judge, apps []string) ([]effect, []ledger.Entry) {
	var effects []effect
	var claims []ledger.Entry
	for _, name := range apps {
		state, _ := p.View.App(name)
		for _, env := range b.Rules.Settings().Environments {
			admitted, ok := state.Admitted[string(env.Name)]
			if !ok || !p.lacks(state, string(env.Name), admitted) {
				continue
			}
			e, err := p.effect(ctx, b, state, env, admitted)
			if err != nil {
				p.r.Log.Error("an app cannot be applied", "app", name, "environment", env.Name, "error", err)
				p.out.Effects = append(p.out.Effects, effect{verb: "apply", app: name, environment: string(env.Name)}.failed("it cannot be rendered for its target", err))
				p.retry(name)
				continue
			}
			if held, ok := state.Claims[e.name()]; ok && held.Holder != p.r.Holder && p.Now.Before(held.Until) {
				p.setWake(name, held.Until)
				continue
			}
			effects = append(effects, e)
			claims = append(claims, p.claimFor(e))
		}
	}
	return effects, claims
}

// lacks reports whether a target does not yet hold what was admitted, as far as
// the ledger knows. What waits for the release of a quarantine lacks nothing.
func (p *pass) lacks(state ledger.App, environment string, admitted ledger.Admitted) bool {
	applied, ok := state.Applied[environment]
	switch {
	case ok && applied.Disabled != judge.IsDown(state) && applied.Outcome != "failed":
		return state.Quarantine == nil
	case !ok || applied.Admission != admitted.Seq || applied.Outcome == "failed":
		return state.Quarantine == nil
	case applied.Outcome == string(target.Contained):
		return state.Quarantine == nil
	}
	return false
}

// effect renders what is to be applied.
func (p *pass) effect(ctx context.Context, b *judge.Judge, state ledger.App, env catalog.Environment, admitted ledger.Admitted) (e effect, err error) {
	err = parallel.Guard(p.r.Log, "rendering an app", state.Name, func() (err error) {
		e, err = p.rendered(ctx, b, state, env, admitted)
		return err
	})
	return e, err
}

func (p *pass) rendered(ctx context.Context, b *judge.Judge, state ledger.App, env catalog.Environment, admitted ledger.Admitted) (effect, error) {
	t, ok := p.r.Targets[string(env.Target)]
	if !ok {
		return effect{}, p.r.noTarget(env)
	}
	doc, err := b.RunningDocument(ctx, p.View, string(env.Name), admitted, state.Name)
	if err != nil {
		return effect{}, err
	}
	if doc == nil || doc.Digest() != admitted.Digest {
		return effect{}, fmt.Errorf("the ledger does not hold what was admitted of %s", state.Name)
	}
	r, err := p.asAdmitted(ctx, b, doc, string(env.Name), admitted)
	if err != nil {
		return effect{}, err
	}
	fence := target.Fence{Admission: admitted.Seq, Ledger: p.View.Tip, Main: p.View.Root().Main}
	return effect{verb: "apply", app: state.Name, environment: string(env.Name), target: t, object: r.Object(state.Name, fence, judge.IsDown(state))}, nil
}

// many is how many effects take long enough to say so before.
const many = 100

// perform does the effects whose claims this replica landed, several apps at a
// time, says what is to be said, and records what really happened. A failure is
// that app's alone.
func (p *pass) perform(ctx context.Context, effects []effect, tellings []telling) error {
	var mine []effect
	for _, e := range effects {
		if held, ok := p.View.Held(e.app, e.name(), p.r.Holder, p.Now); ok {
			e.claim = held
			mine = append(mine, e)
		}
	}
	if len(mine) >= many {
		p.r.Log.Info("driving apps into their targets", "effects", len(mine))
	}
	receipts := make([]ledger.Receipt, len(mine))
	var mu sync.Mutex
	parallel.Each(len(mine), func(i int) {
		if !p.holds(mine[i].claim) {
			return
		}
		made, receipt := mine[i].do(ctx, p.r.Log)
		receipts[i] = receipt
		mu.Lock()
		defer mu.Unlock()
		p.out.Effects = append(p.out.Effects, made...)
	})
	entries := append(p.openProposals(ctx), p.send(ctx, tellings)...)
	for i, receipt := range receipts {
		e := mine[i]
		if receipt.Effect == "" {
			p.r.Log.Warn("there was no time left for an effect", "effect", e.name(), "app", e.app)
			p.retry(e.app)
			continue
		}
		if receipt.Outcome == "failed" {
			p.r.Log.Error("an effect failed", "effect", e.name(), "app", e.app, "environment", e.environment, "error", receipt.Error)
			p.retry(e.app)
		} else {
			delete(p.r.failures, e.app)
			p.setWake(e.app, p.Now) // the next environment may be ready for it
		}
		entries = append(entries, ledger.Entry{
			Kind: ledger.KindReceipt, Subject: e.app, Body: receipt,
			Sentence: fmt.Sprintf("%s %s in %s: %s", map[string]string{"apply": "Apply", "correct": "Correct"}[e.verb], e.app, e.environment, receipt.Outcome),
		})
	}
	return p.Keep(ctx, entries)
}

// holds reports whether a claim holds at this moment, and not only when the pass began:
// what was done since may have taken so long that somebody else is at it by now.
func (p *pass) holds(c ledger.ClaimState) bool { return p.r.Now().Before(c.Until) }

// do drives one app into one environment: what is there is observed first, since
// whoever had the claim before may have done it already.
func (e effect) do(ctx context.Context, log *slog.Logger) ([]Effect, ledger.Receipt) {
	receipt := ledger.Receipt{
		Effect: e.name(), Claim: e.claim.Seq, Environment: e.environment,
		Admission: e.object.Fence.Admission, Outcome: string(target.Unchanged), Digest: e.object.Render, Disabled: e.object.Disabled,
	}
	var made []Effect
	err := parallel.Guard(log, "driving an app into "+e.environment, e.app, func() (err error) {
		made, err = e.steps(ctx)
		return err
	})
	for _, m := range made {
		receipt.Steps = append(receipt.Steps, string(m.Verb)+": "+m.Reason)
		if m.Outcome != target.Unchanged {
			receipt.Outcome = string(m.Outcome)
		}
	}
	if err != nil {
		receipt.Outcome, receipt.Error, receipt.Digest = outcomeFailed, err.Error(), ""
		if !slices.ContainsFunc(made, func(m Effect) bool { return m.Error != "" }) {
			made = append(made, e.failed("it could not be looked at", err))
		}
	}
	return made, receipt
}

// outcomeFailed is that of an effect, and of its receipt, which was tried in vain.
const outcomeFailed = "failed"

// failed is the effect that did not come as far as a step.
func (e effect) failed(reason string, err error) Effect {
	return Effect{App: e.app, Environment: e.environment, Verb: target.Verb(e.verb), Outcome: outcomeFailed, Reason: reason, Error: err.Error()}
}

// planned is what would be done, given what is there.
func (e effect) planned(observed target.Inventory) []target.Step {
	one := target.Inventory{Witness: observed.Witness, Apps: map[string]target.Observed{}}
	if o, ok := observed.Apps[e.app]; ok {
		one.Apps[e.app] = o
	}
	return e.target.Plan([]target.Object{e.object}, one)
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
			m.Outcome, m.Error = outcomeFailed, err.Error()
			return append(made, m), fmt.Errorf("%s %s in %s: %w", step.Verb, e.app, e.environment, err)
		}
		made = append(made, m)
	}
	return made, nil
}

// drift looks at all targets, at its own cadence, and notes a claim for each app
// that was changed by hand. What this pass applies anyway is not corrected besides.
func (p *pass) drift(ctx context.Context, underWay []effect) ([]effect, error) {
	effects, notes, err := p.lookForDrift(ctx)
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
	effects, _, err := p.lookForDrift(ctx)
	if err != nil {
		return err
	}
	for _, e := range effects {
		made, _ := e.do(ctx, p.r.Log)
		p.out.Effects = append(p.out.Effects, made...)
	}
	return nil
}

// lookForDrift observes every environment, if it is time to.
func (p *pass) lookForDrift(ctx context.Context) ([]effect, []ledger.Entry, error) {
	r := p.r
	if due := r.drifted.Add(r.DriftEvery); p.Now.Before(due) {
		p.out.Wake = earliest(p.out.Wake, due)
		return nil, nil, nil
	}
	if p.View == nil || p.View.Root().Governing.Commit == "" {
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
		if !ok {
			continue
		}
		found, marks, err := p.driftIn(ctx, b, env, t)
		if err != nil {
			r.Log.Error("a target could not be looked at", "environment", env.Name, "error", err)
			continue
		}
		effects, notes = append(effects, found...), append(notes, marks...)
	}
	r.drifted = p.Now
	p.out.Wake = earliest(p.out.Wake, r.drifted.Add(r.DriftEvery))
	return effects, notes, nil
}

// driftIn finds what drifted in one environment. Only apps that the ledger says
// were applied once are looked at, and what drifted is driven to what is admitted now; what failed
// is tried again anyway, unless nothing is while frozen. What else the target holds is nobody's business
// here.
func (p *pass) driftIn(ctx context.Context, b *judge.Judge, env catalog.Environment, t target.Target) ([]effect, []ledger.Entry, error) {
	inventory, err := t.Observe(ctx, string(env.Name))
	if err != nil {
		return nil, nil, err
	}
	var effects []effect
	var marks []ledger.Entry
	for _, name := range p.View.Apps() {
		state, _ := p.View.App(name)
		admitted, ok := state.Admitted[string(env.Name)]
		applied := state.Applied[string(env.Name)]
		observed, there := inventory.Apps[name]
		if mark, unknown := p.alignMark(ctx, env, t, state, observed); unknown {
			marks = append(marks, mark)
		}
		if !ok || applied.Admission == 0 || applied.Outcome == "failed" && p.Frozen == "" || state.Quarantine != nil {
			continue
		}
		asWanted := observed.Drift == "" && observed.Render == applied.Digest && observed.Disabled == applied.Disabled
		if there && (asWanted || observed.Mark != nil) {
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
	return effects, marks, nil
}

// asAdmitted renders what runs as it was admitted. Where governance went on and the
// content was not admitted anew under it, as while it has grace from a rule, that is by
// the governance of then, which the ledger holds.
func (p *pass) asAdmitted(ctx context.Context, b *judge.Judge, doc *catalog.Document, environment string, admitted ledger.Admitted) (render.Rendering, error) {
	r, err := render.App(b.Governing, doc, environment)
	if err != nil || r.Digest == admitted.Render {
		return r, err
	}
	then, err := p.GovernedBy(ctx, admitted.Seq)
	if err != nil {
		return render.Rendering{}, fmt.Errorf("find what governed when %s was admitted, by record %d: %w", doc.Name, admitted.Seq, err)
	}
	if r, err = render.App(then, doc, environment); err == nil && r.Digest != admitted.Render {
		p.r.Log.Warn("an app renders otherwise than it was admitted, as after an upgrade", "app", doc.Name, "environment", environment)
	}
	return r, err
}
