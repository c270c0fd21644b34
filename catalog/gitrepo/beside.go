package gitrepo

import (
	"context"

	"github.com/levee-gitops/levee/catalog"
)

// Beside starts another line of commits in the same batch, on top of a commit of
// the mirror or of the batch; with an empty parent, on nothing. Both share their
// objects, so that pushing either of them sends the objects of both, and what one
// wrote the other can link. Like the batch itself it belongs to one goroutine.
func (b *Batch) Beside(ctx context.Context, parent catalog.Commit) (*Batch, error) {
	n := &Batch{objects: b.objects, parent: parent, root: &folder{}}
	if parent == "" {
		return n, nil
	}
	c, err := commitOf(ctx, b.objects, parent)
	if err != nil {
		return nil, err
	}
	n.root.was, err = hashOf(c.Tree)
	return n, err
}
