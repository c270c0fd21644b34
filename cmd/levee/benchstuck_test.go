package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/reconciler/deploy"
)

// stuck measures what goes on while something else takes long.
func (t *budgets) stuck() {
	t.slowTarget()
	t.containStuck()
}

// slowTarget measures how many effects a second are made in a target that takes a second
// for each. The floor is what so many at once can make.
func (t *budgets) slowTarget() {
	var apps []string
	for i := range 100 {
		apps = append(apps, fmt.Sprintf("app-%d", i))
	}
	w := newWorld(t.b, apps...)
	var mu sync.Mutex
	var first, last time.Time
	effects := 0
	w.intercept = func(what string, effect func() error) error {
		if !strings.HasPrefix(what, "target apply") {
			return effect()
		}
		mu.Lock()
		if first.IsZero() {
			first = time.Now()
		}
		mu.Unlock()
		time.Sleep(time.Second)
		err := effect()
		mu.Lock()
		defer mu.Unlock()
		effects++
		last = time.Now()
		return err
	}
	w.pass()
	rate := float64(effects) / last.Sub(first).Seconds()
	t.row("a target that takes a second each: effects a second", fmt.Sprintf("≥ %d", deploy.AtOnce/2),
		fmt.Sprintf("%.1f (of %d effects; the floor is %d)", rate, effects, deploy.AtOnce), rate >= deploy.AtOnce/2)
}

// containStuck measures a containment beside a daemon of which every effect, and every push,
// is stuck, while the command's own pushes are as well.
func (t *budgets) containStuck() {
	var took []time.Duration
	for range t.rounds {
		w := newWorld(t.b, "board", "other")
		w.pass()
		w.push(map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.0.1")})
		end := make(chan struct{})
		reached := make(chan struct{}, 1)
		hold := func(what string, effect func() error) error {
			if strings.HasPrefix(what, "target quarantine") {
				return effect()
			}
			select {
			case reached <- struct{}{}:
			default:
			}
			<-end
			return effect()
		}
		ctx, stop := context.WithCancel(t.b.Context())
		var running sync.WaitGroup
		running.Go(func() {
			var log bytes.Buffer
			run(ctx, []string{"serve", "--config", filepath.Join(w.dir, "levee.yaml")}, terminal.IO{Out: &log, Err: &log, Now: w.now, Intercept: hold})
		})
		<-reached
		w.intercept = hold
		began := time.Now()
		running.Go(func() { w.levee("quarantine", "other", "--reason", "it leaks", "--by", "oncall") })
		for len(w.runs("production")["other"]) > 0 && time.Since(began) < time.Minute {
			time.Sleep(time.Millisecond)
		}
		took = append(took, time.Since(began))
		close(end)
		stop()
		running.Wait()
	}
	t.within("containment, everything else stuck → no target runs it", time.Second, percentile(took, 95), "")
}
