package policies

import (
	"slices"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/policies/rego"
)

// goRules are the rules that are set and waived like those in Rego, and written in Go since what they
// look at is in no input of a rule.
var goRules = slices.Concat(secretRules, questionRules)

// Rules lists the rules, those written in Go included, by id.
func (s *RuleSet) Rules() []rego.Rule { return slices.Concat(s.Set.Rules(), goRules) }

// Library lists the rules that every catalog has, those written in Go included, by id.
func (e *Engine) Library() ([]rego.Rule, error) {
	rules, err := e.Engine.Library()
	if err != nil {
		return nil, err
	}
	return slices.Concat(rules, goRules), nil
}

// Rule is a rule as the settings have it for an app on a day; ok is false for one that is
// off, or that is not there.
func (s *RuleSet) Rule(id string, app settings.Traits, today catalog.Date) (r rego.Rule, ok bool) {
	for _, r := range goRules {
		if r.ID == id {
			return r.WithSettings(s.Settings().Rules[id].For(app), today)
		}
	}
	return s.Set.Rule(id, app, today)
}
