package api_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler"
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

// TestRestartAtRest: a daemon that starts where nothing has moved since answers as soon as it says that it
// is ready, although none of its passes reads the catalog.
func TestRestartAtRest(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "alpha")
	w.DriftEvery = time.Hour
	for range 4 {
		before := w.Serve()
		w.Later(11 * time.Minute)
		w.Once(before)
		before.Close()
	}
	s := serve(t, w, 0)
	ctx, stop := context.WithCancel(t.Context())
	var ran sync.WaitGroup
	ran.Go(func() { _ = s.process.Run(ctx, time.Hour, reconciler.Addresses{}) }) // the error is ctx's
	reconcilertest.Until(t, "it is ready", func() bool { return strings.HasPrefix(s.process.Get("/readyz"), "ok") })
	want[struct{}](s, request("GET", "/v1/apps", ""))
	stop()
	ran.Wait()
}
