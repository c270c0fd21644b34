package consistency

import (
	"fmt"
	"slices"

	"github.com/levee-gitops/levee/catalog"
)

// dataSets checks that the people, teams and data sets that data sets name exist.
func (c *check) dataSets() {
	var sandboxes []string
	for d := range c.s.Documents("data/") {
		if set := catalog.Object[catalog.DataSet](d); set != nil && set.Spec.Sandbox {
			sandboxes = append(sandboxes, d.Name)
		}
	}
	for d := range c.s.Documents("data/") {
		set := catalog.Object[catalog.DataSet](d)
		if set == nil {
			continue
		}
		owner := set.Spec.Owner
		c.personExists(d, "spec.owner.person", owner.Person)
		if owner.Fallback != "" {
			c.personExists(d, "spec.owner.fallback", owner.Fallback)
		}
		c.teamExists(d, "spec.owner.team", owner.Team)
		for i, scope := range set.Spec.ApprovedScopes {
			for _, team := range scope.Teams {
				c.teamExists(d, fmt.Sprintf("spec.approvedScopes[%d].teams[%s]", i, team), team)
			}
		}
		switch standIn := set.Spec.StandIn; {
		case standIn == "" || slices.Contains(sandboxes, string(standIn)):
		case catalog.Object[catalog.DataSet](catalog.DataSetIn(c.s, standIn)) != nil:
			c.addNoEffect(d, "spec.standIn", fmt.Sprintf("`%s` is to stand in for this data set, and is no sandbox.", standIn),
				fmt.Sprintf("Name a sandbox data set; or, if that data is made up or anonymous, write `sandbox: true` in `data/%s.yaml`.", standIn))
		default:
			c.addNoEffect(d, "spec.standIn", fmt.Sprintf("`%s` is to stand in for this data set, and there is no data set of that name.", standIn),
				meant(string(standIn), sandboxes, fmt.Sprintf("Add the file `data/%s.yaml` with `sandbox: true`, or name another.", standIn)))
		}
		for _, s := range set.Spec.Safeguards {
			if !slices.Contains(set.Spec.Categories, s.Category) {
				c.addNoEffect(d, "spec.safeguards["+s.Category+"]", fmt.Sprintf("There is a safeguard for `%s` data, of which this data set holds none.", s.Category),
					fmt.Sprintf("Add `%s` to its categories, or remove the entry.", s.Category))
			}
		}
	}
}

func (c *check) teamExists(d *catalog.Document, field string, team catalog.Name) {
	roles := c.s.Roles()
	if roles == nil {
		return
	}
	if _, ok := roles.Teams[team]; !ok {
		c.add(d, catalog.Deny, field, fmt.Sprintf("There is no team `%s` in roles.yaml.", team), meant(string(team), names(roles.Teams), "Add the team there, or correct the name."))
	}
}
