package history

import (
	"slices"
	"strings"

	"github.com/levee-gitops/levee/reconciler/forge"
)

// A contributorSet collects the paths that each contributor changed.
type contributorSet struct {
	contributors []forge.Contributor
	paths        []map[string]bool
	all          []bool
}

func (s *contributorSet) add(c forge.Contributor, facts *commitFacts) {
	i := slices.IndexFunc(s.contributors, func(o forge.Contributor) bool { return o.Identity == c.Identity && o.Email == c.Email })
	if i < 0 {
		i = len(s.contributors)
		s.contributors, s.paths, s.all = append(s.contributors, c), append(s.paths, map[string]bool{}), append(s.all, false)
	}
	s.all[i] = s.all[i] || facts.all
	for _, p := range facts.paths {
		s.paths[i][p] = true
	}
}

// addNamed adds whom a commit names: accounts that are not the daemon's own, and addresses.
func (s *contributorSet) addNamed(facts *commitFacts, self string) {
	for _, login := range facts.logins {
		if !strings.EqualFold(login, self) {
			s.add(forge.Contributor{Identity: forge.Identity{Login: login}}, facts)
		}
	}
	for _, email := range facts.emails {
		s.add(forge.Contributor{Email: email}, facts)
	}
}

// list returns the contributors in the order in which they were added, without those who
// changed no path, as by an empty commit.
func (s *contributorSet) list() []forge.Contributor {
	var list []forge.Contributor
	for i, c := range s.contributors {
		if !s.all[i] {
			if len(s.paths[i]) == 0 {
				continue
			}
			for p := range s.paths[i] {
				c.Paths = append(c.Paths, p)
			}
			slices.Sort(c.Paths)
		}
		list = append(list, c)
	}
	return list
}
