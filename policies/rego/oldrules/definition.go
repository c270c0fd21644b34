package oldrules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/levee-gitops/levee/catalog/convert"
)

// definition is one rule of a file, while it is rewritten.
type definition struct {
	module   *module
	name     string // in its package
	rule     *ast.Rule
	line     int
	comments []*ast.Comment

	taken   []convert.Taken // paths that have another name now
	left    []convert.Note  // why it cannot be taken
	implied string          // why it never says anything of an app; empty where it may
	role    string          // whose approval it asks for; empty for a problem
	field   string          // of an app, that it looks at first
	asked   []string        // parameters of a constraint that it reads
	extra   []string        // what it says beside its message
	text    string          // as it is written
	shorter bool            // a statement was taken out
	used    bool            // it is known what became of it
	astray  bool            // what uses it is left
}

// leave reports why a definition cannot be taken, once for each place.
func (d *definition) leave(at *ast.Location, field, format string, args ...any) {
	note := convert.Note{Field: field, Line: at.Row, Text: fmt.Sprintf(format, args...)}
	if !slices.Contains(d.left, note) {
		d.left = append(d.left, note)
	}
}

// isTest reports whether it is a test. The input of an old test is of another shape.
func (d *definition) isTest() bool {
	return strings.HasPrefix(d.name, "test_") || strings.HasPrefix(d.name, "todo_test_")
}

// uses lists what a definition refers to: names of its own package, and full names of others,
// such as data.lib.images.allowed.
func (d *definition) uses() (own, others []string) {
	note := func(to *[]string, name string) {
		if !slices.Contains(*to, name) {
			*to = append(*to, name)
		}
	}
	var visit func(t *ast.Term) bool
	visit = func(t *ast.Term) bool {
		switch v := t.Value.(type) {
		case ast.Var:
			if imported, ok := d.module.imports[v]; ok && imported.HasPrefix(ast.DefaultRootRef) {
				note(&others, imported.String())
			}
			note(&own, string(v))
		case ast.Ref:
			head, ok := v[0].Value.(ast.Var)
			if !ok {
				return false
			}
			full := v
			if imported, ok := d.module.imports[head]; ok && imported.HasPrefix(ast.DefaultRootRef) {
				full = imported.Concat(v[1:])
			}
			if full.HasPrefix(ast.DefaultRootRef) {
				note(&others, full.ConstantPrefix().String())
			} else {
				note(&own, string(head))
			}
			for _, operand := range v[1:] {
				ast.WalkTerms(operand, visit)
			}
			return true // its head is noted
		}
		return false
	}
	ast.WalkTerms(d.rule, visit)
	return own, others
}

// importsUsed lists the imports of data that a definition uses.
func (d *definition) importsUsed() []*ast.Import {
	var used []*ast.Import
	for _, imported := range d.module.parsed.Imports {
		ref, ok := imported.Path.Value.(ast.Ref)
		if !ok || !ref.HasPrefix(ast.DefaultRootRef) {
			continue
		}
		name, found := imported.Name(), false
		ast.WalkTerms(d.rule, func(t *ast.Term) bool {
			found = found || t.Value.Compare(name) == 0
			return found
		})
		if found {
			used = append(used, imported)
		}
	}
	return used
}
