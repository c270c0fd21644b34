package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/manifests"
)

// pageSize is how many resources are asked for at once.
const pageSize = 500

// Observe implements target.Target. Of a few apps each resource is asked for; of all, each kind
// is listed.
func (t *Target) Observe(ctx context.Context, environment string, apps ...string) (target.Inventory, error) {
	if err := target.CheckNames(environment, apps...); err != nil {
		return target.Inventory{}, fmt.Errorf("observe %.80q: %w", environment, err)
	}
	out, err := t.observe(ctx, environment, apps)
	if err != nil {
		return target.Inventory{}, fmt.Errorf("observe %s: %w", environment, err)
	}
	return out, nil
}

func (t *Target) observe(ctx context.Context, environment string, apps []string) (target.Inventory, error) {
	out := target.Inventory{Apps: map[string]target.Observed{}}
	known := map[string]*inventory{}
	t.mu.Lock()
	seen := t.known[environment]
	t.mu.Unlock()
	if len(apps) == 0 || !seen {
		all, err := t.readAll(ctx, environment)
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
			inv, err := t.read(ctx, environment, app)
			if errors.Is(err, target.ErrForeign) {
				continue // nothing is known of the app; whoever applies it is told why
			}
			if err != nil {
				return out, err
			}
			if inv.object != nil {
				known[app] = inv
				t.seen(environment, inv.Fence)
			}
		}
	}
	live, err := t.live(ctx, environment, known, len(apps) == 0)
	if err != nil {
		return out, err
	}
	for app, inv := range known {
		o := t.observed(environment, app, inv, live)
		if o.Drift != "" {
			if o, err = t.lookAgain(ctx, environment, o); err != nil {
				return out, err
			}
		}
		if o.App != "" {
			out.Apps[app] = o
		}
	}
	out.Witness = t.seen(environment, target.Fence{})
	return out, nil
}

// lookAgain looks once more at an app that has drifted: what is read of it while this process
// acts on it is of two moments. What is still done to it is no drift. It returns no app where
// it has gone meanwhile.
func (t *Target) lookAgain(ctx context.Context, environment string, seen target.Observed) (target.Observed, error) {
	lock := t.acting.of(environment, seen.App)
	if !lock.TryLock() {
		seen.Drift, seen.Drifted = "", nil
		return seen, nil
	}
	defer lock.Unlock()
	inv, err := t.read(ctx, environment, seen.App)
	if err != nil || inv.object == nil {
		return target.Observed{}, err
	}
	live, err := t.live(ctx, environment, map[string]*inventory{seen.App: inv}, false)
	if err != nil {
		return target.Observed{}, err
	}
	return t.observed(environment, seen.App, inv, live), nil
}

// readAll returns the inventories of an environment, by app.
func (t *Target) readAll(ctx context.Context, environment string) (map[string]*inventory, error) {
	all := map[string]*inventory{}
	err := t.each(ctx, environment, t.inventories(ctx), labelRole, func(object *unstructured.Unstructured) {
		app := object.GetLabels()[manifests.LabelApp]
		switch {
		case object.GetLabels()[labelRole] == roleWitness:
			t.seen(environment, witnessOf(object))
		case object.GetName() == inventoryName(environment, app):
			inv := readInventory(object)
			t.seen(environment, inv.Fence)
			all[app] = inv
		}
	})
	if err != nil {
		return nil, fmt.Errorf("list the inventories: %w", err)
	}
	t.searched(environment)
	return all, nil
}

// each lists the resources of a sort that an environment's inventories may list, page by page.
func (t *Target) each(ctx context.Context, environment string, sort dynamic.ResourceInterface, with string, do func(*unstructured.Unstructured)) error {
	selector := labelInventory + "=" + t.namespace + "," + manifests.LabelEnvironment + "=" + environment
	if with != "" {
		selector += "," + with
	}
	options := metav1.ListOptions{LabelSelector: selector, Limit: pageSize}
	for {
		page, err := sort.List(ctx, options)
		if err != nil {
			return told(err)
		}
		for i := range page.Items {
			do(&page.Items[i])
		}
		if options.Continue = page.GetContinue(); options.Continue == "" {
			return nil
		}
	}
}

// observed is what an inventory and what is there say of an app.
func (t *Target) observed(environment, app string, inv *inventory, live *found) target.Observed {
	o := target.Observed{App: app, Render: inv.Render, Fence: inv.Fence, Disabled: inv.Disabled, Mark: inv.Mark, Throttle: inv.Throttle, Document: plainDocument(inv.document)}
	switch {
	case inv.damaged != "":
		o.Drift = inv.damaged
	case inv.Mark != nil:
		var words []string
		for _, m := range t.uncut(environment, app, inv, live) {
			words = append(words, m.is)
		}
		o.Drift = firstOf(words, "; ")
	case inv.Pending:
		o.Drift = "it was not applied to its end"
	case inv.Render != "":
		if o.Drift = joined(drift(inv, live), inv.overLimit(live)); o.Drift != "" {
			o.Drifted = drifted(inv, live)
		}
	}
	if inv.Mark != nil && slices.Contains(inv.recipe(), catalog.MeasureStop) || inv.Disabled {
		o.Ending = ending(inv, live)
	}
	if inv.Mark == nil && !inv.Disabled && inv.Render != "" {
		o.Health = healthOf(inv, live, o.Drift)
	}
	return o
}

// mostNamed is how many resources drift names, and how many fields and people of one.
const mostNamed = 3

// drift says what differs from what was applied; empty where nothing does.
func drift(inv *inventory, live *found) string {
	var words []string
	for _, ref := range inv.Resources {
		object := live.get(ref)
		switch {
		case ref.Leaving:
			if by := successor(inv.Resources, ref); object != nil && (by == nil || wellOff(live.get(*by))) {
				words = append(words, ref.String()+" is there though what took its place is ready")
			}
		case object == nil:
			words = append(words, ref.String()+" is not there")
		case object.GetDeletionTimestamp() != nil:
			words = append(words, ref.String()+" is being deleted")
		default:
			is, err := owned(object)
			if err != nil {
				words = append(words, fmt.Sprintf("%s: %v", ref, err))
			} else if is != ref.Owned {
				said := ref.String() + " was changed"
				if who := changers(object); len(who) > 0 {
					said += " by " + strings.Join(who, ", ")
				}
				words = append(words, said)
			}
		}
	}
	return firstOf(words, "; ")
}

// firstOf names the first of a list, and how many more there are.
func firstOf(list []string, between string) string {
	if more := len(list) - mostNamed; more > 0 {
		list = append(slices.Clone(list[:mostNamed]), fmt.Sprintf("and %d more", more))
	}
	return strings.Join(list, between)
}
