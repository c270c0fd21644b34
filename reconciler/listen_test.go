package reconciler

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

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
