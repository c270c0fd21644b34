// Package work runs beside the passes what takes long: effects in targets, notices,
// changes to be opened. A pass claims and starts; what came of it is told to a later pass,
// many at a time, and recorded.
//
//	agenda.go   which apps are looked at, and when
//	claimed.go  what is done under claims: begun, renewed, settled
//	pool.go     jobs in lanes, one at a time of each key
package work

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
)

// Job is something to be done beside the passes.
type Job[T any] struct {
	Lane  string // what it uses, such as one target: a bounded number of a lane runs at once
	Key   string // of which one runs at once
	Stamp int64  // orders jobs of one key: a later one takes the place of one that waits
	Do    func(ctx context.Context, until time.Time) T

	Subject string        // of the claim under which it is done
	Effect  ledger.Effect // likewise
	Claimed time.Time     // first
	Until   time.Time     // when that ends, unless it is renewed

	began  time.Time // by the machine's clock; zero for one that waits
	cancel context.CancelFunc
}

// Waits reports whether its turn has not come.
func (j Job[T]) Waits() bool { return j.began.IsZero() }

// Pool runs jobs. It is safe for concurrent use.
type Pool[T any] struct {
	atOnce int    // of a lane
	ended  func() // called after each job

	mu       sync.Mutex
	jobs     map[string]*Job[T] // waiting and running, by key
	waiting  map[string][]*Job[T]
	running  map[string]int
	pace     map[string]time.Duration // how long jobs of a lane took lately
	finished []T
	untold   map[string]bool // keys of those in finished
	changed  chan struct{}   // closed and made anew at each end
}

// NewPool returns a pool that runs so many jobs of a lane at once, and calls ended after
// each.
func NewPool[T any](atOnce int, ended func()) *Pool[T] {
	return &Pool[T]{
		atOnce: atOnce, ended: ended, jobs: map[string]*Job[T]{}, waiting: map[string][]*Job[T]{}, running: map[string]int{},
		pace: map[string]time.Duration{}, untold: map[string]bool{}, changed: make(chan struct{}),
	}
}

// Len is how many jobs of a lane wait or run.
func (p *Pool[T]) Len(lane string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.running[lane] + len(p.waiting[lane])
}

// Slow is how many jobs of a lane have been running for longer than a while.
func (p *Pool[T]) Slow(lane string, than time.Duration) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, j := range p.jobs {
		if j.Lane == lane && !j.Waits() && time.Since(j.began) > than {
			n++
		}
	}
	return n
}

// Pace is how long jobs of a lane took lately, the newest counting most; zero where none
// has ended.
func (p *Pool[T]) Pace(lane string) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pace[lane]
}

// Busy reports whether a job of a key runs, waits with this stamp or a later one, or has
// ended and Finished has not told yet what came of it. Callers then leave what they were
// about to do alone: they would do again what is done already and nowhere on record.
func (p *Pool[T]) Busy(key string, stamp int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	j := p.jobs[key]
	return p.untold[key] || j != nil && (!j.Waits() || j.Stamp >= stamp)
}

// Start has a job done as soon as its lane has room, until ctx ends. It takes the place of
// one of its key that waits; while one runs it is not taken, and false is returned.
func (p *Pool[T]) Start(ctx context.Context, job Job[T]) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if before := p.jobs[job.Key]; before != nil {
		if !before.Waits() {
			return false
		}
		p.drop(before)
	}
	j := &job
	p.jobs[j.Key] = j
	p.waiting[j.Lane] = append(p.waiting[j.Lane], j)
	p.fill(ctx, j.Lane)
	return true
}

// fill starts what waits in a lane, as far as there is room.
func (p *Pool[T]) fill(ctx context.Context, lane string) {
	for p.running[lane] < p.atOnce && len(p.waiting[lane]) > 0 {
		j := p.waiting[lane][0]
		p.waiting[lane] = p.waiting[lane][1:]
		p.running[lane]++
		j.began = time.Now()
		var own context.Context
		own, j.cancel = context.WithCancel(ctx)
		go p.run(ctx, own, j, j.Until)
	}
}

func (p *Pool[T]) run(ctx, own context.Context, j *Job[T], until time.Time) {
	out := j.Do(own, until)
	j.cancel()
	p.mu.Lock()
	delete(p.jobs, j.Key)
	p.running[j.Lane]--
	p.pace[j.Lane] = paced(p.pace[j.Lane], time.Since(j.began))
	p.finished, p.untold[j.Key] = append(p.finished, out), true
	p.fill(ctx, j.Lane)
	close(p.changed)
	p.changed = make(chan struct{})
	p.mu.Unlock()
	p.ended()
}

// paced is a pace with one more job.
func paced(pace, took time.Duration) time.Duration {
	if pace == 0 {
		return max(took, 1)
	}
	return max(pace+(took-pace)/16, 1)
}

// Finished returns what came of jobs since it was asked last.
func (p *Pool[T]) Finished() []T {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.finished
	p.finished = nil
	clear(p.untold)
	return list
}

// Claims lists the jobs that wait or run, with their claims.
func (p *Pool[T]) Claims() []Job[T] {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]Job[T], 0, len(p.jobs))
	for _, j := range p.jobs {
		list = append(list, *j)
	}
	return list
}

// Renewed notes until when the claim of a job lasts. The zero moment says that the claim
// is lost: the job is cancelled, or not begun.
func (p *Pool[T]) Renewed(key string, until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	j := p.jobs[key]
	switch {
	case j == nil:
	case !until.IsZero():
		j.Until = until
	case !j.Waits():
		j.cancel()
	default:
		p.drop(j)
	}
}

// drop gives up a job that waits.
func (p *Pool[T]) drop(j *Job[T]) {
	p.waiting[j.Lane] = slices.DeleteFunc(p.waiting[j.Lane], func(x *Job[T]) bool { return x == j })
	delete(p.jobs, j.Key)
}

// Idle reports whether nothing waits or runs.
func (p *Pool[T]) Idle() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.jobs) == 0
}

// WaitAll waits until nothing waits or runs, or ctx ends. It reports whether there was
// anything, or has ended since Finished was asked last.
func (p *Pool[T]) WaitAll(ctx context.Context) bool {
	for any := false; ; any = true {
		p.mu.Lock()
		left, ended, changed := len(p.jobs), len(p.finished), p.changed
		p.mu.Unlock()
		if left == 0 {
			return any || ended > 0
		}
		select {
		case <-ctx.Done():
			return true
		case <-changed:
		}
	}
}
