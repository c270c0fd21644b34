package tree

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/packstore"
)

// ErrOccupied reports a path that cannot be written because a file stands where a folder
// is needed, or the other way round.
var ErrOccupied = errors.New("the path is occupied")

// A Folder is a tree that is being edited. Its entries are read when a path leads
// through it, so folders off the path are never looked at. It belongs to one goroutine.
type Folder struct {
	was     plumbing.Hash // the zero hash for a new one
	entries map[string]*item
	dirty   bool
}

// An item is an entry of a folder: a stored object, new content, or a folder that
// was entered.
type item struct {
	Entry
	content []byte // of a new file
	sub     *Folder
}

// Edit starts from a tree; the zero hash is one that is not there yet.
func Edit(was plumbing.Hash) *Folder { return &Folder{was: was} }

func (f *Folder) open(src packstore.Reader) error {
	if f.entries != nil {
		return nil
	}
	stored, err := Read(src, f.was)
	if err != nil {
		return err
	}
	f.entries = make(map[string]*item, len(stored)+1)
	for _, e := range stored {
		f.entries[e.Name] = &item{Entry: e.Entry}
	}
	return nil
}

// Put places an entry at a path that CheckPath takes, making folders on the way, or is
// ErrOccupied. The content of a new file is stored by Save; it is nil for what the reader
// holds already.
func (f *Folder) Put(src packstore.Reader, path string, e Entry, content []byte) error {
	return f.put(src, path, &item{Entry: e, content: content})
}

func (f *Folder) put(src packstore.Reader, path string, it *item) error {
	if err := f.open(src); err != nil {
		return err
	}
	name, rest, deeper := strings.Cut(path, "/")
	old := f.entries[name]
	if deeper {
		switch {
		case old == nil:
			old = &item{Entry: Entry{Mode: catalog.Folder}, sub: &Folder{}}
			f.entries[name] = old
		case !old.IsFolder():
			return fmt.Errorf("%w: %q is not a folder", ErrOccupied, name)
		case old.sub == nil:
			old.sub = &Folder{was: old.ID}
		}
		if err := old.sub.put(src, rest, it); err != nil {
			return err
		}
		f.dirty = f.dirty || old.sub.dirty
		return nil
	}
	if old != nil && old.IsFolder() != it.IsFolder() {
		return fmt.Errorf("%w: %q is there already, as something else", ErrOccupied, name)
	}
	if old != nil && old.sub == nil && old.Entry == it.Entry {
		return nil
	}
	f.entries[name] = it
	f.dirty = true
	return nil
}

// Remove deletes what is at a path, and folders that become empty by it. A path that is
// not there is no error.
func (f *Folder) Remove(src packstore.Reader, path string) error {
	if err := f.open(src); err != nil {
		return err
	}
	name, rest, deeper := strings.Cut(path, "/")
	old := f.entries[name]
	if old == nil {
		return nil
	}
	if !deeper {
		delete(f.entries, name)
		f.dirty = true
		return nil
	}
	if !old.IsFolder() {
		return nil
	}
	if old.sub == nil {
		old.sub = &Folder{was: old.ID}
	}
	if err := old.sub.Remove(src, rest); err != nil {
		return err
	}
	if old.sub.dirty && len(old.sub.entries) == 0 {
		delete(f.entries, name)
	}
	f.dirty = f.dirty || old.sub.dirty
	return nil
}

// Save puts what changed into the overlay and returns the id of the tree.
func (f *Folder) Save(o *packstore.Overlay) plumbing.Hash {
	if !f.dirty && !f.was.IsZero() {
		return f.was
	}
	var entries []Named
	for name, it := range f.entries {
		switch {
		case it.content != nil:
			it.ID = o.Put(plumbing.BlobObject, it.content)
			it.content = nil
		case it.sub != nil:
			it.ID = it.sub.Save(o)
		}
		if it.IsFolder() && it.ID == Empty {
			continue // Git has no empty folders
		}
		entries = append(entries, Named{name, it.Entry})
	}
	f.dirty = false
	data := encode(entries)
	if h := plumbing.ComputeHash(plumbing.TreeObject, data); h == f.was {
		return h // changed and changed back
	}
	f.was = o.Put(plumbing.TreeObject, data)
	return f.was
}
