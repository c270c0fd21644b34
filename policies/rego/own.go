package rego

import (
	"errors"
	"fmt"
	"maps"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/levee-gitops/levee/catalog"
)

// parseOwn parses the organisation's files, each by itself.
func parseOwn(governing *catalog.Snapshot) (map[string]*ast.Module, []catalog.Problem) {
	own := map[string]*ast.Module{}
	var problems []catalog.Problem
	for d := range governing.Policies() {
		if !d.Valid() {
			continue // the document has problems of its own
		}
		module, err := parseModule(d.Path, d.Source())
		var list ast.Errors
		switch {
		case errors.As(err, &list):
			problems = append(problems, unparsed(list[0], d))
		case err != nil:
			problems = append(problems, Problem(d.Path, 1, 1, err.Error()))
		case module.Package.Path.HasPrefix(ast.MustParseRef("data.levee")):
			problems = append(problems, Problem(d.Path, module.Package.Location.Row, 1, "The package name starts with `levee`, which belongs to the program."))
		default:
			own[d.Path] = module
		}
	}
	return own, problems
}

// unparsed is the problem of a file that cannot be parsed. Rules of other programs are often
// written as Rego was before its version 1.
func unparsed(err *ast.Error, d *catalog.Document) catalog.Problem {
	p := regoProblem(err, d.Path)
	if _, older := ast.ParseModuleWithOpts(d.Path, string(d.Source()), ast.ParserOptions{RegoVersion: ast.RegoV0}); older == nil {
		p.Message = "The rule is written as Rego was before its version 1, so it is not in force."
		p.Remedy = takenIn(d.Path)
	}
	return p
}

// takenIn says how a file with rules of another program becomes rules of a catalog.
func takenIn(file string) string {
	return fmt.Sprintf("Run `levee convert %s --to .`: it writes the rules anew, and says what it cannot take. Then remove the file.", file)
}

// blame turns compiler errors into problems of the organisation's files, and removes those
// files from own.
func blame(list ast.Errors, own map[string]*ast.Module) []catalog.Problem {
	var problems []catalog.Problem
	blamed := map[string]bool{}
	for _, err := range list {
		if err.Location == nil || own[err.Location.File] == nil || blamed[err.Location.File] {
			continue
		}
		blamed[err.Location.File] = true
		p := regoProblem(err, err.Location.File)
		if m := own[err.Location.File]; ofAnother(m) {
			p.Remedy = takenIn(p.Path)
		}
		problems = append(problems, p)
	}
	maps.DeleteFunc(own, func(file string, _ *ast.Module) bool { return blamed[file] })
	return problems
}
