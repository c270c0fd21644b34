package work_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/levee-gitops/levee/reconciler/work"
)

// job is one that waits for a signal and says its name.
func job(lane, key string, stamp int64, wait <-chan struct{}) work.Job[string] {
	return work.Job[string]{Lane: lane, Key: key, Stamp: stamp, Effect: "apply", Do: func(ctx context.Context, _ time.Time) string {
		select {
		case <-wait:
			return key
		case <-ctx.Done():
			return key + " cancelled"
		}
	}}
}

// TestLanes: so many of a lane run at once, whatever others do.
func TestLanes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running, most atomic.Int64
		var ended atomic.Int64
		p := work.NewPool[int](3, func() { ended.Add(1) })
		stuck := make(chan struct{})
		for i := range 3 {
			p.Start(t.Context(), work.Job[int]{Lane: "stuck", Key: "s" + string(rune('a'+i)), Do: func(context.Context, time.Time) int {
				<-stuck
				return 0
			}})
		}
		for i := range 40 {
			p.Start(t.Context(), work.Job[int]{Lane: "free", Key: string(rune('a' + i)), Do: func(context.Context, time.Time) int {
				most.Store(max(most.Load(), running.Add(1)))
				time.Sleep(time.Second)
				running.Add(-1)
				return 1
			}})
		}
		synctest.Wait()
		if n := p.Len("free"); n != 40 {
			t.Errorf("%d wait or run", n)
		}
		time.Sleep(15 * time.Second)
		synctest.Wait()
		if n := len(p.Finished()); n != 40 || most.Load() != 3 || ended.Load() != 40 {
			t.Errorf("%d ended, %d at once, told of %d", n, most.Load(), ended.Load())
		}
		if p.Idle() || p.Len("stuck") != 3 {
			t.Error("what is stuck is gone")
		}
		close(stuck)
		if !p.WaitAll(t.Context()) || !p.Idle() || p.WaitAll(t.Context()) == (len(p.Finished()) == 0) {
			t.Error("it does not end")
		}
	})
}

// TestOneOfAKey: while a job runs no other of its key begins; one that waits gives way to a
// later one.
func TestOneOfAKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := work.NewPool[string](1, func() {})
		go1, go2 := make(chan struct{}), make(chan struct{})
		if !p.Start(t.Context(), job("lane", "board", 1, go1)) {
			t.Error("it does not begin")
		}
		if p.Start(t.Context(), job("lane", "board", 2, go2)) || !p.Busy("board", 2) {
			t.Error("a second begins beside the first")
		}
		p.Start(t.Context(), work.Job[string]{Lane: "lane", Key: "other", Stamp: 1, Do: func(context.Context, time.Time) string { return "old" }})
		if p.Busy("other", 2) || !p.Busy("other", 1) {
			t.Error("one that waits is taken for a later one")
		}
		if !p.Start(t.Context(), work.Job[string]{Lane: "lane", Key: "other", Stamp: 2, Do: func(context.Context, time.Time) string { return "new" }}) {
			t.Error("a later one does not take its place")
		}
		close(go1)
		p.WaitAll(t.Context())
		if got := p.Finished(); len(got) != 2 || got[0] != "board" || got[1] != "new" {
			t.Errorf("what came of it: %q", got)
		}
	})
}

// TestLostClaims: a job whose claim is lost is cancelled, or not begun.
func TestLostClaims(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := work.NewPool[string](1, func() {})
		never := make(chan struct{})
		p.Start(t.Context(), job("lane", "running", 1, never))
		p.Start(t.Context(), job("lane", "waiting", 1, never))
		if n := len(p.Claims()); n != 2 {
			t.Errorf("%d claims", n)
		}
		until := time.Now().Add(time.Minute)
		p.Renewed("running", until)
		for _, j := range p.Claims() {
			if j.Key == "running" && !j.Until.Equal(until) {
				t.Errorf("its claim lasts until %s", j.Until)
			}
		}
		p.Renewed("waiting", time.Time{})
		p.Renewed("running", time.Time{})
		p.Renewed("nobody", time.Time{})
		p.WaitAll(t.Context())
		if got := p.Finished(); len(got) != 1 || got[0] != "running cancelled" {
			t.Errorf("what came of it: %q", got)
		}
	})
}

// TestWaitEnds: waiting ends with its context, and jobs end with theirs.
func TestWaitEnds(t *testing.T) {
	p := work.NewPool[string](1, func() {})
	ctx, stop := context.WithCancel(t.Context())
	p.Start(ctx, job("lane", "a", 1, nil))
	waited, end := context.WithTimeout(t.Context(), time.Millisecond)
	defer end()
	if !p.WaitAll(waited) {
		t.Error("there was nothing to wait for")
	}
	stop()
	p.WaitAll(t.Context())
	if got := p.Finished(); len(got) != 1 || got[0] != "a cancelled" {
		t.Errorf("what came of it: %q", got)
	}
}

// TestPoolRaces: everything at once.
func TestPoolRaces(t *testing.T) {
	p := work.NewPool[int](4, func() {})
	var side sync.WaitGroup
	var told atomic.Int64
	for worker := range 4 {
		side.Go(func() {
			for i := range 200 {
				key := string(rune('a' + (worker+i)%20))
				p.Start(t.Context(), work.Job[int]{Lane: key[:1], Key: key, Stamp: int64(i), Effect: "x", Do: func(context.Context, time.Time) int { return 1 }})
				p.Busy(key, 1)
				p.Claims()
				p.Renewed(key, time.Now())
				told.Add(int64(len(p.Finished())))
			}
		})
	}
	side.Wait()
	p.WaitAll(t.Context())
	if told.Add(int64(len(p.Finished()))) == 0 || !p.Idle() {
		t.Error("nothing came of it")
	}
}

// TestPace: what a lane took lately is known by it alone.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := work.NewPool[int](2, func() {})
		if p.Pace("a") != 0 {
			t.Error("a lane in which nothing ended has a pace")
		}
		for range 100 {
			p.Start(t.Context(), work.Job[int]{Lane: "a", Key: "k", Do: func(context.Context, time.Time) int {
				time.Sleep(time.Second)
				return 0
			}})
			p.WaitAll(t.Context())
		}
		if got := p.Pace("a"); got != time.Second || p.Pace("b") != 0 {
			t.Errorf("the pace is %s, and of another lane %s", got, p.Pace("b"))
		}
		for range 100 {
			p.Start(t.Context(), work.Job[int]{Lane: "a", Key: "k", Do: func(context.Context, time.Time) int { return 0 }})
			p.WaitAll(t.Context())
		}
		if got := p.Pace("a"); got > 10*time.Millisecond {
			t.Errorf("after a hundred short ones the pace is %s", got)
		}
	})
}

// TestUntold: what has ended is not free to be done again before it was told what came of
// it. A pass asks in between: it took what came of jobs before the last of them ended.
func TestUntold(t *testing.T) {
	p := work.NewPool[string](1, func() {})
	done := make(chan struct{})
	close(done)
	p.Start(t.Context(), job("lane", "board", 1, done))
	p.WaitAll(t.Context())
	if !p.Idle() || !p.Busy("board", 2) || p.Busy("other", 1) {
		t.Error("what has ended and was not told is taken for free")
	}
	p.Finished()
	if p.Busy("board", 1) {
		t.Error("what was told is taken for busy")
	}
}
