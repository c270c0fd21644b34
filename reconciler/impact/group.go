package impact

import (
	"cmp"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/policies"
)

// Group is the apps for which a change does the same.
type Group struct {
	Count int              `json:"count"`
	From  policies.Verdict `json:"from"`
	To    policies.Verdict `json:"to"`
	// Begins and Ceases are the rules that newly, and no longer, say something, with the level at
	// which they do: "egress.vendor-approved (deny)".
	Begins []string `json:"begins"`
	Ceases []string `json:"ceases"`
	Asks   []string `json:"asks"`  // roles whose approval is newly asked for
	Asked  []string `json:"asked"` // roles whose approval no longer is
	Flips  []Flip   `json:"-"`     // of its apps, in order
}

// Groups puts together the flips of apps for which the same follows: the gravest first, then the
// largest.
func Groups(flips []Flip) []Group {
	groups := []Group{}
	at := map[string]int{}
	for _, f := range flips {
		g := Group{From: f.From, To: f.To, Begins: said(f.Begins), Ceases: said(f.Ceases), Asks: []string{}, Asked: f.Asked}
		for _, r := range f.Asks {
			g.Asks = append(g.Asks, r.Role)
		}
		key := g.key()
		i, ok := at[key]
		if !ok {
			i = len(groups)
			at[key] = i
			groups = append(groups, g)
		}
		groups[i].Count++
		groups[i].Flips = append(groups[i].Flips, f)
	}
	slices.SortStableFunc(groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(b.Count, a.Count), cmp.Compare(a.key(), b.key()))
	})
	return groups
}

// rank orders groups by how much somebody has to know of them.
func (g Group) rank() int {
	f := Flip{From: g.From, To: g.To}
	switch {
	case f.NewlyUntold():
		return 0
	case f.NewlyDenied():
		return 1
	case f.Verdict():
		return 2
	}
	return 3
}

// key names what follows for the apps of a group.
func (g Group) key() string {
	lists := []string{string(g.From), string(g.To)}
	for _, list := range [][]string{g.Begins, g.Ceases, g.Asks, g.Asked} {
		lists = append(lists, strings.Join(list, " "))
	}
	return strings.Join(lists, "\n")
}

// said are voices in words.
func said(voices []Voice) []string {
	words := make([]string, len(voices))
	for i, v := range voices {
		level := string(v.Level)
		if v.Waived {
			level = "waived"
		}
		words[i] = v.Rule + " (" + level + ")"
	}
	return words
}
