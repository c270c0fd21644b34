package kubernetes

import (
	"context"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/apiserver"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/inventory"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/live"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/manifests"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/share"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/workload"
)

// previewer says what applying would do, and writes nothing.
type previewer struct {
	api    *apiserver.Client
	store  *inventory.Store
	sharer sharer
}

// Preview implements target.Target. What changes is told by the API server's dry run, so that
// it has the defaults and the refusals that applying would meet.
func (p previewer) Preview(ctx context.Context, environment string, object target.Object) (target.Preview, error) {
	items, err := p.preview(ctx, environment, object)
	if err != nil {
		return target.Preview{}, fmt.Errorf("preview %.80q in %.80q: %w", object.App, environment, err)
	}
	return target.NewPreview(items), nil
}

func (p previewer) preview(ctx context.Context, environment string, object target.Object) ([]target.Item, error) {
	if err := (target.Step{Verb: target.Correct, App: object.App, Object: object}).Check(environment); err != nil {
		return nil, err
	}
	inv, err := p.store.Read(ctx, environment, object.App)
	if err != nil {
		return nil, err
	}
	shares, err := p.sharer.shares(ctx, object)
	if err != nil {
		return nil, err
	}
	desired, err := inv.Desired(object, shares)
	if err != nil {
		return nil, err
	}
	found, err := live.OfApp(ctx, p.api, environment, object.App, inv.Coming(desired))
	if err != nil {
		return nil, err
	}
	if err := live.Foreign(inv, desired, found); err != nil {
		return nil, err
	}
	was := inv.Formed()
	if inv.Mark != nil {
		return waiting(inv, object, was, desired), nil
	}
	same := inv.Render == object.Render && inv.Disabled == object.Disabled && !inv.Pending && inv.Damaged == ""
	first := ""
	if inv.Document != nil {
		first = target.Describe(inv.Document, object.Document)
	}
	var items []target.Item
	var marks relabelling // that were told of a resource before
	for _, r := range desired {
		ref := r.Ref()
		known, there := resource.Listed(inv.Resources, ref), found.Get(ref)
		if known != nil && live.AsApplied(*known, there) && resource.Alike(resource.Find(was, ref), r) {
			continue
		}
		item, relabels, err := p.foresee(ctx, environment, r, there, marks)
		if err != nil {
			return nil, err
		}
		if marks == nil {
			marks = relabels
		}
		if shares && share.Lone(r) {
			item.Words = joined(item.Words, "it has 1 replica, so that the share is one more beside it, which gets about half of what there is to do")
		}
		if first != "" && item.Words == "" && !same {
			item.Words, first = first, ""
		}
		items = append(items, item)
	}
	for _, ref := range inv.Resources {
		if resource.Listed(resource.Refs(desired), ref) != nil || found.Get(ref) == nil {
			continue
		}
		words := "the chart has it no longer"
		if by := share.Successor(resource.Refs(desired), ref); by != nil && !object.Disabled {
			words = "once " + by.String() + ", which takes its place, is ready"
		}
		items = append(items, target.Item{Verb: target.ItemRemove, What: ref.String(), Words: words})
	}
	if len(items) > 0 && inv.Throttle != nil && !object.Disabled {
		items[0].Words = joined(items[0].Words, "throttled ("+inv.Throttle.Reason+"), so it runs with less")
	}
	return items, nil
}

// foresee is what becomes of one resource, and how its labels change. Those changes of labels that were
// told of a resource before are not told again.
func (p previewer) foresee(ctx context.Context, environment string, r resource.Resource, there *unstructured.Unstructured, marks relabelling) (target.Item, relabelling, error) {
	ref := r.Ref()
	if there == nil || there.GetDeletionTimestamp() != nil {
		return target.Item{Verb: target.ItemCreate, What: ref.String(), Words: "not there yet", Diff: target.Difference(nil, shown(r.Content))}, nil, nil
	}
	would, err := p.api.Try(ctx, environment, r)
	if (apierrors.IsInvalid(err) || apierrors.IsForbidden(err)) && !apierrors.IsUnexpectedServerError(err) {
		return target.Item{Verb: target.ItemChange, What: ref.String(), Words: "the cluster would refuse it: " + strings.Join(strings.Fields(err.Error()), " ")}, nil, nil
	}
	if err != nil {
		return target.Item{}, nil, fmt.Errorf("try %s: %w", ref, apiserver.Told(err))
	}
	item := changed(ref, there.Object, would.Object, marks)
	switch {
	case workload.Runs(there) && !workload.Runs(would):
		item.Verb, item.Words = target.ItemRemove, "its pods: the app shall not run"
	case !workload.Runs(there) && workload.Runs(would):
		item.Words = "its pods run"
	}
	return item, relabelled(there.Object, would.Object), nil
}

// changed is a resource that becomes another, but for the changes of labels that were told before.
func changed(ref resource.Ref, was, is map[string]any, marks relabelling) target.Item {
	item := target.Item{Verb: target.ItemChange, What: ref.String(), Diff: target.Difference(shown(marks.without(was)), shown(is))}
	if item.Diff == "" && len(marks) > 0 {
		item.Words = "only its labels, as above"
	}
	return item
}

// waiting is what is recorded of an app that is contained.
func waiting(inv *inventory.Inventory, object target.Object, was, desired []resource.Resource) []target.Item {
	if inv.Render == object.Render && inv.Disabled == object.Disabled {
		return nil
	}
	var items []target.Item
	var marks relabelling // that were told of a resource before
	for _, r := range desired {
		before := resource.Find(was, r.Ref())
		if resource.Alike(before, r) {
			continue
		}
		item := target.Item{Verb: target.ItemCreate, What: r.Ref().String(), Diff: target.Difference(nil, shown(r.Content))}
		if before.Content != nil {
			item = changed(r.Ref(), before.Content, r.Content, marks)
			if marks == nil {
				marks = relabelled(before.Content, r.Content)
			}
		}
		item.Words = "contained, so it waits"
		items = append(items, item)
	}
	return items
}

// joined is words of which some may be empty.
func joined(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), "; ")
}

// shown is a resource as people read it: without what the API server keeps about it.
func shown(content map[string]any) []byte {
	if content == nil {
		return nil
	}
	copied := (&unstructured.Unstructured{Object: content}).DeepCopy().Object
	delete(copied, "status")
	if meta, ok := copied["metadata"].(map[string]any); ok {
		for _, name := range []string{"managedFields", "resourceVersion", "uid", "generation", "creationTimestamp", "selfLink"} {
			delete(meta, name)
		}
		if labels, ok := meta["labels"].(map[string]any); ok {
			delete(labels, manifests.LabelInventory)
		}
	}
	raw, err := yaml.Marshal(copied)
	if err != nil {
		return nil
	}
	return raw
}
