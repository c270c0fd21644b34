package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestTwoReplicas runs two daemons on one repository and one target, each stopped
// at random between its claim and its effect. Every effect is done once, nothing
// older is laid over something newer, and both end in the same state.
func TestTwoReplicas(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board", "other", "third")
	config := w.read("levee.yaml")
	w.write("two.yaml", strings.Replace(config, "holder: one", "holder: two\ndata: data-two", 1))
	var mu sync.Mutex
	done := map[string]int{}
	rng := rand.New(rand.NewPCG(7, 8))
	pause := func() time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return time.Duration(rng.IntN(30)) * time.Millisecond
	}
	pass := func(config string) error {
		var out bytes.Buffer
		code := run(t.Context(), []string{"reconcile", "--once", "--config", filepath.Join(w.dir, config)}, stdio{
			out: &out, err: &out, now: w.now,
			intercept: func(what string, effect func() error) error {
				time.Sleep(pause())
				err := effect()
				time.Sleep(pause())
				if err == nil && strings.HasPrefix(what, "target apply") {
					mu.Lock()
					done[what]++
					mu.Unlock()
				}
				return err
			},
		})
		if code != exitFine {
			return fmt.Errorf("%s: exit code %d\n%s", config, code, &out)
		}
		return nil
	}
	if err := pass("levee.yaml"); err != nil { // what was adopted
		t.Fatal(err)
	}
	applied := 6 // three apps in two environments
	for round := 1; round <= 6; round++ {
		version := fmt.Sprintf("1.%d.0", round)
		w.push(map[string]string{
			boardPath("board"): boardFile("board", "version: 1.0.0", "version: "+version),
			boardPath("other"): boardFile("other", "version: 1.0.0", "version: "+version),
		})
		w.clock = w.clock.Add(5 * time.Minute)
		var wg sync.WaitGroup
		failed := make([]error, 2)
		for i, config := range []string{"levee.yaml", "two.yaml"} {
			wg.Go(func() { failed[i] = pass(config) })
		}
		wg.Wait()
		for _, err := range failed {
			if err != nil {
				t.Fatal(err)
			}
		}
		w.clock = w.clock.Add(5 * time.Minute) // past every claim
		if err := pass("two.yaml"); err != nil {
			t.Fatal(err)
		}
		for _, env := range []string{"staging", "production"} {
			w.wantRuns(env, "board="+version, "other="+version, "third=1.0.0")
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
	w.wantAudit()
	w.wantSaid("nothing found")
}
