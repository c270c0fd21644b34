package bundle_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
)

func TestZZ(t *testing.T) {
	if os.Getenv("ZZ") == "" {
		t.Skip()
	}
	lib := load(t)
	ask := "package levee.ask\n"
	for _, r := range lib.rules {
		for _, set := range r.sets() {
			ask += fmt.Sprintf("found[\"%s.%s\"] := x if { x := %s.%s; x != set() }\n", r.id, set, r.pkg, set)
			ask += fmt.Sprintf("one contains [\"%s.%s\", x] if { some x in %s.%s }\n", r.id, set, r.pkg, set)
		}
	}
	m, err := ast.ParseModuleWithOpts("ask", ask, ast.ParserOptions{RegoVersion: ast.RegoV1})
	if err != nil {
		t.Fatal(err)
	}
	lib.modules["ask"] = m
	c, err := compile(lib.modules, true)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	get := func(query string) any {
		results, err := rego.New(rego.Query("x = "+query), rego.Compiler(c)).Eval(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return results[0].Bindings["x"]
	}
	input := ast.MustInterfaceToValue(get("data.levee.fixture.plain"))
	store := inmem.NewFromObjectWithOpts(map[string]any{"settings": get("data.levee.fixture.settings")}, inmem.OptReturnASTValuesOnRead(true))
	fmt.Println("partial object", runx(t, c, store, input, "found = data.levee.ask.found"), "one set", runx(t, c, store, input, "found = data.levee.ask.one"))
	type cost struct {
		what string
		d    time.Duration
	}
	var costs []cost
	run := func(q string) time.Duration {
		query, err := rego.New(rego.Query(q), rego.Compiler(c), rego.Store(store), rego.StrictBuiltinErrors(true)).PrepareForEval(ctx)
		if err != nil {
			t.Fatal(err)
		}
		best := time.Hour
		for range 5 {
			start := time.Now()
			for range 500 {
				query.Eval(ctx, rego.EvalParsedInput(input))
			}
			best = min(best, time.Since(start)/500)
		}
		return best
	}
	base := run("found = []")
	fmt.Println("base", base)
	all := ""
	n := 0
	for _, r := range lib.rules {
		for _, set := range r.sets() {
			ref := r.pkg + "." + set
			costs = append(costs, cost{ref[len("data.levee.rules."):], run("found = ["+ref+"]") - base})
			if all != "" {
				all += ", "
			}
			all += ref
			n++
		}
	}
	slices.SortFunc(costs, func(a, b cost) int { return int(b.d - a.d) })
	var sum time.Duration
	for _, x := range costs {
		sum += x.d
		fmt.Println(x.d, x.what)
	}
	fmt.Println("sum", sum, "sets", n, "all", run("found = ["+all+"]"))
}

func runx(t *testing.T, c *ast.Compiler, store storage.Store, input ast.Value, q string) time.Duration {
	ctx := context.Background()
	query, err := rego.New(rego.Query(q), rego.Compiler(c), rego.Store(store), rego.StrictBuiltinErrors(true)).PrepareForEval(ctx)
	if err != nil {
		t.Fatal(err)
	}
	best := time.Hour
	for range 5 {
		start := time.Now()
		for range 500 {
			query.Eval(ctx, rego.EvalParsedInput(input))
		}
		best = min(best, time.Since(start)/500)
	}
	return best
}
