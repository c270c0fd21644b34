package catalog

import (
	"maps"
	"slices"
)

// CrossFacts is what only the whole catalog can tell about one app. Rules see it
// as input.facts.catalog.
type CrossFacts struct {
	// SameName lists the other files that claim the app's name, by path.
	SameName []string `json:"sameName"`
	// Cycle lists the apps that depend on each other in a ring with this one,
	// in the order of dependence, starting with it; empty where there is none.
	Cycle []string `json:"cycle"`
	// TeamTotal is what the team's apps may cost together in a month, and
	// TeamLimit the most they may, where the total is over the limit; else both
	// are zero, so that a team within its limit has no common fact that one
	// app's change would alter for all.
	TeamTotal float64 `json:"teamTotal"`
	TeamLimit float64 `json:"teamLimit"`
}

// CrossFacts computes the facts for the app at a path. Limits are those of the
// governing snapshot.
func (s *Snapshot) CrossFacts(d *Document, governing *Snapshot) CrossFacts {
	facts := CrossFacts{SameName: []string{}, Cycle: []string{}}
	for p := range pathsOf(s.names, ref("app", d.Name)) {
		if p != d.Path {
			facts.SameName = append(facts.SameName, p)
		}
	}
	facts.Cycle = append(facts.Cycle, ring(s, d.Name)...)
	if app := d.App(); app != nil {
		team := string(app.Spec.Owner.Team)
		if limit, set := teamLimit(governing, team); set {
			if total := teamTotal(s, team); total > limit {
				facts.TeamTotal, facts.TeamLimit = total.float(), limit.float()
			}
		}
	}
	return facts
}

// ring finds a shortest ring of dependencies through an app.
func ring(s *Snapshot, name string) []string {
	type step struct {
		name string
		from *step
	}
	queue := []*step{{name: name}}
	seen := map[string]bool{}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		app := s.AppNamed(Name(at.name)).App()
		if app == nil {
			continue
		}
		for _, dep := range app.Spec.DependsOn {
			if string(dep) == name {
				var names []string
				for ; at != nil; at = at.from {
					names = append(names, at.name)
				}
				slices.Reverse(names)
				return names
			}
			if !seen[string(dep)] {
				seen[string(dep)] = true
				queue = append(queue, &step{string(dep), at})
			}
		}
	}
	return nil
}

// cycleThrough lists the paths of the apps in the ring through an app.
func cycleThrough(s *Snapshot, name string) []string {
	var paths []string
	for _, member := range ring(s, name) {
		if d := s.AppNamed(Name(member)); d != nil {
			paths = append(paths, d.Path)
		}
	}
	return paths
}

// teamTotal adds up the monthly budgets of a team's apps that are not retired:
// once, since every app of the team asks for it.
func teamTotal(s *Snapshot, team string) money {
	if known, ok := s.totals.Load(team); ok {
		return known.(money)
	}
	total := money(0)
	for p := range s.Referrers(ref("team", team)) {
		if app := s.Document(p).App(); app != nil && app.Spec.Budget != nil && app.Spec.Lifecycle.Stage != "retired" {
			total = total.plus(moneyOf(*app.Spec.Budget.Monthly))
		}
	}
	s.totals.Store(team, total)
	return total
}

// teamLimit is the most a team's apps may cost, which may be nothing; set is false
// where there is no limit.
func teamLimit(governing *Snapshot, team string) (limit money, set bool) {
	if roles := governing.Roles(); roles != nil {
		if t, ok := roles.Teams[Name(team)]; ok && t.Monthly != nil {
			return moneyOf(*t.Monthly), true
		}
	}
	if settings := governing.Settings(); settings != nil && settings.Limits.TeamMonthly != nil {
		return moneyOf(*settings.Limits.TeamMonthly), true
	}
	return 0, false
}

// teamsOverOrUnder lists the teams of changed apps whose total matters to all
// their apps: it is, or was, over the limit.
func teamsOverOrUnder(from, to *Snapshot, changed map[string]bool) []string {
	teams := map[string]bool{}
	for p := range changed {
		for _, s := range []*Snapshot{from, to} {
			if app := s.Document(p).App(); app != nil {
				teams[string(app.Spec.Owner.Team)] = true
			}
		}
	}
	maps.DeleteFunc(teams, func(team string, _ bool) bool {
		over := func(s *Snapshot) bool {
			limit, set := teamLimit(s, team)
			return set && teamTotal(s, team) > limit
		}
		return !over(from) && !over(to)
	})
	return slices.Sorted(maps.Keys(teams))
}
