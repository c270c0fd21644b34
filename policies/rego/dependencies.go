package rego

import (
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// inputPath is a path in the input of rules, such as "app.spec.runtime.cpu". The empty path is
// the whole input.
type inputPath string

// dependencies are the dependencies between Rego definitions, and on the input. A rule's finding
// depends only on the input paths that the rule and all it refers to mention, so it is
// cached by the values there. Of a reference with a variable, such as input.app.spec[name],
// the constant part counts.
type dependencies struct {
	direct map[string]map[inputPath]bool // definition → input paths it mentions
	calls  map[string]map[string]bool    // definition → definitions it refers to
	files  map[string]map[string]bool    // definition → files that have a part of it
}

// newDependencies finds the dependencies in compiled modules, in which every use of the
// input is a reference that begins with "input".
func newDependencies(modules map[string]*ast.Module) *dependencies {
	d := &dependencies{direct: map[string]map[inputPath]bool{}, calls: map[string]map[string]bool{}, files: map[string]map[string]bool{}}
	for file, m := range modules {
		for _, rule := range m.Rules {
			name := definition(rule)
			if d.direct[name] == nil {
				d.direct[name], d.calls[name], d.files[name] = map[inputPath]bool{}, map[string]bool{}, map[string]bool{}
			}
			d.files[name][file] = true
		}
	}
	for _, m := range modules {
		for _, rule := range m.Rules {
			name := definition(rule)
			for ; rule != nil; rule = rule.Else {
				ast.WalkRefs(rule, func(ref ast.Ref) bool {
					d.addRef(name, ref)
					return false
				})
			}
		}
	}
	return d
}

// definition is the full name of what a rule defines, such as data.levee.lib.rank.
func definition(rule *ast.Rule) string {
	return rule.Module.Package.Path.String() + "." + string(rule.Head.Ref()[0].Value.(ast.Var))
}

// addRef adds one reference of a definition.
func (d *dependencies) addRef(from string, ref ast.Ref) {
	switch {
	case ref.HasPrefix(ast.InputRootRef):
		var names []string
		for _, term := range ref[1:] {
			name, ok := term.Value.(ast.String)
			if !ok || strings.Contains(string(name), ".") {
				break
			}
			names = append(names, string(name))
		}
		d.direct[from][inputPath(strings.Join(names, "."))] = true
	case ref.HasPrefix(ast.DefaultRootRef):
		prefix := ref.ConstantPrefix()
		for n := len(prefix); n > 1; n-- {
			if at := prefix[:n].String(); d.direct[at] != nil {
				d.calls[from][at] = true
				return
			}
		}
		for other := range d.direct { // a whole package, or more than one
			if strings.HasPrefix(other, prefix.String()+".") {
				d.calls[from][other] = true
			}
		}
	}
}

// closure returns some definitions and all that they refer to, directly or not.
func (d *dependencies) closure(definitions ...string) map[string]bool {
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		for other := range d.calls[name] {
			visit(other)
		}
	}
	for _, name := range definitions {
		visit(name)
	}
	return seen
}

// inputPaths lists the input paths that some definitions depend on, without those below another.
func (d *dependencies) inputPaths(definitions ...string) []inputPath {
	paths := map[inputPath]bool{}
	for name := range d.closure(definitions...) {
		maps.Copy(paths, d.direct[name])
	}
	var list []inputPath
	for _, p := range slices.Sorted(maps.Keys(paths)) {
		if !slices.ContainsFunc(list, func(above inputPath) bool { return above == "" || strings.HasPrefix(string(p), string(above)+".") }) {
			list = append(list, p)
		}
	}
	return list
}

// sources are the files, with their texts, that some definitions and all they refer to are
// in. They are part of a rule's digest.
func (d *dependencies) sources(texts map[string]string, definitions ...string) map[string]any {
	sources := map[string]any{}
	for name := range d.closure(definitions...) {
		for file := range d.files[name] {
			sources[file] = texts[file]
		}
	}
	return sources
}
