package kubernetes

import (
	"context"
	"fmt"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/apiserver"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/inventory"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/live"
)

// throttler holds apps to less, and ends that.
type throttler struct {
	api     *apiserver.Client
	store   *inventory.Store
	applier *applier
	acting  *acting
}

// Throttle implements target.Throttler.
func (t throttler) Throttle(ctx context.Context, environment, app string, mark target.Mark) (target.Receipt, error) {
	if err := target.CheckNames(environment, app); err != nil {
		return target.Receipt{}, fmt.Errorf("throttle %.80q: %w", app, err)
	}
	receipt, err := t.acting.alone(environment, app, func() (target.Receipt, error) { return t.throttle(ctx, environment, app, mark) })
	if err != nil {
		return target.Receipt{}, fmt.Errorf("throttle %s in %s: %w", app, environment, err)
	}
	return receipt, nil
}

// throttle writes the mark, with the word that what is there is not as it shall be, and then
// applies what was applied last in its throttled form.
func (t throttler) throttle(ctx context.Context, environment, app string, mark target.Mark) (target.Receipt, error) {
	inv, err := t.store.Read(ctx, environment, app)
	if err != nil {
		return target.Receipt{}, err
	}
	was := inv.Settled()
	receipt := target.Receipt{Outcome: target.Unchanged, Render: inv.Render}
	runs := inv.Render != "" && !inv.Disabled && inv.Mark == nil
	if inv.Throttle == nil {
		inv.Throttle, inv.Pending = &mark, inv.Pending || inv.Render != "" && !inv.Disabled
		if err := t.store.Write(ctx, environment, app, inv); err != nil {
			return target.Receipt{}, err
		}
		receipt.Outcome = target.Done
	}
	switch {
	case !runs:
		return receipt, nil
	case inv.Damaged != "":
		return target.Receipt{}, fmt.Errorf("it is marked, and held to less once it is applied again: %s", inv.Damaged)
	}
	object := target.Object{App: app, Render: inv.Render, Document: inv.Document, Fence: inv.Fence}
	desired, err := inv.Desired(object, inv.Shares)
	if err != nil {
		return target.Receipt{}, err
	}
	found, err := live.OfApp(ctx, t.api, environment, app, inv.Coming(desired))
	if err != nil {
		return target.Receipt{}, err
	}
	if !inv.Pending && live.Drift(inv, found) == "" {
		return receipt, nil
	}
	if err := live.Foreign(inv, desired, found); err != nil {
		return target.Receipt{}, err
	}
	return t.applier.settle(ctx, environment, object, desired, was, inv, found)
}

// Unthrottle implements target.Throttler.
func (t throttler) Unthrottle(ctx context.Context, environment, app string) (target.Receipt, error) {
	if err := target.CheckNames(environment, app); err != nil {
		return target.Receipt{}, fmt.Errorf("end the throttle of %.80q: %w", app, err)
	}
	receipt, err := t.acting.alone(environment, app, func() (target.Receipt, error) {
		inv, err := t.store.Read(ctx, environment, app)
		if err != nil {
			return target.Receipt{}, err
		}
		if inv.Throttle == nil {
			return target.Receipt{Outcome: target.Unchanged, Render: inv.Render}, nil
		}
		inv.Throttle = nil
		inv.Pending = inv.Pending || inv.Render != "" && !inv.Disabled // until it is applied whole
		return target.Receipt{Outcome: target.Done, Render: inv.Render}, t.store.Write(ctx, environment, app, inv)
	})
	if err != nil {
		return target.Receipt{}, fmt.Errorf("end the throttle of %s in %s: %w", app, environment, err)
	}
	return receipt, nil
}
