package gitrepo

import (
	"context"
	"io"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog/gitrepo/internal/object"
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
	store := r.mirror.Load()
	objects := store.Overlay()
	var ids []ID
	for _, raw := range raws {
		kind, err := plumbing.ParseObjectType(raw.Kind)
		if err != nil {
			return nil, err
		}
		ids = append(ids, object.IDOf(objects.Put(kind, raw.Data)))
	}
	pack, err := packstore.EncodePack(objects)
	if err != nil {
		return nil, err
	}
	return ids, store.Add(ctx, func(w io.Writer) error {
		_, err := w.Write(pack.Data)
		return err
	})
}

// Damaged reports whether the next Fetch builds the mirror again.
func (r *Repo) Damaged() bool { return r.mirror.Load().Damaged() }
