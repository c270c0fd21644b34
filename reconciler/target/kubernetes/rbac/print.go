package rbac

import (
	"fmt"
	"strconv"
	"strings"
)

// LabelRights is on the roles and their bindings, with the namespace of the inventories as its
// value, so that all of them can be listed and deleted at once.
const LabelRights = "levee.dev/rights"

// YAML is the rights as `kubectl apply` takes them, with the reason of each rule.
func (r Rights) YAML() ([]byte, error) {
	roles, err := r.Roles()
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, `# What Levee may do in this cluster, with its inventories in the namespace %[1]s.
# Printed by "levee rbac". Install it with "kubectl apply -f -".
# What Levee serves is asked for besides, as every user may (system:discovery).
# Take it away with "kubectl delete clusterroles,clusterrolebindings -l %[2]s=%[1]s"
# and "kubectl delete roles,rolebindings -A -l %[2]s=%[1]s".
`, r.Inventory, LabelRights)
	for _, role := range roles {
		role.write(&b, r.Inventory)
	}
	return []byte(b.String()), nil
}

// write writes a role and its binding.
func (r Role) write(b *strings.Builder, inventory string) {
	kind := "ClusterRole"
	if r.Namespace != "" {
		kind = "Role"
	}
	b.WriteString("---\n")
	for line := range strings.Lines(r.About) {
		b.WriteString("# " + strings.TrimSuffix(line, "\n") + "\n")
	}
	r.head(b, kind, inventory)
	b.WriteString("rules:\n")
	for _, rule := range r.Rules {
		fmt.Fprintf(b, "# %s\n- apiGroups: %s\n  resources: %s\n", rule.Reason, list(rule.Group), list(rule.Name))
		if len(rule.Names) > 0 {
			fmt.Fprintf(b, "  resourceNames: %s\n", list(rule.Names...))
		}
		fmt.Fprintf(b, "  verbs: %s\n", list(rule.Verbs...))
	}
	b.WriteString("---\n")
	r.head(b, kind+"Binding", inventory)
	fmt.Fprintf(b, "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: %s\n  name: %s\nsubjects:\n", kind, strconv.Quote(r.Name))
	for _, user := range r.Users {
		if namespace, name, ok := account(user); ok {
			fmt.Fprintf(b, "- kind: ServiceAccount\n  namespace: %s\n  name: %s\n", strconv.Quote(namespace), strconv.Quote(name))
			continue
		}
		fmt.Fprintf(b, "- apiGroup: rbac.authorization.k8s.io\n  kind: User\n  name: %s\n", strconv.Quote(user))
	}
}

func (r Role) head(b *strings.Builder, kind, inventory string) {
	fmt.Fprintf(b, "apiVersion: rbac.authorization.k8s.io/v1\nkind: %s\nmetadata:\n  name: %s\n", kind, strconv.Quote(r.Name))
	if r.Namespace != "" {
		fmt.Fprintf(b, "  namespace: %s\n", strconv.Quote(r.Namespace))
	}
	fmt.Fprintf(b, "  labels:\n    %s: %s\n", LabelRights, strconv.Quote(inventory))
}

// list is a list of words in YAML.
func list(words ...string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = strconv.Quote(word)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
