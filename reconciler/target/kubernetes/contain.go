package kubernetes

import (
	"context"
	"fmt"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/apiserver"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/cut"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/inventory"
)

// containment contains apps and releases them.
type containment struct {
	store  *inventory.Store
	cutter *cut.Cutter
	acting *acting
}

// Quarantine implements target.Target. It waits for nothing that is done to the app meanwhile:
// an apply on its way cannot write the inventory any more once the mark is there, begins again,
// and cuts what it had started.
func (c containment) Quarantine(ctx context.Context, environment, app string, mark target.Mark) (target.Receipt, error) {
	if err := target.CheckNames(environment, app); err != nil {
		return target.Receipt{}, fmt.Errorf("quarantine %.80q: %w", app, err)
	}
	ctx = apiserver.Urgent(ctx)
	receipt, err := again(func() (target.Receipt, error) { return c.quarantine(ctx, environment, app, mark) })
	if err != nil {
		return target.Receipt{}, fmt.Errorf("quarantine %s in %s: %w", app, environment, err)
	}
	return receipt, nil
}

func (c containment) quarantine(ctx context.Context, environment, app string, mark target.Mark) (target.Receipt, error) {
	inv, err := c.store.Read(ctx, environment, app)
	if err != nil {
		return target.Receipt{}, err
	}
	receipt := target.Receipt{Outcome: target.Unchanged, Render: inv.Render}
	if inv.Mark.GivesWayTo(mark) {
		inv.Mark = &mark
		if err := c.store.Write(ctx, environment, app, inv); err != nil {
			return target.Receipt{}, err
		}
		receipt.Outcome = target.Done
	}
	if receipt.Details, receipt.Left, err = c.cutter.Cut(ctx, environment, app, inv); err != nil {
		return target.Receipt{}, err
	}
	if len(receipt.Details) > 0 {
		receipt.Outcome = target.Done
	}
	return receipt, nil
}

// Release implements target.Target.
func (c containment) Release(ctx context.Context, environment, app string) (target.Receipt, error) {
	if err := target.CheckNames(environment, app); err != nil {
		return target.Receipt{}, fmt.Errorf("release %.80q: %w", app, err)
	}
	receipt, err := c.acting.alone(environment, app, func() (target.Receipt, error) { return c.release(ctx, environment, app) })
	if err != nil {
		return target.Receipt{}, fmt.Errorf("release %s in %s: %w", app, environment, err)
	}
	return receipt, nil
}

// release takes the policy away before the mark: whoever ends between them is asked again.
func (c containment) release(ctx context.Context, environment, app string) (target.Receipt, error) {
	inv, err := c.store.Read(ctx, environment, app)
	if err != nil {
		return target.Receipt{}, err
	}
	receipt := target.Receipt{Outcome: target.Unchanged, Render: inv.Render}
	if inv.Mark == nil {
		return receipt, nil
	}
	if err := c.cutter.Permit(ctx, environment, app, inv); err != nil {
		return target.Receipt{}, err
	}
	inv.Mark = nil
	receipt.Outcome = target.Done
	return receipt, c.store.Write(ctx, environment, app, inv)
}
