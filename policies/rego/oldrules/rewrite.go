package oldrules

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/levee-gitops/levee/catalog/convert"
)

// rewriting rewrites one definition.
type rewriting struct {
	*definition
	variables
}

// rewrite rewrites a definition, or says in it why that cannot be done.
func (d *definition) rewrite() {
	rw := &rewriting{d, variables{d.module.imports, map[ast.Var]held{}}}
	rw.follow(d.rule)
	for r := d.rule; r != nil; r = r.Else {
		r.Body = rw.body(r.Body, r == d.rule && r.Else == nil)
	}
	rw.nestedBodies()
	rw.bindings()
	rw.renameFunctions()
	rw.references()
	rw.containers()
}

// nestedBodies takes out of the bodies within others what only names a group.
func (rw *rewriting) nestedBodies() {
	short := func(b ast.Body) ast.Body {
		kept := slices.DeleteFunc(slices.Clone(b), rw.bindsGroup)
		if len(kept) == 0 {
			return b
		}
		rw.shorter = rw.shorter || len(kept) < len(b)
		return kept
	}
	ast.WalkTerms(rw.rule, func(t *ast.Term) bool {
		switch c := t.Value.(type) {
		case *ast.ArrayComprehension:
			c.Body = short(c.Body)
		case *ast.SetComprehension:
			c.Body = short(c.Body)
		case *ast.ObjectComprehension:
			c.Body = short(c.Body)
		}
		return false
	})
	ast.WalkExprs(rw.rule, func(e *ast.Expr) bool {
		rw.constants(e)
		for _, w := range e.With {
			if target := w.Target.String(); target == "input" || strings.HasPrefix(target, "input.") {
				rw.leave(e.Location, "with "+w.Target.String(), "It asks again with another input, of another shape: write that input in the shape of a catalog.")
			}
		}
		return false
	})
}

// references replaces references to the input.
func (rw *rewriting) references() {
	var visit func(t *ast.Term) bool
	visit = func(t *ast.Term) bool {
		switch t.Value.(type) {
		case ast.Ref, ast.Var:
		default:
			return false
		}
		operands, kept, ok := rw.operandsOf(t.Value)
		if _, isVar := t.Value.(ast.Var); isVar && kept != nil {
			return true // the variable itself
		}
		if !ok {
			return false
		}
		if name := headOf(t.Value); rw.holds[name].several {
			rw.leave(t.Location, string(name), "The variable holds several things in this rule: give each a name of its own.")
			return true
		}
		for _, o := range operands {
			ast.WalkTerms(o, visit)
		}
		f := lookUp(operands)
		switch f.meaning {
		case elsewhere:
		case parameter:
			rw.parameter(t, f)
		case mapped:
			rw.replace(t, f, kept)
		case group:
			rw.whole(t, f, operands)
		default:
			rw.homeless(t, f)
		}
		return true
	}
	ast.WalkTerms(rw.rule, visit)
}

// headOf is the name that a reference begins with.
func headOf(v ast.Value) ast.Var {
	if ref, ok := v.(ast.Ref); ok {
		v = ref[0].Value
	}
	name, _ := v.(ast.Var)
	return name
}

// replace puts what the table says in the place of a reference.
func (rw *rewriting) replace(t *ast.Term, f found, kept *held) {
	at := t.Location
	if f.path.Never || f.path.Is != nil {
		rw.leave(at, f.asked, "%s", f.path.takeOut())
		return
	}
	rw.lookedUp(t, f.path.Word)
	word := f.expression(at)
	if kept != nil {
		whole, isRef := word.Value.(ast.Ref)
		begins := kept.found.expression(at).Value
		if start, ok := begins.(ast.Ref); ok && isRef && whole.HasPrefix(start) && len(whole) > len(start) {
			word = ast.NewTerm(append(ast.Ref{t.Value.(ast.Ref)[0]}, whole[len(start):]...))
			place(word, at)
		}
	}
	rw.taken = append(rw.taken, convert.Taken{Field: f.asked, Line: at.Row, To: f.path.To, Remark: f.path.Text})
	if rw.field == "" {
		rw.field = f.path.field()
	}
	t.Value = word.Value
}

// whole answers for a value that has no counterpart as a whole. A container has: an app has one.
func (rw *rewriting) whole(t *ast.Term, f found, operands []*ast.Term) {
	if n := len(operands); f.shape != Kubernetes || n < 2 || !strings.HasSuffix(f.asked, ".containers[]") {
		rw.leave(t.Location, f.asked, "Nothing in a catalog is this as a whole: name the fields that the rule looks at.")
		return
	}
	container := termOf(aContainer, t.Location, nil)
	rw.taken = append(rw.taken, convert.Taken{Field: f.asked, Line: t.Location.Row, To: aContainer, Remark: "An app has one container."})
	t.Value = container.Value
}

// aContainer is what an app says of its container, in the shape of Kubernetes.
const aContainer = `{"name": input.app.metadata.name, "image": input.app.spec.runtime.image, "resources": {"limits": {"cpu": input.app.spec.runtime.cpu, "memory": input.app.spec.runtime.memory}}}`

// containerFields are the fields of a container in Kubernetes that an app says nothing of.
var containerFields = []string{
	"args", "command", "env", "envFrom", "imagePullPolicy", "lifecycle", "livenessProbe", "ports", "readinessProbe", "restartPolicy", "securityContext", "startupProbe",
	"stdin", "terminationMessagePath", "terminationMessagePolicy", "tty", "volumeDevices", "volumeMounts", "workingDir",
}

// containers reports fields of a container that are asked of a variable: where the variable
// comes from another definition, nobody else would see that they are not there.
func (rw *rewriting) containers() {
	ast.WalkTerms(rw.rule, func(t *ast.Term) bool {
		ref, ok := t.Value.(ast.Ref)
		if !ok || len(ref) < 2 {
			return false
		}
		head, isVar := ref[0].Value.(ast.Var)
		field, _ := ref[1].Value.(ast.String)
		if isVar && head != "input" && head != "data" && rw.module.cluster && slices.Contains(containerFields, string(field)) {
			rw.leave(t.Location, ref.String(), "%s", atCluster)
		}
		return false
	})
}

// parameter lets a reference to the parameters of a constraint read those of the file.
func (rw *rewriting) parameter(t *ast.Term, f found) {
	name := ""
	if len(f.rest) > 0 {
		if s, ok := f.rest[0].Value.(ast.String); ok {
			name = string(s)
		}
	}
	if !slices.Contains(rw.asked, name) {
		rw.asked = append(rw.asked, name)
	}
	word := ast.NewTerm(ast.Var(parametersName))
	if len(f.rest) > 0 {
		word = ast.NewTerm(append(ast.Ref{ast.NewTerm(ast.Var(parametersName))}, f.rest...))
	}
	place(word, t.Location)
	t.Value = word.Value
}

// parametersName is the definition that holds the parameters of a constraint.
const parametersName = "parameters"

// homeless reports a reference that has no place in the input.
func (rw *rewriting) homeless(t *ast.Term, f found) {
	text := "Rules get nothing like it: ask something of the app, `input.app`, or of what it refers to, `input.refs`."
	if f.path != nil && f.path.Text != "" {
		text = f.path.Text
	}
	rw.leave(t.Location, f.asked, "%s", text)
}
