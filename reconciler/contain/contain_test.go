package contain_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestContainmentSaysWhatItCouldNotReach: an environment whose target this
// configuration does not have is not contained, and that is said aloud; so is a name
// that nobody knows, which is most likely misspelt.
func TestContainmentSaysWhatItCouldNotReach(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	before := len(w.Log())
	_, quarantine := w.TryQuarantine("baord", "leaks", "ana")
	_, rollback := w.TryRollback("baord", "", "leaks")
	for what, err := range map[string]error{"quarantine": quarantine, "rollback": rollback} {
		if err == nil || !strings.Contains(err.Error(), "there is no app called baord; did you mean board?") {
			t.Errorf("%s of a misspelt name: %v", what, err)
		}
	}
	if n := len(w.Log()); n != before {
		t.Errorf("%d records of a misspelt name", n-before)
	}
	w.Govern(reconcilertest.Files{"catalog.yaml": strings.Replace(reconcilertest.Settings, "{name: production", "{name: production, target: elsewhere", 1)})
	done, err := w.TryQuarantine("board", "leaks", "ana")
	if err == nil || !slices.Equal(done.Marked, []string{"staging"}) || !strings.Contains(err.Error(), "production") || !strings.Contains(err.Error(), `"elsewhere"`) {
		t.Errorf("it is said %v, after %+v", err, done)
	}
	w.WantRuns("staging")
}

// TestContainmentByASlowClock: whoever contains an app again shortly after its release,
// from a machine whose clock is behind and with the repository gone, contains it.
func TestContainmentByASlowClock(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	w.Quarantine("board", "leaks", "ana")
	w.Later(time.Hour)
	w.Release("mended", "ana", "board")
	w.Pass()
	w.WantRuns("production", "board=1.0.0")
	back := w.Unreachable()
	w.Later(-10 * time.Minute)
	w.Quarantine("board", "leaks again", "ana")
	w.Later(11 * time.Minute)
	back()
	w.Pass()
	w.Pass()
	w.WantRuns("production")
	wantContained(w, "ana", "leaks again")
	w.WantAudit()
}

// wantContained compares what is on record of the board.
func wantContained(w *reconcilertest.World, by, reason string) {
	w.T.Helper()
	if q := w.App("board").Quarantine; q == nil || q.By != by || q.Reason != reason {
		w.T.Errorf("its containment is %+v, not by %s: %s", q, by, reason)
	}
}

// TestContainment: contained at once, in every environment; a fix merged meanwhile
// is admitted and waits; release brings the newest back.
func TestContainment(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	w.Quarantine("board", "leaks", "oncall")
	w.WantRuns("staging")
	w.WantRuns("production")
	w.Publish("ana", "fix", reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.0.1"))
	w.Pass()
	w.Pass()
	w.WantRuns("production")
	wantContained(w, "oncall", "leaks")
	w.Release("mended", "oncall", "board")
	w.Pass()
	w.WantRuns("staging", "board=1.0.1")
	w.WantRuns("production", "board=1.0.1")
	w.WantAudit()
}
