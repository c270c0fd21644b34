package reconciler

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// TestNudgedChanges: a change is reviewed once for the nudges that come before a review of
// it begins, and once more for those that come during it, and nothing else is.
func TestNudgedChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		nudges, q := newChangeNudges(), newChangeQueue()
		var stirred atomic.Int32
		for range 3 {
			nudges.add("7")
		}
		go nudges.forward(ctx, q, func(string) { stirred.Add(1) })
		id, _ := q.Get()
		if synctest.Wait(); id != "7" || q.Len() != 0 || stirred.Load() != 1 {
			t.Errorf("reviewed is %q, and %d wait; %d were stirred", id, q.Len(), stirred.Load())
		}
		for range 3 {
			nudges.add("7")
			synctest.Wait()
		}
		if q.Len() != 0 {
			t.Error("a change is reviewed twice at once")
		}
		q.Done(id)
		if id, _ = q.Get(); id != "7" || q.Len() != 0 {
			t.Errorf("after that %q is reviewed, and %d wait", id, q.Len())
		}
		if q.Done(id); q.Len() != 0 {
			t.Error("it is reviewed a third time")
		}
		cancel()
		q.ShutDown()
	})
}
