package main

import (
	"io"
	"path/filepath"
	"testing"
)

// TestWiring: a daemon goes on from what another left behind only where both are made of
// the same, their configuration included.
func TestWiring(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.write("other.yaml", w.read("levee.yaml")+"poll: 20s\n")
	wiring := func(name, engine string) string {
		c, err := readConfig(w.dir + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return c.wiring(engine)
	}
	one := wiring("levee.yaml", "engine")
	if one != wiring("levee.yaml", "engine") || one == wiring("other.yaml", "engine") || one == wiring("levee.yaml", "another") {
		t.Error("configurations and engines are not told apart")
	}
	s := w.daemon()
	if s.rec.Wiring != s.config.wiring(engineName(s.engine)) || s.rec.Resume == "" {
		t.Errorf("the daemon is wired as %q and remembers in %q", s.rec.Wiring, s.rec.Resume)
	}
}

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
