package directory

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/levee-gitops/levee/reconciler/target"
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
	d, err := t.furnish(environment)
	if err != nil {
		return target.Receipt{}, err
	}
	defer d.Close()
	fresh, err := writeMark(d, app, mark)
	if err != nil {
		return target.Receipt{}, err
	}
	release, err := t.hold(ctx, d, environment, shard(app))
	if err != nil {
		return target.Receipt{}, fmt.Errorf("it is marked and not cut yet: %w", err)
	}
	defer release()
	mended, err := mendMark(d, app, mark)
	if err != nil {
		return target.Receipt{}, err
	}
	r := readEntry(d, app)
	was, left, err := isolate(d, app, r)
	if err != nil {
		return target.Receipt{}, err
	}
	receipt := target.Receipt{Outcome: target.Unchanged, Render: r.Render, Details: left, Left: left}
	if !r.held && len(left) == 0 {
		receipt.Details = []string{"nothing of it is here; it cannot arrive"}
	}
	if fresh || mended || was {
		receipt.Outcome = target.Done
	}
	return receipt, nil
}

// mendMark writes the text of a mark whose own was lost, and one that is in earnest in the
// place of a drill's. It says whether it wrote one that is new.
func mendMark(d disk, app string, mark target.Mark) (bool, error) {
	there, sound, err := readMark(d, app)
	if err != nil || sound && !there.GivesWayTo(mark) {
		return false, err
	}
	raw, err := lines(mark)
	if err != nil {
		return false, err
	}
	return sound, replace(d, app+".mark", file(marks, app), raw)
}

// isolate moves an app's document to where nothing watches, as it is, so that it can
// be looked at. What runs goes first. It says whether anything was cut, and what was
// left where it may run.
func isolate(d disk, app string, r record) (was bool, left []string, err error) {
	aside := file(quarantined, app)
	for _, place := range []string{apps, disabled} {
		here := look(d, r.entry, app, place)
		if here.what == absent {
			continue
		}
		if !r.held || !r.Claimed && !here.ours() {
			if place == apps {
				left = append(left, file(place, app)+" was not put there by levee, and was left: take it away if it runs")
			}
			continue
		}
		// Only the first find is kept, and nothing is kept for an app whose name is
		// not yet its own. Where moving fails, taking away must do.
		if !was && r.Claimed && here.what != directory && d.Rename(file(place, app), aside) == nil {
			was = true
			if err := errors.Join(d.Sync(quarantined), d.Sync(place)); err != nil {
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
	if known, err := t.known(environment); err != nil || !known {
		return target.Receipt{Outcome: target.Unchanged}, err
	}
	d, release, err := t.begin(ctx, environment, app)
	if err != nil {
		return target.Receipt{}, err
	}
	defer release()
	receipt := target.Receipt{Outcome: target.Done, Render: readEntry(d, app).Render}
	err = d.Remove(file(marks, app))
	if errors.Is(err, fs.ErrNotExist) {
		receipt.Outcome, err = target.Unchanged, nil
	}
	return receipt, errors.Join(err, d.Sync(marks))
}
