package kubernetes

import (
	"context"
	"fmt"

	"github.com/levee-gitops/levee/reconciler/target"
)

// Quarantine implements target.Target. It waits for nothing that is done to the app meanwhile:
// an apply on its way cannot write the inventory any more once the mark is there, begins again,
// and cuts what it had started.
func (t *Target) Quarantine(ctx context.Context, environment, app string, mark target.Mark) (target.Receipt, error) {
	if err := target.CheckNames(environment, app); err != nil {
		return target.Receipt{}, fmt.Errorf("quarantine %.80q: %w", app, err)
	}
	ctx = context.WithValue(ctx, urgency{}, true)
	receipt, err := again(func() (target.Receipt, error) { return t.quarantine(ctx, environment, app, mark) })
	if err != nil {
		return target.Receipt{}, fmt.Errorf("quarantine %s in %s: %w", app, environment, err)
	}
	return receipt, nil
}

func (t *Target) quarantine(ctx context.Context, environment, app string, mark target.Mark) (target.Receipt, error) {
	inv, err := t.read(ctx, environment, app)
	if err != nil {
		return target.Receipt{}, err
	}
	receipt := target.Receipt{Outcome: target.Unchanged, Render: inv.Render}
	if inv.Mark.GivesWayTo(mark) {
		inv.Mark = &mark
		if err := t.write(ctx, environment, app, inv); err != nil {
			return target.Receipt{}, err
		}
		receipt.Outcome = target.Done
	}
	if receipt.Details, receipt.Left, err = t.cut(ctx, environment, app, inv); err != nil {
		return target.Receipt{}, err
	}
	if len(receipt.Details) > 0 {
		receipt.Outcome = target.Done
	}
	return receipt, nil
}

// Release implements target.Target.
func (t *Target) Release(ctx context.Context, environment, app string) (target.Receipt, error) {
	if err := target.CheckNames(environment, app); err != nil {
		return target.Receipt{}, fmt.Errorf("release %.80q: %w", app, err)
	}
	receipt, err := t.alone(environment, app, func() (target.Receipt, error) { return t.release(ctx, environment, app) })
	if err != nil {
		return target.Receipt{}, fmt.Errorf("release %s in %s: %w", app, environment, err)
	}
	return receipt, nil
}

// release takes the policy away before the mark: whoever ends between them is asked again.
func (t *Target) release(ctx context.Context, environment, app string) (target.Receipt, error) {
	inv, err := t.read(ctx, environment, app)
	if err != nil {
		return target.Receipt{}, err
	}
	receipt := target.Receipt{Outcome: target.Unchanged, Render: inv.Render}
	if inv.Mark == nil {
		return receipt, nil
	}
	if err := t.permit(ctx, environment, app, inv); err != nil {
		return target.Receipt{}, err
	}
	inv.Mark = nil
	receipt.Outcome = target.Done
	return receipt, t.write(ctx, environment, app, inv)
}

// permit takes away what refuses the traffic of an app.
func (t *Target) permit(ctx context.Context, environment, app string, inv *inventory) error {
	if inv.home() == "" {
		return nil
	}
	_, err := t.delete(ctx, environment, refOf(inv.denial(environment, app)))
	return err
}
