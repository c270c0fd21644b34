package deploy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

const failing = `{"state":"failing","reason":"it restarts"}`

// needing is a board that needs other apps.
func needing(name, version string, on ...string) reconcilertest.Files {
	edit := append(reconcilertest.Medium(version), "  blueprint:", "  dependsOn: ["+strings.Join(on, ", ")+"]\n  blueprint:")
	return reconcilertest.BoardFile(name, edit...)
}

// TestWaitsForWhatItNeeds: new content is not applied before the apps that it needs are there
// and well; it is said for whom it waits. What runs already goes on, and is corrected.
func TestWaitsForWhatItNeeds(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "feed", "desk")
	w.Pass()
	w.Write("run/staging/apps/feed.health.json", failing)
	w.Publish("ana", "desk", needing("desk", "1.1.0", "feed"))
	w.Pass()
	w.Approve("ben", "desk")
	for range 3 {
		w.Pass()
	}
	w.WantRuns("staging", "feed=1.0.0", "desk=1.0.0")
	wantOnwardOf(w, "desk", "waits in staging for feed (it is failing there: it restarts)")

	w.Write("run/staging/apps/feed.health.json", `{"state":"ready"}`)
	w.Later(time.Hour)
	w.Pass()
	w.Pass()
	w.WantRuns("staging", "feed=1.0.0", "desk=1.1.0")

	// In production it is contained meanwhile, after the soak.
	w.Quarantine("feed", "leaks", "oncall")
	w.Later(time.Hour)
	w.Pass()
	w.Pass()
	w.WantRuns("production", "desk=1.0.0")
	wantOnwardOf(w, "desk", "waits in production for feed (it is contained)")
	w.Release("mended", "oncall", "feed")
	w.Later(10 * time.Minute)
	w.Pass()
	w.Later(10 * time.Minute)
	w.Pass()
	w.WantRuns("production", "feed=1.0.0", "desk=1.1.0")
	w.WantAudit()
}

// TestDriftDoesNotWait: what somebody changed by hand is put right at once, with the newest
// content that was approved.
func TestDriftDoesNotWait(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "feed", "desk")
	w.Pass()
	w.Quarantine("feed", "leaks", "oncall")
	w.Publish("ana", "desk", needing("desk", "1.1.0", "feed"))
	w.Pass()
	w.Approve("ben", "desk")
	w.Pass()
	w.Pass()
	w.WantRuns("staging", "desk=1.0.0")
	w.Write("run/staging/apps/desk.json", "{}")
	w.Pass()
	w.Pass()
	w.WantRuns("staging", "desk=1.1.0")
}

// TestArrivesInOrder: apps that arrive together are applied in the order in which they need
// each other, beside a running daemon and without a pause between them.
func TestArrivesInOrder(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "first", "middle", "last")
	w.Pass()
	w.Live()
	w.Run(50 * time.Millisecond)
	w.Quarantine("first", "leaks", "oncall")
	// What needs another is admitted after it, or it would be applied beside the old one.
	for _, pair := range [][2]string{{"middle", "first"}, {"last", "middle"}} {
		name, on := pair[0], pair[1]
		w.Publish("ana", name, needing(name, "1.1.0", on))
		reconcilertest.Until(t, name+" is reviewed", func() bool { return w.Count("Decide in change publish/"+name) > 0 })
		w.Approve("ben", name)
		reconcilertest.Until(t, name+" is admitted", func() bool { return w.Count("Admit "+name+" ") > 2 })
	}
	wantOnwardOf(w, "last", "waits in staging for middle (it is not applied there yet)")
	w.WantRuns("staging", "middle=1.0.0", "last=1.0.0")
	began := time.Now()
	w.Release("mended", "oncall", "first")
	reconcilertest.Until(t, "all run", func() bool {
		runs := w.Runs("staging")
		return runs["first"] == "1.0.0" && runs["middle"] == "1.1.0" && runs["last"] == "1.1.0"
	})
	if took := time.Since(began); took > 45*time.Second {
		t.Errorf("they came after %s, and so not by what was recorded", took)
	}
	w.WantAudit()
}

func wantOnwardOf(w *reconcilertest.World, app, words string) {
	w.T.Helper()
	if said := strings.Join(w.Onward(app), "\n"); !strings.Contains(said, words) {
		w.T.Errorf("of %s it is said %q, and not that it %s", app, said, words)
	}
}
