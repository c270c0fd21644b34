package github

import (
	"slices"

	"github.com/levee-gitops/levee/reconciler/forge"
)

// A contributorSet collects the paths that each contributor changed.
type contributorSet struct {
	contributors []forge.Contributor
	paths        []map[string]bool
	all          []bool
}

func (g *contributorSet) add(c forge.Contributor, facts *commitFacts) {
	i := slices.IndexFunc(g.contributors, func(o forge.Contributor) bool { return o.Identity == c.Identity && o.Email == c.Email })
	if i < 0 {
		i = len(g.contributors)
		g.contributors, g.paths, g.all = append(g.contributors, c), append(g.paths, map[string]bool{}), append(g.all, false)
	}
	g.all[i] = g.all[i] || facts.all
	for _, p := range facts.paths {
		g.paths[i][p] = true
	}
}

// list returns the contributors in the order in which they were added, without those who
// changed no path, as by an empty commit.
func (g *contributorSet) list() []forge.Contributor {
	var list []forge.Contributor
	for i, c := range g.contributors {
		if !g.all[i] {
			if len(g.paths[i]) == 0 {
				continue
			}
			for p := range g.paths[i] {
				c.Paths = append(c.Paths, p)
			}
			slices.Sort(c.Paths)
		}
		list = append(list, c)
	}
	return list
}
