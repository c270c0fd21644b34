package reconciler

import (
	"testing"
	"time"
)

// TestOnlyWhatCouldBeRecordedHasPassed: a pass that found the ledger frozen recorded
// nothing, so nothing that waits to be recorded may be let go after it.
func TestOnlyWhatCouldBeRecordedHasPassed(t *testing.T) {
	passed := 0
	r := New(Options{Now: time.Now, Passed: func() { passed++ }})
	r.passed(Done{Applied: Applied{Frozen: "the ledger is not to be trusted"}})
	if passed != 0 {
		t.Error("a frozen pass counts")
	}
	if r.passed(Done{Unreviewed: 1}); passed != 0 {
		t.Error("a pass that could not review a change counts")
	}
	r.passed(Done{})
	if passed != 1 {
		t.Error("a good pass does not count")
	}
}
