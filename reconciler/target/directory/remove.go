package directory

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory/inventory"
	"github.com/levee-gitops/levee/reconciler/target/directory/layout"
	"github.com/levee-gitops/levee/reconciler/target/directory/live"
)

// Remove implements target.Target. The entry goes last: while it is there, what
// is left of the app is known to be ours.
func (t *Target) Remove(ctx context.Context, environment, app string, fence target.Fence) (target.Receipt, error) {
	receipt, err := t.remove(ctx, environment, app, fence)
	if err != nil {
		return target.Receipt{}, fmt.Errorf("remove %.80q from %.80q: %w", app, environment, err)
	}
	return receipt, nil
}

func (t *Target) remove(ctx context.Context, environment, app string, fence target.Fence) (target.Receipt, error) {
	if err := target.CheckNames(environment, app); err != nil {
		return target.Receipt{}, err
	}
	if err := ctx.Err(); err != nil {
		return target.Receipt{}, err
	}
	if known, err := t.environments.Known(environment); err != nil || !known {
		return target.Receipt{Outcome: target.Unchanged}, err
	}
	d, release, err := t.environments.Begin(ctx, environment, app)
	if err != nil {
		return target.Receipt{}, err
	}
	defer release()
	r := inventory.Read(d, app)
	if !r.Held {
		return target.Receipt{Outcome: target.Unchanged}, layout.Tidy(d, app)
	}
	if err := r.Admits(fence); err != nil {
		return target.Receipt{}, err
	}
	receipt := target.Receipt{Outcome: target.Done}
	for _, place := range layout.Places {
		if !r.Claimed && !live.At(d, r.Entry, app, place).Ours() {
			continue
		}
		stays, err := takeAway(d, app, place)
		if err != nil {
			return target.Receipt{}, err
		}
		if stays != "" {
			receipt.Details = append(receipt.Details, stays)
		}
	}
	if err := inventory.RaiseWitness(ctx, t.environments, d, environment, fence); err != nil {
		return target.Receipt{}, err
	}
	if err := layout.Tidy(d, app); err != nil {
		return target.Receipt{}, err
	}
	if err := d.Remove(layout.File(layout.Inventory, app)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return target.Receipt{}, err
	}
	if mark, _, err := inventory.ReadMark(d, app); err != nil {
		return target.Receipt{}, err
	} else if mark != nil {
		receipt.Details = append(receipt.Details, "it stays contained until it is released")
	}
	return receipt, d.Sync(layout.Inventory)
}
