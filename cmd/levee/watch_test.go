package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestWatchBesideDaemon: what is changed by hand beside a daemon that looks at everything
// once an hour is back within seconds, and so is what whoever runs it says of its health;
// what the daemon itself writes does not keep it busy.
func TestWatchBesideDaemon(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board", "desk")
	w.write("levee.yaml", strings.Replace(w.read("levee.yaml"), "drift: 1s", "drift: 1h", 1)+
		"\npoll: 1h\nlisten: "+freeAddress(t)+"\nmetrics: "+freeAddress(t)+"\n")
	w.pass()
	ctx, stop := context.WithCancel(t.Context())
	log := &bytes.Buffer{}
	var served sync.WaitGroup
	served.Go(func() {
		run(ctx, []string{"serve", "--config", filepath.Join(w.dir, "levee.yaml")}, stdio{out: log, err: log, now: time.Now})
	})
	t.Cleanup(func() {
		stop()
		served.Wait()
		if t.Failed() {
			t.Log(log)
		}
	})
	until(t, "it is ready", func() bool { return strings.Contains(get(t, w, "/readyz"), "ok") })
	file := filepath.Join(w.dir, "run", "production", "apps", "board.json")
	right, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if i == 1 { // the whole folder, which is watched
			err = os.RemoveAll(filepath.Dir(file))
		} else {
			err = os.WriteFile(file, []byte("{}"), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		until(t, "what was changed by hand is back", func() bool {
			raw, err := os.ReadFile(file)
			return err == nil && bytes.Equal(raw, right)
		})
	}
	w.write("run/production/apps/desk.health.json", `{"state":"failing","reason":"it restarts"}`)
	until(t, "health is recorded", func() bool {
		return strings.Contains(strings.Join(w.log(), "\n"), "Health of desk in production: failing (it restarts)")
	})

	passes := func() string {
		return fmt.Sprint(metric(get(t, w, "/metrics"), `levee_pass_duration_seconds_count{outcome="done"}`))
	}
	until(t, "it comes to rest", func() bool {
		before := passes()
		time.Sleep(1500 * time.Millisecond)
		return passes() == before
	})
	w.write("run/production/apps/not-ours.json", "{}")
	w.write("run/production/notes.txt", "x")
	time.Sleep(1500 * time.Millisecond)
	if w.clock = time.Now(); !strings.Contains(w.read("run/production/apps/not-ours.json"), "{}") {
		t.Error("what is not its own was changed")
	}
}

// metric is a line of metrics.
func metric(all, name string) string {
	for line := range strings.Lines(all) {
		if strings.HasPrefix(line, name) {
			return line
		}
	}
	return ""
}
