package deploy_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestWatchBesideDaemon: what is changed by hand beside a daemon that looks at everything
// once an hour is back within seconds, and so is what whoever runs it says of its health;
// what the daemon itself writes does not keep it busy.
func TestWatchBesideDaemon(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board", "desk")
	w.Pass()
	w.DriftEvery = time.Hour
	w.Live()
	p := w.Run(time.Hour)
	reconcilertest.Until(t, "it is ready", func() bool { return strings.Contains(p.Get("/readyz"), "ok") })
	file := filepath.Join(w.Dir, "run", "production", "apps", "board.json")
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
		reconcilertest.Until(t, "what was changed by hand is back", func() bool {
			raw, err := os.ReadFile(file)
			return err == nil && bytes.Equal(raw, right)
		})
	}
	w.Write("run/production/apps/desk.health.json", `{"state":"failing","reason":"it restarts"}`)
	reconcilertest.Until(t, "health is recorded", func() bool {
		return w.Count("Health of desk in production: failing (it restarts)") > 0
	})

	passes := func() string { return p.Metric(`levee_pass_duration_seconds_count{outcome="done"}`) }
	reconcilertest.Until(t, "it comes to rest", func() bool {
		before := passes()
		time.Sleep(1500 * time.Millisecond)
		return passes() == before
	})
	w.Write("run/production/apps/not-ours.json", "{}")
	w.Write("run/production/notes.txt", "x")
	time.Sleep(1500 * time.Millisecond)
	if !strings.Contains(w.Read("run/production/apps/not-ours.json"), "{}") {
		t.Error("what is not its own was changed")
	}
}
