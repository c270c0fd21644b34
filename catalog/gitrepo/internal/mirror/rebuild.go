package mirror

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// Open opens the mirror that is there, or builds it.
func (f *Fetcher) Open(ctx context.Context) error {
	g, refs, err := openGeneration(ctx, filepath.Join(f.opts.Dir, currentLink), f.opts)
	if err != nil {
		// Whatever is wrong with it, the remote has the truth.
		if _, berr := f.rebuild(ctx); berr != nil {
			return fmt.Errorf("build the mirror: %w", berr)
		}
		return nil
	}
	f.mirror.current.Store(g)
	f.mirror.refs.Store(refs)
	f.mirror.sweep()
	return nil
}

// rebuild makes a new generation from nothing but the remote and swaps it in. The
// old one stays until the new one is complete, and longer for its readers.
func (f *Fetcher) rebuild(ctx context.Context) ([]Move, error) {
	g, err := newGeneration(f.opts)
	if err != nil {
		return nil, err
	}
	return f.takeOver(ctx, g)
}

// takeOver fills a generation with what it does not have yet of the remote, and swaps it in. One that
// cannot be filled is removed.
func (f *Fetcher) takeOver(ctx context.Context, g *Generation) ([]Move, error) {
	before := f.mirror.startRebuild()
	defer f.mirror.endRebuild()
	moves, err := f.fill(ctx, g, before)
	if err != nil {
		os.RemoveAll(g.dir)
		return nil, err
	}
	f.mirror.sweep()
	return moves, nil
}

// fill downloads what a generation does not have yet and makes it the current one.
func (f *Fetcher) fill(ctx context.Context, g *Generation, before int) ([]Move, error) {
	next, err := f.downloads.bring(ctx, g, f.oversize)
	if err != nil {
		return nil, err
	}
	_, g.base = g.Size()
	if old := f.mirror.current.Load(); old != nil && old.Damaged() {
		g.SetRebuilt()
	}
	return f.mirror.swap(g, next, before)
}
