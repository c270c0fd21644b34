package rego

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// Limits of the evaluation of rules over one app. If one rule takes longer than evalOneTime,
// the verdict is Error.
const (
	evalOneTime = 5 * time.Second // of one rule by itself
	evalAllTime = time.Second     // of one query for several rules; then they are evaluated one by one
)

// Evaluate returns what the rules find in an input, in their order, without those that find
// nothing. Rules that were evaluated before over the same values at the paths they depend on
// are not evaluated again.
func (s *Set) Evaluate(ctx context.Context, input map[string]any) ([]Found, error) {
	all := make([]int, len(s.rules))
	for i := range all {
		all[i] = i
	}
	findings, err := s.evaluate(ctx, input, all)
	if err != nil {
		return nil, err
	}
	var found []Found
	for i, f := range findings {
		if !f.empty() {
			found = append(found, Found{s.rules[i], *f})
		}
	}
	return found, nil
}

// evaluate returns the findings of some rules, in their order.
func (s *Set) evaluate(ctx context.Context, input map[string]any, which []int) ([]*Finding, error) {
	findings := make([]*Finding, len(which))
	var missing []int     // rules that are to be evaluated,
	var at []int          // where their findings belong,
	var keys []findingKey // and the keys to cache them by
	p := s.paths.encoder(input)
	for n, i := range which {
		r := s.rules[i]
		key, err := p.key(r.inputs)
		if err != nil {
			return nil, err
		}
		var ok bool
		if findings[n], ok = r.cache.get(key); !ok {
			missing, at, keys = append(missing, i), append(at, n), append(keys, key)
		}
	}
	if len(missing) == 0 {
		return findings, nil
	}
	parsed, err := toValue(s.excerpt(input, missing))
	if err != nil {
		return nil, fmt.Errorf("convert the input of rules: %w", err)
	}
	value := ast.NewTerm(parsed)
	store := func(n int, f *Finding) {
		s.engine.evaluated.Add(1)
		s.rules[missing[n]].cache.add(keys[n], f)
		findings[at[n]] = f
	}
	if found := s.evalAll(ctx, value, missing); found != nil {
		for n, f := range found {
			store(n, f)
		}
		return findings, nil
	}
	for n, i := range missing {
		f, err := s.evalOne(ctx, value, s.rules[i])
		if err != nil {
			return nil, err
		}
		store(n, f)
	}
	return findings, nil
}

// toValue converts an excerpt to OPA's values. Of an app that runs, what is judged is what is admitted;
// that is converted once.
func toValue(part map[string]any) (ast.Value, error) {
	app, _ := part["app"].(map[string]any)
	admitted, _ := part["admitted"].(map[string]any)
	if app != nil && reflect.ValueOf(app).Pointer() == reflect.ValueOf(admitted).Pointer() {
		value, err := ast.InterfaceToValue(app)
		if err != nil {
			return nil, err
		}
		part = maps.Clone(part) // an excerpt may be the input itself
		part["app"], part["admitted"] = value, value
	}
	return ast.InterfaceToValue(part)
}

// evalAll evaluates several rules in one query, in which definitions that they share
// (data.levee.lib) are evaluated once. It returns nil if any rule fails or the query takes
// too long; the rules are then evaluated one by one, to find out which one it was.
func (s *Set) evalAll(ctx context.Context, input *ast.Term, which []int) []*Finding {
	ctx, cancel := context.WithTimeout(ctx, evalAllTime)
	defer cancel()
	query := make(ast.Body, 0, 2*len(which))
	for _, i := range which {
		query = append(query, s.rules[i].query...)
	}
	results, err := s.query(ctx, query, input)
	if err != nil || len(results) != 1 {
		return nil
	}
	found := make([]*Finding, len(which))
	for n, i := range which {
		if found[n], err = s.rules[i].readFinding(results[0]); err != nil {
			return nil
		}
	}
	return found
}

// evalOne evaluates one rule, for which it has evalOneTime however long others took.
func (s *Set) evalOne(ctx context.Context, input *ast.Term, r *Rule) (*Finding, error) {
	limited, cancel := context.WithTimeout(ctx, evalOneTime)
	defer cancel()
	results, err := s.query(limited, r.query, input)
	switch {
	case err != nil && limited.Err() != nil && ctx.Err() == nil:
		return nil, fmt.Errorf("evaluate rule %s: it took longer than %s", r.ID, evalOneTime)
	case err != nil:
		return nil, fmt.Errorf("evaluate rule %s: %w", r.ID, err)
	case len(results) != 1:
		return nil, fmt.Errorf("evaluate rule %s: %d results instead of one", r.ID, len(results))
	}
	return r.readFinding(results[0])
}

func (s *Set) query(ctx context.Context, query ast.Body, input *ast.Term) (results []topdown.QueryResult, err error) {
	txn, err := s.store.NewTransaction(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the settings: %w", err)
	}
	defer s.store.Abort(ctx, txn)
	cancel := topdown.NewCancel()
	defer context.AfterFunc(ctx, cancel.Cancel)()
	err = topdown.NewQuery(query).WithCompiler(s.compiler).WithStore(s.store).WithTransaction(txn).WithInput(input).
		WithStrictBuiltinErrors(true).WithCancel(cancel).WithMetrics(metrics.NoOp()).
		Iter(ctx, func(r topdown.QueryResult) error {
			results = append(results, r)
			return nil
		})
	return results, err
}

// compileQuery compiles the query of a rule. The result of each of its sets gets a variable
// name that is unique among all rules, so that the queries of several rules can be joined.
func (r *Rule) compileQuery(compiler *ast.Compiler, number int) error {
	for i, definition := range r.definitions() {
		name := fmt.Sprintf("found_%d_%d", number, i)
		body, err := ast.ParseBody(name + " = " + definition)
		if err == nil {
			body, err = compiler.QueryCompiler().Compile(body)
		}
		if err != nil {
			return fmt.Errorf("prepare rule %s: %w", r.ID, err)
		}
		r.query, r.results = append(r.query, body...), append(r.results, ast.Var(name))
	}
	return nil
}

var noFinding = &Finding{} // shared: most rules find nothing in most apps

// readFinding reads the rule's finding from the result of a query.
func (r *Rule) readFinding(result topdown.QueryResult) (*Finding, error) {
	f := noFinding
	for i, set := range r.sets {
		answer := result[r.results[i]]
		if answer == nil {
			return nil, fmt.Errorf("rule %s: no answer", r.ID)
		}
		if list, ok := answer.Value.(ast.Set); ok && list.Len() == 0 {
			continue
		}
		if err := nodes([]*ast.Term{answer}); err != nil {
			return nil, fmt.Errorf("rule %s: %s: %w", r.ID, set, err)
		}
		plain, err := ast.JSON(answer.Value)
		if err != nil {
			return nil, fmt.Errorf("rule %s: %s: %w", r.ID, set, err)
		}
		items, ok := plain.([]any)
		if !ok {
			return nil, fmt.Errorf("rule %s: %s is no set; write `%s contains …`", r.ID, set, set)
		}
		if f == noFinding {
			f = &Finding{}
		}
		for _, item := range items {
			if err := f.add(set, item); err != nil {
				return nil, fmt.Errorf("rule %s: %s: %w", r.ID, set, err)
			}
		}
	}
	return f, nil
}
