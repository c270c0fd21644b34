package policies

import (
	"context"
	"crypto/sha256"
	"encoding/json"
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
	rules    []*Rule
	tests    []TestOutcome
	compiler *ast.Compiler
	store    storage.Store

	mu      sync.Mutex
	queries map[string]*query // by which rules they ask
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

type found struct{ field, message, remedy string }
type asked struct {
	role, reason string
	count        int
}
type risked struct {
	level  Level
	reason string
}

// answer is what rules said of one input. It holds only those that said
// something; asked tells which were asked at all.
type answer struct {
	asked map[catalog.Digest]bool
	said  map[catalog.Digest]finding
}

// query is the prepared question to some of the rules.
type query struct {
	rules    []*Rule
	asked    map[catalog.Digest]bool
	prepared rego.PreparedEvalQuery
}

// evaluationTime bounds one evaluation of all rules over one app. A rule that
// takes longer is a mistake, and the verdict is then an error, never a pass.
const evaluationTime = 5 * time.Second

// ask returns what every rule of the set says of an input, evaluating only those
// that have not answered to the same input before.
func (s *RuleSet) ask(ctx context.Context, input map[string]any) (*answer, error) {
	raw, err := json.Marshal(input) // sorted by key, so equal inputs are equal bytes
	if err != nil {
		return nil, fmt.Errorf("write the input of rules: %w", err)
	}
	digest := sha256.Sum256(raw)
	before, _ := s.engine.found.Get(digest)
	q, err := s.query(ctx, before)
	if err != nil {
		return nil, err
	}
	if q == nil {
		return before, nil
	}
	value, err := ast.InterfaceToValue(input)
	if err != nil {
		return nil, fmt.Errorf("convert the input of rules: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, evaluationTime)
	defer cancel()
	results, err := q.prepared.Eval(ctx, rego.EvalParsedInput(value))
	if err != nil {
		return nil, fmt.Errorf("evaluate rules: %w", err)
	}
	s.engine.evaluated.Add(int64(len(q.rules)))
	if len(results) != 1 {
		return nil, fmt.Errorf("evaluate rules: %d results instead of one", len(results))
	}
	a := &answer{asked: q.asked, said: map[catalog.Digest]finding{}}
	if before != nil {
		a.asked = map[catalog.Digest]bool{}
		for d := range q.asked {
			a.asked[d] = true
		}
		for d := range before.asked {
			a.asked[d] = true
		}
		for d, f := range before.said {
			a.said[d] = f
		}
	}
	if err := q.read(results[0].Bindings["found"], a); err != nil {
		return nil, err
	}
	s.engine.found.Add(digest, a)
	return a, nil
}

// query prepares the question to the rules that an answer lacks; nil where it
// lacks none.
func (s *RuleSet) query(ctx context.Context, before *answer) (*query, error) {
	missing := s.rules
	key := "all"
	if before != nil {
		missing = nil
		var ids strings.Builder
		for _, r := range s.rules {
			if !before.asked[r.digest] {
				missing = append(missing, r)
				ids.WriteString(r.ID + " ")
			}
		}
		if len(missing) == 0 {
			return nil, nil
		}
		key = ids.String()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if q := s.queries[key]; q != nil {
		return q, nil
	}
	q := &query{rules: missing, asked: map[catalog.Digest]bool{}}
	var refs []string
	for _, r := range missing {
		q.asked[r.digest] = true
		for _, set := range r.sets {
			refs = append(refs, r.pkg.String()+"."+set)
		}
	}
	var err error
	q.prepared, err = rego.New(
		rego.Query("found = ["+strings.Join(refs, ", ")+"]"),
		rego.Compiler(s.compiler), rego.Store(s.store), rego.StrictBuiltinErrors(true),
		rego.Capabilities(capabilities()),
	).PrepareForEval(ctx)
	if err != nil {
		return nil, fmt.Errorf("prepare rules: %w", err)
	}
	s.queries[key] = q
	return q, nil
}

// read takes the sets of a result apart, in the order in which they were asked
// for. A set that does not hold what a rule may say is an error: a rule whose
// words cannot be read might have said no.
func (q *query) read(result any, into *answer) error {
	sets, _ := result.([]any)
	i := 0
	for _, r := range q.rules {
		var f finding
		for _, set := range r.sets {
			if i >= len(sets) {
				return fmt.Errorf("rule %s: no answer", r.ID)
			}
			items, ok := sets[i].([]any)
			i++
			if !ok {
				return fmt.Errorf("rule %s: %s is no set; write `%s contains …`", r.ID, set, set)
			}
			for _, item := range items {
				if err := f.add(set, item); err != nil {
					return fmt.Errorf("rule %s: %s: %w", r.ID, set, err)
				}
			}
		}
		if len(f.problems)+len(f.approvals)+len(f.risks) > 0 {
			into.said[r.digest] = f
		}
	}
	return nil
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
