package policies

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"

	"github.com/levee-gitops/levee/catalog"
)

// RuleSet is the rules of one governance, ready to judge. It is safe for
// concurrent use.
type RuleSet struct {
	engine   *Engine
	digest   catalog.Digest
	settings *catalog.Settings
	zone     *time.Location // in which dates begin and end; looked up once, since reading it costs as much as some rules
	rules    []*Rule
	tests    []TestOutcome
	compiler *ast.Compiler
	store    storage.Store

	mu      sync.Mutex
	queries map[string]*rego.PreparedEvalQuery // by rule
}

// Digest names the rules, the library and the settings: what a decision was
// judged by.
func (s *RuleSet) Digest() catalog.Digest { return s.digest }

// Settings are those the set judges under. They must not be changed.
func (s *RuleSet) Settings() *catalog.Settings { return s.settings }

// Rules lists the rules by id.
func (s *RuleSet) Rules() []Rule {
	list := make([]Rule, len(s.rules))
	for i, r := range s.rules {
		list[i] = *r
	}
	return list
}

// Tests lists the outcomes of the organisation's Rego tests.
func (s *RuleSet) Tests() []TestOutcome { return s.tests }

// finding is what one rule said of one input.
type finding struct {
	problems  []found
	approvals []asked
	risks     []risked
}

func (f finding) empty() bool { return len(f.problems)+len(f.approvals)+len(f.risks) == 0 }

type found struct{ field, message, remedy string }
type asked struct {
	role, reason string
	count        int
}
type risked struct {
	level  Level
	reason string
}

// evaluationTime bounds the evaluation of all rules over one app. A rule that takes
// longer is a mistake, and the verdict is then an error, never a pass.
const evaluationTime = 5 * time.Second

// ask returns what every rule says of an input, in the order of the rules. A rule
// that has answered to the same parts of an input before is not asked again.
func (s *RuleSet) ask(ctx context.Context, input map[string]any) ([]finding, error) {
	answers := make([]finding, len(s.rules))
	p := parts{input: input, hashed: make(map[place]key, 64)}
	var value ast.Value
	ctx, cancel := context.WithTimeout(ctx, evaluationTime)
	defer cancel()
	for i, r := range s.rules {
		k, err := p.of(r.reads)
		if err != nil {
			return nil, err
		}
		memory := s.engine.memory(r.digest)
		if f, ok := memory.Get(k); ok {
			answers[i] = f
			continue
		}
		if value == nil {
			if value, err = ast.InterfaceToValue(input); err != nil {
				return nil, fmt.Errorf("convert the input of rules: %w", err)
			}
		}
		if answers[i], err = s.evaluate(ctx, r, value); err != nil {
			return nil, err
		}
		memory.Add(k, answers[i])
	}
	return answers, nil
}

// evaluate asks one rule.
func (s *RuleSet) evaluate(ctx context.Context, r *Rule, input ast.Value) (finding, error) {
	var f finding
	q, err := s.query(ctx, r)
	if err != nil {
		return f, err
	}
	results, err := q.Eval(ctx, rego.EvalParsedInput(input))
	if err != nil {
		return f, fmt.Errorf("evaluate rule %s: %w", r.ID, err)
	}
	s.engine.evaluated.Add(1)
	if len(results) != 1 {
		return f, fmt.Errorf("evaluate rule %s: %d results instead of one", r.ID, len(results))
	}
	sets, _ := results[0].Bindings["found"].([]any)
	if len(sets) != len(r.sets) {
		return f, fmt.Errorf("rule %s: no answer", r.ID)
	}
	for i, set := range r.sets {
		items, ok := sets[i].([]any)
		if !ok {
			return f, fmt.Errorf("rule %s: %s is no set; write `%s contains …`", r.ID, set, set)
		}
		for _, item := range items {
			if err := f.add(set, item); err != nil {
				return f, fmt.Errorf("rule %s: %s: %w", r.ID, set, err)
			}
		}
	}
	return f, nil
}

// query is the prepared question to one rule.
func (s *RuleSet) query(ctx context.Context, r *Rule) (*rego.PreparedEvalQuery, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if q := s.queries[r.ID]; q != nil {
		return q, nil
	}
	q, err := rego.New(
		rego.Query("found = ["+strings.Join(r.definitions(), ", ")+"]"),
		rego.Compiler(s.compiler), rego.Store(s.store), rego.StrictBuiltinErrors(true),
		rego.Capabilities(capabilities()),
	).PrepareForEval(ctx)
	if err != nil {
		return nil, fmt.Errorf("prepare rule %s: %w", r.ID, err)
	}
	s.queries[r.ID] = &q
	return &q, nil
}

func (f *finding) add(set string, item any) error {
	object, ok := item.(map[string]any)
	if !ok {
		return fmt.Errorf("%v is no object", item)
	}
	text := func(key string) string { s, _ := object[key].(string); return s }
	switch set {
	case "problem":
		if text("message") == "" {
			return fmt.Errorf("an entry lacks its message")
		}
		f.problems = append(f.problems, found{text("field"), text("message"), text("remedy")})
	case "approval":
		if text("role") == "" || text("reason") == "" {
			return fmt.Errorf("an entry lacks its role or reason")
		}
		count, err := countOf(object["count"])
		if err != nil {
			return err
		}
		f.approvals = append(f.approvals, asked{text("role"), text("reason"), count})
	default:
		level := Level(text("level"))
		if level != Low && level != Medium && level != High || text("reason") == "" {
			return fmt.Errorf("an entry needs a level (low, medium, high) and a reason")
		}
		f.risks = append(f.risks, risked{level, text("reason")})
	}
	return nil
}

func countOf(value any) (int, error) {
	if value == nil {
		return 1, nil
	}
	number, ok := value.(interface{ Int64() (int64, error) })
	if !ok {
		return 0, fmt.Errorf("count %v is no number", value)
	}
	n, err := number.Int64()
	if err != nil || n < 1 || n > 10 {
		return 0, fmt.Errorf("count %v must lie between 1 and 10", value)
	}
	return int(n), nil
}
