package admission

import (
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/manifests"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// Resources are the policies and their bindings, in the order in which they are applied.
func (g Guard) Resources() []resource.Resource {
	owned, unlisted := "levee-owned-"+g.Inventory, "levee-unlisted-"+g.Inventory
	ours := selector(manifests.LabelInventory, g.Inventory)
	return []resource.Resource{
		g.policy(owned, map[string]any{
			"matchConstraints": map[string]any{"resourceRules": []any{rule("*", "*/*", "CREATE", "UPDATE", "DELETE")}},
			"variables":        g.variables(),
			"validations":      []any{g.mayWrite()},
		}),
		g.binding(owned, owned, g.Owned, map[string]any{"objectSelector": ours}),
		// A request for the scale of a workload has none of the workload's labels, so that the
		// namespace has to tell whose it is.
		g.binding(owned+"-scale", owned, g.Owned, map[string]any{
			"namespaceSelector": ours, "resourceRules": []any{namespaced(rule("*", "*/scale", "UPDATE"))},
		}),
		// The namespace of the inventories is made by an operator and has no label of Levee's.
		g.binding(owned+"-home", owned, g.Owned, map[string]any{
			"namespaceSelector": selector("kubernetes.io/metadata.name", g.Inventory), "resourceRules": []any{rule("", "namespaces", "DELETE")},
		}),
		g.policy(unlisted, map[string]any{
			"matchConstraints": map[string]any{
				"resourceRules":        []any{namespaced(rule("*", "*", "CREATE", "UPDATE")), namespaced(rule("", "pods/ephemeralcontainers", "UPDATE")), namespaced(rule("", "pods/resize", "UPDATE"))},
				"excludeResourceRules": passing(),
			},
			"variables":   g.variables(),
			"validations": []any{g.isListed()},
		}),
		g.binding(unlisted, unlisted, g.Unlisted, map[string]any{"namespaceSelector": ours}),
	}
}

func (g Guard) policy(name string, spec map[string]any) resource.Resource {
	spec["failurePolicy"] = "Fail"
	if g.Open {
		spec["failurePolicy"] = "Ignore"
	}
	spec["matchConditions"] = g.others()
	return g.made("ValidatingAdmissionPolicy", name, spec)
}

func (g Guard) binding(name, policy string, action Action, match map[string]any) resource.Resource {
	actions := []any{"Warn", "Audit"}
	if action == Deny {
		actions = []any{"Deny"}
	}
	return g.made("ValidatingAdmissionPolicyBinding", name, map[string]any{"policyName": policy, "validationActions": actions, "matchResources": match})
}

func (g Guard) made(kind, name string, spec map[string]any) resource.Resource {
	return resource.Resource{Content: map[string]any{
		"apiVersion": "admissionregistration.k8s.io/v1", "kind": kind, "spec": spec,
		"metadata": map[string]any{"name": name, "labels": map[string]any{LabelGuard: g.Inventory}},
	}}
}

func selector(label, value string) map[string]any {
	return map[string]any{"matchLabels": map[string]any{label: value}}
}

func rule(group, resources string, operations ...any) map[string]any {
	return map[string]any{"apiGroups": []any{group}, "apiVersions": []any{"*"}, "resources": []any{resources}, "operations": operations}
}

// namespaced holds a rule to what lies in a namespace: a selector of namespaces lets everything
// else through to the rule.
func namespaced(rule map[string]any) map[string]any {
	rule["scope"] = "Namespaced"
	return rule
}

// passing are the kinds that controllers of all sorts write beside their work, and that run
// nothing. The API server takes the events of events.k8s.io for the same kind.
func passing() []any {
	return []any{rule("", "events", "*"), rule("coordination.k8s.io", "leases", "*")}
}
