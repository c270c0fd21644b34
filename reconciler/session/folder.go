package session

import (
	"context"
	"fmt"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
)

// Folder is a folder of the catalog at a commit, which an admission is about to keep: what
// cannot be read must not be admitted without it.
func (s *Source) Folder(ctx context.Context, commit catalog.Commit, dir string) (catalog.Entry, error) {
	files, err := s.Repo.Files(ctx, commit)
	if err != nil {
		return catalog.Entry{}, err
	}
	e, ok, err := files.Entry(ctx, dir)
	if err == nil && !ok {
		err = fmt.Errorf("%w: there is no folder %s at %s", gitrepo.ErrNotFound, dir, commit.Short())
	}
	return e, err
}
