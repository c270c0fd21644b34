package github

import (
	"slices"

	"github.com/levee-gitops/levee/reconciler/forge"
)

// A gathering puts together what each contributor touched.
type gathering struct {
	order []forge.Contributor
	paths []map[string]bool
	all   []bool
}

func (g *gathering) add(c forge.Contributor, facts *commitFacts) {
	i := slices.IndexFunc(g.order, func(o forge.Contributor) bool { return o.Identity == c.Identity && o.Email == c.Email })
	if i < 0 {
		i = len(g.order)
		g.order, g.paths, g.all = append(g.order, c), append(g.paths, map[string]bool{}), append(g.all, false)
	}
	g.all[i] = g.all[i] || facts.all
	for _, p := range facts.paths {
		g.paths[i][p] = true
	}
}

// list returns the contributors in the order in which they appeared. Who touched
// nothing, as with a commit without content, had no hand in anything.
func (g *gathering) list() []forge.Contributor {
	var list []forge.Contributor
	for i, c := range g.order {
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
