package api_test

import (
	"net/http"
	"testing"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestStarting: a daemon that has seen the ledger and has not read the catalog yet is not made to read it for
// whoever asks.
func TestStarting(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "alpha")
	s := serve(t, w, 0)
	if err := s.process.Session().Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, header := s.refused(request("GET", "/v1/apps", ""), http.StatusServiceUnavailable); header.Get("Retry-After") != "5" {
		t.Errorf("it says %v", header)
	}
	w.Once(s.process)
	want[struct{}](s, request("GET", "/v1/apps", ""))
}
