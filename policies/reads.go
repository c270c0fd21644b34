package policies

import (
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// place is a place in the input of rules: "app.spec.runtime.cpu". The empty place is
// all of it.
type place string

// reads finds out which parts of the input each definition can look at, itself or
// through what it calls. A rule's answer depends on nothing else, so it is
// remembered by these parts and not by the whole. Where a place is not written out
// (input.app.spec[name]), all of what is above it counts.
type reads struct {
	own   map[string]map[place]bool  // definition → places it names
	calls map[string]map[string]bool // definition → definitions it refers to
	files map[string]map[string]bool // definition → files it stands in
}

// newReads reads compiled modules, in which every use of the input is a reference
// that begins with it.
func newReads(modules map[string]*ast.Module) *reads {
	r := &reads{own: map[string]map[place]bool{}, calls: map[string]map[string]bool{}, files: map[string]map[string]bool{}}
	for file, m := range modules {
		for _, rule := range m.Rules {
			name := definition(rule)
			if r.own[name] == nil {
				r.own[name], r.calls[name], r.files[name] = map[place]bool{}, map[string]bool{}, map[string]bool{}
			}
			r.files[name][file] = true
		}
	}
	for _, m := range modules {
		for _, rule := range m.Rules {
			name := definition(rule)
			for ; rule != nil; rule = rule.Else {
				ast.WalkRefs(rule, func(ref ast.Ref) bool {
					r.note(name, ref)
					return false
				})
			}
		}
	}
	return r
}

// definition names what a rule defines: data.levee.lib.rank.
func definition(rule *ast.Rule) string {
	return rule.Module.Package.Path.String() + "." + string(rule.Head.Ref()[0].Value.(ast.Var))
}

// note adds what one reference looks at.
func (r *reads) note(from string, ref ast.Ref) {
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
		r.own[from][place(strings.Join(names, "."))] = true
	case ref.HasPrefix(ast.DefaultRootRef):
		prefix := ref.ConstantPrefix()
		for n := len(prefix); n > 1; n-- {
			if at := prefix[:n].String(); r.own[at] != nil {
				r.calls[from][at] = true
				return
			}
		}
		for other := range r.own { // a whole package, or more than one
			if strings.HasPrefix(other, prefix.String()+".") {
				r.calls[from][other] = true
			}
		}
	}
}

// reach lists what some definitions refer to, themselves included.
func (r *reads) reach(definitions ...string) map[string]bool {
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		for other := range r.calls[name] {
			visit(other)
		}
	}
	for _, name := range definitions {
		visit(name)
	}
	return seen
}

// of lists the places some definitions can look at, without those below another.
func (r *reads) of(definitions ...string) []place {
	places := map[place]bool{}
	for name := range r.reach(definitions...) {
		maps.Copy(places, r.own[name])
	}
	var list []place
	for _, p := range slices.Sorted(maps.Keys(places)) {
		if !slices.ContainsFunc(list, func(above place) bool { return above == "" || strings.HasPrefix(string(p), string(above)+".") }) {
			list = append(list, p)
		}
	}
	return list
}

// sources are the files that decide what some definitions say, each with its text: a
// change of any may be a change of theirs.
func (r *reads) sources(texts map[string]string, definitions ...string) map[string]any {
	sources := map[string]any{}
	for name := range r.reach(definitions...) {
		for file := range r.files[name] {
			sources[file] = texts[file]
		}
	}
	return sources
}
