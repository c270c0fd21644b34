package reconciler

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestOnlyWhatCouldBeRecordedHasPassed: a pass that found the ledger frozen recorded
// nothing, so nothing that waits to be recorded may be let go after it.
func TestOnlyWhatCouldBeRecordedHasPassed(t *testing.T) {
	passed := 0
	r := &Reconciler{Options: Options{Now: time.Now, Passed: func() { passed++ }}, metrics: newMetrics(func() int64 { return 0 })}
	if r.roundEnded(round{}); passed != 0 {
		t.Error("a round before any pass counts")
	}
	r.passed(Done{Applied: Applied{Frozen: "the ledger is not to be trusted"}})
	if r.roundEnded(round{}); passed != 0 {
		t.Error("a frozen round counts")
	}
	r.passed(Done{})
	if r.roundEnded(round{failed: 1}); passed != 0 {
		t.Error("a round that could not review a change counts")
	}
	r.roundEnded(round{})
	if passed != 1 {
		t.Error("a good pass does not count")
	}
}

// TestReady: a daemon is ready once a pass ended well, and no more when one after the
// other fails.
func TestReady(t *testing.T) {
	r := &Reconciler{Options: Options{Now: time.Now}, metrics: newMetrics(func() int64 { return 0 })}
	ready := func() int {
		w := httptest.NewRecorder()
		r.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		return w.Code
	}
	want := func(when string, code int) {
		t.Helper()
		if got := ready(); got != code {
			t.Errorf("%s: %d, want %d", when, got, code)
		}
	}
	want("at the start", http.StatusServiceUnavailable)
	r.passed(Done{})
	want("after a good pass", http.StatusOK)
	r.failed(Done{})
	r.failed(Done{})
	want("after two failures", http.StatusOK)
	r.failed(Done{})
	want("after three", http.StatusServiceUnavailable)
	r.passed(Done{})
	want("after a good one again", http.StatusOK)
	r.passed(Done{Applied: Applied{Frozen: "rewritten"}})
	want("frozen", http.StatusServiceUnavailable)
}
