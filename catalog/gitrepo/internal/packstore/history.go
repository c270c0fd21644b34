package packstore

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog"
)

// history answers questions about commits from the graph of them.
type history struct {
	graph   *graph
	missing func(plumbing.Hash) error // why a commit that another one names is not in the graph
}

// Descends reports whether tip is ancestor or has it among its ancestors, through any
// parent. It takes time for the commits between the two only.
//
// All walks read the graph and no objects, and end with their context. A commit that the
// caller names and the store does not hold is ErrNotFound; a parent that is not there is
// what Follow says.
func (h *history) Descends(ctx context.Context, tip, ancestor catalog.Commit) (bool, error) {
	var found bool
	err := h.walk(ctx, anyMark, func(w *walker) error {
		a, err := w.start(ancestor)
		if err != nil {
			return err
		}
		t, err := w.start(tip)
		if err != nil {
			return err
		}
		w.reach(t, fromA)
		for len(w.edge) > 0 && w.edge[0].height >= a.height {
			n, err := w.next()
			if err != nil {
				return err
			}
			if n == a {
				found = true
				return nil
			}
			if err := w.spread(n, fromA); err != nil {
				return err
			}
		}
		return nil
	})
	return found, err
}

// MergeBases returns the common ancestors of two commits that no other common ancestor
// descends from, the most recent first.
func (h *history) MergeBases(ctx context.Context, a, b catalog.Commit) ([]catalog.Commit, error) {
	var bases []*node
	err := h.walk(ctx, func(m mark) bool { return m&below == 0 }, func(w *walker) error {
		if err := w.startBoth(a, b); err != nil {
			return err
		}
		for w.alive > 0 {
			n, err := w.next()
			if err != nil {
				return err
			}
			m := w.marks[n]
			if m&(fromA|fromB) == fromA|fromB {
				if m&below == 0 {
					bases = append(bases, n)
				}
				m |= below
			}
			if err := w.spread(n, m); err != nil {
				return err
			}
		}
		return nil
	})
	slices.SortFunc(bases, func(a, b *node) int {
		return cmp.Or(cmp.Compare(b.when, a.when), bytes.Compare(a.id[:], b.id[:]))
	})
	return commitIDs(bases), err
}

// Between returns the commits that are reachable from head and not from base, ancestors
// before descendants. With an empty base it is all of the history of head.
func (h *history) Between(ctx context.Context, base, head catalog.Commit) ([]catalog.Commit, error) {
	var only []*node
	err := h.walk(ctx, func(m mark) bool { return m == fromB }, func(w *walker) error {
		if base != "" {
			if err := w.startAt(base, fromA); err != nil {
				return err
			}
		}
		if err := w.startAt(head, fromB); err != nil {
			return err
		}
		for w.alive > 0 {
			n, err := w.next()
			if err != nil {
				return err
			}
			if w.marks[n] == fromB {
				only = append(only, n)
			}
			if err := w.spread(n, w.marks[n]); err != nil {
				return err
			}
		}
		return nil
	})
	slices.Reverse(only)
	return commitIDs(only), err
}

// FirstParents returns the commits from (exclusive) to (inclusive) along first parents,
// oldest first. An empty from starts at the root; one that is not on that line is
// ErrUnrelated.
func (h *history) FirstParents(ctx context.Context, from, to catalog.Commit) ([]catalog.Commit, error) {
	var line []*node
	err := h.walk(ctx, anyMark, func(w *walker) error {
		n, err := w.start(to)
		if err != nil {
			return err
		}
		var stop *node
		if from != "" {
			if stop, err = w.start(from); err != nil {
				return err
			}
		}
		for n != stop {
			if stop != nil && n.height <= stop.height {
				return fmt.Errorf("walk from %s to %s: %w", from.Short(), to.Short(), ErrUnrelated)
			}
			line = append(line, n)
			if len(line)%1024 == 0 && ctx.Err() != nil {
				return fmt.Errorf("walk from %s to %s: %w", from.Short(), to.Short(), ctx.Err())
			}
			if len(n.parents) == 0 {
				if stop == nil {
					return nil
				}
				return fmt.Errorf("walk from %s to %s: %w", from.Short(), to.Short(), ErrUnrelated)
			}
			if n, err = w.parent(n.parents[0]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.Reverse(line)
	return commitIDs(line), nil
}

// Ancestry returns an object and, if it is a commit, its nearest ancestors along first
// parents, n objects at most.
func (h *history) Ancestry(id plumbing.Hash, n int) []plumbing.Hash {
	h.graph.mu.RLock()
	defer h.graph.mu.RUnlock()
	line := []plumbing.Hash{id}
	for len(line) < n {
		c := h.graph.nodes[line[len(line)-1]]
		if c == nil || len(c.parents) == 0 {
			break
		}
		line = append(line, c.parents[0])
	}
	return line
}
