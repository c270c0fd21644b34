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
	r := &Reconciler{}
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
	r.ready.passEnded(Done{}, time.Now())
	want("after a good pass", http.StatusOK)
	r.ready.passFailed(Done{})
	r.ready.passFailed(Done{})
	want("after two failures", http.StatusOK)
	r.ready.passFailed(Done{})
	want("after three", http.StatusServiceUnavailable)
	r.ready.passEnded(Done{}, time.Now())
	want("after a good one again", http.StatusOK)
	r.ready.passEnded(Done{Applied: Applied{Frozen: "rewritten"}}, time.Now())
	want("frozen", http.StatusServiceUnavailable)
}
