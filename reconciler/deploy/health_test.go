package deploy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestHealthGates: content goes on to the next environment counting from when it was
// ready, and not while whoever runs it says otherwise; what was said is on record, once
// for each change of state and not more often than once a minute.
func TestHealthGates(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	w.Publish("ana", "soak", reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...))
	w.Pass()
	w.Approve("ben", "soak")
	w.Pass()
	w.WantRuns("staging", "board=1.1.0")
	wantHealth(w, ledger.HealthReady, "")
	says := func(health string) { w.Write("run/staging/apps/board.health.json", health) }
	later := func(d time.Duration) {
		w.Later(d - time.Minute) // a pass takes one
		w.Pass()
	}
	written := func() int { return w.Count("Health of board in staging: ") }

	says(`{"state":"failing","reason":"it restarts again and again"}`)
	later(2 * time.Minute)
	for range 3 {
		later(20 * time.Minute)
		w.WantRuns("production", "board=1.0.0")
	}
	wantHealth(w, ledger.HealthFailing, "it restarts again and again")
	wantOnward(w, "stays in staging, because it is failing there: it restarts again and again")
	if got := written(); got != 1 {
		t.Errorf("%d records of health, for one change of it", got)
	}

	says(`not JSON`)
	later(20 * time.Minute)
	w.WantRuns("production", "board=1.0.0")
	wantOnward(w, "nobody can tell how it does there")

	// It goes up and down within a minute: one record at most, and what is so then counts.
	before := written()
	for i, state := range []string{"progressing", "failing", "progressing", "ready"} {
		says(`{"state":"` + state + `","since":"2026-03-09T09:00:00Z"}`)
		later([]time.Duration{2 * time.Minute, 5 * time.Second, 5 * time.Second, 5 * time.Second}[i])
	}
	if got := written() - before; got != 1 {
		t.Errorf("%d records of health in a minute:\n%s", got, strings.Join(w.Log(), "\n"))
	}
	later(time.Minute)
	if got := written() - before; got != 2 {
		t.Errorf("%d records of health after the minute:\n%s", got, strings.Join(w.Log(), "\n"))
	}
	w.WantRuns("production", "board=1.1.0") // ready for a day, and applied for an hour
	w.WantAudit()
}

// wantHealth compares what is on record of the board in staging, since the morning's hour.
func wantHealth(w *reconcilertest.World, state ledger.HealthState, reason string) {
	w.T.Helper()
	h := w.App("board").Applied["staging"].Health
	if h == nil || h.State != state || h.Reason != reason || !h.Since.Truncate(time.Hour).Equal(reconcilertest.Start) {
		w.T.Errorf("health is %+v, want %s (%s)", h, state, reason)
	}
}

func wantOnward(w *reconcilertest.World, want string) {
	w.T.Helper()
	if got := strings.Join(w.Onward("board"), "\n"); !strings.Contains(got, want) {
		w.T.Errorf("of what follows it is said %q, and not %q", got, want)
	}
}

// TestHealthSoaks: the soak begins when content is ready.
func TestHealthSoaks(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	w.Write("run/staging/apps/board.health.json", `{"state":"progressing"}`)
	w.Publish("ana", "soak", reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...))
	w.Pass()
	w.Approve("ben", "soak")
	w.Pass()
	w.Later(20 * time.Minute)
	w.Pass()
	w.WantRuns("production", "board=1.0.0")
	w.Write("run/staging/apps/board.health.json", `{"state":"ready"}`)
	w.Later(2 * time.Minute)
	w.Pass()
	w.Later(5 * time.Minute)
	w.Pass()
	w.WantRuns("production", "board=1.0.0")
	w.Later(10 * time.Minute)
	w.Pass()
	w.WantRuns("production", "board=1.1.0")
	w.WantAudit()
}
