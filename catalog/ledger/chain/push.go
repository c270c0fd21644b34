package chain

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
)

// lookAgain is how long to ask the remote what became of a push.
const lookAgain = 30 * time.Second

// push sends a batch. When nobody says what became of it, the remote is looked at:
// if the commits are there, they landed.
func push(ctx context.Context, repo *gitrepo.Repo, b *gitrepo.Batch, updates []gitrepo.Update) error {
	err := repo.Push(ctx, b, updates...)
	for _, known := range []error{nil, gitrepo.ErrStale, gitrepo.ErrRejected, gitrepo.ErrUnauthorized, gitrepo.ErrNoRepository} {
		if errors.Is(err, known) {
			return err
		}
	}
	// The push may have arrived although its caller gave up, so its caller's patience
	// is no measure.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookAgain)
	defer cancel()
	if _, ferr := repo.Fetch(ctx); ferr != nil {
		return fmt.Errorf("%w: %w (and a look at the remote failed: %w)", ErrUnknown, err, ferr)
	}
	landed := 0
	for _, u := range updates {
		ok, lerr := there(ctx, repo, u)
		if lerr != nil {
			return fmt.Errorf("%w: %w (and a look at the remote failed: %w)", ErrUnknown, err, lerr)
		}
		if ok {
			landed++
		}
	}
	switch landed {
	case len(updates):
		return nil
	case 0:
		return fmt.Errorf("nothing landed: %w", err)
	}
	return fmt.Errorf("%w: only %d of %d refs moved: %w", ErrUnknown, landed, len(updates), err)
}

// there reports whether a ref has what an update brings.
func there(ctx context.Context, repo *gitrepo.Repo, u gitrepo.Update) (bool, error) {
	tip, err := repo.Tip(u.Ref)
	if errors.Is(err, gitrepo.ErrNotFound) {
		return u.New == "", nil
	}
	if err != nil || tip == u.New || u.New == "" {
		return err == nil && tip == u.New, err
	}
	return contains(ctx, repo, catalog.Commit(tip), catalog.Commit(u.New))
}
