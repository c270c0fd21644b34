package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// TestBesideDaemon: while the daemon serves, commands work on the same
// configuration; an app is contained even with the repository gone. A second daemon
// in the same folder is refused.
func TestBesideDaemon(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	w.write("levee.yaml", w.read("levee.yaml")+"\npoll: 50ms\n")
	ctx, stop := context.WithCancel(t.Context())
	var log bytes.Buffer
	var served sync.WaitGroup
	served.Go(func() {
		args := []string{"serve", "--config", filepath.Join(w.dir, "levee.yaml")}
		run(ctx, args, stdio{out: &log, err: &log, now: time.Now})
	})
	defer served.Wait()
	defer stop()
	lock := filepath.Join(w.dir, "data", "mirror", "lock")
	until(t, "the daemon holds its mirror", func() bool { return locked(t, lock) })

	w.clock = time.Now()
	w.must("status")
	w.wantSaid("board")
	w.must("due", "--horizon", "1d")
	if code := w.levee("serve"); code != exitError {
		t.Errorf("a second daemon: exit code %d", code)
	}
	w.wantSaid("another daemon works in the folder")

	if err := os.Rename(w.remote.Dir, w.remote.Dir+".away"); err != nil {
		t.Fatal(err)
	}
	w.must("quarantine", "board", "--reason", "leaks", "--by", "oncall")
	w.wantSaid("production: board contained", "not recorded yet")
	w.wantRuns("production")
	if err := os.Rename(w.remote.Dir+".away", w.remote.Dir); err != nil {
		t.Fatal(err)
	}
	until(t, "the daemon records the mark", func() bool {
		w.must("status", "board")
		return bytes.Contains(w.out.Bytes(), []byte("contained by oncall: leaks"))
	})
	w.must("release", "board", "--reason", "mended", "--by", "oncall")
	until(t, "the daemon brings the app back", func() bool { return w.runs("production")["board"] == "1.0.0" })
}

// until waits for something that another goroutine does.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 400 {
		if done() {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("it never came to this: %s", what)
}
