package gitrepo

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog/gitrepo/internal/packstore"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/remote"
)

// RemoteTips asks the remote for its refs whose names start with prefix, and
// downloads nothing else. It is one exchange, which no mirrored state takes part
// in; Fetch without news costs the same.
func (r *Repo) RemoteTips(ctx context.Context, prefix string) ([]Tip, error) {
	refs, err := r.remote.List(ctx)
	if err != nil {
		return nil, err
	}
	return tableOf(refs, func(Ref) bool { return true }).prefix(prefix), nil
}

// Fetch brings the mirror up to date and returns the refs that moved, by name;
// refs that are gone from the remote are gone from the mirror. Without news it
// costs one exchange and writes nothing. A fetch that fails changes nothing.
//
// A mirror that was found damaged is built again beside the old one, which serves its
// readers meanwhile. One that has grown beyond its limits is built again beside calls of Fetch
// too, and used from the first call after that; see renew. One Fetch runs at a time; others wait.
func (r *Repo) Fetch(ctx context.Context) ([]Move, error) {
	r.fetching.Lock()
	defer r.fetching.Unlock()
	g := r.current.Load()
	switch overgrown, far := r.overgrown(g); {
	case g.Damaged(), far:
		r.endRenewal()
		return r.rebuild(ctx)
	case overgrown:
		if next := r.renewed(); next != nil {
			if moves, err := r.takeOver(ctx, next); err == nil || ctx.Err() != nil {
				return moves, err
			}
			r.unrenewed = time.Now()
		}
	}
	before := r.pushCount()
	next, err := r.bring(ctx, g, r.oversize)
	if err != nil {
		return nil, err
	}
	moves, err := r.move(g, next, before)
	if err == nil && len(moves) > 0 {
		err = g.Repack(ctx)
	}
	return moves, err
}

// overgrown reports whether a mirror costs more to search than to build again, and whether
// it is far beyond that: then whoever built it beside never came to an end.
func (r *Repo) overgrown(g *generation) (overgrown, far bool) {
	growth := r.opts.MaxBytes
	if growth <= 0 {
		growth = max(3*g.base, 1<<30)
	}
	packs, size := g.Size()
	return packs > r.opts.MaxPacks || size > g.base+growth, packs > 2*r.opts.MaxPacks || size > g.base+2*growth
}

func (r *Repo) pushCount() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.pushes
}

// download asks for the refs and downloads what is missing for some of them. The refs
// are known too if that is too large.
func (r *Repo) download(ctx context.Context, g *generation, some func(Tip) bool) (*refTable, error) {
	session, err := r.remote.Fetch(ctx)
	if err != nil {
		return nil, err
	}
	defer session.Close()
	next := tableOf(session.Refs, r.opts.mirrors)
	var wants []plumbing.Hash
	seen := map[ID]bool{}
	for _, tip := range next.tips {
		if h, err := packstore.ParseHash(tip.ID); err == nil && !seen[tip.ID] && !g.Has(h) && some(tip) {
			seen[tip.ID] = true
			wants = append(wants, h)
		}
	}
	if len(wants) == 0 {
		return next, nil
	}
	haves := r.haves(g, next)
	err = g.Add(ctx, func(w io.Writer) error { return session.Pack(ctx, w, wants, haves, r.opts.MaxFetch) })
	if err != nil {
		return next, err
	}
	for _, h := range wants {
		if !g.Has(h) {
			return nil, fmt.Errorf("fetch from %s: it did not send object %s", r.remote.Name, h)
		}
	}
	return next, nil
}

// tableOf takes the refs that are wanted. Names that Git would not take for a ref
// are not refs.
func tableOf(refs remote.Refs, want func(Ref) bool) *refTable {
	t := &refTable{}
	if validRef(refs.Head) {
		t.head = Ref(refs.Head)
	}
	for name, h := range refs.Tips {
		if validRef(name) && want(Ref(name)) && !h.IsZero() {
			t.tips = append(t.tips, Tip{Ref(name), idOf(h)})
		}
	}
	t.sort()
	return t
}

// maxHaves bounds how many commits a fetch tells the server about. It does not
// need all: they are where the search for common history starts.
const maxHaves = 256

// haves picks commits that the server most likely has too: where the refs that
// moved were, with some of their ancestors, in case they were rewritten, and
// branches.
func (r *Repo) haves(g *generation, next *refTable) []plumbing.Hash {
	var haves []plumbing.Hash
	seen := map[plumbing.Hash]bool{}
	add := func(h plumbing.Hash) {
		if !seen[h] && len(haves) < maxHaves && g.Has(h) {
			seen[h] = true
			haves = append(haves, h)
		}
	}
	refs := r.refs.Load()
	for _, m := range refs.moves(next) {
		if h, err := packstore.ParseHash(m.Old); err == nil {
			for _, ancestor := range g.Ancestry(h, 8) {
				add(ancestor)
			}
		}
	}
	for _, tip := range slices.Concat(refs.tips, next.tips) {
		if h, err := packstore.ParseHash(tip.ID); err == nil && strings.HasPrefix(string(tip.Ref), "refs/heads/") {
			add(h)
		}
	}
	return haves
}

// move lets the mirror's refs follow the remote's.
func (r *Repo) move(g *generation, next *refTable, before int) ([]Move, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	old := r.refs.Load()
	next = r.newest(next, before)
	moves := old.moves(next)
	if len(moves) == 0 && old.head == next.head {
		return nil, nil
	}
	if err := g.writeRefs(next, old.head != next.head); err != nil {
		return nil, err
	}
	r.refs.Store(next)
	return moves, nil
}

// newest corrects an answer of the remote by the pushes that came after the
// question. The caller holds mu.
func (r *Repo) newest(next *refTable, before int) *refTable {
	newer := map[Ref]ID{}
	for ref, n := range r.pushed {
		if n > before && r.opts.mirrors(ref) {
			newer[ref] = r.refs.Load().get(ref)
		}
	}
	if len(newer) == 0 {
		return next
	}
	return next.with(newer)
}
