package status_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestDrillDue: of an app at medium risk that nobody drilled for a quarter it is said that a
// drill is due; a drill ends that, until the next quarter is over.
func TestDrillDue(t *testing.T) {
	t.Parallel()
	w := reconcilertest.Empty(t).FoundWith(reconcilertest.BoardFile("board", append(reconcilertest.Medium("1.0.0"), "ttl: 30d", "ttl: 1000d")...))
	due := func() bool {
		return slices.ContainsFunc(w.Onward("board"), func(s string) bool { return strings.Contains(s, "a drill is due") })
	}
	w.Pass()
	if due() {
		t.Error("a drill is due of an app that was created today")
	}
	w.Later(80 * 24 * time.Hour)
	w.Pass()
	w.Later(10 * 24 * time.Hour)
	w.Pass()
	w.Days(3)
	if !due() {
		t.Errorf("no drill is due after three months: %q", w.Onward("board"))
	}
	t.Run("drill", func(t *testing.T) {
		run := *w
		run.T = t
		run.Run(20 * time.Millisecond)
		if _, said, err := run.Drill(t.Context(), "board", time.Minute); err != nil {
			t.Fatal(said, err)
		}
	})
	w.Days(3)
	if due() {
		t.Errorf("a drill is due right after one: %q", w.Onward("board"))
	}
	w.WantAudit()
}
