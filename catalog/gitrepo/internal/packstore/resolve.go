package packstore

import (
	"context"
	"fmt"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
)

// resolveAll makes the objects that are stored as deltas, chain by chain.
func (x *indexer) resolveAll(ctx context.Context) error {
	for i := range x.entries {
		e := &x.entries[i]
		if e.kind.IsDelta() || len(x.byBase[e.off])+len(x.byRef[e.id]) == 0 {
			continue
		}
		if e.size > maxWhole {
			x.leaveOut(i)
			continue
		}
		data, err := x.zip.inflate(x.p, e.off+e.head, e.size)
		if err != nil {
			return err
		}
		if err := x.resolve(ctx, i, Object{e.kind, data}, 0); err != nil {
			return err
		}
	}
	if x.open > 0 && !x.gaps {
		return fmt.Errorf("index a pack: %w: %d deltas have no base", ErrMalformed, x.open)
	}
	return nil
}

// resolve makes the objects that build on one. The chain of objects above is held
// in memory, so its length and its bytes are bounded.
func (x *indexer) resolve(ctx context.Context, base int, o Object, depth int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if depth > maxChain {
		return fmt.Errorf("index a pack: %w: more than %d deltas in a row", ErrMalformed, maxChain)
	}
	x.held += len(o.Data)
	defer func() { x.held -= len(o.Data) }()
	for _, i := range x.children(base) {
		e := &x.entries[i]
		if e.done {
			continue
		}
		start, err := x.zip.prefix(x.p, e.off+e.head, 20)
		if err != nil {
			return err
		}
		if _, result, err := deltaSizes(start); err != nil {
			return err
		} else if e.size > maxWhole || result > maxWhole || int64(x.held)+result > 2*maxWhole {
			x.leaveOut(i)
			continue
		}
		delta, err := x.zip.inflate(x.p, e.off+e.head, e.size)
		if err != nil {
			return err
		}
		data, err := packfile.PatchDelta(o.Data, delta)
		if err != nil {
			return fmt.Errorf("index a pack at %d: %w: %v", e.off, ErrMalformed, err)
		}
		e.id, e.done = plumbing.ComputeHash(o.Kind, data), true
		x.open--
		x.commit(o.Kind, e.id, data)
		if err := x.resolve(ctx, i, Object{o.Kind, data}, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (x *indexer) children(i int) []int {
	return slices.Concat(x.byBase[x.entries[i].off], x.byRef[x.entries[i].id])
}

// leaveOut gives up an entry that takes more memory than there is to spend, with
// everything that builds on it. Whoever reads one of these objects is told that
// it is too large; all others stay readable.
func (x *indexer) leaveOut(i int) {
	x.gaps = true
	e := &x.entries[i]
	if !e.done {
		e.done = true
		x.open--
	}
	for _, c := range x.byBase[e.off] {
		if !x.entries[c].done {
			x.leaveOut(c)
		}
	}
}

// commit remembers a commit for the graph. One that cannot be read is left to
// whoever asks for it.
func (x *indexer) commit(kind plumbing.ObjectType, id plumbing.Hash, raw []byte) {
	if kind != plumbing.CommitObject {
		return
	}
	if n, err := readNode(id, raw); err == nil {
		x.commits = append(x.commits, n)
	}
}
