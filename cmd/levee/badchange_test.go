package main

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// TestUnreadableChange: a change that nobody can read, now or later, is told so where its
// author looks, and once.
func TestUnreadableChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.remote.Commit("publish/bad", gitrepotest.Change{Message: "a history of its own", Write: map[string]string{boardPath("board"): boardFile("board")}, Key: w.keys["ana"]})
	w.remote.Linear("publish/long", 1001)
	w.pass()
	w.wantSaid("change publish/bad: failure", "shares no history", "change publish/long: failure", "1001 commits")
	for _, change := range []string{"publish/bad", "publish/long"} {
		w.must("status", change)
		w.wantSaid(change+": ", "This change cannot be read: ")
	}
	w.pass()
	w.wantSaid("0 effects, 0 facts recorded")
	w.wantAudit()
}

// TestOneBadChangeStopsNothing: a change that cannot be reviewed is that change's
// trouble. The daemon is ready and looks as often as ever.
func TestOneBadChangeStopsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.publish("ana", "bad", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.1.0", "monthly: 5", "monthly: 6")})
	w.intercept = func(what string, effect func() error) error {
		if what == "forge publish/bad" {
			return errors.New("the forge is away")
		}
		return effect()
	}
	if code := w.levee("reconcile", "--once"); code != exitError {
		t.Errorf("exit code %d\n%s", code, &w.out)
	}
	w.wantSaid("the forge is away")
	w.write("levee.yaml", w.read("levee.yaml")+"\npoll: 50ms\nlisten: "+freeAddress(t)+"\nmetrics: "+freeAddress(t)+"\n")
	ctx, stop := context.WithCancel(t.Context())
	var log bytes.Buffer
	var served sync.WaitGroup
	served.Go(func() {
		run(ctx, []string{"serve", "--config", filepath.Join(w.dir, "levee.yaml")}, stdio{out: &log, err: &log, now: time.Now, intercept: w.intercept})
	})
	defer served.Wait()
	defer stop()
	until(t, "it is ready", func() bool { return strings.Contains(get(t, w, "/readyz"), "ok") })
	until(t, "/metrics says that not all went well", func() bool {
		return strings.Contains(get(t, w, "/metrics"), `levee_review_duration_seconds_count{outcome="partly"}`)
	})
}
