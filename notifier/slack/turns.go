package slack

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/levee-gitops/levee/notifier"
)

// pace is the time between two writes in one channel: what Slack allows.
const pace = time.Second

// turns space writes. It is safe for concurrent use.
type turns struct {
	now   func() time.Time
	sleep func(context.Context, time.Duration) error

	mu   sync.Mutex
	next map[string]time.Time // when the next write may be, where that is to come
}

// wait returns when a channel may be written to. Where ctx would end before that, it
// says at once how long it would take: nothing was sent, and the caller knows.
func (t *turns) wait(ctx context.Context, channel string) error {
	d, ok := t.take(ctx, channel)
	switch {
	case !ok:
		return &failure{is: notifier.Later{After: d}, text: fmt.Sprintf("%s later, as others wait to write there too", d)}
	case d > 0:
		return t.sleep(ctx, d)
	}
	return nil
}

// take takes the next turn of a channel, and returns the time until then.
func (t *turns) take(ctx context.Context, channel string) (time.Duration, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	for c, at := range t.next {
		if !at.After(now) {
			delete(t.next, c)
		}
	}
	at, waiting := t.next[channel]
	if !waiting {
		at = now
	}
	if end, ok := ctx.Deadline(); ok && at.After(end) {
		return at.Sub(now), false
	}
	t.next[channel] = at.Add(pace)
	return at.Sub(now), true
}

// sleep waits by the machine's clock.
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
