package share

import (
	appsv1 "k8s.io/api/apps/v1"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// NotServed is why nothing is shared where a cluster has no Rollouts.
const NotServed = "the cluster serves no Rollout.argoproj.io: Argo Rollouts is not installed there"

// First is why nothing is shared of content with which a Rollout comes for the first time.
const First = "no Rollout of it runs there yet, of which the others could go on with something; a share has the next content first"

// Why says why no resource of a list can come to a share of its replicas first, as the end of a
// sentence after "since"; empty where one can.
func Why(list []resource.Resource) string {
	why := "none of its resources has replicas"
	for _, r := range list {
		switch gk := r.Kind().GroupKind(); {
		case gk == Rollout.GroupKind():
			why = "its chart has a Rollout of its own, which alone says when replicas get it"
		case gk.Group == "batch":
			why = "what runs as a job has no replicas"
		case gk.Group == "apps" && gk.Kind == "StatefulSet":
			why = "the replicas of a StatefulSet are not alike, and no Rollout can take its place"
		case gk == deployment:
			d, err := read(r)
			if err != nil {
				why = err.Error() // which applying says too
				continue
			}
			if why = unshared(d); why == "" {
				return ""
			}
		}
	}
	return why
}

// unshared says why a Deployment has no Rollout take its place; empty where one does.
func unshared(d *appsv1.Deployment) string {
	switch {
	case d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType:
		return "its Deployment has one version end before the next begins (strategy Recreate)"
	case d.Spec.Replicas != nil && *d.Spec.Replicas == 0:
		return "its Deployment has no replicas"
	}
	return ""
}

// Lone reports whether a resource of a list that Form made has one replica: its share is then one
// pod beside the one before, which together get all there is to do.
func Lone(r resource.Resource) bool {
	if r.Kind() != Rollout {
		return false
	}
	spec, _ := r.Content["spec"].(map[string]any)
	n, ok := spec["replicas"].(float64)
	return ok && n == 1
}
