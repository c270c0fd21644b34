package session

import (
	"context"
	"errors"
	"fmt"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/catalog/syntax"
)

// Governing is the catalog whose governance judges, as it landed. Where that commit is
// gone, as from a new mirror after the root key accepted a rewritten branch, it is what
// the ledger kept of it, which has no apps.
func (s *Session) Governing(ctx context.Context) (*catalog.Snapshot, error) {
	commit := s.View.Root().Governing.Commit
	snapshot, err := s.Snapshot(ctx, commit)
	if errors.Is(err, gitrepo.ErrNotFound) && commit != "" {
		return s.load(ctx, commit, s.View.Governance())
	}
	return snapshot, err
}

// Settings are those that govern, read from the ledger alone: whoever contains an app does
// not wait until ten thousand others were read.
func (s *Session) Settings(ctx context.Context) (*settings.Settings, error) {
	c, err := file[catalog.Catalog](ctx, s, "catalog.yaml")
	if err != nil {
		return nil, err
	}
	return &c.Spec, nil
}

// Roles are those that govern, read from the ledger alone.
func (s *Session) Roles(ctx context.Context) (*catalog.RolesSpec, error) {
	r, err := file[catalog.Roles](ctx, s, "roles.yaml")
	if err != nil {
		return nil, err
	}
	return &r.Spec, nil
}

// file reads one of the files that govern, as the ledger kept it.
func file[T any](ctx context.Context, s *Session, name string) (*T, error) {
	files := s.View.Governance()
	entries, err := files.List(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("read the governing %s: %w", name, err)
	}
	for _, e := range entries {
		if e.Path != name {
			continue
		}
		src, err := files.Read(ctx, e, syntax.MaxManifest)
		if err != nil {
			return nil, fmt.Errorf("read the governing %s: %w", name, err)
		}
		if object := catalog.Object[T](catalog.Parse(name, e.ID, src)); object != nil {
			return object, nil
		}
	}
	return nil, fmt.Errorf("the governing %s is not valid", name)
}
