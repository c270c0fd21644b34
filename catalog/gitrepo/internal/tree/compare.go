package tree

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/packstore"
)

// A Change is a path at which two trees differ, and what is there in each of them.
// Folders are not paths: a folder that came or went is reported by what is in it.
type Change struct {
	Path     string
	Old, New Entry
}

// maxChanges bounds what one comparison returns. A tree can name more paths than
// there is memory, by naming one folder again and again.
const maxChanges = 500_000

// Compare returns the paths at which two trees differ, sorted. Folders that are equal are
// not entered, so it takes time for what differs only. More than half a million changes
// are catalog.ErrTooLarge.
func Compare(ctx context.Context, src packstore.Reader, a, b plumbing.Hash) ([]Change, error) {
	d := &differ{ctx: ctx, src: src}
	if err := d.folder("", a, b, 0); err != nil {
		return nil, err
	}
	slices.SortFunc(d.changes, func(a, b Change) int { return cmp.Compare(a.Path, b.Path) })
	return d.changes, nil
}

// A differ makes one comparison.
type differ struct {
	ctx     context.Context
	src     packstore.Reader
	changes []Change
	steps   int
}

// folder compares two folders, either of which may be missing.
func (d *differ) folder(dir string, a, b plumbing.Hash, depth int) error {
	if a == b {
		return nil
	}
	if err := d.ctx.Err(); err != nil {
		return err
	}
	// Folders without files make no changes but take time all the same.
	if d.steps++; d.steps > maxChanges {
		return fmt.Errorf("%w: more than %d folders differ", catalog.ErrTooLarge, maxChanges)
	}
	if depth > maxDepth || len(dir) > maxPath {
		return fmt.Errorf("%w: folders are too deep below %q", catalog.ErrTooLarge, cut(dir, 100))
	}
	olds, err := Read(d.src, a)
	if err != nil {
		return err
	}
	news, err := Read(d.src, b)
	if err != nil {
		return err
	}
	for name, pair := range zip(olds, news) {
		path := name
		if dir != "" {
			path = dir + "/" + name
		}
		if err := d.entry(path, pair[0], pair[1], depth); err != nil {
			return err
		}
	}
	return nil
}

func (d *differ) entry(path string, a, b Entry, depth int) error {
	if a == b {
		return nil
	}
	fileA, folderA := a.split()
	fileB, folderB := b.split()
	if fileA != fileB {
		if len(d.changes) == maxChanges {
			return fmt.Errorf("%w: more than %d paths differ", catalog.ErrTooLarge, maxChanges)
		}
		d.changes = append(d.changes, Change{path, fileA, fileB})
	}
	return d.folder(path, folderA, folderB, depth+1)
}

// split says what an entry is as a path and as a folder of paths; it is only one
// of the two.
func (e Entry) split() (file Entry, folder plumbing.Hash) {
	if e.IsFolder() {
		return Entry{}, e.ID
	}
	return e, plumbing.ZeroHash
}

// zip goes through the names of two sorted folders, each with its entries in both.
func zip(a, b []Named) func(func(string, [2]Entry) bool) {
	return func(yield func(string, [2]Entry) bool) {
		for len(a) > 0 || len(b) > 0 {
			var pair [2]Entry
			var name string
			switch {
			case len(b) == 0 || len(a) > 0 && a[0].Name < b[0].Name:
				name, pair[0], a = a[0].Name, a[0].Entry, a[1:]
			case len(a) == 0 || b[0].Name < a[0].Name:
				name, pair[1], b = b[0].Name, b[0].Entry, b[1:]
			default:
				name, pair, a, b = a[0].Name, [2]Entry{a[0].Entry, b[0].Entry}, a[1:], b[1:]
			}
			if !yield(name, pair) {
				return
			}
		}
	}
}
