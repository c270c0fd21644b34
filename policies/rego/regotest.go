package rego

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/tester"

	"github.com/levee-gitops/levee/catalog"
)

// TestOutcome is the result of one Rego test of the organisation's.
type TestOutcome struct {
	File     string        `json:"file"`
	Line     int           `json:"line"`
	Name     string        `json:"name"`
	Passed   bool          `json:"passed"`
	Message  string        `json:"message,omitempty"`
	Duration time.Duration `json:"-"`
}

// Limits of the Rego tests of one governance. Anybody may propose one.
const (
	testTime  = 5 * time.Second  // one test
	testsTime = 15 * time.Second // all of them
)

// runTests runs the organisation's Rego tests. A failing test is a problem of its file, so
// that the change is not admitted.
func (s *Set) runTests(ctx context.Context, own map[string]*ast.Module) ([]TestOutcome, []catalog.Problem) {
	if !slices.ContainsFunc(slices.Collect(maps.Keys(own)), isTest) {
		return nil, nil
	}
	modules := map[string]*ast.Module{}
	for file, m := range s.compiler.ParsedModules() {
		modules[file] = m.Copy()
	}
	for file, m := range own {
		modules[file] = m.Copy()
	}
	compiler := ast.NewCompiler().WithCapabilities(capabilities()).WithEnablePrintStatements(true)
	ctx, cancel := context.WithTimeout(ctx, testsTime)
	defer cancel()
	results, err := tester.NewRunner().SetCompiler(compiler).SetStore(s.store).SetModules(modules).
		SetTimeout(testTime).CapturePrintOutput(true).RunTests(ctx, nil)
	if err != nil {
		return nil, testTrouble(err, own)
	}
	var outcomes []TestOutcome
	var problems []catalog.Problem
	for r := range results {
		if own[r.Location.File] == nil {
			continue
		}
		o := TestOutcome{File: r.Location.File, Line: r.Location.Row, Name: r.Package + "." + r.Name, Passed: r.Pass(), Duration: r.Duration}
		if !o.Passed && !r.Skip {
			o.Message = strings.TrimSpace(string(r.Output))
			if r.Error != nil {
				o.Message = r.Error.Error()
			}
			if ctx.Err() != nil {
				o.Message = fmt.Sprintf("All tests together may take %s, and took longer.", testsTime)
			}
			problems = append(problems, Problem(o.File, o.Line, 1, fmt.Sprintf("The test `%s` fails. %s", r.Name, o.Message)))
		}
		outcomes = append(outcomes, o)
	}
	return outcomes, problems
}

// testTrouble turns a failure to compile the tests into problems at their place.
func testTrouble(err error, own map[string]*ast.Module) []catalog.Problem {
	var problems []catalog.Problem
	var list ast.Errors
	if errors.As(err, &list) {
		rest := maps.Clone(own)
		problems = blame(list, rest)
	}
	if len(problems) == 0 {
		file := slices.Min(slices.Collect(maps.Keys(own)))
		problems = append(problems, Problem(file, 1, 1, "The tests cannot be run: "+err.Error()))
	}
	return problems
}
