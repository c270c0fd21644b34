package reconciler

import (
	"context"
	"fmt"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
)

// PersonOf is the person whose key it is by the roles that govern, as far as they are
// known here: the repository is not asked. A key that is nobody's, is shared, or is
// of somebody who left is an error that says so.
func (r *Reconciler) PersonOf(ctx context.Context, key gitrepo.PublicKey) (catalog.Name, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := &pass{r: r, now: r.Now()}
	fail := func(err error) (catalog.Name, error) {
		return "", fmt.Errorf("find whose key %s is: %w", key.Fingerprint(), err)
	}
	if err := p.lookLocally(ctx); err != nil {
		return fail(err)
	}
	roles, err := governing[catalog.Roles](ctx, p, "roles.yaml")
	if err != nil {
		return fail(err)
	}
	person := catalog.NewIdentities(&roles.Spec).ByKey(key.String())
	switch {
	case person == "":
		return fail(fmt.Errorf("the roles.yaml that governs lists it for nobody, or for more than one; let a change add %q to your keys", key.String()))
	case roles.Spec.People[person].Left:
		return fail(fmt.Errorf("it is %s's, who left", person))
	}
	return person, nil
}

// governing reads one of the files that govern, as the ledger kept it: whoever contains
// an app does not wait until ten thousand others were read.
func governing[T any](ctx context.Context, p *pass, name string) (*T, error) {
	files := p.view.Governance()
	entries, err := files.List(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("read the governing %s: %w", name, err)
	}
	for _, e := range entries {
		if e.Path != name {
			continue
		}
		src, err := files.Read(ctx, e, catalog.MaxManifest)
		if err != nil {
			return nil, fmt.Errorf("read the governing %s: %w", name, err)
		}
		if object := catalog.Object[T](catalog.Parse(name, e.ID, src)); object != nil {
			return object, nil
		}
	}
	return nil, fmt.Errorf("the governing %s is not valid", name)
}
