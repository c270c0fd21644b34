package session

import (
	"context"
	"errors"
	"fmt"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/syntax"
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

// Document reads a manifest as it was at a commit, without the evidence beside it. An error
// means that it cannot be read, or is not there any more.
func (s *Source) Document(ctx context.Context, commit catalog.Commit, path string) (*catalog.Document, error) {
	files, err := s.Repo.Files(ctx, commit)
	if err != nil {
		return nil, err
	}
	e, ok, err := files.Entry(ctx, path)
	if err == nil && !ok {
		err = errors.New("there is no such file any more")
	}
	if err != nil {
		return nil, fmt.Errorf("read %s at %s: %w", path, commit.Short(), err)
	}
	src, err := files.Read(ctx, e, syntax.MaxManifest)
	if err != nil {
		return nil, err
	}
	return catalog.Parse(path, e.ID, src), nil
}
