package policies

import (
	"context"
	"fmt"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// Limits of the evaluation of rules over one app. A rule that takes longer than
// evaluationTime by itself is a mistake, and the verdict is then an error, never a pass.
const (
	evaluationTime = 5 * time.Second
	togetherTime   = time.Second // of one query for several rules, before they are asked one by one
)

// ask returns what every rule says of an input, in the order of the rules. A rule
// that has answered to the same parts of an input before is not asked again.
func (s *RuleSet) ask(ctx context.Context, input map[string]any) ([]finding, error) {
	answers := make([]finding, len(s.rules))
	keys := make([]key, len(s.rules))
	var missing []int
	p := s.places.of(input)
	for i, r := range s.rules {
		var err error
		if keys[i], err = p.key(r.reads); err != nil {
			return nil, err
		}
		if f, ok := r.memory.get(keys[i]); ok {
			answers[i] = *f
		} else {
			missing = append(missing, i)
		}
	}
	if len(missing) == 0 {
		return answers, nil
	}
	parsed, err := ast.InterfaceToValue(s.excerpt(input, missing))
	if err != nil {
		return nil, fmt.Errorf("convert the input of rules: %w", err)
	}
	value := ast.NewTerm(parsed)
	learn := func(i int, f *finding) {
		s.engine.evaluated.Add(1)
		s.rules[i].memory.add(keys[i], f)
		answers[i] = *f
	}
	if found := s.together(ctx, value, missing); found != nil {
		for n, i := range missing {
			learn(i, found[n])
		}
		return answers, nil
	}
	for _, i := range missing {
		f, err := s.inTime(ctx, value, s.rules[i])
		if err != nil {
			return nil, err
		}
		learn(i, f)
	}
	return answers, nil
}

// inTime asks one rule, which has the whole time: what others took before it is not its
// fault.
func (s *RuleSet) inTime(ctx context.Context, input *ast.Term, r *Rule) (*finding, error) {
	limited, cancel := context.WithTimeout(ctx, evaluationTime)
	defer cancel()
	f, err := s.alone(limited, input, r)
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		return nil, fmt.Errorf("evaluate rule %s: it took longer than %s", r.ID, evaluationTime)
	}
	return f, err
}

// together asks several rules in one query, in which what they have in common
// (data.levee.lib) is worked out once: it hangs on the input and the settings
// alone. It returns nil where any of them fails: which one, only asking them one
// by one can tell.
func (s *RuleSet) together(ctx context.Context, input *ast.Term, which []int) []*finding {
	ctx, cancel := context.WithTimeout(ctx, togetherTime)
	defer cancel()
	query := make(ast.Body, 0, 2*len(which))
	for _, i := range which {
		query = append(query, s.rules[i].questions...)
	}
	results, err := s.query(ctx, query, input)
	if err != nil || len(results) != 1 {
		return nil
	}
	found := make([]*finding, len(which))
	for n, i := range which {
		if found[n], err = s.rules[i].read(results[0]); err != nil {
			return nil
		}
	}
	return found
}

// alone asks one rule.
func (s *RuleSet) alone(ctx context.Context, input *ast.Term, r *Rule) (*finding, error) {
	results, err := s.query(ctx, r.questions, input)
	switch {
	case err != nil:
		return nil, fmt.Errorf("evaluate rule %s: %w", r.ID, err)
	case len(results) != 1:
		return nil, fmt.Errorf("evaluate rule %s: %d results instead of one", r.ID, len(results))
	}
	return r.read(results[0])
}

func (s *RuleSet) query(ctx context.Context, query ast.Body, input *ast.Term) (results []topdown.QueryResult, err error) {
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

// prepare compiles the questions to a rule: each of its sets, under a name that no
// other rule's has, so that several rules can be asked in one query.
func (r *Rule) prepare(compiler *ast.Compiler, number int) error {
	for i, definition := range r.definitions() {
		name := fmt.Sprintf("found_%d_%d", number, i)
		body, err := ast.ParseBody(name + " = " + definition)
		if err == nil {
			body, err = compiler.QueryCompiler().Compile(body)
		}
		if err != nil {
			return fmt.Errorf("prepare rule %s: %w", r.ID, err)
		}
		r.questions, r.answers = append(r.questions, body...), append(r.answers, ast.Var(name))
	}
	return nil
}

var nothing = &finding{} // what most rules say of most apps

// read takes the rule's answer from the results of a query.
func (r *Rule) read(results topdown.QueryResult) (*finding, error) {
	f := nothing
	for i, set := range r.sets {
		answer := results[r.answers[i]]
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
		if f == nothing {
			f = &finding{}
		}
		for _, item := range items {
			if err := f.add(set, item); err != nil {
				return nil, fmt.Errorf("rule %s: %s: %w", r.ID, set, err)
			}
		}
	}
	return f, nil
}
