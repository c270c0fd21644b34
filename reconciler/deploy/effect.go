package deploy

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/parallel"
	"github.com/levee-gitops/levee/reconciler/target"
)

// Effect is one step that was made in a target.
type Effect struct {
	App         string         `json:"app"`
	Environment string         `json:"environment"`
	Verb        target.Verb    `json:"verb"`
	Outcome     target.Outcome `json:"outcome"`
	Reason      string         `json:"reason"`
	Error       string         `json:"error,omitempty"`
}

// effect is one app to be driven into one environment, by this replica.
type effect struct {
	verb             string // "apply", or "correct" for drift
	app, environment string
	on, lane         string // the target, and its lane
	target           target.Target
	object           target.Object
	doc              *catalog.Document  // what was rendered
	claim            ledger.ClaimState  // that allows it
	differs          []ledger.Contested // what of it is corrected
}

// key names the effect among those that run: one at a time for an app and environment.
func (e effect) key() string { return e.environment + "/" + e.app }

// name is what the effect is called in claims and receipts.
func (e effect) name() ledger.Effect { return ledger.NewEffect(e.verb, e.environment) }

// do drives one app into one environment: what is there is observed first, since
// whoever had the claim before may have done it already. It returns what is there then;
// zero where that could not be told.
func (e effect) do(ctx context.Context, log *slog.Logger) ([]Effect, ledger.Receipt, target.Observed) {
	receipt := ledger.Receipt{
		Effect: e.name(), Claim: e.claim.Seq, Environment: e.environment,
		Admission: e.object.Fence.Admission, Outcome: ledger.OutcomeUnchanged, Digest: e.object.Render, Disabled: e.object.Disabled,
	}
	var made []Effect
	var observed target.Observed
	err := parallel.Guard(log, "driving an app into "+e.environment, e.app, func() (err error) {
		made, observed, err = e.steps(ctx)
		return err
	})
	for _, m := range made {
		receipt.Steps = append(receipt.Steps, string(m.Verb)+": "+m.Reason)
		if m.Outcome != target.Unchanged {
			receipt.Outcome = ledger.Outcome(m.Outcome)
		}
	}
	if err != nil {
		receipt.Outcome, receipt.Error, receipt.Digest = ledger.OutcomeFailed, err.Error(), ""
		if !slices.ContainsFunc(made, func(m Effect) bool { return m.Error != "" }) {
			made = append(made, e.failed("it could not be looked at", err))
		}
	}
	return made, receipt, observed
}

// outcomeFailed is that of a step which was tried in vain.
const outcomeFailed = target.Outcome(ledger.OutcomeFailed)

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

func (e effect) steps(ctx context.Context) ([]Effect, target.Observed, error) {
	observed, err := e.target.Observe(ctx, e.environment, e.app)
	if err != nil {
		return nil, target.Observed{}, fmt.Errorf("look at %s in %s: %w", e.app, e.environment, err)
	}
	var made []Effect
	for _, step := range e.target.Plan([]target.Object{e.object}, observed) {
		receipt, err := e.target.Apply(ctx, e.environment, step)
		m := Effect{App: e.app, Environment: e.environment, Verb: step.Verb, Outcome: receipt.Outcome, Reason: step.Reason}
		if err != nil {
			m.Outcome, m.Error = outcomeFailed, err.Error()
			return append(made, m), target.Observed{}, fmt.Errorf("%s %s in %s: %w", step.Verb, e.app, e.environment, err)
		}
		made = append(made, m)
	}
	if len(made) > 0 {
		// What was done is done, also where it cannot be looked at: the next look tells.
		if observed, err = e.target.Observe(ctx, e.environment, e.app); err != nil {
			return made, target.Observed{}, nil
		}
	}
	return made, observed.Apps[e.app], nil
}
