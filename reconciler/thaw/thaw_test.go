package thaw_test

import (
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// frozen is a world whose production is frozen on the day after the stories begin.
func frozen(t *testing.T, replace ...string) *reconcilertest.World {
	t.Helper()
	settings := strings.Replace(reconcilertest.Settings, "{name: production,", "{name: production, freezes: [{name: audit, from: 2026-03-10, until: 2026-03-11}],", 1)
	settings = strings.NewReplacer(replace...).Replace(settings)
	w := reconcilertest.Empty(t).FoundWith(reconcilertest.Files{"catalog.yaml": settings}, reconcilertest.BoardFile("board"), reconcilertest.BoardFile("desk"))
	w.Pass()
	return w
}

// land has a change of an app approved and merged.
func land(w *reconcilertest.World, app, version string) {
	w.T.Helper()
	w.Publish("ana", app+version, reconcilertest.BoardFile(app, reconcilertest.Medium(version)...))
	w.Pass()
	w.WantPreview(app+version, "later in `production`, but waits while `production` is frozen")
	w.Approve("ben", app+version)
	w.Pass()
	w.Pass()
}

func says(w *reconcilertest.World, app, words string) {
	w.T.Helper()
	if said := strings.Join(w.Onward(app), "\n"); !strings.Contains(said, words) {
		w.T.Errorf("of %s it is said %q, and not %q", app, said, words)
	}
}

// TestFreeze: what has soaked waits for the end of a freeze, and goes on then by itself; what
// somebody lets in goes on at once, it alone, and on record.
func TestFreeze(t *testing.T) {
	t.Parallel()
	w := frozen(t)
	land(w, "board", "1.1.0")
	land(w, "desk", "1.1.0")
	w.Later(time.Hour)
	w.Pass()
	w.WantRuns("staging", "board=1.1.0", "desk=1.1.0")
	w.WantRuns("production", "board=1.0.0", "desk=1.0.0")
	says(w, "board", "production is frozen (audit), and takes it at 2026-03-12 00:00")

	if _, err := w.Thaw("baord", "", "urgent"); err == nil || !strings.Contains(err.Error(), "did you mean board?") {
		t.Errorf("of an unknown app it says %v", err)
	}
	if _, err := w.Thaw("board", "staging", "urgent"); err == nil || !strings.Contains(err.Error(), "nothing of it waits for the end of a freeze") {
		t.Errorf("of an environment that is not frozen it says %v", err)
	}
	done, err := w.Thaw("board", "", "a leak is mended")
	if err != nil || done.Environment != "production" || done.Freeze != "audit" {
		t.Fatalf("it says %+v, %v", done, err)
	}
	w.Pass()
	w.Pass()
	w.WantRuns("production", "board=1.1.0", "desk=1.0.0")
	w.WantRecorded("into production during the freeze audit: a leak is mended")
	if app := w.App("board"); len(app.Thawed) != 0 {
		t.Errorf("once it is in, %v may still enter", app.Thawed)
	}

	w.Set(time.Date(2026, 3, 11, 23, 58, 0, 0, time.UTC))
	w.Pass()
	w.WantRuns("production", "board=1.1.0", "desk=1.0.0")
	w.Pass()
	w.Pass()
	w.WantRuns("production", "board=1.1.0", "desk=1.1.0")
	w.WantAudit()
}

// TestThawIsForOneContent: what is let in has to soak, and newer content is not let in by it.
func TestThawIsForOneContent(t *testing.T) {
	t.Parallel()
	w := frozen(t, "soak: 10m", "soak: 2h")
	land(w, "board", "1.1.0")
	if _, err := w.Thaw("board", "production", "urgent"); err != nil {
		t.Fatal(err)
	}
	w.Pass()
	w.WantRuns("production", "board=1.0.0", "desk=1.0.0")
	says(w, "board", "soaks in staging, and goes on to production at 2026-03-10 11:")
	land(w, "board", "1.2.0")
	w.Later(5 * time.Hour)
	w.Pass()
	w.WantRuns("production", "board=1.0.0", "desk=1.0.0")
	says(w, "board", "production is frozen (audit)")
	w.WantAudit()
}

// TestFreezeBesideDaemon: a daemon at work lets in what waited as soon as the glass is broken.
func TestFreezeBesideDaemon(t *testing.T) {
	t.Parallel()
	w := frozen(t, "soak: 10m", "soak: 0s", "until: 2026-03-11", "until: 2099-01-01")
	w.Live()
	w.Run(50 * time.Millisecond)
	w.Publish("ana", "new", reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...))
	reconcilertest.Until(t, "it is reviewed", func() bool { return w.Count("Decide in change publish/new") > 0 })
	w.Approve("ben", "new")
	reconcilertest.Until(t, "it is in staging", func() bool { return w.Runs("staging")["board"] == "1.1.0" })
	reconcilertest.Until(t, "it waits", func() bool { return strings.Contains(strings.Join(w.Onward("board"), ""), "is frozen (audit)") })
	if _, err := w.Thaw("board", "", "urgent"); err != nil {
		t.Fatal(err)
	}
	reconcilertest.Until(t, "it is in production", func() bool { return w.Runs("production")["board"] == "1.1.0" })
}
