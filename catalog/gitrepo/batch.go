package gitrepo

import (
	"context"
	"fmt"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/object"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/packstore"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/tree"
)

// Batch collects objects that are written together: edited trees, the commits that
// keep them, and tags. They exist in memory until they are pushed, and can be read
// before that. A Batch is not safe for concurrent use; what is read from it is.
type Batch struct {
	objects *packstore.Overlay
	parent  catalog.Commit // the last commit, or where the batch started
	root    *tree.Folder
}

// Batch starts a batch on top of a commit of the mirror. With an empty parent the
// first commit has no parents and no files.
func (r *Repo) Batch(ctx context.Context, parent catalog.Commit) (*Batch, error) {
	return newBatch(ctx, r.mirror.Load().Overlay(), parent)
}

// Beside starts another line of commits in the same batch, on top of a commit of
// the mirror or of the batch; with an empty parent, on nothing. Both share their
// objects, so that pushing either of them sends the objects of both, and what one
// wrote the other can link. Like the batch itself it belongs to one goroutine.
func (b *Batch) Beside(ctx context.Context, parent catalog.Commit) (*Batch, error) {
	return newBatch(ctx, b.objects, parent)
}

func newBatch(ctx context.Context, objects *packstore.Overlay, parent catalog.Commit) (*Batch, error) {
	root := plumbing.ZeroHash
	if parent != "" {
		c, err := object.CommitOf(ctx, objects, parent)
		if err != nil {
			return nil, err
		}
		if root, err = packstore.ParseHash(c.Tree); err != nil {
			return nil, err
		}
	}
	return &Batch{objects, parent, tree.Edit(root)}, nil
}

// Put writes a file. Folders on the way are made; a file in place of a needed
// folder, or a folder in place of the file, is ErrOccupied. The content must not
// change afterwards. Mode is File or Executable.
func (b *Batch) Put(path string, mode catalog.Mode, content []byte) error {
	if mode != catalog.File && mode != catalog.Executable {
		return fmt.Errorf("write %q: it is not a file", path)
	}
	if err := tree.CheckPath(path); err != nil {
		return fmt.Errorf("write %.200q: %w", path, err)
	}
	if content == nil {
		content = []byte{}
	}
	id := plumbing.ComputeHash(plumbing.BlobObject, content)
	if err := b.root.Put(b.objects, path, tree.Entry{Mode: mode, ID: id}, content); err != nil {
		return fmt.Errorf("write %q: %w", path, err)
	}
	return nil
}

// Link writes an entry that the mirror holds already, a file or a whole folder,
// at the entry's path. Its content is neither read nor sent. An entry that the
// mirror does not hold is ErrNotFound.
func (b *Batch) Link(entry catalog.Entry) error {
	h, err := packstore.ParseHash(entry.ID)
	if err == nil {
		err = tree.CheckPath(entry.Path)
	}
	if err != nil {
		return fmt.Errorf("link %.200q: %w", entry.Path, err)
	}
	switch entry.Mode {
	case catalog.File, catalog.Executable, catalog.Folder, catalog.Link:
	default:
		return fmt.Errorf("link %q: it is neither a file nor a folder", entry.Path)
	}
	if !b.objects.Has(h) {
		return fmt.Errorf("link %q: object %s: %w", entry.Path, h, ErrNotFound)
	}
	if err := b.root.Put(b.objects, entry.Path, tree.Entry{Mode: entry.Mode, ID: h}, nil); err != nil {
		return fmt.Errorf("link %q: %w", entry.Path, err)
	}
	return nil
}

// Delete takes away a file, or a folder with all that is in it. A path that is not
// there is no error.
func (b *Batch) Delete(path string) error {
	if err := tree.CheckPath(path); err != nil {
		return fmt.Errorf("delete %.200q: %w", path, err)
	}
	if err := b.root.Remove(b.objects, path); err != nil {
		return fmt.Errorf("delete %q: %w", path, err)
	}
	return nil
}

// Use goes on with the files of a proposal instead of those of the parent. What
// was written before is forgotten.
func (b *Batch) Use(p *Proposal) error {
	for _, o := range p.objects.Own() {
		b.objects.Put(o.Kind, o.Data)
	}
	return b.UseTree(p.Tree)
}

// UseTree goes on with the files of a tree of the mirror or of this batch.
func (b *Batch) UseTree(id Tree) error {
	h, err := packstore.ParseHash(id)
	if err != nil {
		return err
	}
	if h != tree.Empty && !b.objects.Has(h) {
		return fmt.Errorf("use tree %s: %w", id, ErrNotFound)
	}
	b.root = tree.Edit(h)
	return nil
}

// Tip is the last commit of the batch, or where it started.
func (b *Batch) Tip() catalog.Commit { return b.parent }

// Len is how many objects the batch holds, all of which a push sends.
func (b *Batch) Len() int { return len(b.objects.Own()) }

// Info reads a commit of the batch or of the mirror.
func (b *Batch) Info(ctx context.Context, id catalog.Commit) (*CommitInfo, error) {
	return object.CommitOf(ctx, b.objects, id)
}

// TagInfo reads an annotated tag of the batch or of the mirror.
func (b *Batch) TagInfo(ctx context.Context, id ID) (*TagInfo, error) {
	return object.TagOf(ctx, b.objects, id)
}

// Files returns the files of a commit of the batch or of the mirror. They stay
// readable whatever happens to the batch.
func (b *Batch) Files(ctx context.Context, id catalog.Commit) (*Files, error) {
	c, err := object.CommitOf(ctx, b.objects, id)
	if err != nil {
		return nil, err
	}
	return filesOf(b.objects, c.Tree)
}
