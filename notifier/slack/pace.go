package slack

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/levee-gitops/levee/notifier"
)

// writeInterval is the time between two writes in one channel that Slack asks for.
const writeInterval = time.Second

// pacer spaces the writes to each channel. It is safe for concurrent use.
type pacer struct {
	now   func() time.Time
	sleep func(context.Context, time.Duration) error

	mu   sync.Mutex
	next map[string]time.Time // by channel, when the next write may be; past times are removed
}

// wait returns when a channel may be written to. If ctx ends before that, it returns a
// notifier.Later at once: nothing was sent.
func (p *pacer) wait(ctx context.Context, channel string) error {
	d, ok := p.reserve(ctx, channel)
	switch {
	case !ok:
		return &failure{is: notifier.Later{After: d}, text: fmt.Sprintf("%s later, as others wait to write there too", d)}
	case d > 0:
		return p.sleep(ctx, d)
	}
	return nil
}

// reserve reserves the next write to a channel, and returns the time until then. ok is
// false, and nothing is reserved, if ctx ends before that.
func (p *pacer) reserve(ctx context.Context, channel string) (until time.Duration, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	for c, at := range p.next {
		if !at.After(now) {
			delete(p.next, c)
		}
	}
	at, waiting := p.next[channel]
	if !waiting {
		at = now
	}
	if end, ok := ctx.Deadline(); ok && at.After(end) {
		return at.Sub(now), false
	}
	p.next[channel] = at.Add(writeInterval)
	return at.Sub(now), true
}

// sleep is the default of Options.Sleep.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
