package kubernetes

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/levee-gitops/levee/reconciler/target"
)

// goneWithin is how long a removal waits for what it deleted to be gone; what takes longer is
// found by the next try.
const goneWithin = 2 * time.Minute

// Remove implements target.Target. The inventory goes last, and only once everything that it
// lists is gone, so that a removal that breaks off goes on.
func (t *Target) Remove(ctx context.Context, environment, app string, fence target.Fence) (target.Receipt, error) {
	if err := target.CheckNames(environment, app); err != nil {
		return target.Receipt{}, fmt.Errorf("remove %.80q: %w", app, err)
	}
	receipt, err := t.alone(environment, app, func() (target.Receipt, error) { return t.remove(ctx, environment, app, fence) })
	if err != nil {
		return target.Receipt{}, fmt.Errorf("remove %s from %s: %w", app, environment, err)
	}
	return receipt, nil
}

func (t *Target) remove(ctx context.Context, environment, app string, fence target.Fence) (target.Receipt, error) {
	inv, err := t.read(ctx, environment, app)
	if err != nil {
		return target.Receipt{}, err
	}
	if fence.Admission < inv.Fence.Admission {
		return target.Receipt{}, fmt.Errorf("%w: %d, and this is %d", target.ErrFenced, inv.Fence.Admission, fence.Admission)
	}
	if inv.Render == "" && len(inv.Resources) == 0 {
		return target.Receipt{Outcome: target.Unchanged}, nil
	}
	if err := t.raise(ctx, environment, fence); err != nil {
		return target.Receipt{}, err
	}
	if err := t.permit(ctx, environment, app, inv); err != nil {
		return target.Receipt{}, err // nothing is left that it would refuse
	}
	for _, ref := range slices.Backward(inv.Resources) {
		if _, err := t.delete(ctx, environment, ref); err != nil {
			return target.Receipt{}, err
		}
	}
	if err := t.gone(ctx, environment, inv.Resources); err != nil {
		return target.Receipt{}, err
	}
	*inv = inventory{Mark: inv.Mark, Throttle: inv.Throttle, object: inv.object}
	return target.Receipt{Outcome: target.Done}, t.write(ctx, environment, app, inv)
}

// gone waits until nothing of this target's is there under the names.
func (t *Target) gone(ctx context.Context, environment string, refs []Ref) error {
	end := time.Now().Add(goneWithin)
	for _, ref := range slices.Backward(refs) {
		for pause := 50 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
			object, err := t.get(ctx, environment, ref)
			if err != nil {
				return err
			}
			if object == nil || object.GetLabels()[labelInventory] != t.namespace {
				break
			}
			if time.Now().After(end) {
				return fmt.Errorf("%s is deleted and not gone yet; it has the finalizers %v", ref, object.GetFinalizers())
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(pause):
			}
		}
	}
	return nil
}
