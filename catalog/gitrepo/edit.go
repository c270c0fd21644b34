package gitrepo

import (
	"fmt"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog"
)

// A folder is a tree that is being edited. Its entries are read when a path leads
// through it, so folders off the path are never looked at.
type folder struct {
	was     plumbing.Hash // the zero hash for a new one
	entries map[string]*item
	dirty   bool
}

// An item is an entry of a folder: a stored object, new content, or a folder that
// was entered.
type item struct {
	leaf
	content []byte // of a new file
	sub     *folder
}

func (f *folder) open(src source) error {
	if f.entries != nil {
		return nil
	}
	stored, err := readTree(src, f.was)
	if err != nil {
		return err
	}
	f.entries = make(map[string]*item, len(stored)+1)
	for _, e := range stored {
		f.entries[e.name] = &item{leaf: e.leaf}
	}
	return nil
}

// put places an item at a path, making folders on the way.
func (f *folder) put(src source, path string, it *item) error {
	if err := f.open(src); err != nil {
		return err
	}
	name, rest, deeper := strings.Cut(path, "/")
	old := f.entries[name]
	if deeper {
		switch {
		case old == nil:
			old = &item{leaf: leaf{mode: catalog.Folder}, sub: &folder{}}
			f.entries[name] = old
		case !old.isFolder():
			return fmt.Errorf("%w: %q is not a folder", ErrOccupied, name)
		case old.sub == nil:
			old.sub = &folder{was: old.id}
		}
		if err := old.sub.put(src, rest, it); err != nil {
			return err
		}
		f.dirty = f.dirty || old.sub.dirty
		return nil
	}
	if old != nil && old.isFolder() != it.isFolder() {
		return fmt.Errorf("%w: %q is there already, as something else", ErrOccupied, name)
	}
	if old != nil && old.sub == nil && old.leaf == it.leaf {
		return nil
	}
	f.entries[name] = it
	f.dirty = true
	return nil
}

// remove takes a path away, and with it folders that become empty.
func (f *folder) remove(src source, path string) error {
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
	if !old.isFolder() {
		return nil
	}
	if old.sub == nil {
		old.sub = &folder{was: old.id}
	}
	if err := old.sub.remove(src, rest); err != nil {
		return err
	}
	if old.sub.dirty && len(old.sub.entries) == 0 {
		delete(f.entries, name)
	}
	f.dirty = f.dirty || old.sub.dirty
	return nil
}

// save writes what changed and returns the id of the folder.
func (f *folder) save(o *overlay) plumbing.Hash {
	if !f.dirty && !f.was.IsZero() {
		return f.was
	}
	var entries []named
	for name, it := range f.entries {
		switch {
		case it.content != nil:
			it.id = o.add(plumbing.BlobObject, it.content)
			it.content = nil
		case it.sub != nil:
			it.id = it.sub.save(o)
		}
		if it.isFolder() && it.id == emptyTree {
			continue // Git has no empty folders
		}
		entries = append(entries, named{name, it.leaf})
	}
	f.dirty = false
	data := encodeTree(entries)
	if h := plumbing.ComputeHash(plumbing.TreeObject, data); h == f.was {
		return h // changed and changed back
	}
	f.was = o.add(plumbing.TreeObject, data)
	return f.was
}
