package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/share"
)

// sharer is a Target as it gives new content to a share of the replicas first.
type sharer struct{ t *Target }

var _ target.Sharer = (*Target)(nil)

// AtOnce implements target.Sharer.
func (x sharer) AtOnce(ctx context.Context, environment string, object target.Object) (string, error) {
	if err := target.CheckNames(environment, object.App); err != nil {
		return "", err
	}
	if _, asked := target.StrategyOf(object.Document); !asked {
		return "", nil
	}
	list, err := Resources(object.Document)
	if err != nil {
		return "", err
	}
	if why := share.Why(list); why != "" {
		return why, nil
	}
	if served, err := x.served(ctx); err != nil || !served {
		return share.NotServed, err
	}
	inv, err := x.t.read(ctx, environment, object.App)
	if err != nil {
		return "", err
	}
	for _, ref := range inv.Resources {
		if ref.kind().GroupKind() == share.Rollout.GroupKind() && !ref.Leaving {
			return "", nil
		}
	}
	return share.First, nil
}

// shares reports whether an object is applied with Rollouts in place of Deployments. An error means
// that it could not be told whether the cluster serves them: nothing is applied then, since what runs by a
// Rollout would be stopped by taking it for something that there is not.
func (x sharer) shares(ctx context.Context, object target.Object) (bool, error) {
	if _, asked := target.StrategyOf(object.Document); !asked {
		return false, nil
	}
	return x.served(ctx)
}

// served reports whether the cluster serves Rollouts in the version in which they are made.
func (x sharer) served(ctx context.Context) (bool, error) {
	mapping, err := x.t.mapper.of(ctx, share.Rollout)
	if errors.As(err, new(notServed)) {
		return false, nil
	}
	return err == nil && mapping.GroupVersionKind.Version == share.Rollout.Version, err
}

// carry gives a workload that was just put in the place of another as many replicas as that has,
// where no manifest says a number: an autoscaler, or a person, set it, and the fewest would have to do
// all the work. It says what it did.
func (x sharer) carry(ctx context.Context, environment string, r resource.Resource, inv *inventory, live *found) (string, error) {
	ref := refOf(r)
	before := live.get(predecessor(ref))
	if refIn(inv.Resources, predecessor(ref)) == nil || before == nil || live.get(ref) != nil || stopped(ref.Kind) == nil || saysReplicas(r) {
		return "", nil
	}
	n, _, _ := unstructured.NestedInt64(before.Object, "spec", "replicas")
	if inv.Throttle != nil {
		n = min(n, int64(less(inv.document).Replicas))
	}
	if n < 2 {
		return "", nil
	}
	if err := x.t.overwrite(ctx, environment, ref, map[string]any{"spec": map[string]any{"replicas": n}}); err != nil {
		return "", err
	}
	return fmt.Sprintf("scaled %s to %d", ref, n), nil
}

// predecessor names what a workload takes the place of, or may; nothing that there is for others.
func predecessor(ref Ref) Ref {
	other, _ := share.Other(ref.kind().GroupKind())
	ref.APIVersion, ref.Kind = share.Versions[other.Group], other.Kind
	return ref
}

// successor is the resource of a list that takes the place of another; nil for none.
func successor(list []Ref, of Ref) *Ref {
	other, ok := share.Other(of.kind().GroupKind())
	if !ok {
		return nil
	}
	i := slices.IndexFunc(list, func(r Ref) bool {
		return !r.Leaving && r.kind().GroupKind() == other && r.Namespace == of.Namespace && r.Name == of.Name
	})
	if i < 0 {
		return nil
	}
	return &list[i]
}

// stays reports whether a workload that is no longer wanted serves on until what takes its place among what was applied
// is ready. What was only just put there is not.
func stays(ref Ref, applied []Ref, live *found) bool {
	by := successor(applied, ref)
	return by != nil && live.get(ref) != nil && (!asApplied(*by, live.get(*by)) || !wellOff(live.get(*by)))
}

// wellOff reports whether a live workload does so well that what it takes the place of can go.
func wellOff(live *unstructured.Unstructured) bool {
	return live != nil && live.GetDeletionTimestamp() == nil && healthOfOne(live).State == target.Ready
}
