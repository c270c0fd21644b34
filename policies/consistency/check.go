package consistency

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/explain"
	"github.com/levee-gitops/levee/catalog/settings"
)

// Check checks the files outside apps/ against each other: whether the names in them exist,
// and whether anybody can give the required approvals. rules are the ids of all rules, nil
// where that is not known; noEffect are the files of rules from which nothing can come. The
// problems of single files, and of rules that do not compile, are found elsewhere.
func Check(s *catalog.Snapshot, rules []string, noEffect []catalog.Problem, now time.Time) []catalog.Problem {
	c := check{s: s, rules: rules, now: now, problems: absent(s)}
	if roles := s.Roles(); roles != nil {
		c.roles(roles)
		c.identities(roles)
	}
	if settings := s.Settings(); settings != nil {
		c.settings(settings)
		c.noEffect(settings)
		c.strategies(settings)
		signing{&c}.check(settings.Evidence)
		c.problems = append(c.problems, noEffect...)
	}
	c.freezes()
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
	c.dataSets()
	catalog.SortProblems(c.problems)
	return c.problems
}

// check collects the problems of one snapshot.
type check struct {
	s        *catalog.Snapshot
	rules    []string // ids
	now      time.Time
	problems []catalog.Problem
}

func (c *check) add(d *catalog.Document, level catalog.Level, field, message, remedy string) {
	c.problems = append(c.problems, explain.Problems(d, []catalog.Problem{{
		Rule: Consistent, Level: level, Message: message, Remedy: remedy,
		Path: d.Path, Field: field, Controls: []string{},
	}})...)
}

// absent reports which of the two files is not there without which nothing can be judged.
func absent(s *catalog.Snapshot) []catalog.Problem {
	var problems []catalog.Problem
	for _, p := range []string{"catalog.yaml", "roles.yaml"} {
		if s.Document(p) == nil {
			problems = append(problems, catalog.Problem{
				Rule: Complete, Level: catalog.Deny, Path: p, Controls: []string{},
				Message: fmt.Sprintf("The catalog has no `%s`, so nothing in it can be judged.", p),
				Remedy:  "Run `levee init` in an empty folder and take the file from there.",
			})
		}
	}
	return problems
}

func (c *check) roles(roles *catalog.RolesSpec) {
	d := c.s.Document("roles.yaml")
	exists := func(field string, person catalog.Name) {
		if _, ok := roles.People[person]; !ok {
			c.add(d, catalog.Deny, field, fmt.Sprintf("`%s` is not listed under people.", person), meant(string(person), names(roles.People), "Add the person, or correct the name."))
		}
	}
	for _, person := range slices.Sorted(maps.Keys(roles.People)) {
		if buddy := roles.People[person].Buddy; buddy != "" {
			exists(fmt.Sprintf("spec.people.%s.buddy", person), buddy)
			if p := roles.People[buddy]; p.Left || p.Bot {
				c.add(d, catalog.Warn, fmt.Sprintf("spec.people.%s.buddy", person), fmt.Sprintf("`%s` is to be the buddy of `%s`, and can help nobody any more.", buddy, person), "Name an engineer who works here.")
			}
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

func (c *check) settings(settings *settings.Settings) {
	d := c.s.Document("catalog.yaml")
	for _, id := range slices.Sorted(maps.Keys(settings.Rules)) {
		c.ruleExists(d, entry("spec.rules", id), id)
		for i, scope := range settings.Rules[id].Where {
			c.scope(d, fmt.Sprintf("%s.where[%d]", entry("spec.rules", id), i), scope)
		}
	}
	asked := settings.Asked()
	roles := c.s.Roles()
	for _, role := range slices.Sorted(maps.Keys(asked)) {
		if roles == nil {
			break
		}
		var people []catalog.Name
		for _, grant := range roles.Roles[role] {
			people = append(people, grant.Person)
		}
		if len(roles.Active(people)) == 0 {
			c.add(d, catalog.Warn, asked[role], fmt.Sprintf("Approvals by `%s` are asked for, and nobody holds that role.", role), meant(string(role), misspellable(string(role), roles), "Give the role to somebody in roles.yaml."))
		}
	}
}

func (c *check) ruleExists(d *catalog.Document, field, id string) {
	if c.rules == nil {
		return
	}
	for _, area := range catalog.ProgramAreas {
		if strings.HasPrefix(id, area) {
			c.addNoEffect(d, field, fmt.Sprintf("`%s` is no rule but part of the program: it can be neither set nor waived.", id), "Remove the entry.")
			return
		}
	}
	if !slices.Contains(c.rules, id) {
		c.addNoEffect(d, field, fmt.Sprintf("There is no rule `%s`.", id), meant(id, c.rules, "Look it up with `levee explain`."))
	}
}

func (c *check) personExists(d *catalog.Document, field string, person catalog.Name) {
	roles := c.s.Roles()
	if roles == nil {
		return
	}
	if _, ok := roles.People[person]; !ok {
		c.add(d, catalog.Deny, field, fmt.Sprintf("`%s` is not listed in roles.yaml.", person), meant(string(person), names(roles.People), "Add the person there, or correct the name."))
	}
}

// domainsOnce warns if two vendors list one domain; the first by name counts.
func (c *check) domainsOnce(d *catalog.Document, v *catalog.Vendor) {
	for _, domain := range v.Spec.Domains {
		if owner, ok := c.s.VendorOf(domain); ok && owner != d.Name {
			c.add(d, catalog.Warn, "spec.domains["+string(domain)+"]", fmt.Sprintf("`%s` is also listed by the vendor `%s`, which counts.", domain, owner), "Keep it with one of them.")
		}
	}
}
