package kubernetes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// attempts is how often a step begins again because somebody else wrote the inventory.
const attempts = 4

// again has a step tried again while others write the inventory that it writes.
func again(try func() (target.Receipt, error)) (receipt target.Receipt, err error) {
	for range attempts {
		if receipt, err = try(); !apierrors.IsConflict(errors.Unwrap(err)) && !apierrors.IsAlreadyExists(errors.Unwrap(err)) {
			return receipt, err
		}
	}
	return receipt, err
}

// alone is again while nothing else in this process acts on the app.
func (t *Target) alone(environment, app string, try func() (target.Receipt, error)) (target.Receipt, error) {
	lock := t.acting.of(environment, app)
	lock.Lock()
	defer lock.Unlock()
	return again(try)
}

// Apply implements target.Target.
func (t *Target) Apply(ctx context.Context, environment string, step target.Step) (target.Receipt, error) {
	if err := step.Check(environment); err != nil {
		return target.Receipt{}, fmt.Errorf("apply %.80q: %w", step.App, err)
	}
	receipt, err := t.alone(environment, step.App, func() (target.Receipt, error) { return t.apply(ctx, environment, step.Object) })
	if err != nil {
		return target.Receipt{}, fmt.Errorf("apply %s to %s: %w", step.App, environment, err)
	}
	return receipt, nil
}

func (t *Target) apply(ctx context.Context, environment string, object target.Object) (target.Receipt, error) {
	inv, err := t.read(ctx, environment, object.App)
	if err != nil {
		return target.Receipt{}, err
	}
	if object.Fence.Admission < inv.Fence.Admission {
		return target.Receipt{}, fmt.Errorf("%w: %d, and this is %d", target.ErrFenced, inv.Fence.Admission, object.Fence.Admission)
	}
	shares, err := t.sharer.shares(ctx, object)
	if err != nil {
		return target.Receipt{}, err
	}
	desired, err := inv.desired(object, shares)
	if err != nil {
		return target.Receipt{}, err
	}
	if inv.Mark != nil {
		return t.wait(ctx, environment, object, inv)
	}
	live, err := t.live(ctx, environment, map[string]*inventory{object.App: {object: inv.object, Resources: union(inv.Resources, refsOf(desired))}}, false)
	if err != nil {
		return target.Receipt{}, err
	}
	if err := t.foreign(inv, desired, live); err != nil {
		return target.Receipt{}, err
	}
	same := inv.Shares == shares && inv.Render == object.Render && inv.Disabled == object.Disabled && !inv.Pending && inv.damaged == "" && drift(inv, live) == "" && len(inv.tooMany(live)) == 0
	if same {
		if inv.Fence == object.Fence {
			return target.Receipt{Outcome: target.Unchanged, Render: inv.Render}, nil
		}
		inv.Fence = object.Fence
		t.seen(environment, object.Fence)
		return target.Receipt{Outcome: target.Unchanged, Render: inv.Render}, t.write(ctx, environment, object.App, inv)
	}
	was := inv.settled()
	inv.Shares = shares
	return t.settle(ctx, environment, object, desired, was, inv, live)
}

// settle makes what is there what it shall be. The inventory says so first, with all that may
// be there meanwhile, so that whoever comes after a crash finds it. was is what is known to have
// been applied.
func (t *Target) settle(ctx context.Context, environment string, object target.Object, desired, was []resource.Resource, inv *inventory, live *found) (target.Receipt, error) {
	before := inv.Resources
	next := *inv
	next.Render, next.Fence, next.Disabled, next.document, next.damaged, next.Pending = object.Render, object.Fence, object.Disabled, object.Document, "", true
	next.Resources = union(before, refsOf(desired))
	if err := t.write(ctx, environment, object.App, &next); err != nil {
		return target.Receipt{}, err
	}
	t.seen(environment, object.Fence)
	receipt := target.Receipt{Outcome: target.Done, Render: object.Render}
	var done []Ref
	for _, r := range desired {
		ref := refOf(r)
		if known := refIn(before, ref); known != nil && asApplied(*known, live.get(ref)) && alike(find(was, ref), r) {
			done = append(done, *known)
			continue
		}
		applied, err := t.put(ctx, environment, r)
		if err != nil {
			return target.Receipt{}, err
		}
		if ref.Owned, err = owned(applied); err != nil {
			return target.Receipt{}, err
		}
		done = append(done, ref)
		receipt.Details = append(receipt.Details, "applied "+ref.String())
		if carried, err := t.sharer.carry(ctx, environment, r, &next, live); err != nil {
			return target.Receipt{}, err
		} else if carried != "" {
			receipt.Details = append(receipt.Details, carried)
		}
	}
	var leaving []Ref
	for _, ref := range slices.Backward(before) {
		if refIn(done, ref) != nil {
			continue
		}
		if !object.Disabled && stays(ref, done, live) {
			ref.Leaving = true
			leaving = append(leaving, ref)
			continue
		}
		gone, err := t.delete(ctx, environment, ref)
		if err != nil {
			return target.Receipt{}, err
		}
		if gone {
			receipt.Details = append(receipt.Details, "removed "+ref.String())
		}
	}
	scaled, err := t.throttler.scaleDown(ctx, environment, &next, live)
	if err != nil {
		return target.Receipt{}, err
	}
	receipt.Details = append(receipt.Details, scaled...)
	next.Resources, next.Pending, next.Applied = append(done, leaving...), false, time.Now().UTC().Truncate(time.Second)
	if len(receipt.Details) == 0 {
		next.Applied = inv.Applied
	}
	return receipt, t.write(ctx, environment, object.App, &next)
}

// wait records content for an app that is contained, and cuts what runs of it again.
func (t *Target) wait(ctx context.Context, environment string, object target.Object, inv *inventory) (target.Receipt, error) {
	if _, _, err := t.cut(ctx, environment, object.App, inv); err != nil {
		return target.Receipt{}, err
	}
	receipt := target.Receipt{Outcome: target.Contained, Render: object.Render}
	if inv.Render == object.Render && inv.Fence == object.Fence && inv.Disabled == object.Disabled && inv.damaged == "" {
		return receipt, nil
	}
	// What waits is not what is there: once the mark is gone that is drift.
	inv.Pending = inv.Pending || inv.Render != object.Render || inv.Disabled != object.Disabled
	inv.Render, inv.Fence, inv.Disabled, inv.document, inv.damaged = object.Render, object.Fence, object.Disabled, object.Document, ""
	t.seen(environment, object.Fence)
	return receipt, t.write(ctx, environment, object.App, inv)
}

// desired is what shall be there of an object, in the form in which it is applied.
func (inv *inventory) desired(object target.Object, shares bool) ([]resource.Resource, error) {
	list, err := Resources(object.Document)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", target.ErrPermanent, err)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%w: what is to be applied has no resources; it was not rendered for Kubernetes", target.ErrPermanent)
	}
	for _, r := range list {
		if r.Metadata() == nil || r.Name() == "" || r.Kind().Kind == "" {
			return nil, fmt.Errorf("%w: one of the resources has no kind or no name", target.ErrPermanent)
		}
	}
	if list, err = inv.formed(list, object.Document, object.Disabled, shares); err != nil {
		return nil, fmt.Errorf("%w: %w", target.ErrPermanent, err)
	}
	return list, nil
}

// foreign refuses to touch what no inventory of this target lists and is there.
func (t *Target) foreign(inv *inventory, desired []resource.Resource, live *found) error {
	for _, r := range desired {
		ref := refOf(r)
		object := live.get(ref)
		if object == nil || refIn(inv.Resources, ref) != nil {
			continue
		}
		who := changers(object)
		return fmt.Errorf("%w: %s is there already (put there by %s): remove it, or call the app otherwise", target.ErrForeign, ref, strings.Join(who, ", "))
	}
	return nil
}

// patch sends a resource, marked as this target's, to be applied or only tried. Its fields are
// Levee's: whoever took one over loses it.
func (t *Target) patch(ctx context.Context, environment string, r resource.Resource, dryRun ...string) (*unstructured.Unstructured, error) {
	mapping, err := t.mapping(ctx, r.Kind())
	if err != nil {
		return nil, err
	}
	if mapping.GroupVersionKind.Version != r.Kind().Version {
		return nil, notServed{r.Kind()}
	}
	client, err := t.at(ctx, environment, refOf(r))
	if err != nil {
		return nil, err
	}
	marked := unstructured.Unstructured{Object: runtime.DeepCopyJSON(r.Content)}
	labels := marked.GetLabels()
	if labels == nil {
		labels = map[string]string{}
	}
	labels[labelInventory] = t.namespace
	marked.SetLabels(labels)
	raw, err := marked.MarshalJSON()
	if err != nil {
		return nil, err
	}
	return client.Patch(ctx, r.Name(), types.ApplyPatchType, raw, metav1.PatchOptions{FieldManager: manager, Force: &force, DryRun: dryRun})
}

// put applies one resource.
func (t *Target) put(ctx context.Context, environment string, r resource.Resource) (*unstructured.Unstructured, error) {
	ref := refOf(r)
	applied, err := t.patch(ctx, environment, r)
	switch {
	case apierrors.IsInvalid(err) && strings.Contains(err.Error(), "immutable"):
		return nil, fmt.Errorf("%w: %s has a field that cannot be changed once it is there: %w. Delete it by hand, or call it otherwise in the chart; nothing is deleted by itself", target.ErrPermanent, ref, err)
	case err != nil:
		return nil, fmt.Errorf("apply %s: %w", ref, told(err))
	}
	return applied, nil
}

// delete takes away what an inventory lists and is still this target's; what was put there by
// somebody else under the same name stays. It reports whether anything was there.
func (t *Target) delete(ctx context.Context, environment string, ref Ref) (bool, error) {
	object, err := t.get(ctx, environment, ref)
	if err != nil || object == nil || object.GetLabels()[labelInventory] != t.namespace {
		return false, err
	}
	client, err := t.at(ctx, environment, ref)
	if err != nil {
		return false, err
	}
	uid, how := object.GetUID(), metav1.DeletePropagationBackground
	err = client.Delete(ctx, ref.Name, metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}, PropagationPolicy: &how})
	if err != nil && !missing(err) {
		return false, fmt.Errorf("delete %s: %w", ref, told(err))
	}
	return true, nil
}

func refsOf(list []resource.Resource) []Ref {
	refs := make([]Ref, len(list))
	for i, r := range list {
		refs[i] = refOf(r)
	}
	return refs
}

func refIn(list []Ref, ref Ref) *Ref {
	if i := slices.IndexFunc(list, ref.same); i >= 0 {
		return &list[i]
	}
	return nil
}

// union is two lists without what is in both; the first one's stays.
func union(a, b []Ref) []Ref {
	all := slices.Clone(a)
	for _, ref := range b {
		if refIn(all, ref) == nil {
			all = append(all, ref)
		}
	}
	return all
}

// asApplied reports whether a live resource is as it was when it was applied.
func asApplied(ref Ref, live *unstructured.Unstructured) bool {
	if live == nil || live.GetDeletionTimestamp() != nil {
		return false
	}
	is, err := owned(live)
	return err == nil && is != "" && is == ref.Owned
}

// alike reports whether two resources say the same; what is not there is like nothing.
func alike(a, b resource.Resource) bool {
	if a.Content == nil || b.Content == nil {
		return false
	}
	x, err := catalog.Canonical(a.Content)
	if err != nil {
		return false
	}
	y, err := catalog.Canonical(b.Content)
	return err == nil && string(x) == string(y)
}

// find is the resource of a list that a ref names; without content where there is none.
func find(list []resource.Resource, ref Ref) resource.Resource {
	for _, r := range list {
		if refOf(r).same(ref) {
			return r
		}
	}
	return resource.Resource{}
}

// plainDocument is an artefact without its resources: the runtime document.
func plainDocument(document json.RawMessage) json.RawMessage {
	var whole map[string]any
	if len(document) == 0 || json.Unmarshal(document, &whole) != nil {
		return nil
	}
	delete(whole, artefact)
	delete(whole, containment)
	delete(whole, throttle)
	raw, err := catalog.Canonical(whole)
	if err != nil {
		return nil
	}
	return raw
}
