package admission

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// YAML is the guard as `kubectl apply` takes it, with comments for whoever installs it.
func (g Guard) YAML() ([]byte, error) {
	var out bytes.Buffer
	for line := range strings.Lines(g.about()) {
		out.WriteString(strings.TrimSuffix("# "+strings.TrimSuffix(line, "\n"), " ") + "\n")
	}
	if err := resource.WriteYAML(&out, g.Resources()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// about says what the guard does, as it is set.
func (g Guard) about() string {
	var b strings.Builder
	fmt.Fprintf(&b, `Guards what Levee runs, by the inventories in the namespace %[1]s. Printed by "levee admission".
Install it with "kubectl apply -f -"; it needs Kubernetes 1.30 or newer.
Take it away with "kubectl delete validatingadmissionpolicies,validatingadmissionpolicybindings -l %[2]s=%[1]s".

`, g.Inventory, LabelGuard)
	for _, risk := range g.Risks() {
		fmt.Fprintf(&b, "%s\n", strings.ReplaceAll(risk, ". ", ".\n  "))
	}
	b.WriteString("\nThese may write:\n")
	for _, user := range g.users() {
		fmt.Fprintf(&b, "  %s\n", user)
	}
	for _, group := range g.groups() {
		fmt.Fprintf(&b, "  everybody in the group %s\n", group)
	}
	return b.String()
}
