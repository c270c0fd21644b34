package consistency

import (
	"fmt"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
)

// strategies checks that each strategy of an environment can be followed, and warns where it is
// not, or does what nobody would expect. Which kind of target an environment has is only known
// to the daemon; one that is called as the kind of directories is taken for it.
func (c *check) strategies(settings *settings.Settings) {
	d := c.s.Document("catalog.yaml")
	for _, env := range settings.Environments {
		s := env.Strategy
		if s == nil {
			continue
		}
		at := fmt.Sprintf("spec.environments[%s].strategy", env.Name)
		if wrong := s.Trouble(); wrong != "" {
			c.add(d, catalog.Deny, at+".for", fmt.Sprintf("The share of `%s` %s.", env.Name, wrong), "Write it as `{share: 20, for: 30m}`, or as `all` where new content comes to all replicas at once.")
			continue
		}
		if env.Target == "directory" {
			c.add(d, catalog.Warn, at, fmt.Sprintf("New content of `%s` is applied at once: its target `directory` has no replicas to give it to first.", env.Name), "Remove the strategy, or name a target that runs apps in a cluster.")
		}
		for _, f := range env.Freezes {
			if f.Lasts > 0 && s.For > f.Lasts {
				c.add(d, catalog.Warn, at+".for", fmt.Sprintf("A share of `%s` lasts %s, longer than the freeze `%s` (%s): what enters before the freeze would be on a part of the replicas all through it.", env.Name, s.For, f.Name, f.Lasts),
					"Shorten `for`, unless that is what you want: a freeze holds what enters, and no share that runs.")
			}
		}
	}
}
