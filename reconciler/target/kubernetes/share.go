package kubernetes

import (
	"context"
	"errors"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/apiserver"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/artefact"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/inventory"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/share"
)

// sharer says where new content comes to a share of the replicas first.
type sharer struct {
	api   *apiserver.Client
	store *inventory.Store
}

// AtOnce implements target.Sharer.
func (s sharer) AtOnce(ctx context.Context, environment string, object target.Object) (string, error) {
	if err := target.CheckNames(environment, object.App); err != nil {
		return "", err
	}
	if _, asked := target.StrategyOf(object.Document); !asked {
		return "", nil
	}
	list, err := artefact.Resources(object.Document)
	if err != nil {
		return "", err
	}
	if why := share.Why(list); why != "" {
		return why, nil
	}
	if served, err := s.served(ctx); err != nil || !served {
		return share.NotServed, err
	}
	inv, err := s.store.Read(ctx, environment, object.App)
	if err != nil {
		return "", err
	}
	for _, ref := range inv.Resources {
		if ref.GVK().GroupKind() == share.Rollout.GroupKind() && !ref.Leaving {
			return "", nil
		}
	}
	return share.First, nil
}

// shares reports whether an object is applied with Rollouts in place of Deployments. An error means
// that it could not be told whether the cluster serves them: nothing is applied then, since what runs by a
// Rollout would be stopped by taking it for something that there is not.
func (s sharer) shares(ctx context.Context, object target.Object) (bool, error) {
	if _, asked := target.StrategyOf(object.Document); !asked {
		return false, nil
	}
	return s.served(ctx)
}

// served reports whether the cluster serves Rollouts in the version in which they are made.
func (s sharer) served(ctx context.Context) (bool, error) {
	mapping, err := s.api.Served(ctx, share.Rollout)
	if errors.As(err, new(apiserver.NotServed)) {
		return false, nil
	}
	return err == nil && mapping.GroupVersionKind.Version == share.Rollout.Version, err
}
