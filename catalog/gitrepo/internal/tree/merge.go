package tree

import (
	"context"
	"fmt"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/packstore"
)

// Merged is what Merge makes.
type Merged struct {
	Tree      plumbing.Hash
	Behind    []string // paths that both sides changed, with different results, sorted
	Conflicts []string // paths that would have to be a file and a folder at once, sorted
}

// Merge lays what head changed since old over base, by path: where both changed one, it is
// what head says. Trees that it makes are put into the overlay. Folders that only one side
// changed are taken over unread. Too many or too deep folders are catalog.ErrTooLarge.
func Merge(ctx context.Context, o *packstore.Overlay, old, head, base plumbing.Hash) (Merged, error) {
	m := &merger{ctx: ctx, src: o}
	id, err := m.folder("", old, head, base, 0)
	if err != nil {
		return Merged{}, err
	}
	if id.IsZero() {
		id = o.Put(plumbing.TreeObject, nil)
	}
	slices.Sort(m.behind)
	slices.Sort(m.conflicts)
	return Merged{id, m.behind, m.conflicts}, nil
}

// A merger lays one side of a change over the other.
type merger struct {
	ctx       context.Context
	src       *packstore.Overlay
	behind    []string
	conflicts []string
	steps     int
}

// folder returns the folder that base becomes when what head changed since old is
// laid over it. The zero hash is a folder that does not exist.
func (m *merger) folder(dir string, old, head, base plumbing.Hash, depth int) (plumbing.Hash, error) {
	switch {
	case old == head:
		return base, nil
	case old == base, head == base:
		return head, nil
	}
	if err := m.ctx.Err(); err != nil {
		return base, err
	}
	if m.steps++; m.steps > maxChanges || depth > maxDepth || len(dir) > maxPath {
		return base, fmt.Errorf("%w: folders are too many or too deep below %q", catalog.ErrTooLarge, cut(dir, 100))
	}
	var sides [3][]Named
	for i, h := range []plumbing.Hash{old, head, base} {
		var err error
		if sides[i], err = Read(m.src, h); err != nil {
			return base, err
		}
	}
	var merged []Named
	for _, name := range namesOf(sides) {
		path := name
		if dir != "" {
			path = dir + "/" + name
		}
		l, err := m.entry(path, pick(sides[0], name), pick(sides[1], name), pick(sides[2], name), depth)
		if err != nil {
			return base, err
		}
		if l.Mode != 0 {
			merged = append(merged, Named{name, l})
		}
	}
	if len(merged) == 0 {
		return plumbing.ZeroHash, nil
	}
	return m.src.Put(plumbing.TreeObject, encode(merged)), nil
}

// entry decides one name. As a path and as a folder it is decided apart; if
// something remains of both, one of them has to give way.
func (m *merger) entry(path string, old, head, base Entry, depth int) (Entry, error) {
	oldFile, oldFolder := old.split()
	headFile, headFolder := head.split()
	baseFile, baseFolder := base.split()
	file := baseFile
	if oldFile != headFile {
		file = headFile
		if baseFile != oldFile && baseFile != headFile {
			m.behind = append(m.behind, path)
		}
	}
	folder, err := m.folder(path, oldFolder, headFolder, baseFolder, depth+1)
	if err != nil {
		return Entry{}, err
	}
	switch {
	case folder.IsZero():
		return file, nil
	case file.Mode == 0:
		return Entry{catalog.Folder, folder}, nil
	}
	m.conflicts = append(m.conflicts, path)
	if headFile.Mode != 0 {
		return headFile, nil
	}
	return Entry{catalog.Folder, folder}, nil
}

func namesOf(sides [3][]Named) []string {
	var names []string
	for _, side := range sides {
		for _, e := range side {
			names = append(names, e.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
