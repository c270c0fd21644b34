package gitrepo

import (
	"context"
	"fmt"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog"
)

// Change is a path at which two trees differ. Folders are not paths: a folder that
// came or went is reported by what is in it. A zero Mode means that nothing is at
// the path.
type Change struct {
	Path    string
	OldMode catalog.Mode
	OldID   ID
	NewMode catalog.Mode
	NewID   ID
}

// maxChanges bounds what one comparison returns. A tree can name more paths than
// there is memory, by naming one folder again and again.
const maxChanges = 500_000

// Diff returns the paths at which two trees differ, sorted. Folders that are equal
// are not entered, so it takes time for what differs only. More than half a million
// changes are catalog.ErrTooLarge.
func (r *Repo) Diff(ctx context.Context, from, to Tree) ([]Change, error) {
	return diffOf(ctx, r.store.Load(), from, to)
}

func diffOf(ctx context.Context, src source, from, to Tree) ([]Change, error) {
	a, err := hashOf(from)
	if err != nil {
		return nil, err
	}
	b, err := hashOf(to)
	if err != nil {
		return nil, err
	}
	d := &differ{ctx: ctx, src: src}
	if err := d.folder("", a, b, 0); err != nil {
		return nil, fmt.Errorf("compare %s with %s: %w", from, to, err)
	}
	slices.SortFunc(d.changes, func(a, b Change) int { return comparePaths(a.Path, b.Path) })
	return d.changes, nil
}

type differ struct {
	ctx     context.Context
	src     source
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
	olds, err := readTree(d.src, a)
	if err != nil {
		return err
	}
	news, err := readTree(d.src, b)
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

func (d *differ) entry(path string, a, b leaf, depth int) error {
	if a == b {
		return nil
	}
	fileA, folderA := a.split()
	fileB, folderB := b.split()
	if fileA != fileB {
		if len(d.changes) == maxChanges {
			return fmt.Errorf("%w: more than %d paths differ", catalog.ErrTooLarge, maxChanges)
		}
		d.changes = append(d.changes, Change{path, fileA.mode, idOf(fileA.id), fileB.mode, idOf(fileB.id)})
	}
	return d.folder(path, folderA, folderB, depth+1)
}

// split says what an entry is as a path and as a folder of paths; it is only one
// of the two.
func (l leaf) split() (file leaf, folder plumbing.Hash) {
	if l.isFolder() {
		return leaf{}, l.id
	}
	return l, plumbing.ZeroHash
}

// zip goes through the names of two sorted folders, each with its entries in both.
func zip(a, b []named) func(func(string, [2]leaf) bool) {
	return func(yield func(string, [2]leaf) bool) {
		for len(a) > 0 || len(b) > 0 {
			var pair [2]leaf
			var name string
			switch {
			case len(b) == 0 || len(a) > 0 && a[0].name < b[0].name:
				name, pair[0], a = a[0].name, a[0].leaf, a[1:]
			case len(a) == 0 || b[0].name < a[0].name:
				name, pair[1], b = b[0].name, b[0].leaf, b[1:]
			default:
				name, pair, a, b = a[0].name, [2]leaf{a[0].leaf, b[0].leaf}, a[1:], b[1:]
			}
			if !yield(name, pair) {
				return
			}
		}
	}
}

// pick returns the entry of a name from a sorted folder.
func pick(entries []named, name string) leaf {
	i, ok := slices.BinarySearchFunc(entries, name, func(e named, n string) int { return comparePaths(e.name, n) })
	if !ok {
		return leaf{}
	}
	return entries[i].leaf
}
