package reconciler_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// together has daemons make a pass at the same time.
func together(daemons ...*reconcilertest.World) {
	t := daemons[0].T
	t.Helper()
	var passes sync.WaitGroup
	for _, daemon := range daemons {
		p := daemon.Start()
		defer p.Close()
		passes.Go(func() {
			done, err := p.Once(t.Context())
			if err != nil || done.Applied.Frozen != "" || done.Applied.Failed() > 0 {
				t.Errorf("a pass of %s: %v, %+v\n%s", daemon.Holder, err, done.Applied, p.Log)
			}
		})
	}
	passes.Wait()
}

// TestTwoReplicas runs two daemons on one repository and one target, each stopped
// at random between its claim and its effect. Every effect is done once, nothing
// older is laid over something newer, and both end in the same state.
func TestTwoReplicas(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board", "other", "third")
	var mu sync.Mutex
	done := map[string]int{}
	rng := rand.New(rand.NewPCG(7, 8))
	pause := func() time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return time.Duration(rng.IntN(30)) * time.Millisecond
	}
	w.Intercept = func(what string, effect func() error) error {
		time.Sleep(pause())
		err := effect()
		time.Sleep(pause())
		if err == nil && strings.HasPrefix(what, "target apply") {
			mu.Lock()
			done[what]++
			mu.Unlock()
		}
		return err
	}
	two := w.Replica("two")
	together(w)  // what was adopted
	applied := 6 // three apps in two environments
	for round := 1; round <= 6; round++ {
		version := fmt.Sprintf("1.%d.0", round)
		w.Push(reconcilertest.Files{
			reconcilertest.BoardPath("board"): reconcilertest.Board("board", "version: 1.0.0", "version: "+version),
			reconcilertest.BoardPath("other"): reconcilertest.Board("other", "version: 1.0.0", "version: "+version),
		})
		w.Later(5 * time.Minute)
		together(w, two)
		w.Later(5 * time.Minute) // past every claim
		together(two)
		for _, env := range []string{"staging", "production"} {
			w.WantRuns(env, "board="+version, "other="+version, "third=1.0.0")
		}
		applied += 4
	}
	total := 0
	for _, n := range done {
		total += n
	}
	if total != applied {
		t.Errorf("%d applies, want %d: %v", total, applied, done)
	}
	w.WantAudit()
}

// TestTwoReplicasTell: two daemons at work at the same time say everything once and
// take nothing down twice.
func TestTwoReplicasTell(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "a", "b", "c")
	notices := w.Notify()
	w.Pass()
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(9, 9))
	pause := func() {
		mu.Lock()
		d := time.Duration(rng.IntN(20)) * time.Millisecond
		mu.Unlock()
		time.Sleep(d)
	}
	w.Intercept = func(_ string, effect func() error) error { pause(); defer pause(); return effect() }
	two := w.Replica("two")
	for _, day := range []int{3, 4, 10, 11, 12} {
		w.Set(time.Date(2026, 4, day, 9, 0, 0, 0, time.UTC))
		for range 3 {
			w.Later(5 * time.Minute) // past every claim
			together(w, two)
		}
	}
	w.WantRuns("production")
	if n, want := notices.WantOnce(), 3*4; n != want { // 1d, due, last, down of each
		t.Errorf("%d notices, want %d", n, want)
	}
	downs := w.Count("is taken down")
	if downs != 3 {
		t.Errorf("%d %s, want 3", downs, ledger.KindTransition)
	}
	w.WantAudit()
}
