package gitrepo

import (
	"context"
	"sync"
	"time"

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
func (r *Repo) Fetch(ctx context.Context) ([]Move, error) { return r.fetcher.fetch(ctx) }

// fetcher keeps a mirror up to date.
type fetcher struct {
	opts      Options
	temporary bool // the mirror is a clone, which lives too short to be renewed
	mirror    *mirror
	downloads *downloads

	mu        sync.Mutex // one Fetch at a time
	oversize  map[Ref]ID // changes that are not brought, until they move
	renewal   *renewal   // of an overgrown mirror; nil for none
	unrenewed time.Time  // when that failed last
}

func newFetcher(o Options, from *remote.Remote, m *mirror) *fetcher {
	return &fetcher{opts: o, mirror: m, downloads: &downloads{from, m, o.MaxFetch}, oversize: map[Ref]ID{}}
}

// fetch is Repo.Fetch.
func (f *fetcher) fetch(ctx context.Context) ([]Move, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	g := f.mirror.current.Load()
	switch overgrown, far := f.overgrown(g); {
	case g.Damaged(), far:
		f.endRenewal()
		return f.rebuild(ctx)
	case overgrown:
		if next := f.renewed(); next != nil {
			if moves, err := f.takeOver(ctx, next); err == nil || ctx.Err() != nil {
				return moves, err
			}
			f.unrenewed = time.Now()
		}
	}
	before := f.mirror.pushCount()
	next, err := f.downloads.bring(ctx, g, f.oversize)
	if err != nil {
		return nil, err
	}
	moves, err := f.mirror.move(g, next, before)
	if err == nil && len(moves) > 0 {
		err = g.Repack(ctx)
	}
	return moves, err
}

// overgrown reports whether a mirror costs more to search than to build again, and whether
// it is far beyond that: then whoever built it beside never came to an end.
func (f *fetcher) overgrown(g *generation) (overgrown, far bool) {
	growth := f.opts.MaxBytes
	if growth <= 0 {
		growth = max(3*g.base, 1<<30)
	}
	packs, size := g.Size()
	return packs > f.opts.MaxPacks || size > g.base+growth, packs > 2*f.opts.MaxPacks || size > g.base+2*growth
}
