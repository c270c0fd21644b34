package deploy

import (
	"context"
	"sync"
	"time"

	"k8s.io/client-go/util/workqueue"
)

// How events of targets are worked off.
const (
	firstPause = 50 * time.Millisecond // from an event to the look: what comes together is looked at once
	lookPause  = time.Second           // from a look at an app to the next
	maxNudged  = 4096                  // apps that wait for a look
)

// nudged is an app of a target that something may have changed about.
type nudged struct{ target, environment, app string }

// nudges are the apps of one target that wait for a look, each once, and each looked at
// once a second at most however often it is nudged.
type nudges struct {
	queue workqueue.TypedDelayingInterface[nudged]

	mu      sync.Mutex
	waiting map[nudged]bool
	looked  map[nudged]time.Time // when, while that is a moment ago
}

func newNudges() *nudges {
	return &nudges{queue: workqueue.NewTypedDelayingQueue[nudged](), waiting: map[nudged]bool{}, looked: map[nudged]time.Time{}}
}

// add has an app looked at soon. It is false where so many wait that it would take too
// long: then it is better to look at everything.
func (q *nudges) add(n nudged) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.waiting[n]:
		return true
	case len(q.waiting) >= maxNudged:
		return false
	}
	q.waiting[n] = true
	q.queue.AddAfter(n, max(firstPause, lookPause-time.Since(q.looked[n])))
	return true
}

// run looks at what waits, one after the other, until ctx ends.
func (q *nudges) run(ctx context.Context, look func(nudged)) {
	defer context.AfterFunc(ctx, q.queue.ShutDown)()
	for {
		n, over := q.queue.Get()
		if over {
			return
		}
		q.begin(n)
		look(n)
		q.queue.Done(n)
	}
}

// begin lets an app be nudged again: what changes from here on may come too late for the
// look.
func (q *nudges) begin(n nudged) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.waiting, n)
	if len(q.looked) >= maxNudged {
		for old, at := range q.looked {
			if time.Since(at) > lookPause {
				delete(q.looked, old)
			}
		}
	}
	q.looked[n] = time.Now()
}
