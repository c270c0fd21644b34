package manifests

import (
	"fmt"
	"strings"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// made is a resource that no chart brings.
func made(apiVersion, kind, name string, fields map[string]any) resource.Resource {
	content := map[string]any{"apiVersion": apiVersion, "kind": kind, "metadata": map[string]any{"name": name}}
	for field, value := range fields {
		content[field] = value
	}
	return resource.Resource{Content: content}
}

// alone reports whether the app has its namespace for itself.
func (a *app) alone() bool { return strings.Contains(a.settings.Namespace, "{app}") }

// Share is how many times an app's limits its namespace may use: while a newer version takes
// the place of the one before, both are there.
const share = 2

// LabelEnforce is the label of a namespace by which Kubernetes holds pods to a profile.
const LabelEnforce = "pod-security.kubernetes.io/enforce"

// surroundings are the namespace of the app, what it is there, and what may be used of the
// cluster. In a namespace that apps share, the quota is that of all, and so it is left to the
// cluster's operators.
func (a *app) surroundings() []resource.Resource {
	list := []resource.Resource{made("v1", "ServiceAccount", a.Name, map[string]any{"automountServiceAccountToken": false})}
	if !a.alone() {
		return list
	}
	namespace := made("v1", "Namespace", a.namespace, nil)
	namespace.Metadata()["labels"] = map[string]any{
		LabelEnforce: "restricted", LabelEnforce + "-version": "latest",
	}
	cpu, memory := a.Runtime.cpu(), a.Runtime.memory()
	cpu.Mul(share)
	memory.Mul(share)
	quota := made("v1", "ResourceQuota", a.Name, map[string]any{"spec": map[string]any{"hard": map[string]any{
		"limits.cpu": cpu.String(), "limits.memory": memory.String(), "count/pods": fmt.Sprint(mostPods),
		"services.nodeports": "0", "services.loadbalancers": "0",
	}}})
	each := a.Runtime.limits()
	limits := made("v1", "LimitRange", a.Name, map[string]any{"spec": map[string]any{"limits": []any{
		map[string]any{"type": "Container", "default": each, "defaultRequest": each, "max": each},
	}}})
	return append(list, namespace, quota, limits)
}

// mostPods is how many pods a namespace may hold; finished ones count until they are removed.
const mostPods = 20
