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

// unable says of an approval that too few people can give why each of them cannot, and
// who could change that. can are those who are asked; it is empty where they suffice.
func (p Page) unable(s Subject, need policies.Requirement, can []catalog.Name, left int) string {
	if p.People.Roles() == nil {
		return ""
	}
	if len(can) >= left {
		return p.crowded(s, need)
	}
	holders := p.holders(need.Role, s)
	var reasons []string
	others := ""
	for _, person := range holders {
		reason := p.cannot(s, person)
		if reason == "" {
			continue
		}
		reasons = append(reasons, span(string(person))+" "+reason)
		if others == "" && slices.Contains(contributors(p, s), person) && p.People.CanProve(person) {
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
		return why + "; " + p.whoReplaces(s)
	}
	return why + "; " + p.whoNames(need.Role)
}

// crowded says of an approval that somebody could give why nobody can, because they are
// needed for the others that are missing and count once; empty where there are enough
// people. Which of the approvals that is said of depends on their order alone.
func (p Page) crowded(s Subject, need policies.Requirement) string {
	if p.Settings != nil && p.Settings.Approvals.SamePerson {
		return ""
	}
	can := map[string][]catalog.Name{}
	for _, r := range s.Approvals.Required {
		can[r.Role], _ = p.canStill(s, r)
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
			return fmt.Sprintf("%s %s; %s", enumerate(shortly(p.callAll(people), 5), "and"), count, p.whoNames(role))
		}
	}
	return ""
}

// whoReplaces says who can propose another owner of an app: its team, from which a change
// needs no word of the owner before.
func (p Page) whoReplaces(s Subject) string {
	app := cmp.Or(s.Before, s.App)
	if app == nil {
		return "let a change first name an owner who works here"
	}
	team := app.Spec.Owner.Team
	members := slices.DeleteFunc(slices.Clone(p.People.Roles().Teams[team].Members), func(person catalog.Name) bool { return !p.People.CanProve(person) })
	if len(members) == 0 {
		return "nobody of its team could name another owner; " + p.whoNames("team:"+string(team))
	}
	return fmt.Sprintf("let %s first name an owner who works here, in a change of its own", enumerate(shortly(p.callAll(members), 5), "or"))
}

// whoNames says who can let somebody else hold a role.
func (p Page) whoNames(role string) string {
	var approvers []catalog.Name
	if p.Settings != nil {
		for _, owner := range p.Settings.GovernanceOwners("roles.yaml") {
			for _, grant := range p.People.Roles().Roles[owner] {
				if p.People.CanProve(grant.Person) && !slices.Contains(approvers, grant.Person) {
					approvers = append(approvers, grant.Person)
				}
			}
		}
	}
	holds := fmt.Sprintf("a change of `roles.yaml` has to let somebody hold %s", span(role))
	if team, ok := strings.CutPrefix(role, "team:"); ok {
		holds = fmt.Sprintf("a change of `roles.yaml` has to bring somebody into the team %s", span(team))
	}
	if len(approvers) == 0 {
		return holds + ", and nobody can approve that either: whoever has the root key lands it and runs `levee ledger adopt --governance`"
	}
	return holds + ", which " + enumerate(shortly(p.callAll(approvers), 5), "or") + " can approve"
}

// holders lists who holds a role for a subject, whether they can approve or not.
func (p Page) holders(role string, s Subject) []catalog.Name {
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
	switch {
	case role == "owner" && app != nil:
		add(app.Spec.Owner.Person)
		add(app.Spec.Owner.Fallback)
	case ofTeam:
		for _, person := range p.People.Roles().Teams[catalog.Name(team)].Members {
			add(person)
		}
	default:
		for _, grant := range p.People.Roles().Roles[catalog.Name(role)] {
			if len(grant.Teams) == 0 || app == nil || slices.Contains(grant.Teams, app.Spec.Owner.Team) {
				add(grant.Person)
			}
		}
	}
	return list
}

// cannot says why a person cannot approve a subject; empty where they can, or did.
func (p Page) cannot(s Subject, name catalog.Name) string {
	person, listed := p.People.Roles().People[name]
	switch {
	case !listed:
		return "is not on the list of people"
	case person.Left:
		return "no longer works here"
	case person.Bot:
		return "is a bot"
	case slices.Contains(contributors(p, s), name):
		return "had a hand in this"
	case !p.People.CanProve(name):
		return "has no " + string(p.People.Proof()) + " listed"
	case slices.ContainsFunc(s.Approvals.Granted, func(g policies.Granted) bool { return g.Person == name }):
		return "agreed already"
	}
	return ""
}

// Stuck lists the missing approvals that nobody can give.
func (p Page) Stuck() []Stuck {
	var list []Stuck
	for _, s := range p.Subjects {
		for _, need := range s.Approvals.Required {
			can, left := p.canStill(s, need)
			if why := p.unable(s, need, can, left); why != "" {
				list = append(list, Stuck{Subject: s.Subject, Role: need.Role, Why: terminalLine(why)})
			}
		}
	}
	return list
}

// stuckAt reports whether an approval of a decision is missing that nobody can give.
func (p Page) stuckAt(s Subject) bool {
	return slices.ContainsFunc(s.Approvals.Required, func(need policies.Requirement) bool {
		can, left := p.canStill(s, need)
		return p.unable(s, need, can, left) != ""
	})
}

// canStill lists who can give what is still missing in a role, and how many of them are
// needed.
func (p Page) canStill(s Subject, need policies.Requirement) (can []catalog.Name, left int) {
	for _, role := range s.Approvals.Missing {
		if role == need.Role {
			left++
		}
	}
	can = need.From
	if p.Settings == nil || !p.Settings.Approvals.SamePerson {
		can = canGive(s, need)
	}
	if p.People.Proof() == "" {
		return can, left
	}
	return slices.DeleteFunc(slices.Clone(can), func(person catalog.Name) bool { return !p.People.CanProve(person) }), left
}

// canGive lists who can give a missing approval: whoever gave another one cannot.
func canGive(s Subject, need policies.Requirement) []catalog.Name {
	return slices.DeleteFunc(slices.Clone(need.From), func(person catalog.Name) bool {
		return slices.ContainsFunc(s.Approvals.Granted, func(g policies.Granted) bool { return g.Person == person })
	})
}
