package oldrules

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// variables are what the variables of a rule, and the imports of its file, hold of the input.
type variables struct {
	imports map[ast.Var]ast.Ref
	holds   map[ast.Var]held
}

// held is what a variable of a rule holds of the input.
type held struct {
	operands []*ast.Term // the path
	found    found
	several  bool // it holds other things elsewhere in the rule
}

// inline reports whether the variable is replaced by the path that it holds: nothing of an app
// is one thing as the whole of that was.
func (h held) inline() bool { return h.found.meaning == group }

// operandsOf is the path of the input that a reference is about; ok is false for one that
// is about something else. kept is the variable that it begins with, where that stays.
func (vs variables) operandsOf(v ast.Value) (operands []*ast.Term, kept *held, ok bool) {
	ref, isRef := v.(ast.Ref)
	if name, isVar := v.(ast.Var); isVar {
		ref, isRef = ast.Ref{ast.NewTerm(name)}, true
	}
	if !isRef || len(ref) == 0 {
		return nil, nil, false
	}
	head, isVar := ref[0].Value.(ast.Var)
	if !isVar {
		return nil, nil, false
	}
	if head == "input" {
		return ref[1:], nil, true
	}
	if imported, found := vs.imports[head]; found && imported.HasPrefix(ast.InputRootRef) {
		return slices.Concat(imported[1:], ref[1:]), nil, true
	}
	h, found := vs.holds[head]
	if !found {
		return nil, nil, false
	}
	if !h.inline() {
		kept = &h
	}
	return slices.Concat(h.operands, ref[1:]), kept, true
}

// follow finds which variables of a rule hold something of the input.
func (vs variables) follow(rule *ast.Rule) {
	hold := func(name *ast.Term, operands []*ast.Term) {
		v, ok := name.Value.(ast.Var)
		if !ok {
			return
		}
		before, known := vs.holds[v]
		now := held{operands: operands, found: lookUp(operands)}
		now.several = known && (before.several || !ast.Ref(before.operands).Equal(ast.Ref(operands)))
		if now.found.meaning == mapped || now.found.meaning == group {
			vs.holds[v] = now
		}
	}
	for range 3 { // a variable may hold part of what one below it holds
		ast.WalkExprs(rule, func(e *ast.Expr) bool {
			switch terms := e.Terms.(type) {
			case *ast.SomeDecl:
				if call, ok := terms.Symbols[0].Value.(ast.Call); ok && len(call) >= 3 {
					if operands, _, ok := vs.operandsOf(call[len(call)-1].Value); ok {
						hold(call[len(call)-2], append(slices.Clone(operands), ast.NewTerm(ast.Var("_"))))
					}
				}
			case *ast.Every:
				if operands, _, ok := vs.operandsOf(terms.Domain.Value); ok {
					hold(terms.Value, append(slices.Clone(operands), ast.NewTerm(ast.Var("_"))))
				}
			case []*ast.Term:
				if !isBinding(e) {
					return false
				}
				for i := 1; i <= 2; i++ {
					if operands, _, ok := vs.operandsOf(terms[3-i].Value); ok {
						if _, isRef := terms[3-i].Value.(ast.Ref); isRef {
							hold(terms[i], operands)
						}
					}
				}
			}
			return false
		})
	}
}

// isBinding reports whether a statement may give a variable its value.
func isBinding(e *ast.Expr) bool {
	terms, ok := e.Terms.([]*ast.Term)
	return ok && len(terms) == 3 && !e.Negated && (e.IsAssignment() || e.IsEquality() || terms[0].String() == "equal")
}

// bindsGroup reports whether a statement does nothing but give a name to what has no
// counterpart as a whole; its parts are named at their full length then.
func (vs variables) bindsGroup(e *ast.Expr) bool {
	inlined := func(t *ast.Term) bool {
		v, ok := t.Value.(ast.Var)
		return ok && vs.holds[v].inline() && vs.holds[v].operands != nil && !vs.holds[v].several
	}
	switch terms := e.Terms.(type) {
	case *ast.SomeDecl:
		call, ok := terms.Symbols[0].Value.(ast.Call)
		return ok && len(call) == 3 && inlined(call[1])
	case []*ast.Term:
		return isBinding(e) && (inlined(terms[1]) || inlined(terms[2]))
	}
	return false
}

// fixed finds what a term means, if that is the same for all apps.
func (vs variables) fixed(t *ast.Term) found {
	if operands, _, ok := vs.operandsOf(t.Value); ok {
		if f := lookUp(operands); f.meaning == mapped && f.path.To == "" {
			return f
		}
	}
	return found{}
}

// wordOf is the field of an app in whose words a term is written; empty for none.
func (vs variables) wordOf(t *ast.Term) string {
	operands, _, ok := vs.operandsOf(t.Value)
	if !ok {
		return ""
	}
	if f := lookUp(operands); f.meaning == mapped {
		return f.path.Word
	}
	return ""
}

// bindings writes `=` where a rule compares a variable that nothing gives a value to, as
// `input.egress[_] == d`. Playbooks have it, and mean that the variable takes the value.
func (rw *rewriting) bindings() {
	bound := map[ast.Var]bool{}
	bind := func(t *ast.Term) {
		ast.WalkVars(t, func(v ast.Var) bool {
			bound[v] = true
			return false
		})
	}
	for _, arg := range rw.rule.Head.Args {
		bind(arg)
	}
	type comparison struct {
		e           *ast.Expr
		name, value *ast.Term
	}
	var comparisons []comparison
	ast.WalkExprs(rw.rule, func(e *ast.Expr) bool {
		switch terms := e.Terms.(type) {
		case *ast.Every:
			bind(terms.Value)
			if terms.Key != nil {
				bind(terms.Key)
			}
		case *ast.SomeDecl:
			if call, ok := terms.Symbols[0].Value.(ast.Call); ok {
				for _, t := range call[1:] {
					bind(t)
				}
			}
		case []*ast.Term:
			if len(terms) == 3 && terms[0].String() == "equal" && !e.Negated {
				for i := 1; i <= 2; i++ {
					_, isVar := terms[i].Value.(ast.Var)
					_, isRef := terms[3-i].Value.(ast.Ref)
					if isVar && isRef {
						comparisons = append(comparisons, comparison{e, terms[i], terms[3-i]})
					}
				}
			}
			if e.IsAssignment() || e.IsEquality() {
				bind(terms[1])
				bind(terms[2])
			}
		}
		return false
	})
	ast.WalkRefs(rw.rule, func(ref ast.Ref) bool { // a place in a list takes its values from there
		for _, t := range ref[1:] {
			bind(t)
		}
		return false
	})
	for _, c := range comparisons {
		v := c.name.Value.(ast.Var)
		if bound[v] || rw.module.known(v) {
			continue
		}
		bound[v] = true
		operator := ast.NewTerm(ast.Equality.Ref())
		place(operator, c.e.Location)
		c.e.Terms = []*ast.Term{operator, c.name, c.value}
		rw.takenAs(c.name, "==", "=", "A variable that nothing gave a value to takes one there.")
	}
}

// known reports whether a name is one of the module's, and no variable of the rule.
func (m *module) known(v ast.Var) bool {
	if _, ok := m.imports[v]; ok || v == "input" || v == "data" {
		return true
	}
	for _, d := range m.rules {
		if d.name == string(v) {
			return true
		}
	}
	return false
}
