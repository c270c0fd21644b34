package directory

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory/disk"
	"github.com/levee-gitops/levee/reconciler/target/directory/inventory"
	"github.com/levee-gitops/levee/reconciler/target/directory/layout"
	"github.com/levee-gitops/levee/reconciler/target/directory/live"
)

// Quarantine implements target.Target. The mark is written before any lock is
// waited for: an apply under way sees it at its end.
func (t *Target) Quarantine(ctx context.Context, environment, app string, mark target.Mark) (target.Receipt, error) {
	receipt, err := t.quarantine(ctx, environment, app, mark)
	if err != nil {
		return target.Receipt{}, fmt.Errorf("quarantine %.80q in %.80q: %w", app, environment, err)
	}
	return receipt, nil
}

func (t *Target) quarantine(ctx context.Context, environment, app string, mark target.Mark) (target.Receipt, error) {
	if err := target.CheckNames(environment, app); err != nil {
		return target.Receipt{}, err
	}
	if err := ctx.Err(); err != nil {
		return target.Receipt{}, err
	}
	d, err := t.environments.Furnish(environment)
	if err != nil {
		return target.Receipt{}, err
	}
	defer d.Close()
	fresh, err := inventory.WriteMark(d, app, mark)
	if err != nil {
		return target.Receipt{}, err
	}
	release, err := t.environments.Hold(ctx, d, environment, layout.Shard(app))
	if err != nil {
		return target.Receipt{}, fmt.Errorf("it is marked and not cut yet: %w", err)
	}
	defer release()
	mended, err := inventory.MendMark(d, app, mark)
	if err != nil {
		return target.Receipt{}, err
	}
	r := inventory.Read(d, app)
	was, left, err := isolate(d, app, r)
	if err != nil {
		return target.Receipt{}, err
	}
	receipt := target.Receipt{Outcome: target.Unchanged, Render: r.Render, Details: left, Left: left}
	if !r.Held && len(left) == 0 {
		receipt.Details = []string{"nothing of it is here; it cannot arrive"}
	}
	if fresh || mended || was {
		receipt.Outcome = target.Done
	}
	return receipt, nil
}

// isolate moves an app's document to where nothing watches, as it is, so that it can
// be looked at. What runs goes first. It says whether anything was cut, and what was
// left where it may run.
func isolate(d disk.Disk, app string, r inventory.Record) (was bool, left []string, err error) {
	aside := layout.File(layout.Quarantined, app)
	for _, place := range []string{layout.Apps, layout.Disabled} {
		here := live.At(d, r.Entry, app, place)
		if here.What == live.Absent {
			continue
		}
		if !r.Held || !r.Claimed && !here.Ours() {
			if place == layout.Apps {
				left = append(left, layout.File(place, app)+" was not put there by levee, and was left: take it away if it runs")
			}
			continue
		}
		// Only the first find is kept, and nothing is kept for an app whose name is
		// not yet its own. Where moving fails, taking away must do.
		if !was && r.Claimed && here.What != live.Directory && d.Rename(layout.File(place, app), aside) == nil {
			was = true
			if err := errors.Join(d.Sync(layout.Quarantined), d.Sync(place)); err != nil {
				return true, nil, err
			}
			continue
		}
		stays, err := takeAway(d, app, place)
		if err != nil {
			return was, nil, err
		}
		if stays == "" {
			was = true
		} else {
			left = append(left, stays)
		}
	}
	return was, left, nil
}

// Release implements target.Target. Nothing is moved: the next apply brings the
// newest content, and until then the app is observed as not in its place.
func (t *Target) Release(ctx context.Context, environment, app string) (target.Receipt, error) {
	receipt, err := t.release(ctx, environment, app)
	if err != nil {
		return target.Receipt{}, fmt.Errorf("release %.80q in %.80q: %w", app, environment, err)
	}
	return receipt, nil
}

func (t *Target) release(ctx context.Context, environment, app string) (target.Receipt, error) {
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
	receipt := target.Receipt{Outcome: target.Done, Render: inventory.Read(d, app).Render}
	err = d.Remove(layout.File(layout.Marks, app))
	if errors.Is(err, fs.ErrNotExist) {
		receipt.Outcome, err = target.Unchanged, nil
	}
	return receipt, errors.Join(err, d.Sync(layout.Marks))
}
