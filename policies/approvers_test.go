package policies_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
)

// TestAnyOf: where one of several roles is enough, an approval in any of them counts, and
// content that was admitted with one of them has it.
func TestAnyOf(t *testing.T) {
	e := newEngine(t)
	edits := app("access: {groups", "access: {scopes: [write-database], groups")
	edits["catalog.yaml"] = strings.Replace(base["catalog.yaml"], "{elevated: [security]}", "{elevated: [security or cost-team, dpo]}", 1) +
		"  gates: {high: {publish: staged}}\n"
	s := with(t, edits)
	digest := s.Document(boardPath).Digest()
	review := func(person catalog.Name, roles ...string) catalog.Approval {
		return catalog.Approval{
			ID: "r-" + string(person), Change: "42", Base: "main", Subject: "board", Digest: digest, Person: person, Roles: roles,
			Review: catalog.Approve, At: now.Add(-time.Minute), Shown: now.Add(-time.Hour),
		}
	}
	for name, c := range map[string]struct {
		reviews []catalog.Approval
		facts   policies.Facts
		missing []string
	}{
		"none":                      {nil, change(), []string{"cost-team or security", "dpo"}},
		"one of two":                {[]catalog.Approval{review("chris")}, change(), []string{"dpo"}},
		"both":                      {[]catalog.Approval{review("chris"), review("dana")}, change(), nil},
		"one person for one of all": {[]catalog.Approval{review("dana")}, change(), []string{"dpo"}},
		"in another role then":      {[]catalog.Approval{review("chris", "platform"), review("dana")}, change(), []string{"dpo"}},
		"in one of them then":       {[]catalog.Approval{review("chris", "security"), review("dana", "dpo")}, change(), nil},
		"admitted with one":         {nil, policies.Facts{Admission: &policies.AdmissionFacts{Roles: []string{"dpo", "security"}}}, nil},
		"admitted with both in one": {nil, policies.Facts{Admission: &policies.AdmissionFacts{Roles: []string{"dpo", "cost-team or security"}}}, nil},
		"admitted with more":        {nil, policies.Facts{Admission: &policies.AdmissionFacts{Roles: []string{"dpo", "cost-team or platform or security"}}}, []string{"cost-team or security"}},
		"admitted with another":     {nil, policies.Facts{Admission: &policies.AdmissionFacts{Roles: []string{"dpo", "platform"}}}, []string{"cost-team or security"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := decide(t, e, policies.Question{Governing: s, Proposed: s, Facts: c.facts, Approvals: c.reviews})
			if !slices.Equal(d.Approvals.Missing, c.missing) && len(d.Approvals.Missing)+len(c.missing) > 0 {
				t.Errorf("%s, missing %q; want %q", d.Verdict, d.Approvals.Missing, c.missing)
			}
			if from := d.Approvals.Required[0].From; d.Approvals.Required[0].Role != "cost-team or security" || !slices.Equal(from, []catalog.Name{"chris", "dana"}) {
				t.Errorf("%s can be given by %v", d.Approvals.Required[0].Role, from)
			}
		})
	}
}

// TestOneOfSeveralIsAskedAnyway: an approval that one of several roles can give is not asked
// for beside one that a role of them gives anyway.
func TestOneOfSeveralIsAskedAnyway(t *testing.T) {
	e := newEngine(t)
	for gate, c := range map[string]struct {
		required []string
		reasons  string
	}{
		"[security]":                     {[]string{"security"}, "the app asks for the permission `write-database`; the risk is high"},
		"[dpo]":                          {[]string{"cost-team or security", "dpo"}, ""},
		"[dpo or security]":              {[]string{"cost-team or security", "dpo or security"}, ""},
		"[cost-team, security]":          {[]string{"cost-team", "security"}, ""},
		"[security or cost-team]":        {[]string{"cost-team or security"}, "the app asks for the permission `write-database`; the risk is high"},
		"[dpo or security or cost-team]": {[]string{"cost-team or security"}, "the app asks for the permission `write-database`; the risk is high"},
	} {
		t.Run(gate, func(t *testing.T) {
			edits := app("access: {groups", "access: {scopes: [write-database], groups")
			edits["catalog.yaml"] = strings.Replace(base["catalog.yaml"], "{elevated: [security]}", "{elevated: [security or cost-team]}", 1) +
				"  gates: {high: {publish: staged, approvals: " + gate + "}}\n"
			s := with(t, edits)
			d := decide(t, e, policies.Question{Governing: s, Proposed: s, Facts: change()})
			var required []string
			for _, r := range d.Approvals.Required {
				required = append(required, r.Role)
			}
			if !slices.Equal(required, c.required) || c.reasons != "" && d.Approvals.Required[0].Reason != c.reasons {
				t.Errorf("required %+v, want %q because %q", d.Approvals.Required, c.required, c.reasons)
			}
		})
	}
}

// TestElevatedByDefault: two roles agree to a scope that changes data where the settings
// name none.
func TestElevatedByDefault(t *testing.T) {
	edits := app("access: {groups", "access: {scopes: [write-database], groups")
	edits["catalog.yaml"] = strings.Replace(base["catalog.yaml"], "  approvers: {elevated: [security]}\n", "  gates: {high: {publish: staged}}\n", 1)
	s := with(t, edits)
	d := decide(t, newEngine(t), policies.Question{Governing: s, Proposed: s, Facts: change()})
	if want := []string{"app-steering-committee", "security"}; !slices.Equal(d.Approvals.Missing, want) {
		t.Errorf("missing %q, want %q", d.Approvals.Missing, want)
	}
}

// TestScopedRules: settings of a rule for some apps hold for those and for no others, for
// content that is judged and for what runs.
func TestScopedRules(t *testing.T) {
	e := newEngine(t)
	big := strings.Replace(board, "{type: static}", "{type: static, memory: 64Gi}", 1)
	for where, c := range map[string]struct {
		verdict policies.Verdict
		effect  policies.Effect
		days    int // of grace
	}{
		"[]":                                  {policies.Deny, policies.Grace, 14},
		"[{teams: [ops], enforcement: warn}]": {policies.Allow, policies.Runs, 0},
		"[{teams: [hr], enforcement: warn}]":  {policies.Deny, policies.Grace, 14},
		"[{teams: [hr, ops], stages: [prototype], enforcement: off}]":                {policies.Allow, policies.Runs, 0},
		"[{teams: [ops], stages: [production], enforcement: off}]":                   {policies.Deny, policies.Grace, 14},
		"[{classifications: [internal], effective: 2026-03-11}]":                     {policies.Allow, policies.Runs, 0},
		"[{classifications: [public], effective: 2026-03-11}]":                       {policies.Deny, policies.Grace, 14},
		"[{blueprints: [page], grace: 2d}]":                                          {policies.Deny, policies.Grace, 2},
		"[{blueprints: [form], grace: 2d}]":                                          {policies.Deny, policies.Grace, 14},
		"[{blueprints: [page], onRunning: contain}]":                                 {policies.Deny, policies.Contain, 0},
		"[{teams: [ops], grace: 3d}, {teams: [ops], enforcement: off}]":              {policies.Deny, policies.Grace, 3},
		"[{teams: [hr], enforcement: off}, {stages: [prototype], enforcement: off}]": {policies.Allow, policies.Runs, 0},
	} {
		t.Run(where, func(t *testing.T) {
			s := with(t, map[string]string{boardPath: big, "catalog.yaml": base["catalog.yaml"] + "  rules: {runtime.limits: {where: " + where + "}}\n"})
			d := decide(t, e, policies.Question{Governing: s, Proposed: s, Now: now, Facts: policies.Facts{Admission: &policies.AdmissionFacts{Adopted: true}}})
			until := time.Time{}
			if c.days > 0 {
				until = now.AddDate(0, 0, c.days)
			}
			if d.Verdict != c.verdict || d.Running.Effect != c.effect || !d.Running.Until.Equal(until) {
				t.Errorf("%s, %s until %s; want %s, %s until %s", d.Verdict, d.Running.Effect, d.Running.Until, c.verdict, c.effect, until)
			}
		})
	}
}

// TestGraceOfOneOfSeveral: where an approval that one of several roles can give is asked for
// beside one of these, the rule that asks for it gives its grace.
func TestGraceOfOneOfSeveral(t *testing.T) {
	edits := app("access: {groups", "access: {scopes: [write-database], groups")
	edits["catalog.yaml"] = strings.Replace(base["catalog.yaml"], "{elevated: [security]}", "{elevated: [security or cost-team]}", 1) +
		"  gates: {high: {publish: staged, approvals: [security]}}\n"
	s := with(t, edits)
	d := decide(t, newEngine(t), policies.Question{Governing: s, Proposed: s, Now: now, Facts: policies.Facts{Admission: &policies.AdmissionFacts{Roles: []string{}}}})
	if d.Running == nil || d.Running.Effect != policies.Grace || !slices.Equal(d.Running.Rules, []string{"scopes.elevated"}) {
		t.Errorf("%s: running %+v", d.Verdict, d.Running)
	}
	before := decide(t, newEngine(t), policies.Question{Governing: s, Proposed: s, Now: now, Facts: change()})
	again := decide(t, newEngine(t), policies.Question{Governing: s, Proposed: s, Now: now, Facts: policies.Facts{
		Change: change().Change, Admission: &policies.AdmissionFacts{Roles: []string{}}, Before: policies.BeforeOf(before),
	}})
	if len(again.Approvals.Missing) > 0 {
		t.Errorf("a change that leaves the app as it is asks for %q", again.Approvals.Missing)
	}
}
