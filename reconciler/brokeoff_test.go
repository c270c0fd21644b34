package reconciler_test

import (
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestWhatBreaksOffStopsNobody: where the program itself is wrong about one app or one
// change, that is logged with the place, the app or change is tried again, and everything
// else goes on.
func TestWhatBreaksOffStopsNobody(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board", "other")
	breaks := map[string]bool{"target apply staging board": true, "forge publish/bad": true}
	w.Intercept = func(what string, effect func() error) error {
		if breaks[what] {
			panic("a mistake of ours")
		}
		return effect()
	}
	for _, name := range []string{"bad", "good"} {
		app := map[string]string{"bad": "board", "good": "other"}[name]
		w.Publish("ana", name, reconcilertest.BoardFile(app, "version: 1.0.0", "version: 1.1.0", "monthly: 5", "monthly: 6"))
	}
	for range 2 {
		w.Later(time.Minute)
		if _, err := w.TryPass(); err == nil {
			t.Error("it is not said that something failed")
		}
		w.WantTold("change publish/bad: it broke off: a mistake of ours", "brokeoff_test.go")
	}
	w.WantRuns("staging", "other=1.1.0")
	w.WantRuns("production", "board=1.0.0", "other=1.1.0")
	if a := w.App("board").Applied["staging"]; a.Outcome != "failed" || !strings.HasPrefix(a.Error, "it broke off") {
		t.Errorf("of its apply it is on record: %+v", a)
	}

	clear(breaks)
	w.Pass()
	w.Pass()
	w.WantRuns("staging", "board=1.1.0", "other=1.1.0")
	w.WantAudit()
	if log := strings.Join(w.Log(), "\n"); strings.Contains(log, "goroutine") {
		t.Error("a stack stands in the ledger")
	}
}
