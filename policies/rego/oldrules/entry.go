package oldrules

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/levee-gitops/levee/catalog"
)

// entry is a result that another program reads of a file: deny, or warn_images.
type entry struct {
	level   catalog.Level
	grants  bool   // the app is fine where it holds: allow
	purpose string // what follows the verdict in its name: images of warn_images
}

// verdicts are the names of results, and what is read in them.
var verdicts = map[string]entry{
	"deny": {level: catalog.Deny}, "denied": {level: catalog.Deny}, "block": {level: catalog.Deny}, "fail": {level: catalog.Deny}, "errors": {level: catalog.Deny},
	"violation": {level: catalog.Deny}, "violations": {level: catalog.Deny},
	"warn": {level: catalog.Warn}, "warning": {level: catalog.Warn}, "warnings": {level: catalog.Warn},
	"allow": {level: catalog.Deny, grants: true}, "allowed": {level: catalog.Deny, grants: true},
}

// entryNamed finds what a name says of an app; ok is false for names of other definitions.
func entryNamed(name string) (e entry, ok bool) {
	if e, ok = verdicts[name]; ok {
		return e, true
	}
	for _, prefix := range []string{"deny_", "violation_", "warn_"} {
		if purpose, found := strings.CutPrefix(name, prefix); found && purpose != "" {
			e = verdicts[strings.TrimSuffix(prefix, "_")]
			e.purpose = purpose
			return e, true
		}
	}
	return entry{}, false
}

// names of the sets that a rule of a catalog defines.
const (
	problemSet  = "problem"
	approvalSet = "approval"
)

// asEntry rewrites the head of a result into that of a set of a rule.
func (d *definition) asEntry() {
	r := d.rule
	switch {
	case r.Else != nil:
		d.leave(r.Location, d.name, "It has an `else`: write a rule for each of its cases.")
		return
	case len(r.Head.Args) > 0:
		d.leave(r.Location, d.name, "It is a function: a rule of a catalog defines a set.")
		return
	case len(r.Head.Ref()) > 2:
		d.leave(r.Location, d.name, "It stands in a group of results: give it a name such as deny_images.")
		return
	}
	at := r.Head.Location
	if at == nil {
		at = r.Location
	}
	message := d.message(at)
	if message == nil {
		return
	}
	set, parts := problemSet, [][2]*ast.Term{}
	switch {
	case d.role != "":
		set = approvalSet
		parts = append(parts, [2]*ast.Term{text("role", at), text(d.role, at)}, [2]*ast.Term{text("reason", at), message})
	case d.field != "":
		parts = append(parts, [2]*ast.Term{text("field", at), text(d.field, at)}, [2]*ast.Term{text("message", at), message})
	default:
		parts = append(parts, [2]*ast.Term{text("message", at), message})
	}
	key := ast.ObjectTerm(parts...)
	place(key, at)
	head := ast.NewHead(ast.Var(set), key)
	head.Location = at
	for _, t := range head.Reference {
		place(t, at)
	}
	r.Head = head
}

// message is what a result says; nil where that cannot be told, which is reported then.
func (d *definition) message(at *ast.Location) *ast.Term {
	said := d.rule.Head.Key
	if said == nil {
		said = d.rule.Head.Value
	}
	if said == nil || said.Value.Compare(ast.Boolean(true)) == 0 {
		return text(d.general(), at)
	}
	if name, ok := said.Value.(ast.Var); ok {
		if value := d.given(name); value != nil {
			said = value
		}
	}
	switch v := said.Value.(type) {
	case ast.Object:
		for _, key := range []string{"msg", "message", "reason"} {
			message := v.Get(ast.StringTerm(key))
			if message == nil {
				continue
			}
			v.Foreach(func(k, value *ast.Term) {
				if name, _ := k.Value.(ast.String); string(name) != key && value.String() != "{}" {
					d.extra = append(d.extra, string(name))
				}
			})
			return message
		}
		d.leave(at, d.name, "Nothing in what it gives is called msg: a problem has a message.")
		return nil
	case ast.String, ast.Var, ast.Call, ast.Ref:
		return said
	}
	d.leave(at, d.name, "What it gives is no text: a problem has a message.")
	return nil
}

// given is what a rule gives a name to, where that is no text: an object, whose statement is
// taken out, or anything else that cannot be a message. It is nil for all others.
func (d *definition) given(name ast.Var) *ast.Term {
	for i, e := range d.rule.Body {
		terms, ok := e.Terms.([]*ast.Term)
		if !ok || !isBinding(e) || terms[1].Value.Compare(name) != 0 {
			continue
		}
		switch terms[2].Value.(type) {
		case ast.Object:
			if len(d.rule.Body) > 1 {
				d.rule.Body = slices.Delete(slices.Clone(d.rule.Body), i, i+1)
			}
			return terms[2]
		case ast.Number, ast.Boolean, ast.Null, *ast.Array, ast.Set:
			return terms[2]
		}
	}
	return nil
}

// general is what is said where a rule says only that it does not hold.
func (d *definition) general() string {
	return "The app does not pass `" + d.name + "` of " + d.module.packageName() + "."
}

// packageName is the package of a module, as it is written.
func (m *module) packageName() string {
	return strings.TrimPrefix(m.parsed.Package.Path.String(), "data.")
}
