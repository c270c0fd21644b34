package workload

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

// Scales reports whether a kind runs as many pods as spec.replicas says.
func Scales(kind string) bool { return slices.Contains(scaled, kind) }

// Stopped is how a resource runs nothing: the fields of its spec, nil for one that runs nothing
// in any case.
func Stopped(kind string) map[string]any {
	switch {
	case Scales(kind):
		return map[string]any{"replicas": int64(0)}
	case slices.Contains(suspended, kind):
		return map[string]any{"suspend": true}
	}
	return nil
}

// Runs reports whether a live resource has pods run, or will.
func Runs(live *unstructured.Unstructured) bool {
	switch kind := live.GetKind(); {
	case Scales(kind):
		replicas, ok, _ := unstructured.NestedInt64(live.Object, "spec", "replicas")
		return !ok || replicas > 0
	case slices.Contains(suspended, kind):
		stop, _, _ := unstructured.NestedBool(live.Object, "spec", "suspend")
		return !stop && live.GetDeletionTimestamp() == nil
	}
	return false
}

// HasPods reports whether a live resource says that pods of it are there.
func HasPods(live *unstructured.Unstructured) bool {
	for _, field := range []string{"replicas", "active", "terminatingReplicas", "terminating"} {
		if n, ok, _ := unstructured.NestedInt64(live.Object, "status", field); ok && n > 0 {
			return true
		}
	}
	jobs, _, _ := unstructured.NestedSlice(live.Object, "status", "active")
	return len(jobs) > 0
}

// Jobs are the jobs that a live CronJob says are under way.
func Jobs(ref resource.Ref, live *unstructured.Unstructured) (all []resource.Ref) {
	if ref.Kind != "CronJob" {
		return nil
	}
	active, _, _ := unstructured.NestedSlice(live.Object, "status", "active")
	for _, one := range active {
		fields, _ := one.(map[string]any)
		if name, _ := fields["name"].(string); name != "" {
			all = append(all, resource.Ref{APIVersion: ref.APIVersion, Kind: "Job", Namespace: ref.Namespace, Name: name})
		}
	}
	return all
}
