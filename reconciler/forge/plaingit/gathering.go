package plaingit

import (
	"slices"

	"github.com/levee-gitops/levee/reconciler/forge"
)

// A gathering puts together what each contributor touched.
type gathering struct {
	order []gathered
	at    map[gathered]int
	paths []map[string]bool
	all   []bool // there is no telling what they touched
}

// gathered is who a contributor is.
type gathered struct {
	identity forge.Identity
	email    string
}

// add notes what a contributor touched: all there is, where that cannot be told.
func (g *gathering) add(c forge.Contributor, paths []string, all bool) {
	who := gathered{c.Identity, c.Email}
	i, ok := g.at[who]
	if !ok {
		if g.at == nil {
			g.at = map[gathered]int{}
		}
		i = len(g.order)
		g.at[who] = i
		g.order, g.paths, g.all = append(g.order, who), append(g.paths, map[string]bool{}), append(g.all, false)
	}
	g.all[i] = g.all[i] || all
	for _, p := range paths {
		if len(g.paths[i]) > maxPaths {
			break
		}
		g.paths[i][p] = true
	}
}

// list returns the contributors in the order in which they appeared.
func (g *gathering) list() []forge.Contributor {
	var list []forge.Contributor
	for i, who := range g.order {
		c := forge.Contributor{Identity: who.identity, Email: who.email}
		if len(g.paths[i]) <= maxPaths && !g.all[i] {
			for p := range g.paths[i] {
				c.Paths = append(c.Paths, p)
			}
			slices.Sort(c.Paths)
		}
		list = append(list, c)
	}
	return list
}
