package policies

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
)

// CheckGovernance checks the files outside apps/ against each other: whether the names in
// them exist, and whether anybody can give the required approvals. The problems of single
// files, and of rules that do not compile, are found elsewhere.
func CheckGovernance(s *catalog.Snapshot, rules *RuleSet, now time.Time) []catalog.Problem {
	c := governanceCheck{s: s, rules: rules, now: now}
	c.present()
	if roles := s.Roles(); roles != nil {
		c.roles(roles)
		c.identities(roles)
	}
	if settings := s.Settings(); settings != nil {
		c.settings(settings)
		c.noEffect(settings)
	}
	c.unread()
	for d := range s.Documents("waivers/") {
		if w := catalog.Object[catalog.Waiver](d); w != nil {
			c.ruleExists(d, "spec.rule", w.Spec.Rule)
			c.appExists(d, "spec.app", "The waiver is for", w.Spec.App)
			c.waiverEnds(d, w)
		}
	}
	for d := range s.Documents("vendors/") {
		if v := catalog.Object[catalog.Vendor](d); v != nil {
			c.personExists(d, "spec.approver", v.Spec.Approver)
			c.domainsOnce(d, v)
		}
	}
	catalog.SortProblems(c.problems)
	return c.problems
}

type governanceCheck struct {
	s        *catalog.Snapshot
	rules    *RuleSet
	now      time.Time
	problems []catalog.Problem
}

func (c *governanceCheck) add(d *catalog.Document, level catalog.Level, field, message, remedy string) {
	c.problems = append(c.problems, d.Explain([]catalog.Problem{{
		Rule: governanceConsistent, Level: level, Message: message, Remedy: remedy,
		Path: d.Path, Field: field, Controls: []string{},
	}})...)
}

// present checks that the two files exist without which nothing can be judged.
func (c *governanceCheck) present() {
	for _, p := range []string{"catalog.yaml", "roles.yaml"} {
		if c.s.Document(p) == nil {
			c.problems = append(c.problems, catalog.Problem{
				Rule: governanceComplete, Level: catalog.Deny, Path: p, Controls: []string{},
				Message: fmt.Sprintf("The catalog has no `%s`, so nothing in it can be judged.", p),
				Remedy:  "Run `levee init` in an empty folder and take the file from there.",
			})
		}
	}
}

func (c *governanceCheck) roles(roles *catalog.RolesSpec) {
	d := c.s.Document("roles.yaml")
	exists := func(field string, person catalog.Name) {
		if _, ok := roles.People[person]; !ok {
			c.add(d, catalog.Deny, field, fmt.Sprintf("`%s` is not listed under people.", person), meant(string(person), names(roles.People), "Add the person, or correct the name."))
		}
	}
	for _, team := range slices.Sorted(maps.Keys(roles.Teams)) {
		for _, member := range roles.Teams[team].Members {
			exists(fmt.Sprintf("spec.teams.%s.members[%s]", team, member), member)
		}
	}
	for _, role := range slices.Sorted(maps.Keys(roles.Roles)) {
		for i, grant := range roles.Roles[role] {
			exists(fmt.Sprintf("spec.roles.%s[%d].person", role, i), grant.Person)
			for _, team := range grant.Teams {
				if _, ok := roles.Teams[team]; !ok {
					c.add(d, catalog.Deny, fmt.Sprintf("spec.roles.%s[%d].teams[%s]", role, i, team), fmt.Sprintf("`%s` is not listed under teams.", team), meant(string(team), names(roles.Teams), "Add the team, or correct the name."))
				}
			}
		}
	}
}

func (c *governanceCheck) settings(settings *catalog.Settings) {
	d := c.s.Document("catalog.yaml")
	for _, id := range slices.Sorted(maps.Keys(settings.Rules)) {
		c.ruleExists(d, `spec.rules["`+id+`"]`, id)
	}
	asked := map[string]string{}
	for _, level := range []Level{Low, Medium, High} {
		for _, role := range settings.Gate(string(level)).Approvals {
			asked[string(role)] = fmt.Sprintf("spec.gates.%s", level)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(settings.Governance)) {
		for _, role := range settings.Governance[key] {
			asked[string(role)] = "spec.governance." + key
		}
	}
	if len(settings.Governance["default"]) == 0 {
		asked["platform"] = "spec.governance"
	}
	roles := c.s.Roles()
	for _, role := range slices.Sorted(maps.Keys(asked)) {
		if roles == nil {
			break
		}
		var people []catalog.Name
		for _, grant := range roles.Roles[catalog.Name(role)] {
			people = append(people, grant.Person)
		}
		if len(active(roles, people)) == 0 {
			c.add(d, catalog.Warn, asked[role], fmt.Sprintf("Approvals by `%s` are asked for, and nobody holds that role.", role), meant(role, misspellable(role, roles), "Give the role to somebody in roles.yaml."))
		}
	}
}

func (c *governanceCheck) ruleExists(d *catalog.Document, field, id string) {
	if c.rules == nil {
		return
	}
	for _, area := range programAreas {
		if strings.HasPrefix(id, area) {
			c.addNoEffect(d, field, fmt.Sprintf("`%s` is no rule but part of the program: it can be neither set nor waived.", id), "Remove the entry.")
			return
		}
	}
	ids := make([]string, len(c.rules.rules))
	for i, r := range c.rules.rules {
		ids[i] = r.ID
	}
	if !slices.Contains(ids, id) {
		c.addNoEffect(d, field, fmt.Sprintf("There is no rule `%s`.", id), meant(id, ids, "Look it up with `levee explain`."))
	}
}

func (c *governanceCheck) personExists(d *catalog.Document, field string, person catalog.Name) {
	roles := c.s.Roles()
	if roles == nil {
		return
	}
	if _, ok := roles.People[person]; !ok {
		c.add(d, catalog.Deny, field, fmt.Sprintf("`%s` is not listed in roles.yaml.", person), meant(string(person), names(roles.People), "Add the person there, or correct the name."))
	}
}

// domainsOnce warns if two vendors list one domain; the first by name counts.
func (c *governanceCheck) domainsOnce(d *catalog.Document, v *catalog.Vendor) {
	for _, domain := range v.Spec.Domains {
		if owner, ok := c.s.VendorOf(domain); ok && owner != d.Name {
			c.add(d, catalog.Warn, "spec.domains["+string(domain)+"]", fmt.Sprintf("`%s` is also listed by the vendor `%s`, which counts.", domain, owner), "Keep it with one of them.")
		}
	}
}

// GovernanceQuestion is what is to be decided about a change of governance.
type GovernanceQuestion struct {
	Governing *catalog.Snapshot // whose owners and settings judge
	Proposed  *catalog.Snapshot
	// Riders are the apps that the same change touches, which is a problem.
	Riders    []string
	Only      func(path string) bool // which files are judged; nil for all
	Facts     Facts
	Approvals []catalog.Approval
	Now       time.Time
}

// GovernanceEdit lists the files whose content digest differs between two snapshots, and
// the digest of the edit, on which approvals key. Other governance that is admitted
// meanwhile does not change it.
func GovernanceEdit(governing, proposed *catalog.Snapshot) (paths []string, digest catalog.Digest, err error) {
	before, after := governing.GovernanceObjects(), proposed.GovernanceObjects()
	edit := map[string]any{}
	for p, d := range after {
		if before[p] != d {
			edit[p] = string(d)
		}
	}
	for p := range before {
		if _, ok := after[p]; !ok {
			edit[p] = nil
		}
	}
	digest, err = catalog.HashOf("e1", edit)
	return slices.Sorted(maps.Keys(edit)), digest, err
}

// Paths lists the files that are changed.
func (q GovernanceQuestion) Paths() ([]string, error) {
	paths, _, err := GovernanceEdit(q.Governing, q.Proposed)
	if q.Only != nil {
		paths = slices.DeleteFunc(paths, func(p string) bool { return !q.Only(p) })
	}
	return paths, err
}

// KindGovernance is the kind of decisions on a change of governance.
const KindGovernance = "Governance"

// NewGovernanceBrief makes the brief for a change of governance. governing are the rules
// that judge, proposed those of the change, and compile the problems of compiling and
// testing them.
func (e *Engine) NewGovernanceBrief(q GovernanceQuestion, governing, proposed *RuleSet, compile []catalog.Problem) (Brief, error) {
	paths, err := q.Paths()
	if err != nil {
		return Brief{}, err
	}
	_, digest, err := GovernanceEdit(q.Governing, q.Proposed)
	if err != nil {
		return Brief{}, err
	}
	b := Brief{
		Kind: KindGovernance, Subject: catalog.Governance, Policy: governing.Digest(), Digest: digest,
		Facts: q.Facts, Reviews: q.Approvals, Now: q.Now.UTC(), Holders: holders(q.Governing.Roles(), ""),
	}
	settings := governing.Settings()
	required := map[string][]string{}
	for _, p := range paths {
		b.Path = p
		for _, role := range settings.GovernanceOwners(p) {
			required[string(role)] = append(required[string(role)], p)
		}
		if d := q.Proposed.Document(p); d != nil {
			b.Invalid = append(b.Invalid, newAdvisor(q.Governing, q.Proposed, settings, catalog.DateOf(q.Now, governing.zone)).advise(d, d.Problems)...)
		}
	}
	if len(paths) > 1 {
		b.Path = fmt.Sprintf("%d files", len(paths))
	}
	for _, role := range slices.Sorted(maps.Keys(required)) {
		b.Required = append(b.Required, Requirement{Role: role, Count: 1, Reason: "changes " + strings.Join(shorten(required[role]), ", ")})
	}
	b.Invalid = append(b.Invalid, compile...)
	for _, p := range CheckGovernance(q.Proposed, proposed, q.Now) {
		if p.Rule == NoEffect && slices.Contains(paths, p.Path) {
			p.Level = catalog.Deny // what the change writes must have an effect
		}
		if p.Level == catalog.Deny {
			b.Invalid = append(b.Invalid, p)
		}
	}
	if len(q.Riders) > 0 {
		b.Invalid = append(b.Invalid, catalog.Problem{
			Rule: GovernanceRides, Level: catalog.Deny, Path: b.Path, Controls: []string{},
			Message: fmt.Sprintf("The change touches governance and apps (%s) at once.", strings.Join(shorten(q.Riders), ", ")),
			Remedy:  "Ask for them in two changes: what judges an app must not arrive with it.",
		})
	}
	return b, nil
}

func shorten(list []string) []string {
	const most = 3
	if len(list) <= most {
		return list
	}
	return append(slices.Clone(list[:most]), fmt.Sprintf("%d more", len(list)-most))
}
