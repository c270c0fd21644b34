package rego

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/catalog/settings"
)

// Rule is one rule with its metadata, which is read from the annotation of its package.
type Rule struct {
	ID          string           `json:"id"` // "egress.vendor-approved"
	Title       string           `json:"title"`
	Description string           `json:"description"`
	Remedy      string           `json:"remedy"`
	Controls    []string         `json:"controls"`
	Enforcement catalog.Level    `json:"enforcement"`
	Effective   catalog.Date     `json:"effective,omitempty"` // before that day, deny is warn
	Grace       catalog.Duration `json:"grace"`               // seconds; for apps already running
	Contain     bool             `json:"contain"`             // a running app that breaks it is quarantined
	File        string           `json:"file"`
	Own         bool             `json:"own"` // of the organisation, not of the library
	// What it is about, as far as readAbout finds that in its source.
	Fields   []string `json:"fields"`   // the fields of its problems
	Settings []string `json:"settings"` // the settings it reads
	Asks     []string `json:"asks"`     // the roles whose approval it may require
	Risks    []string `json:"risks"`    // the levels to which it may raise the risk

	pkg    ast.Ref        // data.levee.rules.egress.vendor_approved
	sets   []string       // which of problem, approval, risk it defines
	inputs []int          // the input paths it depends on, as numbers in its RuleSet
	digest catalog.Digest // of all that determines its finding, except for the input
	cache  *findingCache  // cached findings

	query   ast.Body  // the query: one expression for each of its sets
	results []ast.Var // the variables that hold the results, in the order of sets
}

// setNames are the sets that a rule may define; nothing else of it is read.
var setNames = []string{"problem", "approval", "risk"}

var ruleID = regexp.MustCompile(`^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$`)

// readRule reads a rule from a module. A module without custom.id that defines none of the
// sets is shared code and gives nil.
func readRule(module *ast.Module, own bool) (*Rule, error) {
	file := module.Package.Location.File
	r := &Rule{File: file, Own: own, pkg: module.Package.Path, Controls: []string{}, Grace: scalar.Days(14)}
	for _, set := range setNames {
		if slices.ContainsFunc(module.Rules, func(rule *ast.Rule) bool { return string(rule.Head.Name) == set }) {
			r.sets = append(r.sets, set)
		}
	}
	var custom map[string]any
	for _, a := range module.Annotations {
		if a.Scope == "package" {
			r.Title, r.Description, custom = a.Title, strings.TrimSpace(a.Description), a.Custom
		}
	}
	r.ID, _ = custom["id"].(string)
	if r.ID == "" {
		if len(r.sets) > 0 {
			return nil, fmt.Errorf("defines %s but its package has no annotation with custom.id", strings.Join(r.sets, ", "))
		}
		return nil, nil
	}
	r.readAbout(module)
	return r, r.readCustom(custom)
}

func (r *Rule) readCustom(custom map[string]any) error {
	text := func(key string) string { s, _ := custom[key].(string); return s }
	r.Remedy = text("remedy")
	if list, ok := custom["controls"].([]any); ok {
		for _, c := range list {
			r.Controls = append(r.Controls, fmt.Sprint(c))
		}
	}
	switch e := catalog.Level(cmp.Or(text("enforcement"), string(catalog.Deny))); e {
	case catalog.Deny, catalog.Warn, catalog.DryRun:
		r.Enforcement = e
	default:
		return fmt.Errorf("custom.enforcement is %q; it must be deny, warn or dryrun", e)
	}
	if err := parseInto(&r.Effective, text("effective")); err != nil {
		return fmt.Errorf("custom.effective %w", err)
	}
	if err := parseInto(&r.Grace, text("grace")); err != nil {
		return fmt.Errorf("custom.grace %w", err)
	}
	switch on := cmp.Or(text("onRunning"), "grace"); on {
	case "grace", "contain":
		r.Contain = on == "contain"
	default:
		return fmt.Errorf("custom.onRunning is %q; it must be grace or contain", on)
	}
	switch {
	case !ruleID.MatchString(r.ID):
		return fmt.Errorf("custom.id is %q; it must look like area.rule-name", r.ID)
	case r.Title == "":
		return fmt.Errorf("rule %s has no title in its annotation", r.ID)
	case len(r.sets) == 0:
		return fmt.Errorf("rule %s defines none of %s", r.ID, strings.Join(setNames, ", "))
	case slices.ContainsFunc(catalog.ProgramAreas, func(area string) bool { return strings.HasPrefix(r.ID, area) }):
		return fmt.Errorf("rule %s uses an area that belongs to the program", r.ID)
	}
	return nil
}

func parseInto(s scalar.Scalar, text string) error {
	if text == "" {
		return nil
	}
	return scalar.Parse(s, text)
}

// definitions names the sets the rule defines.
func (r *Rule) definitions() []string {
	names := make([]string, len(r.sets))
	for i, set := range r.sets {
		names[i] = r.pkg.String() + "." + set
	}
	return names
}

// WithSettings applies a catalog's settings for the rule, for one day. It returns false if the
// rule is off.
func (r Rule) WithSettings(settings settings.Rule, today catalog.Date) (Rule, bool) {
	if settings.Enforcement == "off" {
		return r, false
	}
	if settings.Enforcement != "" {
		r.Enforcement = catalog.Level(settings.Enforcement)
	}
	if settings.Effective != "" {
		r.Effective = settings.Effective
	}
	if settings.Grace != nil {
		r.Grace = *settings.Grace
	}
	if settings.OnRunning != "" {
		r.Contain = settings.OnRunning == "contain"
	}
	if r.Enforcement == catalog.Deny && today < r.Effective {
		r.Enforcement = catalog.Warn
	}
	return r, true
}

// isTest reports whether a file has Rego tests, by its name.
func isTest(file string) bool { return strings.HasSuffix(path.Base(file), "_test.rego") }
