package main

import (
	"bytes"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
)

// TestTwoReplicasTell: two daemons at work at the same time say everything once and
// take nothing down twice.
func TestTwoReplicasTell(t *testing.T) {
	t.Parallel()
	w, fake := lifeWorld(t, "a", "b", "c")
	w.write("two.yaml", strings.Replace(w.read("levee.yaml"), "holder: one", "holder: two\ndata: data-two", 1))
	w.pass()
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(9, 9))
	pause := func() {
		mu.Lock()
		d := time.Duration(rng.IntN(20)) * time.Millisecond
		mu.Unlock()
		time.Sleep(d)
	}
	for _, day := range []int{3, 4, 10, 11, 12} {
		w.clock = time.Date(2026, 4, day, 9, 0, 0, 0, time.UTC)
		for range 3 {
			w.clock = w.clock.Add(5 * time.Minute) // past every claim
			var wg sync.WaitGroup
			outs := make([]bytes.Buffer, 2)
			for i, config := range []string{"levee.yaml", "two.yaml"} {
				wg.Go(func() {
					code := run(t.Context(), []string{"reconcile", "--once", "--config", filepath.Join(w.dir, config)}, stdio{
						out: &outs[i], err: &outs[i], now: w.now, sender: fake,
						intercept: func(_ string, effect func() error) error { pause(); defer pause(); return effect() },
					})
					if code != exitFine {
						t.Errorf("%s: exit code %d\n%s", config, code, &outs[i])
					}
				})
			}
			wg.Wait()
		}
	}
	w.wantRuns("production")
	keys := map[string]int{}
	for _, m := range fake.Sent() {
		keys[m.Notice.Key]++
	}
	for key, n := range keys {
		if n > 1 {
			t.Errorf("%s was sent %d times", key, n)
		}
	}
	if want := 3 * 4; len(keys) != want { // 1d, due, last, down of each
		t.Errorf("%d notices, want %d: %v", len(keys), want, keys)
	}
	downs := strings.Count(strings.Join(w.log(), "\n"), "is taken down")
	if downs != 3 {
		t.Errorf("%d %s, want 3", downs, ledger.KindTransition)
	}
	w.wantAudit()
}
