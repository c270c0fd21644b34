package rego

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies/consistency"
)

// verdictNames are the names of results in other programs' rules. Nothing reads them here.
var verdictNames = []string{"deny", "denied", "violation", "violations", "warn", "warning", "warnings", "allow", "allowed", "block", "fail", "errors", "problems", "approvals", "risks", "msg"}

// noEffectFiles reports the organisation's files that have no effect: those that define neither
// a rule's sets nor anything that another file uses, results under names of other
// programs, rules in files named like tests, and test files without tests.
func noEffectFiles(own map[string]*ast.Module) []catalog.Problem {
	used := map[string]bool{} // data.shared, data.shared.near: what files refer to
	for _, m := range own {
		noteUses(m, used)
	}
	var problems []catalog.Problem
	idle := func(file string, row int, message, remedy string) {
		p := Problem(file, row, 1, message)
		p.Rule, p.Level, p.Remedy = consistency.NoEffect, catalog.Warn, remedy
		problems = append(problems, p)
	}
	for file, m := range own {
		rule, err := readRule(m, true)
		if err != nil && !isTest(file) {
			continue // collect reported it
		}
		row := m.Package.Location.Row
		tests := slices.ContainsFunc(m.Rules, func(r *ast.Rule) bool { return strings.HasPrefix(string(r.Head.Name), "test_") })
		answers, at := answersOf(m)
		pkg := m.Package.Path.String()
		switch {
		case isTest(file) && (rule != nil || err != nil):
			idle(file, row, "The rule in this file is not in force: a file whose name ends with `_test.rego` holds tests alone.", "Rename the file, without `_test`.")
		case isTest(file) && !tests:
			idle(file, row, "There is no test in this file, so it shows nothing.", "Let the names of tests begin with `test_`.")
		case isTest(file):
		case len(answers) > 0 && !used[pkg+"."+answers[0]]:
			idle(file, at, fmt.Sprintf("The rule is not in force: nothing reads `%s`.", answers[0]),
				takenIn(file)+" Or let it define `problem`, `approval` or `risk`, and give its package an annotation with `custom.id`; `levee init` makes an example.")
		case rule == nil && !used[pkg]:
			idle(file, row, "Nothing can come from this file: it defines none of `problem`, `approval` and `risk`, and no other file uses it.",
				"Define one of them and give the package an annotation with `custom.id`, or remove the file.")
		}
	}
	return problems
}

// noteUses adds to used the full names of the definitions that a module refers to, and of
// their packages.
func noteUses(m *ast.Module, used map[string]bool) {
	pkg := m.Package.Path
	for _, imported := range m.Imports {
		if ref, ok := imported.Path.Value.(ast.Ref); ok && ref.HasPrefix(ast.DefaultRootRef) {
			for n := len(ref); n > 1; n-- {
				if at := ref[:n]; !pkg.HasPrefix(at) {
					used[at.String()] = true
				}
			}
		}
	}
	note := func(t *ast.Term) bool {
		switch v := t.Value.(type) {
		case ast.Var:
			used[pkg.String()+"."+string(v)] = true
		case ast.Ref:
			prefix := v.ConstantPrefix()
			for n := len(prefix); n > 1 && v.HasPrefix(ast.DefaultRootRef); n-- {
				if at := prefix[:n]; !pkg.HasPrefix(at) {
					used[at.String()] = true
				}
			}
		}
		return false
	}
	for _, rule := range m.Rules {
		for r := rule; r != nil; r = r.Else {
			ast.WalkTerms(r.Body, note)
			for _, t := range append([]*ast.Term{r.Head.Key, r.Head.Value}, r.Head.Args...) {
				if t != nil {
					ast.WalkTerms(t, note)
				}
			}
		}
	}
}

// ofAnother reports whether a module gives its results to another program.
func ofAnother(m *ast.Module) bool {
	names, _ := answersOf(m)
	return len(names) > 0 && !slices.ContainsFunc(m.Rules, func(r *ast.Rule) bool { return slices.Contains(setNames, string(r.Head.Name)) })
}

// answersOf lists the verdictNames that a module defines, and the row of the first.
func answersOf(m *ast.Module) (names []string, row int) {
	for _, r := range m.Rules {
		if name := string(r.Head.Ref()[0].Value.(ast.Var)); slices.Contains(verdictNames, name) {
			names = append(names, name)
			if row == 0 {
				row = r.Location.Row
			}
		}
	}
	return names, row
}
