package reconciler

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Addresses are where the daemon answers over HTTP; empty for not at all.
type Addresses struct {
	Listen  string // /healthz, /readyz, /webhook and /v1/: as public as the forge and those who ask need it
	Metrics string // /metrics, which is nobody's business but the operator's
}

// endpoint is an address with what answers there; an empty one is not listened on.
type endpoint struct {
	address string
	handler http.Handler
}

// listen serves until ctx ends. The channel closes once what was being answered has been,
// or five seconds have passed.
func listen(ctx context.Context, log *slog.Logger, endpoints ...endpoint) (<-chan struct{}, error) {
	var servers sync.WaitGroup
	for _, e := range endpoints {
		if e.address == "" {
			continue
		}
		stopped, err := serve(ctx, log, e)
		if err != nil {
			return nil, err
		}
		servers.Go(func() { <-stopped })
	}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		servers.Wait()
	}()
	return stopped, nil
}

func serve(ctx context.Context, log *slog.Logger, at endpoint) (<-chan struct{}, error) {
	listener, err := net.Listen("tcp", at.address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", at.address, err)
	}
	server := &http.Server{Handler: at.handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second}
	stopped := make(chan struct{})
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("the HTTP server ended", "error", err)
		}
	}()
	context.AfterFunc(ctx, func() {
		end, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		defer close(stopped)
		if server.Shutdown(end) != nil {
			_ = server.Close()
		}
	})
	return stopped, nil
}

// Metrics answers /metrics.
func (r *Reconciler) Metrics() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", r.metrics.handler())
	return mux
}

// Handler answers /healthz (the process lives), /readyz (a pass ended well, nothing is
// frozen or missing, passes still end well, and some replica leads), /webhook, and below /v1/ what
// programs ask.
func (r *Reconciler) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if trouble := cmp.Or(r.ready.trouble(), r.leader.trouble()); trouble != "" {
			http.Error(w, trouble, http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok"+r.leader.said())
	})
	if r.Webhook != nil {
		mux.Handle("/webhook", r.Webhook)
	}
	if r.api != nil {
		mux.Handle("/v1/", r.api.Handler())
	}
	return mux
}
