package status

import (
	"context"
	"fmt"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
)

// PersonOf is the person whose key it is by the roles that govern, as far as they are
// known here: the repository is not asked. A key that is nobody's, is shared, or is
// of somebody who left is an error that says so.
func (r *Reader) PersonOf(ctx context.Context, key sshkey.PublicKey) (catalog.Name, error) {
	s := r.Sessions.New(r.Now())
	fail := func(err error) (catalog.Name, error) {
		return "", fmt.Errorf("find whose key %s is: %w", key.Fingerprint(), err)
	}
	if err := s.LookLocally(ctx); err != nil {
		return fail(err)
	}
	roles, err := s.Roles(ctx)
	if err != nil {
		return fail(err)
	}
	person := catalog.NewIdentities(roles).ByKey(key.String())
	switch {
	case person == "":
		return fail(fmt.Errorf("the roles.yaml that governs lists it for nobody, or for more than one; let a change add %q to your keys", key.String()))
	case roles.People[person].Left:
		return fail(fmt.Errorf("it is %s's, who left", person))
	}
	return person, nil
}
