package contain_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// drilled is a world with a daemon at work in it, in which board runs.
func drilled(t *testing.T) *reconcilertest.World {
	t.Helper()
	w := reconcilertest.New(t, "board")
	w.Pass()
	w.Live()
	p := w.Run(50 * time.Millisecond)
	reconcilertest.Until(t, "it is ready", func() bool { return strings.Contains(p.Get("/readyz"), "ok") })
	return w
}

// TestDrill: an app is cut in each environment, seen to be cut, and is back; how long it took
// is on record, and status knows when its kill switch was proved.
func TestDrill(t *testing.T) {
	t.Parallel()
	w := drilled(t)
	done, said, err := w.Drill(t.Context(), "board", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(done.Environments, []string{"staging", "production"}) || done.Cut <= 0 || done.Back <= 0 || done.Failed != "" || !done.Recorded {
		t.Errorf("it says %+v", done)
	}
	if words := strings.Join(said, "\n"); !strings.Contains(words, "cut in staging, production after ") || !strings.Contains(words, "back after ") {
		t.Errorf("it says %q", words)
	}
	w.WantRuns("staging", "board=1.0.0")
	w.WantRuns("production", "board=1.0.0")
	if app := w.App("board"); app.Quarantine != nil || app.Drilled.IsZero() {
		t.Errorf("on record is %+v", app)
	}
	w.WantRecorded("Contain board: a drill of its kill switch", "Release board: a drill of its kill switch", "Drill the kill switch of board: cut after ")
	w.WantAudit()
}

// TestDrillInEarnest: an app that somebody contains during a drill stays contained.
func TestDrillInEarnest(t *testing.T) {
	t.Parallel()
	w := drilled(t)
	other := w.Replica("other")
	stuck := reconcilertest.NewStuck("target quarantine production board")
	w.Intercept = stuck.Intercept
	ended := make(chan error, 1)
	go func() {
		_, _, err := w.Drill(t.Context(), "board", time.Minute)
		ended <- err
	}()
	select {
	case <-stuck.Reached:
	case err := <-ended:
		t.Fatalf("it ended before: %v", err)
	}
	if _, err := other.TryQuarantine("board", "leaks", "oncall"); err != nil {
		t.Error(err)
	}
	stuck.Release()
	err := <-ended
	if err == nil || !strings.Contains(err.Error(), "oncall contained it meanwhile: leaks; it STAYS CONTAINED") {
		t.Errorf("it says %v", err)
	}
	w.WantRuns("staging")
	w.WantRuns("production")
	if app := w.App("board"); app.Quarantine == nil || app.Quarantine.Reason != "leaks" || !app.Drilled.IsZero() {
		t.Errorf("on record is %+v", app)
	}
	w.WantAudit()
}

// TestDrillEnds: a drill that is broken off brings the app back, and proves nothing.
func TestDrillEnds(t *testing.T) {
	t.Parallel()
	w := drilled(t)
	ctx, stop := context.WithCancel(t.Context())
	w.Intercept = func(what string, effect func() error) error {
		err := effect()
		if strings.HasPrefix(what, "target quarantine") {
			stop()
		}
		return err
	}
	done, _, err := w.Drill(ctx, "board", time.Minute)
	if err == nil || done.Failed == "" || !done.Recorded {
		t.Errorf("it says %+v, %v", done, err)
	}
	reconcilertest.Until(t, "it is back", func() bool { return w.Runs("production")["board"] == "1.0.0" && w.Runs("staging")["board"] == "1.0.0" })
	if app := w.App("board"); app.Quarantine != nil || !app.Drilled.IsZero() {
		t.Errorf("on record is %+v", app)
	}
	w.WantRecorded("Drill the kill switch of board: it FAILED: ")
}

// TestDrillOfWhatIsNotWell: an app that is contained, has drifted, is unknown, or runs nowhere
// is left alone, and it is said why; nothing is recorded.
func TestDrillOfWhatIsNotWell(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before func(w *reconcilertest.World)
		app    string
		says   string
	}{
		"contained": {func(w *reconcilertest.World) { w.Quarantine("board", "leaks", "oncall") }, "board", "it is contained already: leaks"},
		"drifted": {func(w *reconcilertest.World) {
			if err := os.Remove(filepath.Join(w.Dir, "run", "production", "apps", "board.json")); err != nil {
				w.T.Fatal(err)
			}
		}, "board", "in production it is not as it should be before"},
		"unknown": {func(*reconcilertest.World) {}, "baord", "did you mean board?"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := reconcilertest.New(t, "board")
			w.Pass()
			c.before(w)
			before := len(w.Log())
			if _, _, err := w.Drill(t.Context(), c.app, time.Second); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("it says %v", err)
			}
			if n := len(w.Log()); n != before {
				t.Errorf("%d records", n-before)
			}
		})
	}
}
