package main

import (
	"bytes"
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

// TestServeWaitsForItsMirror: a daemon that starts while a command holds its mirror waits until that
// has ended, and a drill leaves the mirror to the daemon that it waits for.
func TestServeWaitsForItsMirror(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	lock := filepath.Join(w.dir, "data", "mirror", "lock")
	first, err := gitrepo.Open(t.Context(), gitrepo.Options{Dir: filepath.Dir(lock), Remote: w.remote.Dir})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	log := watched{word: "serving", seen: stop}
	var served sync.WaitGroup
	served.Go(func() {
		if code := run(ctx, []string{"serve", "--config", filepath.Join(w.dir, "levee.yaml")}, terminal.IO{Out: &log, Err: &log, Now: time.Now}); code != exit.CodeFine {
			t.Errorf("the daemon ends with %d", code)
		}
	})
	time.AfterFunc(300*time.Millisecond, func() { _ = first.Close() })
	served.Wait()
	if !bytes.Contains(log.text.Bytes(), []byte("serving")) {
		t.Errorf("the daemon did not serve: %s", &log.text)
	}
	s, err := system.Open(t.Context(), filepath.Join(w.dir, "levee.yaml"), terminal.IO{Out: &log, Err: &log, Now: time.Now}, kinds, system.Drilling)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if locked(t, lock) {
		t.Error("a drill holds the daemon's mirror")
	}
}
