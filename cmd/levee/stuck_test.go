package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// stuck holds up what it is told to, until the end of a test.
type stuck struct {
	what    string // begins what is held up
	reached chan struct{}
	once    sync.Once
	end     chan struct{}
	ended   sync.Once
}

func newStuck(what string) *stuck {
	return &stuck{what: what, reached: make(chan struct{}), end: make(chan struct{})}
}

func (s *stuck) intercept(what string, effect func() error) error {
	if strings.HasPrefix(what, s.what) {
		s.once.Do(func() { close(s.reached) })
		<-s.end
	}
	return effect()
}

func (s *stuck) release() { s.ended.Do(func() { close(s.end) }) }

// serving is a daemon of the world, which runs until the test ends.
func (w *world) serving(t *testing.T, s *stuck) { w.servingAt(t, s, time.Now) }

func (w *world) servingAt(t *testing.T, s *stuck, now func() time.Time) {
	w.write("levee.yaml", w.read("levee.yaml")+"\npoll: 50ms\nlisten: "+freeAddress(t)+"\nmetrics: "+freeAddress(t)+"\n")
	ctx, stop := context.WithCancel(t.Context())
	log := &bytes.Buffer{}
	var served sync.WaitGroup
	served.Go(func() {
		args := []string{"serve", "--config", filepath.Join(w.dir, "levee.yaml")}
		run(ctx, args, stdio{out: log, err: log, now: now, intercept: s.intercept})
	})
	t.Cleanup(func() {
		s.release()
		stop()
		served.Wait()
		if t.Failed() {
			t.Log(log)
		}
	})
}

// TestStuckHoldsUpNothing: while one thing does not come back, everything else goes on: a
// change is judged, another app is applied and another is contained; what was held up is
// done once.
func TestStuckHoldsUpNothing(t *testing.T) {
	t.Parallel()
	for name, what := range map[string]string{
		"a target": "target apply staging board", "a comment on a change": "forge publish/slow",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "board", "other", "third")
			w.pass()
			w.clock = time.Now()
			w.publish("ana", "slow", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
			if strings.HasPrefix(what, "target") {
				w.push(map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.0.1")})
			}
			s := newStuck(what)
			w.serving(t, s)
			<-s.reached

			w.publish("ana", "quick", map[string]string{boardPath("third"): boardFile("third", medium("1.1.0")...)})
			until(t, "the other change is judged", func() bool {
				return w.levee("status", "third") == exitFine && strings.Contains(w.out.String(), "publish/quick")
			})
			w.push(map[string]string{boardPath("other"): boardFile("other", "version: 1.0.0", "version: 1.0.2")})
			until(t, "the other app is applied", func() bool { return w.runs("staging")["other"] == "1.0.2" })

			w.must("quarantine", "third", "--reason", "it leaks", "--by", "oncall")
			w.wantSaid("third contained")

			s.release()
			if strings.HasPrefix(what, "target") {
				until(t, "what was held up is applied", func() bool { return w.runs("staging")["board"] == "1.0.1" })
			}
			until(t, "nothing is under way", func() bool {
				return w.levee("audit", "verify", "-o", "json") == exitFine && !strings.Contains(w.out.String(), `"effect": "apply`)
			})
		})
	}
}

// TestClaimIsRenewed: while an effect takes longer than its claim, the claim is renewed,
// and another replica leaves it alone; once it has ended, its receipt is recorded.
func TestClaimIsRenewed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board", "other")
	w.pass()
	w.write("two.yaml", strings.Replace(w.read("levee.yaml"), "holder: one", "holder: two\ndata: data-two", 1))
	w.push(map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.0.1")})
	s := newStuck("target apply staging board")
	var clock atomic.Int64
	clock.Store(w.clock.Add(time.Minute).UnixNano())
	w.servingAt(t, s, func() time.Time { return time.Unix(0, clock.Load()).UTC() })
	<-s.reached

	claims := func() int {
		return strings.Count(strings.Join(w.log(), "\n"), "Claim to go on with apply staging of board")
	}
	for n := range 3 {
		clock.Add(int64(90 * time.Second << n))
		until(t, "the claim is renewed", func() bool { return claims() > n })
		w.clock = time.Unix(0, clock.Load()).UTC()
		w.must("reconcile", "--once", "--config", "two.yaml")
		w.wantSaid("0 effects")
	}
	s.release()
	until(t, "it is recorded", func() bool {
		return strings.HasSuffix(strings.Join(w.log(), "\n"), "Apply board in staging: done") || w.runs("production")["board"] == "1.0.1"
	})
	if n := claims(); n != 3 {
		t.Errorf("the claim was renewed %d times", n)
	}
}

// TestReviewsAreRecordedTogether: what reviews want recorded while a push is under way goes
// out with the next one; two changes of one app are each recorded, and neither twice.
func TestReviewsAreRecordedTogether(t *testing.T) {
	t.Parallel()
	const changes = 12
	var apps []string
	for n := range changes {
		apps = append(apps, fmt.Sprintf("board-%c", 'a'+n))
	}
	w := newWorld(t, apps...)
	w.pass()
	for n, app := range apps {
		w.publish("ana", "change-"+app, map[string]string{boardPath(app): boardFile(app, medium("1.1.0")...)})
		if n < 2 {
			w.publish("ana", "again-"+app, map[string]string{boardPath(app): boardFile(app, medium("1.2.0")...)})
		}
	}
	var pushes atomic.Int64
	w.intercept = func(what string, effect func() error) error {
		if strings.HasPrefix(what, "push") && pushes.Add(1) == 1 {
			time.Sleep(time.Second) // the others gather
		}
		return effect()
	}
	before := len(w.log())
	w.pass()
	decided := 0
	for _, record := range w.log()[before:] {
		if strings.HasPrefix(record, "Decide in change ") {
			decided++
		}
	}
	if decided != changes+2 || pushes.Load() >= changes {
		t.Errorf("%d decisions recorded with %d pushes", decided, pushes.Load())
	}
	w.wantAudit()
}
