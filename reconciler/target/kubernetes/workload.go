package kubernetes

import (
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// scaled are the kinds that run as many pods as spec.replicas says; suspended those that run
// while spec.suspend does not stop them.
var (
	scaled    = []string{"Deployment", "StatefulSet", "ReplicaSet", "Rollout"}
	suspended = []string{"CronJob", "Job"}
)

// stopped is how a resource runs nothing: the fields of its spec, nil for one that runs nothing
// in any case.
func stopped(kind string) map[string]any {
	switch {
	case slices.Contains(scaled, kind):
		return map[string]any{"replicas": int64(0)}
	case slices.Contains(suspended, kind):
		return map[string]any{"suspend": true}
	}
	return nil
}

// runs reports whether a live resource has pods run, or will.
func runs(live *unstructured.Unstructured) bool {
	switch kind := live.GetKind(); {
	case slices.Contains(scaled, kind):
		replicas, ok, _ := unstructured.NestedInt64(live.Object, "spec", "replicas")
		return !ok || replicas > 0
	case slices.Contains(suspended, kind):
		stop, _, _ := unstructured.NestedBool(live.Object, "spec", "suspend")
		return !stop && live.GetDeletionTimestamp() == nil
	}
	return false
}

// ending says which resources that run nothing any more have pods that have not ended; empty
// where none has.
func ending(inv *inventory, live *found) string {
	var words []string
	for _, ref := range inv.Resources {
		if object := live.get(ref); object != nil && stopped(ref.Kind) != nil && !runs(object) && hasPods(object) {
			words = append(words, "pods of "+ref.String()+" have not ended yet")
		}
	}
	return firstOf(words, "; ")
}

// hasPods reports whether a live resource says that pods of it are there.
func hasPods(live *unstructured.Unstructured) bool {
	for _, field := range []string{"replicas", "active", "terminatingReplicas", "terminating"} {
		if n, ok, _ := unstructured.NestedInt64(live.Object, "status", field); ok && n > 0 {
			return true
		}
	}
	jobs, _, _ := unstructured.NestedSlice(live.Object, "status", "active")
	return len(jobs) > 0
}

// runsOf are the jobs that a live CronJob says are under way.
func runsOf(ref Ref, live *unstructured.Unstructured) (all []Ref) {
	if ref.Kind != "CronJob" {
		return nil
	}
	active, _, _ := unstructured.NestedSlice(live.Object, "status", "active")
	for _, one := range active {
		fields, _ := one.(map[string]any)
		if name, _ := fields["name"].(string); name != "" {
			all = append(all, Ref{APIVersion: ref.APIVersion, Kind: "Job", Namespace: ref.Namespace, Name: name})
		}
	}
	return all
}

// idle is a list of resources of which none runs, as of an app that is disabled. The resources
// that were given stay as they are.
func idle(list []resource.Resource) []resource.Resource {
	out := slices.Clone(list)
	for i, r := range out {
		stop := stopped(r.Kind().Kind)
		if stop == nil {
			continue
		}
		content := (&unstructured.Unstructured{Object: r.Content}).DeepCopy().Object
		spec, ok := content["spec"].(map[string]any)
		if !ok {
			spec = map[string]any{}
			content["spec"] = spec
		}
		for field, value := range stop {
			spec[field] = value
		}
		out[i].Content = content
	}
	return out
}
