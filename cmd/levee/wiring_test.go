package main

import (
	"io"
	"path/filepath"
	"testing"

	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

// TestWiring: a daemon goes on from what another left behind only where both are made of
// the same, their configuration included.
func TestWiring(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.write("other.yaml", w.read("levee.yaml")+"poll: 20s\n")
	wiring := func(name, engine string) string {
		c, err := config.Read(w.dir + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return c.Wiring(engine)
	}
	one := wiring("levee.yaml", "engine")
	if one != wiring("levee.yaml", "engine") || one == wiring("other.yaml", "engine") || one == wiring("levee.yaml", "another") {
		t.Error("configurations and engines are not told apart")
	}
	s := w.daemon()
	if s.Rec.Wiring != s.Config.Wiring(system.EngineName(s.Engine)) || s.Rec.Resume == "" {
		t.Errorf("the daemon is wired as %q and remembers in %q", s.Rec.Wiring, s.Rec.Resume)
	}
}

// daemon opens the world's daemon, as `levee serve` does.
func (w *world) daemon() *system.System {
	w.t.Helper()
	s, err := system.Open(w.t.Context(), filepath.Join(w.dir, "levee.yaml"), terminal.IO{
		Out: io.Discard, Err: &w.out, Now: w.now, Intercept: w.intercept, Sender: w.sender,
	}, kinds, system.Serving)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(s.Close)
	return s
}
