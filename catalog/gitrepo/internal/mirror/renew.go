package mirror

import (
	"context"
	"maps"
	"os"
	"time"
)

// renewal builds an overgrown mirror again, beside all that uses it: whoever fetches does
// not wait as long as a clone takes. A process that ends before it leaves nothing; where all
// do, the mirror comes to be far beyond its limits, and a Fetch builds it.
type renewal struct {
	stop context.CancelFunc
	done chan struct{}
	g    *Generation // once done is closed; nil where it could not be built
}

// renewPause is how long after a renewal that failed the next one begins at the earliest.
const renewPause = 10 * time.Minute

// renewed is a generation that was built from the remote beside, and lacks what came since.
// It is nil where there is none yet: then one is being built. The caller holds fetching, and
// takes it over.
func (f *Fetcher) renewed() *Generation {
	switch n := f.renewal; {
	case f.opts.Clone: // it is gone before it pays
	case n == nil:
		if time.Since(f.unrenewed) >= renewPause {
			f.renewal = f.beginRenewal()
		}
	default:
		select {
		case <-n.done:
		default:
			return nil
		}
		f.renewal = nil
		if n.g == nil {
			f.unrenewed = time.Now()
		}
		return n.g
	}
	return nil
}

// beginRenewal begins to build a generation. It works with what is known to be oversize
// now, and touches nothing of the mirror.
func (f *Fetcher) beginRenewal() *renewal {
	ctx, stop := context.WithCancel(context.Background())
	n := &renewal{stop: stop, done: make(chan struct{})}
	oversize := maps.Clone(f.oversize)
	go func() {
		defer close(n.done)
		g, err := newGeneration(f.opts)
		if err != nil {
			return
		}
		if _, err := f.downloads.bring(ctx, g, oversize); err != nil {
			os.RemoveAll(g.dir)
			return
		}
		n.g = g
	}()
	return n
}

// endRenewal ends what is being built, if anything is, and removes it. The caller holds
// fetching.
func (f *Fetcher) endRenewal() {
	n := f.renewal
	if n == nil {
		return
	}
	n.stop()
	<-n.done
	if n.g != nil {
		os.RemoveAll(n.g.dir)
	}
	f.renewal = nil
}
