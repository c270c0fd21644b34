package gitrepo

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/packstore"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/tree"
)

// Files is a tree as catalog.Files. It holds what it reads from: neither a push
// nor a rebuilt mirror takes anything away from it.
type Files struct {
	src  packstore.Reader
	root plumbing.Hash

	mu      sync.Mutex
	folders map[string]plumbing.Hash // as far as they were listed
}

var _ catalog.Files = (*Files)(nil)

// Files returns the files of a commit.
func (r *Repo) Files(ctx context.Context, id catalog.Commit) (*Files, error) {
	c, err := r.Commit(ctx, id)
	if err != nil {
		return nil, err
	}
	return r.FilesOf(c.Tree)
}

// FilesOf returns the files of a tree, of which nothing is read yet.
func (r *Repo) FilesOf(id Tree) (*Files, error) { return filesOf(r.mirror.Load(), id) }

func filesOf(src packstore.Reader, id Tree) (*Files, error) {
	h, err := packstore.ParseHash(id)
	if err != nil {
		return nil, err
	}
	return &Files{src: src, root: h, folders: map[string]plumbing.Hash{"": h}}, nil
}

// Tree is the id of the whole.
func (f *Files) Tree() Tree { return Tree(f.root.String()) }

// List implements catalog.Files. IDs are the object ids of blobs and trees. A tree
// that cannot be taken apart is ErrMalformed, for that folder only.
func (f *Files) List(ctx context.Context, dir string) ([]catalog.Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("list %q: %w", dir, err)
	}
	h, ok, err := f.folder(dir)
	if err != nil || !ok {
		return nil, err
	}
	entries, err := tree.Read(f.src, h)
	if err != nil {
		return nil, fmt.Errorf("list %.200q: %w", dir, err)
	}
	prefix := ""
	if dir != "" {
		prefix = dir + "/"
	}
	list := make([]catalog.Entry, len(entries))
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, e := range entries {
		path := prefix + e.Name
		list[i] = catalog.Entry{Path: path, Mode: e.Mode, ID: e.ID.String()}
		if e.IsFolder() {
			f.folders[path] = e.ID
		}
	}
	return list, nil
}

// folder finds the tree of a folder. Listing every folder of a large catalog would
// otherwise start at the root each time.
func (f *Files) folder(dir string) (plumbing.Hash, bool, error) {
	f.mu.Lock()
	h, ok := f.folders[dir]
	f.mu.Unlock()
	if ok {
		return h, true, nil
	}
	at, err := tree.Lookup(f.src, f.root, dir)
	return at.ID, at.IsFolder(), err
}

// Entry returns the entry at a path, and whether there is one.
func (f *Files) Entry(ctx context.Context, path string) (catalog.Entry, bool, error) {
	if err := ctx.Err(); err != nil {
		return catalog.Entry{}, false, fmt.Errorf("look up %q: %w", path, err)
	}
	at, err := tree.Lookup(f.src, f.root, path)
	if err != nil || at.Mode == 0 {
		return catalog.Entry{}, false, err
	}
	return catalog.Entry{Path: path, Mode: at.Mode, ID: at.ID.String()}, true, nil
}

// Read implements catalog.Files. Only files can be read: a link is not followed,
// and where it points is not told.
func (f *Files) Read(ctx context.Context, file catalog.Entry, limit int64) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("read %q: %w", file.Path, err)
	}
	if file.Mode != catalog.File && file.Mode != catalog.Executable {
		return nil, fmt.Errorf("read %q: it is not a file", file.Path)
	}
	h, err := packstore.ParseHash(file.ID)
	if err != nil {
		return nil, fmt.Errorf("read %q: %w", file.Path, err)
	}
	data, err := packstore.Follow(f.src, h, plumbing.BlobObject, limit)
	if err != nil {
		return nil, fmt.Errorf("read %q: %w", file.Path, err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("read %q: %w", file.Path, catalog.ErrTooLarge)
	}
	return bytes.Clone(data), nil
}
