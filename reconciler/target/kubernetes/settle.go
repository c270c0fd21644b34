package kubernetes

import (
	"context"
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/artefact"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/inventory"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/live"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/ownership"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/share"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/workload"
)

// settle makes what is there what it shall be. The inventory says so first, with all that may
// be there meanwhile, so that whoever comes after a crash finds it. was is what is known to have
// been applied.
func (a *applier) settle(ctx context.Context, environment string, object target.Object, desired, was []resource.Resource, inv *inventory.Inventory, found *live.Resources) (target.Receipt, error) {
	before := inv.Resources
	next := *inv
	next.Render, next.Fence, next.Disabled, next.Document, next.Damaged, next.Pending = object.Render, object.Fence, object.Disabled, object.Document, "", true
	next.Resources = resource.Union(before, resource.Refs(desired))
	if err := a.store.Write(ctx, environment, object.App, &next); err != nil {
		return target.Receipt{}, err
	}
	a.store.Seen(environment, object.Fence)
	receipt := target.Receipt{Outcome: target.Done, Render: object.Render}
	var done []resource.Ref
	for _, r := range desired {
		ref := r.Ref()
		if known := resource.Listed(before, ref); known != nil && live.AsApplied(*known, found.Get(ref)) && resource.Alike(resource.Find(was, ref), r) {
			done = append(done, *known)
			continue
		}
		applied, err := a.api.Apply(ctx, environment, r)
		if err != nil {
			return target.Receipt{}, err
		}
		if ref.Owned, err = ownership.Digest(applied); err != nil {
			return target.Receipt{}, err
		}
		done = append(done, ref)
		receipt.Details = append(receipt.Details, "applied "+ref.String())
		if carried, err := a.carry(ctx, environment, r, &next, found); err != nil {
			return target.Receipt{}, err
		} else if carried != "" {
			receipt.Details = append(receipt.Details, carried)
		}
	}
	var leaving []resource.Ref
	for _, ref := range slices.Backward(before) {
		if resource.Listed(done, ref) != nil {
			continue
		}
		if !object.Disabled && stays(ref, done, found) {
			ref.Leaving = true
			leaving = append(leaving, ref)
			continue
		}
		gone, err := a.api.Delete(ctx, environment, ref)
		if err != nil {
			return target.Receipt{}, err
		}
		if gone {
			receipt.Details = append(receipt.Details, "removed "+ref.String())
		}
	}
	scaled, err := a.scaleDown(ctx, environment, &next, found)
	if err != nil {
		return target.Receipt{}, err
	}
	receipt.Details = append(receipt.Details, scaled...)
	next.Resources, next.Pending, next.Applied = append(done, leaving...), false, time.Now().UTC().Truncate(time.Second)
	if len(receipt.Details) == 0 {
		next.Applied = inv.Applied
	}
	return receipt, a.store.Write(ctx, environment, object.App, &next)
}

// stays reports whether a workload that is no longer wanted serves on until what takes its place among what was applied
// is ready. What was only just put there is not.
func stays(ref resource.Ref, applied []resource.Ref, found *live.Resources) bool {
	by := share.Successor(applied, ref)
	return by != nil && found.Get(ref) != nil && (!live.AsApplied(*by, found.Get(*by)) || !live.WellOff(found.Get(*by)))
}

// carry gives a workload that was just put in the place of another as many replicas as that has,
// where no manifest says a number: an autoscaler, or a person, set it, and the fewest would have to do
// all the work. It says what it did.
func (a *applier) carry(ctx context.Context, environment string, r resource.Resource, inv *inventory.Inventory, found *live.Resources) (string, error) {
	ref := r.Ref()
	before := found.Get(share.Predecessor(ref))
	if resource.Listed(inv.Resources, share.Predecessor(ref)) == nil || before == nil || found.Get(ref) != nil || workload.Stopped(ref.Kind) == nil || workload.SaysReplicas(r) {
		return "", nil
	}
	n, _, _ := unstructured.NestedInt64(before.Object, "spec", "replicas")
	if inv.Throttle != nil {
		n = min(n, int64(artefact.Throttle(inv.Document).Replicas))
	}
	if n < 2 {
		return "", nil
	}
	if err := a.api.Overwrite(ctx, environment, ref, map[string]any{"spec": map[string]any{"replicas": n}}); err != nil {
		return "", err
	}
	return fmt.Sprintf("scaled %s to %d", ref, n), nil
}

// scaleDown lowers the number of replicas of what says none itself. It says what it did.
func (a *applier) scaleDown(ctx context.Context, environment string, inv *inventory.Inventory, found *live.Resources) (did []string, err error) {
	most := artefact.Throttle(inv.Document).Replicas
	for _, ref := range live.TooMany(inv, found) {
		if err := a.api.Overwrite(ctx, environment, ref, map[string]any{"spec": map[string]any{"replicas": most}}); err != nil {
			return did, err
		}
		did = append(did, fmt.Sprintf("scaled %s to %d", ref, most))
	}
	return did, nil
}
