package oldrules

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// body rewrites the statements of a body: it takes out those that hold for every app, and
// those that only name a group. single is set for the only body of its rule; where a
// statement of such a body holds for no app, the rule has nothing to say.
func (rw *rewriting) body(b ast.Body, single bool) ast.Body {
	kept := ast.Body{}
	for _, e := range b {
		if rw.bindsGroup(e) || rw.asksApproval(e, single) {
			rw.shorter = true
			continue
		}
		switch holds, why := rw.holdsForAll(e); {
		case holds == always:
			rw.shorter = true
			continue
		case holds == never && single:
			rw.implied = why
		case holds == never:
			rw.leave(e.Location, e.String(), "%s Take the question out.", why)
		}
		kept = append(kept, e)
	}
	if len(kept) == 0 {
		t := ast.NewExpr(ast.BooleanTerm(true))
		t.Location = b[0].Location
		t.Terms.(*ast.Term).Location = &ast.Location{Text: []byte("true"), File: t.Location.File, Row: t.Location.Row, Col: t.Location.Col}
		kept = append(kept, t)
	}
	return kept
}

// truth is whether a statement holds.
type truth int

const (
	depends truth = iota
	always
	never
)

func (t truth) negated(not bool) truth {
	switch {
	case !not || t == depends:
		return t
	case t == always:
		return never
	}
	return always
}

// holdsForAll tells whether a statement about what is the same for all apps holds, and why.
func (rw *rewriting) holdsForAll(e *ast.Expr) (holds truth, why string) {
	if len(e.With) > 0 {
		return depends, ""
	}
	for _, t := range operandsIn(e) {
		if f := rw.fixed(t); f.path != nil && f.path.Never {
			return never.negated(e.Negated), f.path.Text
		}
	}
	switch terms := e.Terms.(type) {
	case *ast.Term:
		if f := rw.fixed(terms); f.path != nil && slices.Contains(f.path.Is, "true") {
			return always.negated(e.Negated), f.path.Text
		}
	case []*ast.Term:
		if len(terms) != 3 {
			return depends, ""
		}
		f, other := rw.fixed(terms[1]), terms[2]
		if f.path == nil {
			f, other = rw.fixed(terms[2]), terms[1]
		}
		word, constant := constantOf(other)
		if f.path == nil || !constant {
			return depends, ""
		}
		is := slices.Contains(f.path.Is, word)
		switch terms[0].String() {
		case "equal", "eq":
			if !is && f.path.From == "kind" {
				return depends, "" // a rule on objects that are no apps
			}
			return map[bool]truth{true: always, false: never}[is].negated(e.Negated), f.path.Text
		case "neq":
			return map[bool]truth{true: never, false: always}[is].negated(e.Negated), f.path.Text
		}
	}
	return depends, ""
}

// operandsIn are the terms of a statement, and those of calls in it.
func operandsIn(e *ast.Expr) []*ast.Term {
	switch terms := e.Terms.(type) {
	case *ast.Term:
		return []*ast.Term{terms}
	case []*ast.Term:
		return terms[1:]
	case *ast.SomeDecl:
		if call, ok := terms.Symbols[0].Value.(ast.Call); ok {
			return call[1:]
		}
	}
	return nil
}

// constantOf is a word or a truth value that stands in the source.
func constantOf(t *ast.Term) (string, bool) {
	switch v := t.Value.(type) {
	case ast.String:
		return string(v), true
	case ast.Boolean:
		return v.String(), true
	}
	return "", false
}

// approvers are the roles that review what playbooks name an approval for.
var approvers = map[string]string{
	"external_network": "security", "elevated_scopes": "security", "security": "security", "security_team": "security", "data_access": "security",
	"product_owner": "product-owner", "business": "product-owner", "owner": "owner",
	"dpo": "dpo", "privacy": "dpo", "regulated_data": "dpo", "platform": "platform", "cost": "cost-team", "budget": "cost-team",
}

// asksApproval reports whether a statement holds until somebody approved, as `not
// input.approvals.security` does: the rule asks for that approval then.
func (rw *rewriting) asksApproval(e *ast.Expr, single bool) bool {
	if !single || len(e.With) > 0 {
		return false
	}
	var asked *ast.Term
	missing := e.Negated
	switch terms := e.Terms.(type) {
	case *ast.Term:
		asked = terms
	case []*ast.Term:
		if len(terms) != 3 {
			return false
		}
		asked = terms[1]
		word, constant := constantOf(terms[2])
		operator := terms[0].String()
		equal := operator == "equal" || operator == "eq"
		if !constant || !equal && operator != "neq" {
			return false
		}
		missing = e.Negated != (equal == (word == "false"))
	}
	if asked == nil || !missing {
		return false
	}
	operands, _, ok := rw.operandsOf(asked.Value)
	if !ok || len(operands) < 2 {
		return false
	}
	f := lookUp(operands)
	if f.path == nil || f.path.From != "approvals" || len(f.rest) != 1 {
		return false
	}
	key, _ := f.rest[0].Value.(ast.String)
	role := approvers[strings.ReplaceAll(strings.ToLower(string(key)), "-", "_")]
	if role == "" || rw.role != "" && rw.role != role {
		return false // the reference is reported
	}
	rw.role = role
	rw.takenAs(asked, f.asked, "approval", "Who holds the role `"+role+"` is asked to review the change, where the app has what the rule looks at.")
	return true
}

// renamed are functions that have another name now, and gone are those that Rego dropped
// without putting one that does the same in their place.
var (
	renamed = map[string]string{"re_match": "regex.match", "net.cidr_overlap": "net.cidr_contains", "set_diff": "minus"}
	gone    = map[string]string{
		"any": "`true in …`", "all": "`every … in … { … }`", "cast_array": "`is_array`", "cast_boolean": "`is_boolean`",
		"cast_null": "`is_null`", "cast_object": "`is_object`", "cast_set": "`is_set`", "cast_string": "`is_string`",
	}
)

// renameFunctions writes calls of functions that Rego dropped as they are written now.
func (rw *rewriting) renameFunctions() {
	defined := map[string]bool{}
	for _, d := range rw.module.rules {
		defined[d.name] = true
	}
	ast.WalkExprs(rw.rule, func(e *ast.Expr) bool {
		terms, ok := e.Terms.([]*ast.Term)
		if !ok || len(terms) != 2 || defined[terms[0].String()] {
			return false
		}
		wanted := terms[0].String() == "any"
		if !wanted && terms[0].String() != "all" {
			return false
		}
		member := ast.NewTerm(ast.Member.Ref())
		place(member, e.Location)
		sought := ast.BooleanTerm(wanted)
		sought.Location = &ast.Location{Text: []byte(sought.String()), File: e.Location.File, Row: e.Location.Row, Col: e.Location.Col}
		e.Terms = []*ast.Term{member, sought, terms[1]}
		e.Negated = e.Negated == wanted // all hold where none is false
		return false
	})
	ast.WalkTerms(rw.rule, func(t *ast.Term) bool {
		ref, ok := t.Value.(ast.Ref)
		if !ok || defined[ref.String()] {
			return false
		}
		name := ref.String()
		if now := renamed[name]; now != "" {
			at := t.Location
			*t = *ast.NewTerm(ast.MustParseRef(now))
			place(t, at)
			rw.takenAs(t, name, now, "")
		}
		if instead := gone[name]; instead != "" {
			rw.leave(t.Location, name, "Rego has no `%s` any more: write %s.", name, instead)
		}
		return false
	})
}
