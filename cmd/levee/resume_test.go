package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler"
)

// daemon opens the world's daemon, as `levee serve` does.
func (w *world) daemon() *system {
	w.t.Helper()
	s, err := openSystem(w.t.Context(), filepath.Join(w.dir, "levee.yaml"), stdio{
		out: io.Discard, err: &w.out, now: w.now, intercept: w.intercept, sender: w.sender,
	}, serving)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(s.close)
	return s
}

// once is a pass of a daemon over everything.
func (w *world) once(s *system) reconciler.Applied {
	w.t.Helper()
	done, err := s.rec.Once(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return done.Applied
}

// atRest makes a world in which everything has soaked and a daemon found nothing
// left to do.
func atRest(t *testing.T) *world {
	w := newWorld(t, "board", "other", "third")
	w.write("levee.yaml", strings.Replace(w.read("levee.yaml"), "drift: 1s", "drift: 1m", 1))
	s := w.daemon()
	for range 4 {
		w.clock = w.clock.Add(11 * time.Minute)
		w.once(s)
	}
	w.wantRuns("production", "board=1.0.0", "other=1.0.0", "third=1.0.0")
	s.close()
	return w
}

// TestStartAtRest: a daemon that starts where another was at rest looks at what has
// moved since, and at all else when its time comes. Where it cannot know what moved,
// it looks at everything.
func TestStartAtRest(t *testing.T) {
	t.Parallel()
	all := []string{"board", "other", "third"}
	cases := []struct {
		name    string
		between func(*world)
		want    []string
	}{
		{"nothing moved", func(*world) {}, nil},
		{"a push", func(w *world) { w.push(map[string]string{boardPath("board"): boardFile("board", "1.0.0", "1.1.0")}) }, []string{"board"}},
		{"a push that changes no meaning", func(w *world) { w.push(map[string]string{"README.md": "Hello.\n"}) }, nil},
		{"a record", func(w *world) { w.must("quarantine", "board", "--reason", "it leaks") }, all},
		{"midnight", func(w *world) { w.clock = w.clock.Add(24 * time.Hour) }, all},
		{"another configuration", func(w *world) { w.write("levee.yaml", w.read("levee.yaml")+"poll: 20s\n") }, all},
		{"a garbled file", func(w *world) { w.write("data/resume.json", strings.Repeat("\x00", 400)) }, all},
		{"a lost file", func(w *world) {
			if err := os.Remove(filepath.Join(w.dir, "data/resume.json")); err != nil {
				w.t.Fatal(err)
			}
		}, all},
		{"a lost cache", func(w *world) {
			if err := os.RemoveAll(filepath.Join(w.dir, "data")); err != nil {
				w.t.Fatal(err)
			}
		}, all},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := atRest(t)
			c.between(w)
			w.clock = w.clock.Add(time.Minute)
			done := w.once(w.daemon())
			looked := slices.Compact(slices.Sorted(slices.Values(done.Apps)))
			if !slices.Equal(looked, c.want) {
				t.Errorf("looked at %v, want %v", looked, c.want)
			}
			w.must("audit", "verify")
		})
	}
}

// TestRestKeepsWatch: after such a start drift is found, what landed is applied, and
// what is remembered is what stands now.
func TestRestKeepsWatch(t *testing.T) {
	t.Parallel()
	w := atRest(t)
	file := filepath.Join(w.dir, "run/production/apps/other.json")
	if err := os.WriteFile(file, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := w.daemon()
	if done := w.once(s); len(done.Effects) != 0 || done.Wake.IsZero() {
		t.Fatalf("at once: %+v", done)
	}
	w.clock = w.clock.Add(6 * time.Second)
	if done := w.once(s); len(done.Effects) != 1 || done.Effects[0].App != "other" {
		t.Fatalf("six seconds later: %+v", done.Effects)
	}
	s.close()
	w.push(map[string]string{boardPath("board"): boardFile("board", "1.0.0", "1.1.0")})
	s = w.daemon()
	w.once(s)
	w.wantRuns("staging", "board=1.1.0", "other=1.0.0", "third=1.0.0")
	w.clock = w.clock.Add(11 * time.Minute)
	w.once(s)
	w.once(s)
	s.close()
	s = w.daemon()
	if done := w.once(s); len(done.Apps) != 0 {
		t.Errorf("looked at %v, although nothing moved", done.Apps)
	}
	w.wantRuns("production", "board=1.1.0", "other=1.0.0", "third=1.0.0")
}
