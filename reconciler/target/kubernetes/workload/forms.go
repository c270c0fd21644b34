package workload

import (
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// Idle is a list of resources of which none runs, as of an app that is disabled. The resources
// that were given stay as they are.
func Idle(list []resource.Resource) []resource.Resource {
	out := slices.Clone(list)
	for i, r := range out {
		stop := Stopped(r.Kind().Kind)
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

// ceilings are the fields that bound how far an autoscaler goes, by its kind; the least comes
// after the most.
var ceilings = map[string][]string{
	"HorizontalPodAutoscaler": {"maxReplicas", "minReplicas"},
	"ScaledObject":            {"maxReplicaCount", "minReplicaCount"},
}

// Throttled is a list of resources as they are while their app is throttled. The resources
// that were given stay as they are.
func Throttled(list []resource.Resource, recipe settings.Throttle, app, flag string) []resource.Resource {
	out := slices.Clone(list)
	for i, r := range out {
		content := (&unstructured.Unstructured{Object: r.Content}).DeepCopy().Object
		spec, _ := content["spec"].(map[string]any)
		kind := r.Kind().Kind
		switch bounds := ceilings[kind]; {
		case spec != nil && Scales(kind):
			atMost(spec, "replicas", recipe.Replicas)
		case spec != nil && bounds != nil:
			for _, field := range bounds {
				atMost(spec, field, recipe.Replicas)
			}
		case spec != nil && kind == "CronJob" && recipe.Suspend:
			spec["suspend"] = true
		case kind == "ConfigMap" && r.Name() == app && recipe.Flag && flag != "":
			if data, ok := content["data"].(map[string]any); ok {
				data[flag] = "false"
			}
		default:
			continue
		}
		out[i].Content = content
	}
	return out
}

// atMost lowers a number that a resource says. What it does not say is left to whoever sets it:
// an autoscaler, which has a ceiling of its own.
func atMost(spec map[string]any, field string, most int) {
	if n, ok := number(spec[field]); ok && n > int64(most) {
		spec[field] = int64(most)
	}
}

// number is a number of a resource, whichever way it was read.
func number(v any) (int64, bool) {
	switch n := v.(type) {
	case int64:
		return n, true
	case float64:
		return int64(n), true
	}
	return 0, false
}

// SaysReplicas reports whether a resource says a number of replicas itself; where it does not, an
// autoscaler or a person sets it.
func SaysReplicas(r resource.Resource) bool {
	spec, _ := r.Content["spec"].(map[string]any)
	_, says := number(spec["replicas"])
	return says
}
