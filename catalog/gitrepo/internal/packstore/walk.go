package packstore

import (
	"bytes"
	"cmp"
	"container/heap"
	"context"
	"fmt"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog"
)

// A frontier is the edge of a walk, highest commits first. Because a commit is
// lower than all its descendants, everything that could say something about it
// was taken before it.
type frontier []*node

func (f frontier) Len() int           { return len(f) }
func (f frontier) Less(i, j int) bool { return compareNodes(f[i], f[j]) < 0 }
func (f frontier) Swap(i, j int)      { f[i], f[j] = f[j], f[i] }
func (f *frontier) Push(x any)        { *f = append(*f, x.(*node)) }
func (f *frontier) Pop() any {
	old := *f
	n := old[len(old)-1]
	*f = old[:len(old)-1]
	return n
}

// compareNodes orders the highest first, then the newest, then by id.
func compareNodes(a, b *node) int {
	return cmp.Or(cmp.Compare(b.height, a.height), cmp.Compare(b.when, a.when), bytes.Compare(a.id[:], b.id[:]))
}

// A mark says from where a commit was reached.
type mark uint8

const (
	fromA mark = 1 << iota
	fromB
	below // it is an ancestor of a commit that was reached from both
)

// A walker goes through the commit graph.
type walker struct {
	ctx     context.Context
	history *history
	edge    frontier
	marks   map[*node]mark
	steps   int

	live  func(mark) bool // whether a commit on the edge keeps the walk going
	alive int             // how many of the edge do
}

// walk runs f over the graph, which does not change meanwhile. The walk is over
// when nothing on its edge is live.
func (h *history) walk(ctx context.Context, live func(mark) bool, f func(*walker) error) error {
	h.graph.mu.RLock()
	defer h.graph.mu.RUnlock()
	return f(&walker{ctx: ctx, history: h, marks: map[*node]mark{}, live: live})
}

// start looks up a commit that the caller named.
func (w *walker) start(id catalog.Commit) (*node, error) {
	h, err := ParseHash(id)
	if err != nil {
		return nil, err
	}
	if n := w.history.graph.nodes[h]; n != nil {
		return n, nil
	}
	return nil, fmt.Errorf("read commit %s: %w", id, ErrNotFound)
}

// parent looks up a commit that another one names.
func (w *walker) parent(h plumbing.Hash) (*node, error) {
	if n := w.history.graph.nodes[h]; n != nil {
		return n, nil
	}
	return nil, w.history.missing(h)
}

// reach puts a commit on the edge when it was not reached this way before.
func (w *walker) reach(n *node, m mark) {
	old := w.marks[n]
	if old|m == old {
		return
	}
	w.marks[n] = old | m
	if old == 0 {
		heap.Push(&w.edge, n)
	} else if w.live(old) {
		w.alive-- // it is still on the edge: all that could reach it comes before it
	}
	if w.live(old | m) {
		w.alive++
	}
}

// next takes the highest commit off the edge.
func (w *walker) next() (*node, error) {
	if w.steps++; w.steps%1024 == 0 {
		if err := w.ctx.Err(); err != nil {
			return nil, fmt.Errorf("walk the history: %w", err)
		}
	}
	n := heap.Pop(&w.edge).(*node)
	if w.live(w.marks[n]) {
		w.alive--
	}
	return n, nil
}

// spread reaches the parents of a commit.
func (w *walker) spread(n *node, m mark) error {
	for _, h := range n.parents {
		p, err := w.parent(h)
		if err != nil {
			return err
		}
		w.reach(p, m)
	}
	return nil
}

// startAt begins at a commit that the caller named.
func (w *walker) startAt(id catalog.Commit, m mark) error {
	n, err := w.start(id)
	if err != nil {
		return err
	}
	w.reach(n, m)
	return nil
}

func (w *walker) startBoth(a, b catalog.Commit) error {
	if err := w.startAt(a, fromA); err != nil {
		return err
	}
	return w.startAt(b, fromB)
}

func anyMark(mark) bool { return true }

func commitIDs(nodes []*node) []catalog.Commit {
	ids := make([]catalog.Commit, len(nodes))
	for i, n := range nodes {
		ids[i] = catalog.Commit(n.id.String())
	}
	return ids
}
