package github

import (
	"context"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// Landed implements forge.Forge. GitHub lists the pull requests of a commit; the answer is
// the one by whose merge the commit came to the base branch. If GitHub lists none and the
// commit is less than a minute old, that is an error, because the list may lag behind.
func (f *Forge) Landed(ctx context.Context, commit catalog.Commit) (string, error) {
	id, err := f.merges.Landed(ctx, commit)
	return id, f.wrapError(err, "find out what landed as %s", commit.Short())
}

// Pushed implements forge.Forge. GitHub lists the pushes to the base branch; the pusher of
// a commit is that of the first push after which the branch contained the commit.
func (f *Forge) Pushed(ctx context.Context, commit catalog.Commit) ([]forge.Contributor, error) {
	self, err := f.account.Login(ctx)
	var list []forge.Contributor
	if err == nil {
		list, err = f.history.PushedBy(ctx, string(commit), self)
	}
	return list, f.wrapError(err, "find out who pushed %s", commit.Short())
}
