package main

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/lifecycle"
)

// TestDueCommand: who has no sender is told that nothing follows, and from when on it would.
func TestDueCommand(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	w.must("due", "--now", "2026-04-02", "--horizon", "20d")
	w.wantSaid("2026-04-04 09:00  board  due", "names no sender of notices")
	var said struct {
		Until  time.Time
		Told   bool
		Events []lifecycle.Event
	}
	if err := json.Unmarshal([]byte(w.must("due", "--horizon", "400d", "-o", "json")), &said); err != nil {
		t.Fatal(err)
	}
	if said.Told || len(said.Events) == 0 || !said.Until.Equal(w.clock.AddDate(0, 0, 400)) {
		t.Errorf("it says %+v", said)
	}
}
