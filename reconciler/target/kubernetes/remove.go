package kubernetes

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/apiserver"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/cut"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/inventory"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// remover takes apps away for good.
type remover struct {
	api    *apiserver.Client
	store  *inventory.Store
	cutter *cut.Cutter
	acting *acting
}

// goneWithin is how long a removal waits for what it deleted to be gone; what takes longer is
// found by the next try.
const goneWithin = 2 * time.Minute

// Remove implements target.Target. The inventory goes last, and only once everything that it
// lists is gone, so that a removal that breaks off goes on.
func (r remover) Remove(ctx context.Context, environment, app string, fence target.Fence) (target.Receipt, error) {
	if err := target.CheckNames(environment, app); err != nil {
		return target.Receipt{}, fmt.Errorf("remove %.80q: %w", app, err)
	}
	receipt, err := r.acting.alone(environment, app, func() (target.Receipt, error) { return r.remove(ctx, environment, app, fence) })
	if err != nil {
		return target.Receipt{}, fmt.Errorf("remove %s from %s: %w", app, environment, err)
	}
	return receipt, nil
}

func (r remover) remove(ctx context.Context, environment, app string, fence target.Fence) (target.Receipt, error) {
	inv, err := r.store.Read(ctx, environment, app)
	if err != nil {
		return target.Receipt{}, err
	}
	if fence.Admission < inv.Fence.Admission {
		return target.Receipt{}, fmt.Errorf("%w: %d, and this is %d", target.ErrFenced, inv.Fence.Admission, fence.Admission)
	}
	if inv.Render == "" && len(inv.Resources) == 0 {
		return target.Receipt{Outcome: target.Unchanged}, nil
	}
	if err := r.store.Raise(ctx, environment, fence); err != nil {
		return target.Receipt{}, err
	}
	if err := r.cutter.Permit(ctx, environment, app, inv); err != nil {
		return target.Receipt{}, err // nothing is left that it would refuse
	}
	for _, ref := range slices.Backward(inv.Resources) {
		if _, err := r.api.Delete(ctx, environment, ref); err != nil {
			return target.Receipt{}, err
		}
	}
	if err := r.gone(ctx, environment, inv.Resources); err != nil {
		return target.Receipt{}, err
	}
	return target.Receipt{Outcome: target.Done}, r.store.Write(ctx, environment, app, inv.Removed())
}

// gone waits until nothing of this target's is there under the names.
func (r remover) gone(ctx context.Context, environment string, refs []resource.Ref) error {
	end := time.Now().Add(goneWithin)
	for _, ref := range slices.Backward(refs) {
		for pause := 50 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
			object, err := r.api.Get(ctx, environment, ref)
			if err != nil {
				return err
			}
			if object == nil || !r.api.Owns(object) {
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
