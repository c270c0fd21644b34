package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/apiserver"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/artefact"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/cut"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/inventory"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/live"
)

// observer looks at what there is of apps, and writes nothing.
type observer struct {
	api    *apiserver.Client
	store  *inventory.Store
	cutter *cut.Cutter
	acting *acting
}

// Observe implements target.Target. Of a few apps each resource is asked for; of all, each kind
// is listed.
func (o observer) Observe(ctx context.Context, environment string, apps ...string) (target.Inventory, error) {
	if err := target.CheckNames(environment, apps...); err != nil {
		return target.Inventory{}, fmt.Errorf("observe %.80q: %w", environment, err)
	}
	out, err := o.observe(ctx, environment, apps)
	if err != nil {
		return target.Inventory{}, fmt.Errorf("observe %s: %w", environment, err)
	}
	return out, nil
}

func (o observer) observe(ctx context.Context, environment string, apps []string) (target.Inventory, error) {
	out := target.Inventory{Apps: map[string]target.Observed{}}
	known := map[string]*inventory.Inventory{}
	if len(apps) == 0 || !o.store.Searched(environment) {
		all, err := o.store.All(ctx, environment)
		if err != nil {
			return out, err
		}
		for app, inv := range all {
			if len(apps) == 0 || slices.Contains(apps, app) {
				known[app] = inv
			}
		}
	} else {
		for _, app := range apps {
			inv, err := o.store.Read(ctx, environment, app)
			if errors.Is(err, target.ErrForeign) {
				continue // nothing is known of the app; whoever applies it is told why
			}
			if err != nil {
				return out, err
			}
			if inv.Known() {
				known[app] = inv
				o.store.Seen(environment, inv.Fence)
			}
		}
	}
	look := live.OfApps
	if len(apps) == 0 {
		look = live.OfAll
	}
	found, err := look(ctx, o.api, environment, known)
	if err != nil {
		return out, err
	}
	for app, inv := range known {
		seen := o.observed(environment, app, inv, found)
		if seen.Drift != "" {
			if seen, err = o.lookAgain(ctx, environment, seen); err != nil {
				return out, err
			}
		}
		if seen.App != "" {
			out.Apps[app] = seen
		}
	}
	out.Witness = o.store.Seen(environment, target.Fence{})
	return out, nil
}

// lookAgain looks once more at an app that has drifted: what is read of it while this process
// acts on it is of two moments. What is still done to it is no drift. Looks go side by side: one
// that took another for an act would find no drift, and whoever came to put it right would leave
// it. It returns no app where it has gone meanwhile.
func (o observer) lookAgain(ctx context.Context, environment string, seen target.Observed) (target.Observed, error) {
	lock := o.acting.of(environment, seen.App)
	if !lock.TryRLock() {
		seen.Drift, seen.Drifted = "", nil
		return seen, nil
	}
	defer lock.RUnlock()
	inv, err := o.store.Read(ctx, environment, seen.App)
	if err != nil || !inv.Known() {
		return target.Observed{}, err
	}
	found, err := live.OfApp(ctx, o.api, environment, seen.App, inv)
	if err != nil {
		return target.Observed{}, err
	}
	return o.observed(environment, seen.App, inv, found), nil
}

// observed is what an inventory and what is there say of an app.
func (o observer) observed(environment, app string, inv *inventory.Inventory, found *live.Resources) target.Observed {
	seen := target.Observed{App: app, Render: inv.Render, Fence: inv.Fence, Disabled: inv.Disabled, Mark: inv.Mark, Throttle: inv.Throttle, Document: artefact.Plain(inv.Document)}
	switch {
	case inv.Damaged != "":
		seen.Drift = inv.Damaged
	case inv.Mark != nil:
		seen.Drift = o.cutter.Drift(environment, app, inv, found)
	case inv.Pending:
		seen.Drift = "it was not applied to its end"
	case inv.Render != "":
		if seen.Drift = live.Drift(inv, found); seen.Drift != "" {
			seen.Drifted = live.Drifted(inv, found)
		}
	}
	if inv.Mark != nil && slices.Contains(inv.Recipe(), settings.MeasureStop) || inv.Disabled {
		seen.Ending = live.Ending(inv, found)
	}
	if inv.Mark == nil && !inv.Disabled && inv.Render != "" {
		seen.Health = live.HealthOf(inv, found, seen.Drift)
	}
	return seen
}
