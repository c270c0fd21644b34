package consistency

import (
	"fmt"

	"github.com/levee-gitops/levee/catalog"
)

// freezes checks that each freeze of an environment comes and ends, and holds something.
func (c *check) freezes() {
	settings := c.s.Settings()
	if settings == nil {
		return
	}
	d := c.s.Document("catalog.yaml")
	for place, env := range settings.Environments {
		at := fmt.Sprintf("spec.environments[%s]", env.Name)
		if place == 0 && len(env.Freezes) > 0 {
			c.add(d, catalog.Deny, at+".freezes", fmt.Sprintf("A freeze of `%s` would hold nothing: content enters the first environment with the merge.", env.Name),
				"Give the freezes to a later environment, or put one before it.")
			continue
		}
		for _, f := range env.Freezes {
			if field, wrong := f.Trouble(); wrong != "" {
				c.add(d, catalog.Deny, fmt.Sprintf("%s.freezes[%s].%s", at, f.Name, field), fmt.Sprintf("The freeze `%s` %s.", f.Name, wrong),
					"Write it as `{name: year-end, from: 2026-12-18, until: 2027-01-03}` or `{name: weekends, begins: \"0 18 * * 5\", lasts: 60h}`.")
			}
		}
	}
}
