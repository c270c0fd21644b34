package directory

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory/disk"
	"github.com/levee-gitops/levee/reconciler/target/directory/inventory"
	"github.com/levee-gitops/levee/reconciler/target/directory/layout"
	"github.com/levee-gitops/levee/reconciler/target/directory/live"
)

// Observe implements target.Target.
func (t *Target) Observe(ctx context.Context, environment string, names ...string) (target.Inventory, error) {
	got, err := t.observe(ctx, environment, names)
	if err != nil {
		return target.Inventory{}, fmt.Errorf("observe %.80q: %w", environment, err)
	}
	return got, nil
}

func (t *Target) observe(ctx context.Context, environment string, names []string) (target.Inventory, error) {
	got := target.Inventory{Apps: map[string]target.Observed{}}
	if err := target.CheckNames(environment, names...); err != nil {
		return got, err
	}
	if err := ctx.Err(); err != nil {
		return got, err
	}
	d, err := t.environments.Enter(environment)
	if errors.Is(err, fs.ErrNotExist) {
		return got, nil
	}
	if err != nil {
		return got, err
	}
	defer d.Close()
	v := view{t: t, d: d, sure: d, environment: environment, named: len(names) > 0}
	if !v.named {
		all := layout.OpenAll(d)
		defer all.Close()
		v.d = all
		if names, err = v.list(); err != nil {
			return got, err
		}
	}
	for _, app := range names {
		if err := ctx.Err(); err != nil {
			return got, err
		}
		o, there, err := v.app(ctx, app)
		if err != nil {
			return got, err
		}
		if there {
			got.Apps[app] = o
		}
	}
	got.Witness, _, err = inventory.ReadWitness(d)
	return got, err
}

// view is one pass over an environment.
type view struct {
	t           *Target
	d           disk.Disk
	sure        disk.Disk // as d, and goes the whole way to each file
	environment string
	named       bool
	// present is what lay in each folder at the start of a pass over all apps, so
	// that most of what is not there need not be asked for.
	present map[string]map[string]bool
}

// list names all apps that are held or marked.
func (v *view) list() ([]string, error) {
	v.present = map[string]map[string]bool{}
	held := map[string]bool{}
	for _, folder := range []string{layout.Inventory, layout.Marks, layout.Apps, layout.Disabled, layout.Quarantined} {
		names, err := v.d.List(folder)
		if errors.Is(err, fs.ErrNotExist) {
			if err := v.lost(folder); err != nil {
				return nil, err
			}
		} else if err != nil {
			return nil, fmt.Errorf("list %s: %w", folder, err)
		}
		there := make(map[string]bool, len(names))
		if folder == layout.Apps {
			v.present[live.Healths] = map[string]bool{}
		}
		for _, name := range names {
			if app, ok := strings.CutSuffix(name, ".health.json"); ok && folder == layout.Apps {
				v.present[live.Healths][app] = true
				continue
			}
			app, ok := strings.CutSuffix(name, ".json")
			if !ok || target.CheckNames(v.environment, app) != nil {
				continue // nothing of ours is called so
			}
			there[app] = true
			if folder == layout.Inventory || folder == layout.Marks {
				held[app] = true
			}
		}
		v.present[folder] = there
	}
	v.t.memory.forget(v.environment, held)
	all := make([]string, 0, len(held))
	for app := range held {
		all = append(all, app)
	}
	slices.Sort(all)
	return all, nil
}

// lost refuses to take an inventory that was thrown away for an empty one.
func (v *view) lost(folder string) error {
	if folder != layout.Inventory && folder != layout.Marks {
		return nil // tells of itself, app by app
	}
	if _, err := v.d.Lstat(layout.Witness); errors.Is(err, fs.ErrNotExist) {
		return nil // nothing was ever applied
	}
	return fmt.Errorf("%s is gone, and with it what is known of every app: restore it, or move the environment's folder away to start anew", folder)
}
