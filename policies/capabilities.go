package policies

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// capabilities is what rules may call: everything OPA has except what would make
// an answer depend on anything but the input, or reach out of the process.
func capabilities() *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	c.Builtins = slices.DeleteFunc(c.Builtins, func(b *ast.Builtin) bool { return b.IsNondeterministic() || forbidden(b.Name) })
	c.AllowNet = []string{}
	return c
}

// forbidden lists, beyond OPA's own mark of what is not deterministic, the
// families that exist to look outside (network, tokens with a lifetime, the
// host's time) or that compile further code.
func forbidden(name string) bool {
	for _, family := range []string{"http.", "net.lookup", "opa.", "rand.", "uuid.rfc", "time.now", "io.jwt.", "rego.", "trace", "providers.", "strings.render_template", "graph.reachable_paths"} {
		if strings.HasPrefix(name, family) {
			return true
		}
	}
	return false
}
