package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// beside is how many resources of one app are asked for side by side.
const beside = 8

// found is what is there of what inventories list.
type found struct {
	mu  sync.Mutex
	all map[string]*unstructured.Unstructured
}

func (r Ref) key() string {
	return strings.Join([]string{r.kind().Group, r.Kind, r.Namespace, r.Name}, "/")
}

func (f *found) add(r Ref, object *unstructured.Unstructured) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all[r.key()] = object
}

// get is for when all was added.
func (f *found) get(r Ref) *unstructured.Unstructured { return f.all[r.key()] }

// live asks for what inventories list.
func (t *Target) live(ctx context.Context, environment string, known map[string]*inventory, list bool) (*found, error) {
	f := &found{all: map[string]*unstructured.Unstructured{}}
	if !list {
		return f, t.ask(ctx, environment, known, f)
	}
	side, ctx := errgroup.WithContext(ctx)
	side.SetLimit(beside)
	kinds := map[schema.GroupVersionKind]bool{}
	for app, inv := range known {
		for _, ref := range inv.whole(app) {
			kinds[ref.kind()] = true
		}
	}
	for kind := range kinds {
		side.Go(func() error {
			mapping, err := t.mapping(ctx, kind)
			if errors.As(err, new(notServed)) {
				return nil // then there is none of it, which is the trouble of those that list some
			}
			if err != nil {
				return err
			}
			err = t.each(ctx, environment, t.in(ctx, environment).Resource(mapping.Resource), "", func(object *unstructured.Unstructured) {
				f.add(Ref{APIVersion: object.GetAPIVersion(), Kind: kind.Kind, Namespace: object.GetNamespace(), Name: object.GetName()}, object)
			})
			if apierrors.IsNotFound(err) {
				t.mapper.doubt(kind)
			}
			if err != nil {
				return fmt.Errorf("list all %s: %w", mapping.Resource.GroupResource(), err)
			}
			return nil
		})
	}
	return f, side.Wait()
}

// ask asks for each resource by its name.
func (t *Target) ask(ctx context.Context, environment string, known map[string]*inventory, f *found) error {
	var all []Ref
	for app, inv := range known {
		refs, err := t.possible(ctx, environment, app, inv)
		if err != nil {
			return err
		}
		all = append(all, refs...)
	}
	side, ctx := errgroup.WithContext(ctx)
	side.SetLimit(beside)
	for _, ref := range all {
		side.Go(func() error {
			object, err := t.get(ctx, environment, ref)
			if object != nil {
				f.add(ref, object)
			}
			return err
		})
	}
	return side.Wait()
}

// possible are the resources of an app that may be there. Before an app is applied for the first
// time its namespace is hardly there, and then nothing in it is: that is one question, not one
// for each resource.
func (t *Target) possible(ctx context.Context, environment, app string, inv *inventory) ([]Ref, error) {
	refs := inv.whole(app)
	if inv.object != nil {
		return refs, nil
	}
	for _, namespace := range inv.Resources {
		if namespace.kind().GroupKind() != (schema.GroupKind{Kind: "Namespace"}) {
			continue
		}
		object, err := t.get(ctx, environment, namespace)
		if err != nil {
			return nil, err
		}
		if object == nil {
			refs = slices.DeleteFunc(slices.Clone(refs), func(r Ref) bool { return r.Namespace == namespace.Name || r.same(namespace) })
		}
	}
	return refs, nil
}

// get returns a resource, nil where it is not there.
func (t *Target) get(ctx context.Context, environment string, ref Ref) (*unstructured.Unstructured, error) {
	client, err := t.at(ctx, environment, ref)
	if errors.As(err, new(notServed)) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	object, err := client.Get(ctx, ref.Name, getOptions)
	if missing(err) {
		return nil, nil
	}
	if apierrors.IsNotFound(err) {
		t.mapper.doubt(ref.kind())
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", ref, told(err))
	}
	return object, nil
}
