package advice

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
)

// staff are the people and teams that an app can belong to.
type staff struct {
	roles   *catalog.RolesSpec // that govern; without anybody where there are none
	unread  string             // the file of roles, where it is missing or invalid
	courses []catalog.Name     // that owners must have passed
	today   catalog.Date
}

func newStaff(governing *catalog.Snapshot, settings *settings.Settings, today catalog.Date) staff {
	s := staff{roles: governing.Roles(), courses: settings.Training.Owners, today: today}
	if s.roles == nil {
		s.roles, s.unread = &catalog.RolesSpec{}, "roles.yaml"
	}
	return s
}

// teams lists the teams by name.
func (s staff) teams() []string { return texts(slices.Sorted(maps.Keys(s.roles.Teams))) }

// canOwn lists the active members of a team, those who passed the courses of owners first. Where
// there is no such team it lists those of all teams.
func (s staff) canOwn(team catalog.Name) []string {
	members := s.roles.Teams[team].Members
	if len(members) == 0 {
		for _, t := range s.roles.Teams {
			members = append(members, t.Members...)
		}
	}
	people := s.roles.Active(members)
	slices.SortStableFunc(people, func(x, y catalog.Name) int { return cmp.Compare(s.untrained(x), s.untrained(y)) })
	return texts(people)
}

// untrained is how many of the courses of owners a person holds no valid certificate of.
func (s staff) untrained(person catalog.Name) int {
	missing := 0
	for _, course := range s.courses {
		if !s.roles.People[person].Passed(course, s.today) {
			missing++
		}
	}
	return missing
}

// personMeant is the id of the person with a name or e-mail address, or with a similar id;
// empty for none.
func (s staff) personMeant(word string) string {
	roles := s.roles
	people := roles.Active(slices.Collect(maps.Keys(roles.People)))
	for _, id := range people {
		if p := roles.People[id]; strings.EqualFold(p.Name, word) || p.Email != "" && strings.EqualFold(p.Email, word) || strings.EqualFold(string(id), word) && string(id) != word {
			return string(id)
		}
	}
	return closest(word, texts(people))
}

// teamsFor lists the teams that an app of a person could belong to.
func (s staff) teamsFor(person catalog.Name) []string {
	if list := s.teamsOf(person); len(list) > 0 {
		return list
	}
	return s.teams()
}

// teamsOf lists the teams that a person belongs to.
func (s staff) teamsOf(person catalog.Name) []string {
	var list []string
	for name, t := range s.roles.Teams {
		if slices.Contains(t.Members, person) {
			list = append(list, string(name))
		}
	}
	slices.Sort(list)
	return list
}

// homeTeam is the team after which a folder of the path is named, or else the first team.
func (s staff) homeTeam(path string) catalog.Name {
	for part := range strings.SplitSeq(path, "/") {
		if _, ok := s.roles.Teams[catalog.Name(part)]; ok {
			return catalog.Name(part)
		}
	}
	if teams := s.teams(); len(teams) > 0 {
		return catalog.Name(teams[0])
	}
	return ""
}

// holdersOf lists the active people who hold one of some roles.
func (s staff) holdersOf(roles ...catalog.Name) []string {
	var people []catalog.Name
	for _, role := range roles {
		for _, grant := range s.roles.Roles[role] {
			people = append(people, grant.Person)
		}
	}
	return texts(s.roles.Active(people))
}

// instead finds alternatives for the owner of an app, the fallback and the team.
func (s staff) instead(in instead, app *catalog.App) {
	roles, owner := s.roles, app.Spec.Owner
	who := string(owner.Person)
	team, known := roles.Teams[owner.Team]
	if !known {
		in.add("team", string(owner.Team), closest(string(owner.Team), s.teams()), s.unread, s.teamsFor(owner.Person))
	}
	colleagues := func() []string { return without(s.canOwn(owner.Team), who) }
	if known && !slices.Contains(team.Members, owner.Person) {
		if own := s.teamsOf(owner.Person); len(own) > 0 {
			in.add("team", string(owner.Team), "", s.unread, own)
		} else {
			in.add("member", who, "", s.unread, colleagues())
		}
	}
	if len(roles.Active([]catalog.Name{owner.Person})) == 0 {
		in.add("person", who, s.personMeant(who), s.unread, colleagues())
	} else if s.untrained(owner.Person) != 0 {
		in.add("trained", who, "", "", slices.DeleteFunc(colleagues(), func(c string) bool { return s.untrained(catalog.Name(c)) != 0 }))
	}
	fallback := string(owner.Fallback)
	if fallback == who || len(roles.Active([]catalog.Name{owner.Fallback})) == 0 {
		meant := ""
		if fallback != "" && fallback != who {
			meant = s.personMeant(fallback)
		}
		in.add("fallback", fallback, meant, s.unread, colleagues())
	}
}
