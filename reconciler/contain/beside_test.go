package contain_test

import (
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestReleaseBesideDaemon: a release is carried out by the next pass, and not only when
// targets are looked at for drift.
func TestReleaseBesideDaemon(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	w.DriftEvery = time.Hour
	w.Live()
	p := w.Run(50 * time.Millisecond)
	reconcilertest.Until(t, "it is ready", func() bool { return strings.Contains(p.Get("/readyz"), "ok") })
	w.Quarantine("board", "leaks", "oncall")
	w.WantRuns("production")
	w.Release("mended", "oncall", "board")
	reconcilertest.Until(t, "the daemon brings the app back", func() bool { return w.Runs("production")["board"] == "1.0.0" && w.Runs("staging")["board"] == "1.0.0" })
	reconcilertest.Until(t, "it is on record", func() bool {
		app := w.App("board")
		return !app.Released.After(app.Applied["production"].At) && !app.Released.After(app.Applied["staging"].At)
	})
}
