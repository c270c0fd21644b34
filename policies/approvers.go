package policies

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
)

// untrained lists the holders of roles who have not passed the courses of approvers, for an
// app with confidential or restricted data. A certificate holds through its last day.
func untrained(roles *catalog.RolesSpec, courses []catalog.Name, app *catalog.App, holders map[string][]catalog.Name, today catalog.Date) []catalog.Name {
	if class := app.Spec.Classification; len(courses) == 0 || roles == nil || class != "confidential" && class != "restricted" {
		return nil
	}
	var people []catalog.Name
	for role, held := range holders {
		for _, person := range held {
			if role != ownerRole && slices.ContainsFunc(courses, func(course catalog.Name) bool { return !roles.People[person].Passed(course, today) }) {
				people = append(people, person)
			}
		}
	}
	slices.Sort(people)
	return slices.Compact(people)
}

// ownerRole is the role of whoever owns an app.
const ownerRole = "owner"

// ApproversMissing lists, as sentences, the kinds of changes of governance that nobody can
// approve, or only one person, who cannot approve their own. "levee ledger init" shows
// them: once a ledger exists, only the root key can change that. With accounts set, people
// are identified by their account on the forge, else by their keys.
func ApproversMissing(s *catalog.Snapshot, accounts bool) []string {
	settings, roles := s.Settings(), s.Roles()
	if settings == nil || roles == nil {
		return nil
	}
	proof := "key"
	if accounts {
		proof = "account"
	}
	asked := map[catalog.Approver][]string{} // by approver, what it has to approve
	for key, owners := range settings.Governance {
		for _, role := range owners {
			if key != "default" {
				asked[role] = append(asked[role], "`"+key+"`")
			}
		}
	}
	for _, role := range settings.GovernanceOwners("") {
		asked[role] = append(asked[role], "what has no owner of its own, such as `roles.yaml`")
	}
	ids := catalog.NewIdentities(roles)
	var said []string
	for _, role := range slices.Sorted(maps.Keys(asked)) {
		var can, cannot []string
		for _, grant := range roles.Grants(role) {
			person := roles.People[grant.Person]
			switch {
			case slices.Contains(can, string(grant.Person)):
			case person.Left:
				cannot = append(cannot, string(grant.Person)+" (left)")
			case accounts && ids.HasAccount(grant.Person, person), !accounts && ids.HasKey(grant.Person, person):
				can = append(can, string(grant.Person))
			default:
				cannot = append(cannot, string(grant.Person)+" (no "+proof+")")
			}
		}
		slices.Sort(asked[role])
		what := strings.Join(asked[role], ", ")
		switch len(can) {
		case 0:
			said = append(said, fmt.Sprintf("nobody can approve a change of %s: the role %s is held by %s; list a %s of theirs in roles.yaml before the ledger is founded",
				what, role, cmp.Or(strings.Join(slices.Compact(cannot), ", "), "nobody"), proof))
		case 1:
			said = append(said, fmt.Sprintf("only %s can approve a change of %s, and nobody one that %s asks for: let a second person hold the role %s", can[0], what, can[0], role))
		}
	}
	return said
}
