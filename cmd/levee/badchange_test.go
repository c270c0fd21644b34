package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// TestOneBadChangeStopsNothing: a change that cannot be read is that change's
// trouble. The daemon is ready and looks as often as ever.
func TestOneBadChangeStopsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.remote.Commit("publish/bad", gitrepotest.Change{Message: "a history of its own", Write: map[string]string{boardPath("board"): boardFile("board")}, Key: w.keys["ana"]})
	if code := w.levee("reconcile", "--once"); code != exitError {
		t.Errorf("exit code %d\n%s", code, &w.out)
	}
	w.wantSaid("shares no history")
	w.write("levee.yaml", w.read("levee.yaml")+"\npoll: 50ms\nlisten: "+freeAddress(t)+"\n")
	ctx, stop := context.WithCancel(t.Context())
	var log bytes.Buffer
	var served sync.WaitGroup
	served.Go(func() {
		run(ctx, []string{"serve", "--config", filepath.Join(w.dir, "levee.yaml")}, stdio{out: &log, err: &log, now: time.Now})
	})
	defer served.Wait()
	defer stop()
	until(t, "it is ready", func() bool { return strings.Contains(get(t, w, "/readyz"), "ok") })
	if text := get(t, w, "/metrics"); !strings.Contains(text, `levee_pass_duration_seconds_count{outcome="partly"}`) {
		t.Errorf("/metrics does not say that not all went well:\n%s", text)
	}
}
