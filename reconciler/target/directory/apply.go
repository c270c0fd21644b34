package directory

import (
	"context"
	"fmt"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory/inventory"
	"github.com/levee-gitops/levee/reconciler/target/directory/layout"
	"github.com/levee-gitops/levee/reconciler/target/directory/live"
)

// Apply implements target.Target.
func (t *Target) Apply(ctx context.Context, environment string, step target.Step) (target.Receipt, error) {
	receipt, err := t.apply(ctx, environment, step)
	if err != nil {
		return target.Receipt{}, fmt.Errorf("%s %.80q in %.80q: %w", step.Verb, step.App, environment, err)
	}
	return receipt, nil
}

func (t *Target) apply(ctx context.Context, environment string, step target.Step) (target.Receipt, error) {
	if err := step.Check(environment); err != nil {
		return target.Receipt{}, err
	}
	d, release, err := t.environments.Begin(ctx, environment, step.App)
	if err != nil {
		return target.Receipt{}, err
	}
	defer release()
	was := inventory.Read(d, step.App)
	if err := was.Admits(step.Object.Fence); err != nil {
		return target.Receipt{}, err
	}
	mark, _, err := inventory.ReadMark(d, step.App)
	if err != nil {
		return target.Receipt{}, err
	}
	if mark != nil {
		// What runs is cut before anything is written.
		if _, _, err := isolate(d, step.App, was); err != nil {
			return target.Receipt{}, err
		}
	}
	claimed, err := live.Claims(was, step.App, live.AtAll(d, was.Entry, step.App))
	if err != nil {
		return target.Receipt{}, err
	}
	// The witness comes first: once entry and document are right, nobody has a
	// reason to come again.
	if err := inventory.RaiseWitness(ctx, t.environments, d, environment, step.Object.Fence); err != nil {
		return target.Receipt{}, err
	}
	if err := layout.Tidy(d, step.App); err != nil {
		return target.Receipt{}, err
	}
	outcome, err := t.settle(d, was, claimed, step.Object, mark != nil)
	if err != nil {
		return target.Receipt{}, err
	}
	receipt := target.Receipt{Outcome: outcome, Render: step.Object.Render}
	if mark == nil {
		// A mark waits for no lock: it may have come since.
		if mark, _, err = inventory.ReadMark(d, step.App); err != nil {
			return target.Receipt{}, err
		}
		if mark != nil {
			if _, _, err := isolate(d, step.App, inventory.Read(d, step.App)); err != nil {
				return target.Receipt{}, err
			}
		}
	}
	if mark != nil {
		receipt.Outcome = target.Contained
		receipt.Details = []string{"contained: " + mark.Reason}
	}
	return receipt, nil
}
