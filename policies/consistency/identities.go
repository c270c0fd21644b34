package consistency

import (
	"errors"
	"fmt"

	"github.com/levee-gitops/levee/catalog"
)

// identities reports keys, accounts and addresses that two people list, and keys that
// cannot sign. They identify nobody until that is corrected.
func (c *check) identities(roles *catalog.RolesSpec) {
	d := c.s.Document("roles.yaml")
	ids := catalog.NewIdentities(roles)
	for _, s := range ids.Shared {
		c.add(d, catalog.Deny, s.Field,
			fmt.Sprintf("`%s` and `%s` have the same %s, so nobody could tell which of the two acted. It counts for neither.", s.First, s.Second, s.What),
			fmt.Sprintf("Remove it here, or where `%s` has it, whoever it does not belong to; take `%s` out where both are one person.", s.First, s.Second))
	}
	for _, k := range ids.Unusable {
		remedy := fmt.Sprintf("Ask `%s` for the line in the file that ends in `.pub`, such as `~/.ssh/id_ed25519.pub`, and write it here.", k.Person)
		if errors.Is(k.Why, catalog.ErrPrivateKey) {
			remedy = "Take it out at once, make a new key with `ssh-keygen -t ed25519`, and write the line of its `.pub` file here: whoever can read this repository has the old one."
		}
		c.add(d, catalog.Deny, k.Field, fmt.Sprintf("With this entry `%s` cannot sign anything: %v.", k.Person, k.Why), remedy)
	}
}
