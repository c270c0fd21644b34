package gitrepo

import (
	"context"
	"os"

	"github.com/levee-gitops/levee/catalog/gitrepo/internal/mirror"
)

// OpenClone opens a clone of a mirror that another process holds open, so that both
// can work at once. It shares the packs on disk, which never change, and nothing
// else; it is as new as what it was cloned from, and needs the remote only for what
// came since. Close removes it. Without a mirror to clone it is built from the remote.
func OpenClone(ctx context.Context, opts Options) (*Repo, error) {
	var err error
	if opts.Dir, err = mirror.Clone(ctx, opts.Dir); err != nil {
		return nil, err
	}
	r, err := open(ctx, opts, true)
	if err != nil {
		os.RemoveAll(opts.Dir)
		return nil, err
	}
	return r, nil
}
