package deploy

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/levee-gitops/levee/reconciler/target"
)

// TestStormIsOneLookASecond: however often an app is nudged, it is looked at once a
// second, and once more after the last nudge; another app does not wait for it.
func TestStormIsOneLookASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		q := newNudges()
		var mu sync.Mutex
		looks := map[string]int{}
		var side sync.WaitGroup
		side.Go(func() {
			q.run(ctx, func(n nudged) {
				mu.Lock()
				defer mu.Unlock()
				looks[n.app]++
			})
		})
		for range 300 { // three seconds
			if !q.add(nudged{"t", "production", "storm"}) {
				t.Error("a nudge was not taken")
			}
			time.Sleep(10 * time.Millisecond)
		}
		q.add(nudged{"t", "production", "calm"})
		time.Sleep(5 * time.Second)
		mu.Lock()
		defer mu.Unlock()
		if looks["storm"] < 3 || looks["storm"] > 4 || looks["calm"] != 1 {
			t.Errorf("looks: %v", looks)
		}
		stop()
		side.Wait()
	})
}

// TestNudgesAreBounded: beyond a number of apps that wait, nobody is taken any more.
func TestNudgesAreBounded(t *testing.T) {
	q := newNudges()
	defer q.queue.ShutDown()
	for i := range maxNudged {
		if !q.add(nudged{"t", "production", fmt.Sprint("app-", i)}) {
			t.Fatalf("the nudge %d was not taken", i)
		}
	}
	if q.add(nudged{"t", "production", "one-more"}) {
		t.Error("any number of apps may wait")
	}
	if !q.add(nudged{"t", "production", "app-7"}) {
		t.Error("one that waits already was not taken")
	}
}

// TestNews says which looks at an app make a pass.
func TestNews(t *testing.T) {
	s := newSightings()
	n := nudged{"t", "production", "board"}
	well := target.Observed{App: "board", Render: "d1:1", Health: target.Health{State: target.Ready}}
	drifted, failing, newer := well, well, well
	drifted.Drift = "edited"
	failing.Health = target.Health{State: target.Failing, Reason: "it restarts"}
	newer.Render = "d1:2"
	for i, step := range []struct {
		found *target.Observed // nil: it is gone
		noted bool             // by an effect, and not by a look
		news  bool
	}{
		{found: &well},                                // nobody knew anything of it
		{found: &drifted, news: true},                 // changed by hand
		{found: &drifted},                             // known, and being put right
		{found: &well, noted: true},                   // put right
		{found: &well},                                // what the target wrote itself
		{found: &drifted, news: true},                 // changed again
		{found: &newer, noted: true}, {found: &newer}, // applied
		{found: &failing, news: true},
		{found: nil, news: true},
		{found: nil},
	} {
		inventory := target.Inventory{Apps: map[string]target.Observed{}}
		if step.found != nil {
			inventory.Apps["board"] = *step.found
		}
		if step.noted {
			s.note("t", "production", inventory.Apps)
			continue
		}
		if got := s.add(n, observedAt{inventory: inventory}); got != step.news {
			t.Errorf("step %d: news is %t", i, got)
		}
	}
	if taken := s.take(); len(taken) != 1 || len(s.take()) != 0 {
		t.Errorf("a pass takes %v", taken)
	}
}

// TestLookAgain: a look that came while the app was being changed is made again, and what
// it finds is news once more.
func TestLookAgain(t *testing.T) {
	s := newSightings()
	var again []nudged
	s.watched("t", func(n nudged) bool { again = append(again, n); return true })
	n := nudged{"t", "production", "board"}
	drifted := observedAt{inventory: target.Inventory{Apps: map[string]target.Observed{"board": {App: "board", Drift: "edited"}}}}
	if !s.add(n, drifted) || s.add(n, drifted) {
		t.Error("what was found is news once")
	}
	s.lookAgain(n)
	s.lookAgain(nudged{"not watched", "production", "board"})
	if len(again) != 1 || again[0] != n || !s.add(n, drifted) {
		t.Errorf("looked again at %v", again)
	}
}
