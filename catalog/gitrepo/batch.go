package gitrepo

import (
	"context"
	"fmt"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog"
)

// Batch collects objects that are written together: edited trees, the commits that
// keep them, and tags. They exist in memory until they are pushed, and can be read
// before that. A Batch is not safe for concurrent use; what is read from it is.
type Batch struct {
	objects *overlay
	parent  catalog.Commit // the last commit, or where the batch started
	root    *folder
}

// Batch starts a batch on top of a commit of the mirror. With an empty parent the
// first commit has no parents and no files.
func (r *Repo) Batch(ctx context.Context, parent catalog.Commit) (*Batch, error) {
	b := &Batch{objects: newOverlay(r.store.Load()), parent: parent, root: &folder{}}
	if parent == "" {
		return b, nil
	}
	c, err := commitOf(ctx, b.objects, parent)
	if err != nil {
		return nil, err
	}
	b.root.was, err = hashOf(c.Tree)
	return b, err
}

// Put writes a file. Folders on the way are made; a file in place of a needed
// folder, or a folder in place of the file, is ErrOccupied. The content must not
// change afterwards. Mode is File or Executable.
func (b *Batch) Put(path string, mode catalog.Mode, content []byte) error {
	if mode != catalog.File && mode != catalog.Executable {
		return fmt.Errorf("write %q: it is not a file", path)
	}
	if err := checkPath(path); err != nil {
		return fmt.Errorf("write %q: %w", cut(path, 200), err)
	}
	it := &item{leaf: leaf{mode: mode, id: plumbing.ComputeHash(plumbing.BlobObject, content)}, content: content}
	if content == nil {
		it.content = []byte{}
	}
	if err := b.root.put(b.objects, path, it); err != nil {
		return fmt.Errorf("write %q: %w", path, err)
	}
	return nil
}

// Link writes an entry that the mirror holds already, a file or a whole folder,
// at the entry's path. Its content is neither read nor sent. An entry that the
// mirror does not hold is ErrNotFound.
func (b *Batch) Link(entry catalog.Entry) error {
	h, err := hashOf(ID(entry.ID))
	if err == nil {
		err = checkPath(entry.Path)
	}
	if err != nil {
		return fmt.Errorf("link %q: %w", cut(entry.Path, 200), err)
	}
	switch entry.Mode {
	case catalog.File, catalog.Executable, catalog.Folder, catalog.Link:
	default:
		return fmt.Errorf("link %q: it is neither a file nor a folder", entry.Path)
	}
	if !b.objects.holds(h) {
		return fmt.Errorf("link %q: object %s: %w", entry.Path, h, ErrNotFound)
	}
	it := &item{leaf: leaf{mode: entry.Mode, id: h}}
	if err := b.root.put(b.objects, entry.Path, it); err != nil {
		return fmt.Errorf("link %q: %w", entry.Path, err)
	}
	return nil
}

// Delete takes away a file, or a folder with all that is in it. A path that is not
// there is no error.
func (b *Batch) Delete(path string) error {
	if err := checkPath(path); err != nil {
		return fmt.Errorf("delete %q: %w", cut(path, 200), err)
	}
	if err := b.root.remove(b.objects, path); err != nil {
		return fmt.Errorf("delete %q: %w", path, err)
	}
	return nil
}

// Use goes on with the files of a proposal instead of those of the parent. What
// was written before is forgotten.
func (b *Batch) Use(p *Proposal) error {
	b.objects.addAll(p.objects)
	return b.UseTree(p.Tree)
}

// UseTree goes on with the files of a tree of the mirror or of this batch.
func (b *Batch) UseTree(tree Tree) error {
	h, err := hashOf(tree)
	if err != nil {
		return err
	}
	if h != emptyTree && !b.objects.holds(h) {
		return fmt.Errorf("use tree %s: %w", tree, ErrNotFound)
	}
	b.root = &folder{was: h}
	return nil
}

// Tip is the last commit of the batch, or where it started.
func (b *Batch) Tip() catalog.Commit { return b.parent }

// Len is how many objects the batch holds, all of which a push sends.
func (b *Batch) Len() int {
	b.objects.mu.RLock()
	defer b.objects.mu.RUnlock()
	return len(b.objects.order)
}

// Info reads a commit of the batch or of the mirror.
func (b *Batch) Info(ctx context.Context, id catalog.Commit) (*CommitInfo, error) {
	return commitOf(ctx, b.objects, id)
}

// TagInfo reads an annotated tag of the batch or of the mirror.
func (b *Batch) TagInfo(ctx context.Context, id ID) (*TagInfo, error) {
	return tagOf(ctx, b.objects, id)
}

// Files returns the files of a commit of the batch or of the mirror. They stay
// readable whatever happens to the batch.
func (b *Batch) Files(ctx context.Context, id catalog.Commit) (*Files, error) {
	c, err := commitOf(ctx, b.objects, id)
	if err != nil {
		return nil, err
	}
	return filesOf(b.objects, c.Tree)
}
