package kubernetes

import (
	"context"
	"fmt"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/apiserver"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/cut"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/inventory"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/live"
)

// applier makes what is there of an app what it shall be.
type applier struct {
	api    *apiserver.Client
	store  *inventory.Store
	cutter *cut.Cutter
	sharer sharer
	acting *acting
}

// Apply implements target.Target.
func (a *applier) Apply(ctx context.Context, environment string, step target.Step) (target.Receipt, error) {
	if err := step.Check(environment); err != nil {
		return target.Receipt{}, fmt.Errorf("apply %.80q: %w", step.App, err)
	}
	receipt, err := a.acting.alone(environment, step.App, func() (target.Receipt, error) { return a.apply(ctx, environment, step.Object) })
	if err != nil {
		return target.Receipt{}, fmt.Errorf("apply %s to %s: %w", step.App, environment, err)
	}
	return receipt, nil
}

func (a *applier) apply(ctx context.Context, environment string, object target.Object) (target.Receipt, error) {
	inv, err := a.store.Read(ctx, environment, object.App)
	if err != nil {
		return target.Receipt{}, err
	}
	if object.Fence.Admission < inv.Fence.Admission {
		return target.Receipt{}, fmt.Errorf("%w: %d, and this is %d", target.ErrFenced, inv.Fence.Admission, object.Fence.Admission)
	}
	shares, err := a.sharer.shares(ctx, object)
	if err != nil {
		return target.Receipt{}, err
	}
	desired, err := inv.Desired(object, shares)
	if err != nil {
		return target.Receipt{}, err
	}
	if inv.Mark != nil {
		return a.wait(ctx, environment, object, inv)
	}
	found, err := live.OfApp(ctx, a.api, environment, object.App, inv.Coming(desired))
	if err != nil {
		return target.Receipt{}, err
	}
	if err := live.Foreign(inv, desired, found); err != nil {
		return target.Receipt{}, err
	}
	same := inv.Shares == shares && inv.Render == object.Render && inv.Disabled == object.Disabled && !inv.Pending && inv.Damaged == "" && live.Drift(inv, found) == ""
	if same {
		if inv.Fence == object.Fence {
			return target.Receipt{Outcome: target.Unchanged, Render: inv.Render}, nil
		}
		inv.Fence = object.Fence
		a.store.Seen(environment, object.Fence)
		return target.Receipt{Outcome: target.Unchanged, Render: inv.Render}, a.store.Write(ctx, environment, object.App, inv)
	}
	was := inv.Settled()
	inv.Shares = shares
	return a.settle(ctx, environment, object, desired, was, inv, found)
}

// wait records content for an app that is contained, and cuts what runs of it again.
func (a *applier) wait(ctx context.Context, environment string, object target.Object, inv *inventory.Inventory) (target.Receipt, error) {
	if _, _, err := a.cutter.Cut(ctx, environment, object.App, inv); err != nil {
		return target.Receipt{}, err
	}
	receipt := target.Receipt{Outcome: target.Contained, Render: object.Render}
	if inv.Render == object.Render && inv.Fence == object.Fence && inv.Disabled == object.Disabled && inv.Damaged == "" {
		return receipt, nil
	}
	// What waits is not what is there: once the mark is gone that is drift.
	inv.Pending = inv.Pending || inv.Render != object.Render || inv.Disabled != object.Disabled
	inv.Render, inv.Fence, inv.Disabled, inv.Document, inv.Damaged = object.Render, object.Fence, object.Disabled, object.Document, ""
	a.store.Seen(environment, object.Fence)
	return receipt, a.store.Write(ctx, environment, object.App, inv)
}
