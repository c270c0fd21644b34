package reconciler

import (
	"context"
	"errors"
	"sync"
	"time"

	"k8s.io/client-go/util/workqueue"

	"github.com/levee-gitops/levee/reconciler/review"
)

// reviewers is how many changes are reviewed side by side: they wait for the forge most
// of the time, and what they record goes out together.
const reviewers = 16

// The first pause after a change could not be reviewed, and the longest.
const firstReviewPause, longestReviewPause = time.Second, 5 * time.Minute

// changeQueue holds the changes to be looked at, each once. One that is added while it is
// being looked at is looked at once more.
type changeQueue struct {
	workqueue.TypedRateLimitingInterface[string]

	mu    sync.Mutex
	round round
}

// round is the changes that had moved at a moment, for whoever waits until everything was
// looked at after it. Those at rest count as looked at.
type round struct {
	n      int
	began  time.Time
	open   map[string]bool // not reviewed since
	failed int
}

func newChangeQueue() *changeQueue {
	return &changeQueue{TypedRateLimitingInterface: workqueue.NewTypedRateLimitingQueue(
		workqueue.NewTypedItemExponentialFailureRateLimiter[string](firstReviewPause, longestReviewPause))}
}

// begin adds the changes that a list says have moved. They are a round of their own unless
// one is under way.
func (q *changeQueue) begin(ids []string) {
	q.mu.Lock()
	if len(q.round.open) == 0 {
		q.round = round{n: q.round.n + 1, began: time.Now(), open: map[string]bool{}}
		for _, id := range ids {
			q.round.open[id] = true
		}
	}
	q.mu.Unlock()
	for _, id := range ids {
		q.Add(id)
	}
}

// at is the round under way, which a review counts for that begins now.
func (q *changeQueue) at() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.round.n
}

// done notes that a review has ended that began in a round. It reports the round that is
// over with it.
func (q *changeQueue) done(id string, n int, err error) (over round, ended bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if n != q.round.n || !q.round.open[id] {
		return round{}, false
	}
	delete(q.round.open, id)
	if err != nil {
		q.round.failed++
	}
	return q.round, len(q.round.open) == 0
}

// changeNudges are changes that somebody wants looked at, each once.
type changeNudges struct {
	mu     sync.Mutex
	ids    map[string]bool
	signal chan struct{}
}

func newChangeNudges() *changeNudges {
	return &changeNudges{ids: map[string]bool{}, signal: make(chan struct{}, 1)}
}

// mostNudged bounds the nudged changes that wait. Where there are more, as while no loop
// runs, the next poll finds what has moved.
const mostNudged = 4096

// add has a change looked at. It never blocks.
func (n *changeNudges) add(id string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.ids) < mostNudged {
		n.ids[id] = true
	}
	signal(n.signal)
}

// forward adds what is nudged to the queue until ctx ends. A change that is being reviewed
// is reviewed once more, and one that failed at once.
func (n *changeNudges) forward(ctx context.Context, q *changeQueue, stir func(id string)) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-n.signal:
		}
		n.mu.Lock()
		ids := n.ids
		n.ids = map[string]bool{}
		n.mu.Unlock()
		for id := range ids {
			stir(id)
			q.Add(id)
		}
	}
}

// reviewLoop has changes looked at: those nudged at once, and at every poll those that are
// not at rest. A change that takes long, or fails, holds up no other, and nor does the list
// of changes hold up the nudged ones. A replica that follows another lists none: it looks at
// those that it is told of, since what told of them is kept with it alone.
func (r *Reconciler) reviewLoop(ctx context.Context, poll time.Duration) {
	q := newChangeQueue()
	var workers sync.WaitGroup
	for range reviewers {
		workers.Go(func() {
			for r.reviewNext(ctx, q) {
			}
		})
	}
	workers.Go(func() { r.changes.forward(ctx, q, r.Reviews.Stir) })
	defer workers.Wait()
	defer q.ShutDown()
	for failures := 0; ; {
		if leads, _ := r.leader.leads(); !leads {
			r.ready.listed(0)
			if !wait(ctx, r.ask, poll) {
				return
			}
			continue
		}
		pause := poll
		ids, err := r.Reviews.Moved(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			failures++
			pause = min(poll<<min(failures, 5), longestReviewPause)
			r.metrics.reviewed(0, 0, err)
			r.Log.Error("the changes could not be listed; trying again", "pause", pause, "error", err)
		case len(ids) == 0:
			failures = 0
			r.metrics.reviewed(0, 0, nil)
		default:
			failures = 0
			q.begin(ids)
		}
		r.ready.listed(failures)
		if !wait(ctx, r.ask, pause) {
			return
		}
	}
}

var errFrozen = errors.New("the ledger is frozen")

// reviewNext reviews the next change; false once the queue has ended.
func (r *Reconciler) reviewNext(ctx context.Context, q *changeQueue) bool {
	id, ended := q.Get()
	if ended {
		return false
	}
	defer q.Done(id)
	n, began := q.at(), time.Now()
	reviewed, err := r.Reviews.Review(ctx, id)
	switch {
	case ctx.Err() != nil:
		return false
	case err != nil:
		r.metrics.reviews.WithLabelValues("failed").Inc()
		r.Log.Error("a change could not be reviewed", "change", id, "error", err)
		q.AddRateLimited(id)
	default:
		r.metrics.reviews.WithLabelValues("done").Inc()
		q.Forget(id)
		r.metrics.records.Add(float64(reviewed.Records))
		tell(r.Log, Done{Changes: []review.Reviewed{reviewed}})
		if reviewed.Records > 0 {
			r.Log.Info("a change was reviewed", "change", id, "verdict", reviewed.State, "landed", reviewed.Landed.Short(), "records", reviewed.Records, "took", time.Since(began).Round(time.Millisecond))
		}
		if reviewed.Landed != "" { // also by somebody else, whose push is told of elsewhere, or lost
			signal(r.nudged)
		}
	}
	if reviewed.Frozen != "" && err == nil {
		err = errFrozen // nothing could be recorded
	}
	if over, ended := q.done(id, n, err); ended {
		r.metrics.reviewed(over.failed, time.Since(over.began), nil)
	}
	return true
}
