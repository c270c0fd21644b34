package checkup

import (
	"context"
	"errors"
	"strings"

	"k8s.io/client-go/discovery"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/share"
)

// shares looks whether the cluster serves what a share of the replicas needs, and adds the rights to
// it to those that are looked for. Without it content is applied at once, which works.
func (e *examiner) shares(ctx context.Context) {
	const what = "shares of replicas"
	if len(e.Shares) == 0 {
		return
	}
	where := strings.Join(e.Shares, ", ")
	client, err := discovery.NewDiscoveryClientForConfig(e.Config)
	if err != nil {
		e.unknown(what, "", "no client can be made: %v", err)
		return
	}
	kind := share.Rollout.Kind + "." + share.Rollout.Group
	resource, err := served(ctx, client, kind)
	switch {
	case errors.Is(err, errNotServed):
		e.warn(what, "install Argo Rollouts, or leave `strategy` out in catalog.yaml", "new content of %s is applied at once: the cluster serves no %s", where, kind)
	case err != nil:
		e.unknown(what, "try again", "whether %s is served cannot be told: %v", kind, err)
	default:
		e.Rights.Resources = append(e.Rights.Resources, resource)
		e.well(what, "the cluster serves %s, by which a share of the replicas has new content of %s first", kind, where)
	}
}
