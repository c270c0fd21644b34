package rego

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
)

// Set is the compiled rules of one governance. It is safe for concurrent use.
type Set struct {
	engine   *Engine
	digest   catalog.Digest
	settings *settings.Settings
	zone     *time.Location // the catalog's; kept because loading it takes as long as some rules
	rules    []*Rule        // by id
	paths    inputPaths     // that the rules depend on
	tests    []TestOutcome
	noEffect []catalog.Problem // the organisation's files that have no effect
	// describesOnly is set for proposed rules, which are evaluated in another process:
	// this set only describes them.
	describesOnly bool
	compiler      *ast.Compiler
	store         storage.Store
}

// Digest identifies the rules, the library and the settings.
func (s *Set) Digest() catalog.Digest { return s.digest }

// Settings are the settings of the set. They must not be changed.
func (s *Set) Settings() *settings.Settings { return s.settings }

// Rules lists the rules by id, with the roles that they ask by the settings.
func (s *Set) Rules() []Rule {
	return described(s.rules, s.settings)
}

// described are rules with the roles that they ask by settings.
func described(rules []*Rule, settings *settings.Settings) []Rule {
	value := settings.Value()
	list := make([]Rule, len(rules))
	for i, r := range rules {
		list[i] = *r
		list[i].Asks = r.asksBy(value)
	}
	return list
}

// Zone is the time zone of the catalog.
func (s *Set) Zone() *time.Location { return s.zone }

// Rule is a rule as the settings have it for an app on a day; ok is false for one that is
// off, or that is not there.
func (s *Set) Rule(id string, app settings.Traits, today catalog.Date) (r Rule, ok bool) {
	for _, r := range s.rules {
		if r.ID == id {
			return r.WithSettings(s.settings.Rules[id].For(app), today)
		}
	}
	return Rule{}, false
}

// NoEffect are the problems of the organisation's files that have no effect.
func (s *Set) NoEffect() []catalog.Problem { return s.noEffect }

// DescribesOnly reports whether the set cannot evaluate its rules.
func (s *Set) DescribesOnly() bool { return s.describesOnly }

// Under is the set under another digest: that of whoever sent the rules to be tried.
func (s *Set) Under(digest catalog.Digest) *Set {
	named := *s
	named.digest = digest
	return &named
}

// Tests lists the results of the organisation's Rego tests.
func (s *Set) Tests() []TestOutcome { return s.tests }

// Found is what one rule found in an input.
type Found struct {
	Rule *Rule
	Finding
}

// Finding is the result of one rule for one input. Most are empty.
type Finding struct {
	Problems  []FoundProblem
	Approvals []RequiredApproval
	Risks     []RaisedRisk
}

func (f *Finding) empty() bool { return len(f.Problems)+len(f.Approvals)+len(f.Risks) == 0 }

// FoundProblem is an entry of a rule's set problem. File is where it is, from the app's folder;
// empty for the app's own file.
type FoundProblem struct{ Field, Message, Remedy, File string }

// RequiredApproval is an entry of a rule's set approval.
type RequiredApproval struct {
	Role, Reason string
	Count        int
}

// RaisedRisk is an entry of a rule's set risk.
type RaisedRisk struct{ Level, Reason string }

// riskLevels are the levels to which a rule may raise the risk.
var riskLevels = []string{"low", "medium", "high"}

func (f *Finding) add(set string, item any) error {
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
		file := text("file")
		if name, ok := strings.CutPrefix(file, "evidence/"); file != "" && (!ok || name == "" || strings.Contains(name, "/")) {
			return fmt.Errorf("the file %q is none in evidence/", file)
		}
		f.Problems = append(f.Problems, FoundProblem{text("field"), text("message"), text("remedy"), file})
	case "approval":
		if text("role") == "" || text("reason") == "" {
			return fmt.Errorf("an entry lacks its role or reason")
		}
		count, err := countOf(object["count"])
		if err != nil {
			return err
		}
		f.Approvals = append(f.Approvals, RequiredApproval{text("role"), text("reason"), count})
	default:
		if !slices.Contains(riskLevels, text("level")) || text("reason") == "" {
			return fmt.Errorf("an entry needs a level (low, medium, high) and a reason")
		}
		f.Risks = append(f.Risks, RaisedRisk{text("level"), text("reason")})
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
