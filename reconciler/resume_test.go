package reconciler_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// atRest makes a world in which everything has soaked and a daemon found nothing
// left to do.
func atRest(t *testing.T) *reconcilertest.World {
	w := reconcilertest.New(t, "board", "other", "third")
	w.DriftEvery = time.Minute
	s := w.Serve()
	for range 4 {
		w.Later(11 * time.Minute)
		w.Once(s)
	}
	w.WantRuns("production", "board=1.0.0", "other=1.0.0", "third=1.0.0")
	s.Close()
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
		between func(*reconcilertest.World)
		want    []string
	}{
		{"nothing moved", func(*reconcilertest.World) {}, nil},
		{"a push", func(w *reconcilertest.World) { w.Push(reconcilertest.BoardFile("board", "1.0.0", "1.1.0")) }, []string{"board"}},
		{"a push that changes no meaning", func(w *reconcilertest.World) { w.Push(reconcilertest.Files{"README.md": "Hello.\n"}) }, nil},
		{"a record", func(w *reconcilertest.World) { w.Quarantine("board", "it leaks", "ana") }, all},
		{"midnight", func(w *reconcilertest.World) { w.Later(24 * time.Hour) }, all},
		{"another configuration", func(w *reconcilertest.World) { w.Wiring = "another" }, all},
		{"a garbled file", func(w *reconcilertest.World) { w.Write("data/resume.json", strings.Repeat("\x00", 400)) }, all},
		{"a lost file", func(w *reconcilertest.World) { w.Lose("data/resume.json") }, all},
		{"a lost cache", func(w *reconcilertest.World) { w.Lose("data") }, all},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := atRest(t)
			c.between(w)
			w.Later(time.Minute)
			done := w.Once(w.Serve()).Applied
			looked := slices.Compact(slices.Sorted(slices.Values(done.Apps)))
			if !slices.Equal(looked, c.want) {
				t.Errorf("looked at %v, want %v", looked, c.want)
			}
			w.WantAudit()
		})
	}
}

// TestRestKeepsWatch: after such a start drift is found, what landed is applied, and
// what is remembered is what stands now.
func TestRestKeepsWatch(t *testing.T) {
	t.Parallel()
	w := atRest(t)
	w.Write("run/production/apps/other.json", "{}")
	s := w.Serve()
	if done := w.Once(s).Applied; len(done.Effects) != 0 || done.Wake.IsZero() {
		t.Fatalf("at once: %+v", done)
	}
	w.Later(6 * time.Second)
	if done := w.Once(s).Applied; len(done.Effects) != 1 || done.Effects[0].App != "other" {
		t.Fatalf("six seconds later: %+v", done.Effects)
	}
	s.Close()
	w.Push(reconcilertest.BoardFile("board", "1.0.0", "1.1.0"))
	s = w.Serve()
	w.Once(s)
	w.WantRuns("staging", "board=1.1.0", "other=1.0.0", "third=1.0.0")
	w.Later(11 * time.Minute)
	w.Once(s)
	w.Once(s)
	s.Close()
	s = w.Serve()
	if done := w.Once(s).Applied; len(done.Apps) != 0 {
		t.Errorf("looked at %v, although nothing moved", done.Apps)
	}
	w.WantRuns("production", "board=1.1.0", "other=1.0.0", "third=1.0.0")
}
