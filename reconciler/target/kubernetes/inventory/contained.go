package inventory

import (
	"slices"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/artefact"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/manifests"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// Flag is the key of the app's config map that switches it off; empty where it has none.
func (inv *Inventory) Flag() string {
	_, flag := artefact.Flag(inv.Document)
	return flag
}

// Home is the namespace that an app's resources are in; empty where it has none.
func (inv *Inventory) Home() string {
	for _, ref := range inv.Resources {
		if ref.Namespace != "" {
			return ref.Namespace
		}
	}
	return ""
}

// Whole lists what is looked at of an app: what is listed and, while the app is contained,
// what refuses its traffic.
func (inv *Inventory) Whole(app string) []resource.Ref {
	if inv.Mark == nil || inv.Home() == "" {
		return inv.Resources
	}
	return append(slices.Clone(inv.Resources), inv.Denial("", app).Ref())
}

// Denial is the policy that refuses all traffic of an app's pods, in both directions.
func (inv *Inventory) Denial(environment, app string) resource.Resource {
	return resource.Resource{Content: map[string]any{
		"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
		"metadata": map[string]any{"name": app + "-levee-contained", "namespace": inv.Home(), "labels": map[string]any{
			manifests.LabelManagedBy: manifests.ManagedBy, manifests.LabelApp: app, manifests.LabelEnvironment: environment,
		}},
		"spec": map[string]any{"podSelector": map[string]any{"matchLabels": map[string]any{manifests.LabelApp: app}}, "policyTypes": []any{"Ingress", "Egress"}},
	}}
}
