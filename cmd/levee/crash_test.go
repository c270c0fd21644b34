package main

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// A killer ends the process at one of its effects.
type killer = reconcilertest.Killer

var errKilled = reconcilertest.ErrKilled

const sampled = reconcilertest.Sampled

// alive runs a command; if it was killed in it, the process starts again a little
// later, and makes a pass.
func (w *world) alive(k *killer, args ...string) {
	w.t.Helper()
	code := w.levee(args...)
	if !k.Dead {
		if code != exit.CodeFine {
			w.t.Fatalf("levee %s: exit code %d\n%s", strings.Join(args, " "), code, &w.out)
		}
		return
	}
	k.Dead = false
	w.clock = w.clock.Add(3 * time.Minute)                 // past every claim
	if args[0] != "reconcile" && args[0] != "quarantine" { // those the daemon takes up by itself
		if code := w.levee(args...); code != exit.CodeFine && !strings.Contains(w.out.String(), "is not contained") {
			w.t.Fatalf("again, levee %s: exit code %d\n%s", strings.Join(args, " "), code, &w.out)
		}
	}
	if args[0] == "quarantine" && len(w.runs("production")) > 0 {
		w.must(args...)
	}
}

// crashStory is the main job with every kind of effect in it. It ends in the same
// state wherever the process was killed on the way.
func crashStory(t *testing.T, k *killer) *world {
	w := newWorld(t, "board", "other")
	w.intercept = k.Intercept
	pass := func() {
		w.clock = w.clock.Add(time.Minute)
		w.alive(k, "reconcile", "--once")
	}
	settle := func() { pass(); pass() }
	settle()
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	settle()
	w.alive(k, "approve", "publish/x", "--as", "ben", "--key", w.keys["ben"].File)
	settle()
	w.clock = w.clock.Add(20 * time.Minute)
	settle()
	w.write("run/production/apps/other.json", "{}")
	settle()
	w.alive(k, "quarantine", "board", "--reason", "leaks", "--by", "oncall")
	settle()
	w.alive(k, "release", "board", "--reason", "mended", "--by", "oncall")
	settle()
	w.push(map[string]string{boardPath("other"): boardFile("other", medium("2.0.0")...)}) // held
	settle()
	return w
}

// crashLife is the end of an app with every kind of effect in it: announced, due,
// taken down, brought back, renewed, and put right again.
func crashLife(t *testing.T, k *killer) *world {
	w, fake := lifeWorld(t, "board")
	w.intercept = k.Intercept
	on := func(month time.Month, day int) {
		w.clock = time.Date(2026, month, day, 9, 0, 0, 0, time.UTC)
		for range 3 {
			w.clock = w.clock.Add(5 * time.Minute)
			w.alive(k, "reconcile", "--once")
		}
	}
	on(3, 10)
	for _, day := range []int{3, 4, 10, 11} {
		on(4, day)
	}
	if got := w.runs("production"); len(got) > 0 {
		t.Errorf("production runs %v after its time", got)
	}
	w.alive(k, "release", "board", "--reason", "we need it", "--by", "ana")
	on(4, 11)
	w.publish("ana", "renew", map[string]string{boardPath("board"): boardFile("board", "ttl: 30d}", "ttl: 30d, renewed: 2026-04-11}")})
	on(4, 12)
	w.alive(k, "approve", "publish/renew", "--as", "ben", "--key", w.keys["ben"].File)
	on(4, 12)
	w.write("run/production/apps/board.json", "{}") // by hand
	on(4, 13)
	keys := map[string]int{}
	for _, m := range fake.Sent() {
		if keys[m.Notice.Key]++; keys[m.Notice.Key] > 1 {
			t.Errorf("%s was sent twice", m.Notice.Key)
		}
	}
	return w
}

// TestCrashMatrix kills the process before and after each effect of a story in
// turn, starts it again, and requires the same end and a ledger that verifies. Under
// the race detector it takes every fifth of these moments.
func TestCrashMatrix(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		story func(*testing.T, *killer) *world
		least int // points; it says how many moments the matrix covers, and may not fall
		runs  []string
	}{
		"main job": {crashStory, 84, []string{"board=1.1.0", "other=1.0.0"}},
		"life":     {crashLife, 82, []string{"board=1.0.0"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			crashMatrix(t, c.story, c.least, c.runs)
		})
	}
}

func crashMatrix(t *testing.T, story func(*testing.T, *killer) *world, least int, runs []string) {
	calm := &killer{}
	want := story(t, calm)
	want.wantRuns("production", runs...)
	points := len(calm.Seen)
	t.Logf("%d effects, %d crash points", points, 2*points)
	if 2*points < least {
		t.Errorf("%d crash points, there were %d", 2*points, least)
	}
	if testing.Verbose() {
		for i, what := range calm.Seen {
			t.Logf("%3d %s", i+1, what)
		}
	}
	final := want.files()
	main := want.remote.Git("rev-parse", "main^{tree}")
	var done atomic.Int64
	t.Run("points", func(t *testing.T) {
		for at := 1; at <= points; at++ {
			for i, after := range []bool{false, true} {
				if sampled && (2*at+i)%5 != 0 {
					continue
				}
				t.Run(fmt.Sprintf("%d-%v", at, after), func(t *testing.T) {
					t.Parallel()
					k := &killer{At: at, After: after}
					w := story(t, k)
					if !k.Struck {
						t.Fatalf("effect %d never came", at)
					}
					if diff := cmp.Diff(final, w.files()); diff != "" {
						t.Errorf("killed at %q (after: %v), the end differs (-calm +killed):\n%s", k.Seen[at-1], after, diff)
					}
					if got := w.remote.Git("rev-parse", "main^{tree}"); got != main {
						t.Errorf("killed at %q (after: %v), the catalog differs", k.Seen[at-1], after)
					}
					w.wantAudit()
					done.Add(1)
				})
			}
		}
	})
	t.Logf("%d crash points passed", done.Load())
}
