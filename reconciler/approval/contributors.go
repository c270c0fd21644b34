package approval

import (
	"context"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/identity"
)

// ContributorsToHeld lists who contributed to content of a subject that is held, after a
// commit, in its folders: none of them can approve it afterwards. It is empty where nothing
// is held.
func ContributorsToHeld(ctx context.Context, h *identity.History, state ledger.App, since catalog.Commit, folders ...string) ([]forge.Contributor, error) {
	if state.Held == nil || since == "" {
		return nil, nil
	}
	return h.Contributors(ctx, since, state.Held.Commit, folders...)
}
