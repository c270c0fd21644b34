package share

import (
	"encoding/json"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// Rollout is the kind that is made, in the version in which it is.
var Rollout = schema.GroupVersionKind{Group: "argoproj.io", Version: "v1alpha1", Kind: "Rollout"}

var deployment = schema.GroupKind{Group: "apps", Kind: "Deployment"}

// Other is the kind that takes the place of a workload of another kind, under the same name, and
// back; ok is false for kinds that nothing takes the place of.
func Other(kind schema.GroupKind) (other schema.GroupKind, ok bool) {
	switch kind {
	case deployment:
		return Rollout.GroupKind(), true
	case Rollout.GroupKind():
		return deployment, true
	}
	return schema.GroupKind{}, false
}

// Versions are the versions in which these kinds are applied, by their groups.
var Versions = map[string]string{deployment.Group: "apps/v1", Rollout.Group: Rollout.GroupVersion().String()}

// Form is a list of resources in which Rollouts take the place of Deployments, to follow a strategy.
// The resources that were given stay as they are. An error means that a Deployment is not as
// Kubernetes takes it.
func Form(list []resource.Resource, s target.Strategy) ([]resource.Resource, error) {
	out := make([]resource.Resource, len(list))
	turned := map[string]bool{}
	for i, r := range list {
		out[i] = r
		d, err := read(r)
		if err != nil {
			return nil, err
		}
		if d == nil || unshared(d) != "" {
			continue
		}
		if out[i].Content, err = rollout(r, d, s); err != nil {
			return nil, fmt.Errorf("make a Rollout of %s: %w", r, err)
		}
		turned[r.Name()] = true
	}
	for i, r := range out {
		if scales(r, turned) {
			content, err := copied(r.Content)
			if err != nil {
				return nil, fmt.Errorf("have %s scale a Rollout: %w", r, err)
			}
			ref := content["spec"].(map[string]any)["scaleTargetRef"].(map[string]any)
			ref["apiVersion"], ref["kind"] = Rollout.GroupVersion().String(), Rollout.Kind
			out[i].Content = content
		}
	}
	return out, nil
}

// read is the Deployment that a resource is; nil for another kind.
func read(r resource.Resource) (*appsv1.Deployment, error) {
	if r.Kind().GroupKind() != deployment {
		return nil, nil
	}
	raw, err := json.Marshal(r.Content)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", r, err)
	}
	var d appsv1.Deployment
	if err := json.Unmarshal(raw, &d); err != nil {
		return nil, fmt.Errorf("read %s: %w", r, err)
	}
	return &d, nil
}

// rollout is the Rollout that takes the place of a Deployment. All of it is written as the types
// of Kubernetes write it: the controller of Argo Rollouts writes a Rollout back whole, and another spelling
// of the same amount would be a change that somebody else made.
func rollout(r resource.Resource, d *appsv1.Deployment, s target.Strategy) (map[string]any, error) {
	template, err := copied(d.Spec.Template)
	if err != nil {
		return nil, err
	}
	if meta, ok := template["metadata"].(map[string]any); ok {
		delete(meta, "creationTimestamp")
	}
	canary := map[string]any{"steps": []any{
		map[string]any{"setWeight": s.Share},
		map[string]any{"pause": map[string]any{"duration": fmt.Sprintf("%ds", int64(s.For/time.Second))}},
	}}
	if by := d.Spec.Strategy.RollingUpdate; by != nil {
		if by.MaxSurge != nil {
			canary["maxSurge"] = by.MaxSurge
		}
		if by.MaxUnavailable != nil {
			canary["maxUnavailable"] = by.MaxUnavailable
		}
	}
	spec := map[string]any{"selector": d.Spec.Selector, "template": template, "strategy": map[string]any{"canary": canary}}
	for field, value := range map[string]*int32{
		"replicas": d.Spec.Replicas, "revisionHistoryLimit": d.Spec.RevisionHistoryLimit, "progressDeadlineSeconds": d.Spec.ProgressDeadlineSeconds,
	} {
		if value != nil {
			spec[field] = *value
		}
	}
	// What is still remembered comes back at once: whoever goes back to it has no time for a share.
	spec["rollbackWindow"] = map[string]any{"revisions": remembered(d)}
	if d.Spec.MinReadySeconds > 0 {
		spec["minReadySeconds"] = d.Spec.MinReadySeconds
	}
	return copied(map[string]any{
		"apiVersion": Rollout.GroupVersion().String(), "kind": Rollout.Kind, "metadata": r.Content["metadata"], "spec": spec,
	})
}

// remembered is how many earlier templates of pods are kept.
func remembered(d *appsv1.Deployment) int32 {
	if n := d.Spec.RevisionHistoryLimit; n != nil {
		return max(1, *n)
	}
	return 10 // of a Deployment, and of a Rollout, that does not say
}

// scales reports whether a resource scales a Deployment of those named, as autoscalers do.
func scales(r resource.Resource, names map[string]bool) bool {
	spec, _ := r.Content["spec"].(map[string]any)
	ref, _ := spec["scaleTargetRef"].(map[string]any)
	kind, named := ref["kind"].(string)
	name, _ := ref["name"].(string)
	return (kind == deployment.Kind || !named) && names[name] // KEDA takes it for a Deployment where it is not said
}

// copied is a value as JSON has it.
func copied(v any) (map[string]any, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var out map[string]any
	return out, json.Unmarshal(raw, &out)
}
