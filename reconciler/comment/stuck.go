package comment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
)

// Stuck is an approval that is missing and that nobody can give.
type Stuck struct {
	Subject string `json:"subject"`
	Role    string `json:"role"`
	Why     string `json:"why"` // of each who might have, why not; and who could change that
}

// Stuck lists the missing approvals that nobody can give.
func (p Page) Stuck() []Stuck {
	var list []Stuck
	a := p.approvers()
	for _, s := range p.Subjects {
		for _, need := range s.Approvals.Required {
			can, left := a.canStill(s, need)
			if why := a.unable(s, need, can, left); why != "" {
				list = append(list, Stuck{Subject: s.Subject, Role: need.Role, Why: terminalLine(why)})
			}
		}
	}
	return list
}

// unable says of an approval that too few people can give why each of them cannot, and
// who could change that. can are those who are asked; it is empty where they suffice.
func (a approvers) unable(s Subject, need policies.Requirement, can []catalog.Name, left int) string {
	if a.people.Roles() == nil {
		return ""
	}
	if len(can) >= left {
		return a.crowded(s, need)
	}
	holders := a.holders(need.Role, s)
	var reasons []string
	others := ""
	for _, person := range holders {
		reason := a.cannot(s, person)
		if reason == "" {
			continue
		}
		reasons = append(reasons, span(string(person))+" "+reason)
		if others == "" && slices.Contains(a.contributors(s), person) && a.people.CanProve(person) {
			others = fmt.Sprintf("if somebody else asks for this change, %s can agree to it", span(string(person)))
		}
	}
	why := "nobody holds the role"
	if len(reasons) > 0 {
		why = strings.Join(shortly(reasons, 5), ", ")
	}
	switch {
	case others != "":
		return why + "; " + others
	case need.Role == "owner":
		return why + "; " + a.whoReplaces(s)
	}
	return why + "; " + a.whoNames(need.Role)
}

// crowded says of an approval that somebody could give why nobody can, because they are
// needed for the others that are missing and count once; empty where there are enough
// people. Which of the approvals that is said of depends on their order alone.
func (a approvers) crowded(s Subject, need policies.Requirement) string {
	if a.settings != nil && a.settings.Approvals.SamePerson {
		return ""
	}
	can := map[string][]catalog.Name{}
	for _, r := range s.Approvals.Required {
		can[r.Role], _ = a.canStill(s, r)
	}
	taken := map[catalog.Name]int{} // person → slot
	slots := s.Approvals.Missing
	var give func(slot int, tried map[catalog.Name]bool) bool
	give = func(slot int, tried map[catalog.Name]bool) bool {
		for _, person := range can[slots[slot]] {
			if tried[person] {
				continue
			}
			tried[person] = true
			if other, busy := taken[person]; !busy || give(other, tried) {
				taken[person] = slot
				return true
			}
		}
		return false
	}
	for slot, role := range slots {
		if people := can[role]; !give(slot, map[catalog.Name]bool{}) && role == need.Role && len(people) > 0 {
			count := "counts once, and is needed for another of these"
			if len(people) > 1 {
				count = "count once each, and are needed for others of these"
			}
			return fmt.Sprintf("%s %s; %s", enumerate(shortly(a.callAll(people), 5), "and"), count, a.whoNames(role))
		}
	}
	return ""
}

// whoReplaces says who can propose another owner of an app: its team, from which a change
// needs no word of the owner before.
func (a approvers) whoReplaces(s Subject) string {
	app := cmp.Or(s.Before, s.App)
	if app == nil {
		return "let a change first name an owner who works here"
	}
	team := app.Spec.Owner.Team
	members := slices.DeleteFunc(slices.Clone(a.people.Roles().Teams[team].Members), func(person catalog.Name) bool { return !a.people.CanProve(person) })
	if len(members) == 0 {
		return "nobody of its team could name another owner; " + a.whoNames("team:"+string(team))
	}
	return fmt.Sprintf("let %s first name an owner who works here, in a change of its own", enumerate(shortly(a.callAll(members), 5), "or"))
}

// whoNames says who can let somebody else hold a role.
func (a approvers) whoNames(role string) string {
	var approvers []catalog.Name
	if a.settings != nil {
		for _, owner := range a.settings.GovernanceOwners("roles.yaml") {
			for _, grant := range a.people.Roles().Grants(owner) {
				if a.people.CanProve(grant.Person) && !slices.Contains(approvers, grant.Person) {
					approvers = append(approvers, grant.Person)
				}
			}
		}
	}
	if name, ok := strings.CutPrefix(role, dataRole); ok {
		return fmt.Sprintf("a change of `data/%s.yaml` has to name an owner or fallback who can", name)
	}
	holds := fmt.Sprintf("a change of `roles.yaml` has to let somebody hold %s", anyRole(role))
	if team, ok := strings.CutPrefix(role, "team:"); ok {
		holds = fmt.Sprintf("a change of `roles.yaml` has to bring somebody into the team %s", span(team))
	}
	if len(approvers) == 0 {
		return holds + ", and nobody can approve that either: whoever has the root key lands it and runs `levee ledger adopt --governance`"
	}
	return holds + ", which " + enumerate(shortly(a.callAll(approvers), 5), "or") + " can approve"
}

// holders lists who holds a role for a subject, or one of several, whether they can approve
// or not.
func (a approvers) holders(role string, s Subject) []catalog.Name {
	roles := catalog.Approver(role).Roles()
	if len(roles) == 1 {
		return a.holdersOfOne(role, s)
	}
	var list []catalog.Name
	for _, one := range roles {
		list = append(list, a.holdersOfOne(one, s)...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// holdersOfOne is the same for one role.
func (a approvers) holdersOfOne(role string, s Subject) []catalog.Name {
	app := s.Before
	if app == nil {
		app = s.App
	}
	var list []catalog.Name
	add := func(person catalog.Name) {
		if person != "" && !slices.Contains(list, person) {
			list = append(list, person)
		}
	}
	team, ofTeam := strings.CutPrefix(role, "team:")
	name, ofData := strings.CutPrefix(role, dataRole)
	switch {
	case role == "owner" && app != nil:
		add(app.Spec.Owner.Person)
		add(app.Spec.Owner.Fallback)
	case ofTeam:
		for _, person := range a.people.Roles().Teams[catalog.Name(team)].Members {
			add(person)
		}
	case ofData && a.governing != nil:
		for _, person := range policies.DataOwners(a.governing, catalog.Name(name)) {
			add(person)
		}
	default:
		for _, grant := range a.people.Roles().Roles[catalog.Name(role)] {
			if len(grant.Teams) == 0 || app == nil || slices.Contains(grant.Teams, app.Spec.Owner.Team) {
				add(grant.Person)
			}
		}
	}
	return list
}

// cannot says why a person cannot approve a subject; empty where they can, or did.
func (a approvers) cannot(s Subject, name catalog.Name) string {
	person, listed := a.people.Roles().People[name]
	switch {
	case !listed:
		return "is not on the list of people"
	case person.Left:
		return "no longer works here"
	case person.Bot:
		return "is a bot"
	case slices.Contains(a.contributors(s), name):
		return "had a hand in this"
	case !a.people.CanProve(name):
		return "has no " + string(a.people.Proof()) + " listed"
	case slices.ContainsFunc(s.Approvals.Granted, func(g policies.Granted) bool { return g.Person == name }):
		return "agreed already"
	case slices.Contains(s.Approvals.Untrained, name):
		return "has not passed the courses that this asks for"
	}
	return ""
}

// stuckAt reports whether an approval of a decision is missing that nobody can give.
func (a approvers) stuckAt(s Subject) bool {
	return slices.ContainsFunc(s.Approvals.Required, func(need policies.Requirement) bool {
		can, left := a.canStill(s, need)
		return a.unable(s, need, can, left) != ""
	})
}

// anyRole writes a role, or several of which one is enough.
func anyRole(role string) string {
	roles := catalog.Approver(role).Roles()
	for i, one := range roles {
		roles[i] = span(one)
	}
	return enumerate(roles, "or")
}
