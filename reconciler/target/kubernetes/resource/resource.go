// Package resource is how the things that an app becomes in Kubernetes are passed on between
// the packages that make, complete, check and apply them.
package resource

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// Resource is one thing in Kubernetes, as its API takes it.
type Resource struct {
	// Path is the template of the chart that it comes from, and Index which of that
	// template's resources it is, from 0; the path is empty for what comes from no chart.
	Path    string         `json:"path,omitempty"`
	Index   int            `json:"index,omitempty"`
	Content map[string]any `json:"content"`
}

// Kind is the group, version and kind.
func (r Resource) Kind() schema.GroupVersionKind {
	return schema.FromAPIVersionAndKind(r.text("apiVersion"), r.text("kind"))
}

// Name is metadata.name.
func (r Resource) Name() string { return textOf(r.Metadata()["name"]) }

// Namespace is metadata.namespace; empty where it is not given.
func (r Resource) Namespace() string { return textOf(r.Metadata()["namespace"]) }

// Metadata is what metadata holds; nil where it is no object.
func (r Resource) Metadata() map[string]any {
	m, _ := r.Content["metadata"].(map[string]any)
	return m
}

func (r Resource) text(field string) string { return textOf(r.Content[field]) }

func textOf(v any) string {
	s, _ := v.(string)
	return s
}

// String is the resource as people name it, such as "Deployment/board".
func (r Resource) String() string { return r.Kind().Kind + "/" + r.Name() }

// YAML is the resource as kubectl takes it.
func (r Resource) YAML() ([]byte, error) {
	raw, err := yaml.Marshal(r.Content)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", r, err)
	}
	return raw, nil
}

// WriteYAML writes resources to a manifest, each after a line that separates it from what is there.
func WriteYAML(to *bytes.Buffer, list []Resource) error {
	for _, r := range list {
		raw, err := r.YAML()
		if err != nil {
			return err
		}
		to.WriteString("---\n")
		to.Write(raw)
	}
	return nil
}

// Sort brings resources into the order in which they are applied: what others stand on comes
// first. It is the same for the same resources.
func Sort(list []Resource) {
	slices.SortStableFunc(list, func(a, b Resource) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a.Kind().String(), b.Kind().String()), strings.Compare(a.Name(), b.Name()))
	})
}

// order is what comes before everything else, and what comes after it.
var order = []string{
	"Namespace", "ResourceQuota", "LimitRange", "ServiceAccount", "NetworkPolicy", "CiliumNetworkPolicy", "ExternalSecret", "ConfigMap",
	"PersistentVolumeClaim", "Service", "", "HorizontalPodAutoscaler", "PodDisruptionBudget", "Ingress", "HTTPRoute",
}

func rank(r Resource) int {
	if i := slices.Index(order, r.Kind().Kind); i >= 0 {
		return i
	}
	return slices.Index(order, "")
}

// Pod is a pod, or a template of pods, that stands somewhere in a resource.
type Pod struct {
	At      []string       // the names of the fields that lead to it
	Content map[string]any // its spec
	Meta    map[string]any // what stands beside the spec as metadata; nil where there is none
}

// Pods lists the pods in a resource of whatever kind: each object that has containers is one,
// also in kinds that nobody here knows. They are listed by where they stand.
func (r Resource) Pods() []Pod {
	var pods []Pod
	podsIn(r.Content, nil, nil, &pods)
	return pods
}

// podLists are the names of a pod's lists of containers.
var podLists = []string{"containers", "initContainers", "ephemeralContainers"}

func podsIn(v any, around map[string]any, at []string, pods *[]Pod) {
	switch v := v.(type) {
	case map[string]any:
		if slices.ContainsFunc(podLists, func(name string) bool { _, list := v[name].([]any); return list }) {
			meta, _ := around["metadata"].(map[string]any)
			*pods = append(*pods, Pod{At: slices.Clone(at), Content: v, Meta: meta})
			return
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			podsIn(v[name], v, append(at, name), pods)
		}
	case []any:
		for _, one := range v {
			podsIn(one, nil, at, pods)
		}
	}
}

// Spec reads a pod strictly: a field that Kubernetes does not know is an error.
func (p Pod) Spec() (*corev1.PodSpec, error) {
	raw, err := json.Marshal(p.Content)
	if err != nil {
		return nil, err
	}
	var spec corev1.PodSpec
	unknown, err := kjson.UnmarshalStrict(raw, &spec)
	if err != nil {
		return nil, err
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("%w", unknown[0])
	}
	return &spec, nil
}

// Containers lists all containers of a pod as they are written, whichever list they stand in.
func (p Pod) Containers() []map[string]any {
	var all []map[string]any
	for _, name := range podLists {
		list, _ := p.Content[name].([]any)
		for _, one := range list {
			if c, ok := one.(map[string]any); ok {
				all = append(all, c)
			}
		}
	}
	return all
}
