package catalogs

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

// Opening is how a mirror is opened: gitrepo.Open by the one process that serves, or
// beside it.
type Opening func(context.Context, gitrepo.Options) (*gitrepo.Repo, error)

// OpenMirror opens the mirror of the catalog as it was when it was last fetched, or
// makes one.
func OpenMirror(ctx context.Context, c *config.Config, std terminal.IO, open Opening) (*gitrepo.Repo, error) {
	return open(ctx, gitrepo.Options{
		Dir: filepath.Join(c.Data, "mirror"), Remote: c.Repository,
		Token: func() (string, error) { return config.Secret("LEVEE_GIT_TOKEN"), nil }, Intercept: std.Intercept,
	})
}

// Beside opens a mirror, or a clone of it while the daemon works with it.
func Beside(ctx context.Context, o gitrepo.Options) (*gitrepo.Repo, error) {
	repo, err := gitrepo.Open(ctx, o)
	if errors.Is(err, gitrepo.ErrLocked) {
		return gitrepo.OpenClone(ctx, o)
	}
	return repo, err
}

// lockPatience is how long a daemon that starts waits for its mirror: a command that was there first
// holds it for a moment.
const lockPatience = 5 * time.Second

// Patiently opens a mirror for the one process that serves.
func Patiently(ctx context.Context, o gitrepo.Options) (*gitrepo.Repo, error) {
	for end := time.Now().Add(lockPatience); ; {
		repo, err := gitrepo.Open(ctx, o)
		if !errors.Is(err, gitrepo.ErrLocked) || time.Now().After(end) {
			return repo, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}
