package reconciler

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
func (p page) unable(d policies.Decision, a about, need policies.Requirement, can []catalog.Name, left int) string {
	if p.who.roles == nil {
		return ""
	}
	if len(can) >= left {
		return p.crowded(d, need)
	}
	holders := p.holders(need.Role, a)
	var reasons []string
	others := ""
	for _, person := range holders {
		reason := p.cannot(d, a, person)
		if reason == "" {
			continue
		}
		reasons = append(reasons, span(string(person))+" "+reason)
		if others == "" && slices.Contains(contributors(p, a), person) && p.who.present(person) {
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
		return why + "; " + p.whoReplaces(a)
	}
	return why + "; " + p.whoNames(need.Role)
}

// crowded says of an approval that somebody could give why nobody can, because they are
// needed for the others that are missing and count once; empty where there are enough
// people. Which of the approvals that is said of depends on their order alone.
func (p page) crowded(d policies.Decision, need policies.Requirement) string {
	if p.settings != nil && p.settings.Approvals.SamePerson {
		return ""
	}
	can := map[string][]catalog.Name{}
	for _, r := range d.Approvals.Required {
		can[r.Role], _ = p.canStill(d, r)
	}
	taken := map[catalog.Name]int{} // person → slot
	slots := d.Approvals.Missing
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
			return fmt.Sprintf("%s %s; %s", enumerate(shortly(p.who.callAll(people), 5), "and"), count, p.whoNames(role))
		}
	}
	return ""
}

// whoReplaces says who can propose another owner of an app: its team, from which a change
// needs no word of the owner before.
func (p page) whoReplaces(a about) string {
	app := cmp.Or(a.before, a.app)
	if app == nil {
		return "let a change first name an owner who works here"
	}
	team := app.Spec.Owner.Team
	members := slices.DeleteFunc(slices.Clone(p.who.roles.Teams[team].Members), func(person catalog.Name) bool { return !p.who.present(person) })
	if len(members) == 0 {
		return "nobody of its team could name another owner; " + p.whoNames("team:"+string(team))
	}
	return fmt.Sprintf("let %s first name an owner who works here, in a change of its own", enumerate(shortly(p.who.callAll(members), 5), "or"))
}

// whoNames says who can let somebody else hold a role.
func (p page) whoNames(role string) string {
	var approvers []catalog.Name
	if p.settings != nil {
		for _, owner := range p.settings.GovernanceOwners("roles.yaml") {
			for _, grant := range p.who.roles.Roles[owner] {
				if p.who.present(grant.Person) && !slices.Contains(approvers, grant.Person) {
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
	return holds + ", which " + enumerate(shortly(p.who.callAll(approvers), 5), "or") + " can approve"
}

// holders lists who holds a role for a subject, whether they can approve or not.
func (p page) holders(role string, a about) []catalog.Name {
	app := a.before
	if app == nil {
		app = a.app
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
		for _, person := range p.who.roles.Teams[catalog.Name(team)].Members {
			add(person)
		}
	default:
		for _, grant := range p.who.roles.Roles[catalog.Name(role)] {
			if len(grant.Teams) == 0 || app == nil || slices.Contains(grant.Teams, app.Spec.Owner.Team) {
				add(grant.Person)
			}
		}
	}
	return list
}

// cannot says why a person cannot approve a subject; empty where they can, or did.
func (p page) cannot(d policies.Decision, a about, name catalog.Name) string {
	person, listed := p.who.roles.People[name]
	switch {
	case !listed:
		return "is not on the list of people"
	case person.Left:
		return "no longer works here"
	case person.Bot:
		return "is a bot"
	case slices.Contains(contributors(p, a), name):
		return "had a hand in this"
	case !p.who.present(name):
		return "has no " + p.who.proof + " listed"
	case slices.ContainsFunc(d.Approvals.Granted, func(g policies.Granted) bool { return g.Person == name }):
		return "agreed already"
	}
	return ""
}

// present reports whether somebody works here and can prove who they are where changes
// are reviewed.
func (w who) present(name catalog.Name) bool {
	person, listed := w.roles.People[name]
	if !listed || person.Left || person.Bot {
		return false
	}
	switch w.proof {
	case byAccount:
		return w.ids.ByLogin(person.GitHub) == name
	case byKey:
		return slices.ContainsFunc(person.Keys, func(line string) bool { return w.ids.ByKey(line) == name })
	}
	return true
}

// What proves who somebody is where changes are reviewed.
const (
	byKey     = "key"
	byAccount = "account"
)

// stuck lists the missing approvals that nobody can give.
func (p page) stuck() []Stuck {
	var list []Stuck
	for _, d := range p.out.Decisions {
		for _, need := range d.Approvals.Required {
			can, left := p.canStill(d, need)
			if why := p.unable(d, p.about[d.Subject], need, can, left); why != "" {
				list = append(list, Stuck{Subject: d.Subject, Role: need.Role, Why: terminalLine(why)})
			}
		}
	}
	return list
}

// stuckAt reports whether an approval of a decision is missing that nobody can give.
func (p page) stuckAt(d policies.Decision, a about) bool {
	return slices.ContainsFunc(d.Approvals.Required, func(need policies.Requirement) bool {
		can, left := p.canStill(d, need)
		return p.unable(d, a, need, can, left) != ""
	})
}

// canStill lists who can give what is still missing in a role, and how many of them are
// needed.
func (p page) canStill(d policies.Decision, need policies.Requirement) (can []catalog.Name, left int) {
	for _, role := range d.Approvals.Missing {
		if role == need.Role {
			left++
		}
	}
	can = need.From
	if p.settings == nil || !p.settings.Approvals.SamePerson {
		can = canGive(d, need)
	}
	if p.who.proof == "" {
		return can, left
	}
	return slices.DeleteFunc(slices.Clone(can), func(person catalog.Name) bool { return !p.who.present(person) }), left
}
