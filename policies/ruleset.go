package policies

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"

	"github.com/levee-gitops/levee/catalog"
)

// RuleSet is the compiled rules of one governance. It is safe for concurrent use.
type RuleSet struct {
	engine   *Engine
	digest   catalog.Digest
	settings *catalog.Settings
	zone     *time.Location // the catalog's; kept because loading it takes as long as some rules
	rules    []*Rule        // by id
	paths    inputPaths     // that the rules depend on
	tests    []TestOutcome
	noEffect []catalog.Problem // the organisation's files that have no effect
	// describesOnly is set for proposed rules, which are evaluated in another process (Trial):
	// this set only describes them.
	describesOnly bool
	compiler      *ast.Compiler
	store         storage.Store

	refCache atomic.Pointer[refCache] // of the governing snapshot that was used last
}

// Digest identifies the rules, the library and the settings.
func (s *RuleSet) Digest() catalog.Digest { return s.digest }

// Settings are the settings of the set. They must not be changed.
func (s *RuleSet) Settings() *catalog.Settings { return s.settings }

// Rules lists the rules by id.
func (s *RuleSet) Rules() []Rule {
	list := make([]Rule, len(s.rules))
	for i, r := range s.rules {
		list[i] = *r
	}
	return list
}

// Tests lists the results of the organisation's Rego tests.
func (s *RuleSet) Tests() []TestOutcome { return s.tests }

// finding is the result of one rule for one input.
type finding struct {
	problems  []foundProblem
	approvals []requiredApproval
	risks     []raisedRisk
}

func (f finding) empty() bool { return len(f.problems)+len(f.approvals)+len(f.risks) == 0 }

type foundProblem struct{ field, message, remedy string }
type requiredApproval struct {
	role, reason string
	count        int
}
type raisedRisk struct {
	level  Level
	reason string
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
		f.problems = append(f.problems, foundProblem{text("field"), text("message"), text("remedy")})
	case "approval":
		if text("role") == "" || text("reason") == "" {
			return fmt.Errorf("an entry lacks its role or reason")
		}
		count, err := countOf(object["count"])
		if err != nil {
			return err
		}
		f.approvals = append(f.approvals, requiredApproval{text("role"), text("reason"), count})
	default:
		level := Level(text("level"))
		if level != Low && level != Medium && level != High || text("reason") == "" {
			return fmt.Errorf("an entry needs a level (low, medium, high) and a reason")
		}
		f.risks = append(f.risks, raisedRisk{level, text("reason")})
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
