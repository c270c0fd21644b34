package main

import (
	"testing"
	"time"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// TestDriftWhileALandingIsUntold: what brought a commit to main cannot be told yet. The
// commit waits; what runs is looked after all the same.
func TestDriftWhileALandingIsUntold(t *testing.T) {
	t.Parallel()
	w := onHub(newWorld(t, "board", "other"), asApp, "mergeWhenApproved: true\n")
	w.pass()
	w.hub.Direct("ana", "main", w.commit("", "ana", map[string]string{boardPath("other"): boardFile("other", "version: 1.0.0", "version: 1.0.1")}))
	w.write("run/production/apps/board.json", "{}")
	w.clock = w.clock.Add(5 * time.Second)
	if code := w.levee("reconcile", "--once"); code != exit.CodeError {
		t.Errorf("exit code %d\n%s", code, &w.out)
	}
	w.wantSaid("find out which change brought")
	w.wantRuns("production", "board=1.0.0", "other=1.0.0")
	w.clock = w.clock.Add(time.Minute)
	w.pass()
	w.pass()
	w.wantRuns("production", "board=1.0.0", "other=1.0.1")
	w.wantAudit()
}
