package gitrepo

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog"
)

func comparePaths(a, b string) int { return cmp.Compare(a, b) }

// Proposal is what would land: the tip of a base branch with the paths that a
// change touched laid over it. It exists in memory only, until a Batch that uses
// it is pushed.
type Proposal struct {
	Base, Head, MergeBase catalog.Commit

	// Tree is what would land. Where a path was changed on both sides it has what
	// the change says.
	Tree Tree

	// Changes are the paths that the change touched: the difference between the
	// merge base and the head.
	Changes []Change

	// Behind are the paths that the change and the base branch both changed, with
	// different results, sorted.
	Behind []string

	// Conflicts are the paths that would have to be a file and a folder at once,
	// sorted. In Tree they are what the change says. Such a proposal must not land.
	Conflicts []string

	objects *overlay
}

// Propose computes what would land if head landed on base, measured from their
// merge base. It is decided per path, by the ids of what is there: content is
// never merged. Folders that only one side changed are taken over as they are, so
// the work is proportional to what both sides touched.
func (r *Repo) Propose(ctx context.Context, base, mergeBase, head catalog.Commit) (*Proposal, error) {
	o := newOverlay(r.store.Load())
	var trees [3]plumbing.Hash
	for i, id := range []catalog.Commit{mergeBase, head, base} {
		c, err := commitOf(ctx, o, id)
		if err != nil {
			return nil, err
		}
		if trees[i], err = hashOf(c.Tree); err != nil {
			return nil, err
		}
	}
	m := &merger{ctx: ctx, src: o}
	tree, err := m.folder("", trees[0], trees[1], trees[2], 0)
	if err != nil {
		return nil, fmt.Errorf("lay %s over %s: %w", head.Short(), base.Short(), err)
	}
	if tree.IsZero() {
		tree = o.add(plumbing.TreeObject, nil)
	}
	p := &Proposal{Base: base, Head: head, MergeBase: mergeBase, Tree: Tree(tree.String()), objects: o}
	if p.Changes, err = diffOf(ctx, o, Tree(trees[0].String()), Tree(trees[1].String())); err != nil {
		return nil, err
	}
	slices.Sort(m.behind)
	slices.Sort(m.conflicts)
	p.Behind, p.Conflicts = m.behind, m.conflicts
	return p, nil
}

// Files are the files of the proposed tree.
func (p *Proposal) Files() (*Files, error) { return filesOf(p.objects, p.Tree) }

// Diff returns the paths at which a tree of the mirror and the proposed tree
// differ, as Repo.Diff does.
func (p *Proposal) Diff(ctx context.Context, from Tree) ([]Change, error) {
	return diffOf(ctx, p.objects, from, p.Tree)
}

// A merger lays one side of a change over the other.
type merger struct {
	ctx       context.Context
	src       *overlay
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
	var sides [3][]named
	for i, h := range []plumbing.Hash{old, head, base} {
		var err error
		if sides[i], err = readTree(m.src, h); err != nil {
			return base, err
		}
	}
	var merged []named
	for _, name := range namesOf(sides) {
		path := name
		if dir != "" {
			path = dir + "/" + name
		}
		l, err := m.entry(path, pick(sides[0], name), pick(sides[1], name), pick(sides[2], name), depth)
		if err != nil {
			return base, err
		}
		if l.mode != 0 {
			merged = append(merged, named{name, l})
		}
	}
	if len(merged) == 0 {
		return plumbing.ZeroHash, nil
	}
	return m.src.add(plumbing.TreeObject, encodeTree(merged)), nil
}

// entry decides one name. As a path and as a folder it is decided apart; if
// something remains of both, one of them has to give way.
func (m *merger) entry(path string, old, head, base leaf, depth int) (leaf, error) {
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
		return leaf{}, err
	}
	switch {
	case folder.IsZero():
		return file, nil
	case file.mode == 0:
		return leaf{catalog.Folder, folder}, nil
	}
	m.conflicts = append(m.conflicts, path)
	if headFile.mode != 0 {
		return headFile, nil
	}
	return leaf{catalog.Folder, folder}, nil
}

func namesOf(sides [3][]named) []string {
	var names []string
	for _, side := range sides {
		for _, e := range side {
			names = append(names, e.name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
