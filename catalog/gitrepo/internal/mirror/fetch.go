package mirror

import (
	"context"
	"sync"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo/internal/object"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/remote"
)

// Fetcher keeps a mirror up to date.
type Fetcher struct {
	opts      Options
	mirror    *Mirror
	downloads *downloads

	mu        sync.Mutex        // one Fetch at a time
	oversize  map[Ref]object.ID // changes that are not brought, until they move
	renewal   *renewal          // of an overgrown mirror; nil for none
	unrenewed time.Time         // when that failed last
}

func NewFetcher(o Options, from *remote.Remote, m *Mirror) *Fetcher {
	return &Fetcher{opts: o, mirror: m, downloads: &downloads{from, m, o.MaxFetch}, oversize: map[Ref]object.ID{}}
}

// Fetch brings the mirror up to date, and returns the refs that moved.
func (f *Fetcher) Fetch(ctx context.Context) ([]Move, error) {
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
func (f *Fetcher) overgrown(g *Generation) (overgrown, far bool) {
	growth := f.opts.MaxBytes
	if growth <= 0 {
		growth = max(3*g.base, 1<<30)
	}
	packs, size := g.Size()
	return packs > f.opts.MaxPacks || size > g.base+growth, packs > 2*f.opts.MaxPacks || size > g.base+2*growth
}

// Close ends what goes on, and has the folder freed while nothing changes the mirror.
func (f *Fetcher) Close(free func() error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.endRenewal()
	f.mirror.mu.Lock()
	defer f.mirror.mu.Unlock()
	return free()
}
