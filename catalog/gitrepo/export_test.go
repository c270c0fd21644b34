package gitrepo

import (
	"context"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog/gitrepo/internal/packstore"
)

// Raw is an object as nobody but a test would write it.
type Raw struct {
	Kind string // commit, tree, blob or tag
	Data []byte
}

// Land puts objects into the mirror as if a server had sent them, and returns
// their ids. Git itself refuses to serve some of them.
func (r *Repo) Land(ctx context.Context, raws ...Raw) ([]ID, error) {
	var objects []packstore.Object
	var ids []ID
	for _, raw := range raws {
		kind, err := plumbing.ParseObjectType(raw.Kind)
		if err != nil {
			return nil, err
		}
		objects = append(objects, packstore.Object{Kind: kind, Data: raw.Data})
		ids = append(ids, idOf(plumbing.ComputeHash(kind, raw.Data)))
	}
	pack, err := packstore.EncodePack(objects)
	if err != nil {
		return nil, err
	}
	return ids, r.current.Load().addBytes(ctx, pack)
}

// Damaged reports whether the next Fetch builds the mirror again.
func (r *Repo) Damaged() bool { return r.current.Load().Damaged() }
