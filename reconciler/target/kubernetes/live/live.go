package live

import (
	"context"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/apiserver"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/inventory"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// beside is how many resources of one app are asked for side by side.
const beside = 8

// Resources are what is there of what inventories list.
type Resources struct {
	mu  sync.Mutex
	all map[string]*unstructured.Unstructured
}

func (f *Resources) add(r resource.Ref, object *unstructured.Unstructured) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all[r.Key()] = object
}

// Get is a resource as it is there; nil where it is not.
func (f *Resources) Get(r resource.Ref) *unstructured.Unstructured { return f.all[r.Key()] }

// OfApp asks for what the inventory of one app lists.
func OfApp(ctx context.Context, api *apiserver.Client, environment, app string, inv *inventory.Inventory) (*Resources, error) {
	return OfApps(ctx, api, environment, map[string]*inventory.Inventory{app: inv})
}

// OfApps asks for each resource that inventories list by its name: it is for few apps.
func OfApps(ctx context.Context, api *apiserver.Client, environment string, known map[string]*inventory.Inventory) (*Resources, error) {
	var all []resource.Ref
	for app, inv := range known {
		refs, err := possible(ctx, api, environment, app, inv)
		if err != nil {
			return nil, err
		}
		all = append(all, refs...)
	}
	f := &Resources{all: map[string]*unstructured.Unstructured{}}
	side, ctx := errgroup.WithContext(ctx)
	side.SetLimit(beside)
	for _, ref := range all {
		side.Go(func() error {
			object, err := api.Get(ctx, environment, ref)
			if object != nil {
				f.add(ref, object)
			}
			return err
		})
	}
	return f, side.Wait()
}

// OfAll lists each kind that inventories list: it is for all apps of an environment.
func OfAll(ctx context.Context, api *apiserver.Client, environment string, known map[string]*inventory.Inventory) (*Resources, error) {
	f := &Resources{all: map[string]*unstructured.Unstructured{}}
	kinds := map[schema.GroupVersionKind]bool{}
	for app, inv := range known {
		for _, ref := range inv.Whole(app) {
			kinds[ref.GVK()] = true
		}
	}
	side, ctx := errgroup.WithContext(ctx)
	side.SetLimit(beside)
	for kind := range kinds {
		side.Go(func() error {
			return api.List(ctx, environment, kind, func(object *unstructured.Unstructured) {
				f.add(resource.Ref{APIVersion: object.GetAPIVersion(), Kind: kind.Kind, Namespace: object.GetNamespace(), Name: object.GetName()}, object)
			})
		})
	}
	return f, side.Wait()
}

// possible are the resources of an app that may be there. Before an app is applied for the first
// time its namespace is hardly there, and then nothing in it is: that is one question, not one
// for each resource.
func possible(ctx context.Context, api *apiserver.Client, environment, app string, inv *inventory.Inventory) ([]resource.Ref, error) {
	refs := inv.Whole(app)
	if inv.Known() {
		return refs, nil
	}
	for _, namespace := range inv.Resources {
		if namespace.GVK().GroupKind() != (schema.GroupKind{Kind: "Namespace"}) {
			continue
		}
		object, err := api.Get(ctx, environment, namespace)
		if err != nil {
			return nil, err
		}
		if object == nil {
			refs = slices.DeleteFunc(slices.Clone(refs), func(r resource.Ref) bool { return r.Namespace == namespace.Name || r.Same(namespace) })
		}
	}
	return refs, nil
}
