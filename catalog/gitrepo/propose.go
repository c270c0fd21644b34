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

// Diff returns the paths at which two trees differ, sorted. Folders that are equal
// are not entered, so it takes time for what differs only. More than half a million
// changes are catalog.ErrTooLarge.
func (r *Repo) Diff(ctx context.Context, from, to Tree) ([]Change, error) {
	return diffOf(ctx, r.mirror.Load(), from, to)
}

func diffOf(ctx context.Context, src packstore.Reader, from, to Tree) ([]Change, error) {
	a, err := packstore.ParseHash(from)
	if err != nil {
		return nil, err
	}
	b, err := packstore.ParseHash(to)
	if err != nil {
		return nil, err
	}
	differ, err := tree.Compare(ctx, src, a, b)
	if err != nil {
		return nil, fmt.Errorf("compare %s with %s: %w", from, to, err)
	}
	var changes []Change
	for _, c := range differ {
		changes = append(changes, Change{c.Path, c.Old.Mode, object.IDOf(c.Old.ID), c.New.Mode, object.IDOf(c.New.ID)})
	}
	return changes, nil
}

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

	objects *packstore.Overlay
}

// Propose computes what would land if head landed on base, measured from their
// merge base. It is decided per path, by the ids of what is there: content is
// never merged. Folders that only one side changed are taken over as they are, so
// the work is proportional to what both sides touched.
func (r *Repo) Propose(ctx context.Context, base, mergeBase, head catalog.Commit) (*Proposal, error) {
	o := r.mirror.Load().Overlay()
	var trees [3]plumbing.Hash
	for i, id := range []catalog.Commit{mergeBase, head, base} {
		c, err := object.CommitOf(ctx, o, id)
		if err != nil {
			return nil, err
		}
		if trees[i], err = packstore.ParseHash(c.Tree); err != nil {
			return nil, err
		}
	}
	m, err := tree.Merge(ctx, o, trees[0], trees[1], trees[2])
	if err != nil {
		return nil, fmt.Errorf("lay %s over %s: %w", head.Short(), base.Short(), err)
	}
	changes, err := diffOf(ctx, o, Tree(trees[0].String()), Tree(trees[1].String()))
	if err != nil {
		return nil, err
	}
	return &Proposal{
		Base: base, Head: head, MergeBase: mergeBase, Tree: Tree(m.Tree.String()),
		Changes: changes, Behind: m.Behind, Conflicts: m.Conflicts, objects: o,
	}, nil
}

// Files are the files of the proposed tree.
func (p *Proposal) Files() (*Files, error) { return filesOf(p.objects, p.Tree) }

// Diff returns the paths at which a tree of the mirror and the proposed tree
// differ, as Repo.Diff does.
func (p *Proposal) Diff(ctx context.Context, from Tree) ([]Change, error) {
	return diffOf(ctx, p.objects, from, p.Tree)
}
