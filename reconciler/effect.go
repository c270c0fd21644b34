package reconciler

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

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
	lane             string // of the target
	target           target.Target
	object           target.Object
	claim            ledger.ClaimState // that allows it
}

// key names the effect among those that run: one at a time for an app and environment.
func (e effect) key() string { return e.environment + "/" + e.app }

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
	room := p.room(b)
	for _, name := range apps {
		if p.r.jobs.Busy(containKey(name), 0) {
			continue
		}
		state, _ := p.View.App(name)
		for _, env := range b.Rules.Settings().Environments {
			admitted, ok := state.Admitted[string(env.Name)]
			if !ok || !p.lacks(state, string(env.Name), admitted) {
				continue
			}
			key := effect{app: name, environment: string(env.Name)}.key()
			if p.r.inVain[key] == admitted.Seq && p.Now.Before(p.r.again[name]) {
				continue // it was tried in vain, and is tried again then
			}
			if p.r.jobs.Busy(key, admitted.Seq) {
				continue // what comes of it makes a pass look again
			}
			if room[laneOf(env)] == 0 {
				p.enqueue(name)
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
				p.tryAgain(name, held.Until)
				continue
			}
			room[e.lane]--
			effects = append(effects, e)
			claims = append(claims, p.claimFor(e))
		}
	}
	return effects, claims
}

// laneOf is the lane of an environment's target.
func laneOf(env catalog.Environment) string { return "target " + string(env.Target) }

// laneLength is how many effects are claimed for a target at once, those under way
// included: so many records go out with one push, and what is claimed is begun within the
// time of its claim. A target of which some effects do not come back gets fewer: nothing
// is claimed that would wait in vain.
const laneLength = 256

// slow is how long an effect runs before it counts as one that does not come back.
const slow = 30 * time.Second

// room is how many more effects may be claimed, by lane.
func (p *pass) room(b *judge.Judge) map[string]int {
	room := map[string]int{}
	for _, env := range b.Rules.Settings().Environments {
		lane := laneOf(env)
		room[lane] = max(0, laneLength*(jobsAtOnce-p.r.jobs.Slow(lane, slow))/jobsAtOnce-p.r.jobs.Len(lane))
	}
	return room
}

// lacks reports whether a target does not yet hold what was admitted, as far as
// the ledger knows. What waits for the release of a quarantine lacks nothing.
func (p *pass) lacks(state ledger.App, environment string, admitted ledger.Admitted) bool {
	if state.Quarantine != nil {
		return false
	}
	applied, ok := state.Applied[environment]
	released := state.Released.After(applied.At) && !p.Now.Before(state.Released)
	return !ok || applied.Admission != admitted.Seq || applied.Disabled != judge.IsDown(state) ||
		applied.Outcome == outcomeFailed || applied.Outcome == string(target.Contained) || released
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
	return effect{verb: "apply", app: state.Name, environment: string(env.Name), lane: laneOf(env), target: t, object: r.Object(state.Name, fence, judge.IsDown(state))}, nil
}

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
