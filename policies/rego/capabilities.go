package rego

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// capabilities are OPA's built-in functions without those whose result depends on anything
// but their arguments, or that have effects outside the process.
func capabilities() *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	c.Builtins = slices.DeleteFunc(c.Builtins, func(b *ast.Builtin) bool { return b.IsNondeterministic() || forbidden(b.Name) })
	c.AllowNet = []string{}
	return c
}

// forbidden reports the functions that are excluded beside those OPA marks as
// nondeterministic: network, clock, tokens with a lifetime, compiling further code, and
// two whose results cannot be bounded.
func forbidden(name string) bool {
	for _, family := range []string{"http.", "net.lookup", "opa.", "rand.", "uuid.rfc", "time.now", "io.jwt.", "rego.", "trace", "providers.", "strings.render_template", "graph.reachable_paths"} {
		if strings.HasPrefix(name, family) {
			return true
		}
	}
	return false
}
