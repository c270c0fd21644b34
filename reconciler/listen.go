package reconciler

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// health is what the daemon says of itself over HTTP.
type health struct {
	At     time.Time // of the last pass that ended well
	Frozen string
	// Unreachable is why the repository could not be asked in the last pass; it is no
	// finding against anybody.
	Unreachable string
	// Unfit is what is missing of the configuration: something is not applied, or cannot
	// be recorded, until somebody puts that right.
	Unfit  string
	Failed int // passes since then
	// Unlisted is how often in a row the changes could not be looked at.
	Unlisted int
}

// tooMany is how many passes have to fail in a row before the daemon is not ready: one
// may meet a server that is just being restarted.
const tooMany = 3

// failed notes a pass that failed.
func (r *Reconciler) failed(done Done) {
	r.healthMu.Lock()
	defer r.healthMu.Unlock()
	r.health.Failed++
	r.health.Unreachable, r.health.Unfit = "", done.Unfit
	if done.Applied.Unreachable {
		r.health.Unreachable = done.Applied.Frozen
	}
}

// errFrozen is why a review counts for no round: nothing could be recorded.
var errFrozen = errors.New("the ledger is frozen")

// roundEnded notes that every change was reviewed that had moved when the round began.
func (r *Reconciler) roundEnded(x round) { r.metrics.reviewed(x.failed, time.Since(x.began), nil) }

// unlisted notes how often in a row the changes could not be looked at.
func (r *Reconciler) unlisted(failures int) {
	r.healthMu.Lock()
	defer r.healthMu.Unlock()
	r.health.Unlisted = failures
}

// passed notes a pass over the catalog that ended well.
func (r *Reconciler) passed(done Done) {
	now := r.Now()
	r.metrics.last.Set(float64(now.Unix()))
	r.healthMu.Lock()
	defer r.healthMu.Unlock()
	r.health = health{At: now, Frozen: done.Applied.Frozen, Unfit: done.Unfit, Unlisted: r.health.Unlisted}
}

// Addresses are where the daemon answers over HTTP; empty for not at all.
type Addresses struct {
	Listen  string // /healthz, /readyz and /webhook: as public as the forge needs it
	Metrics string // /metrics, which is nobody's business but the operator's
}

// listen serves until ctx ends. The channel closes once what was being answered has been,
// or five seconds have passed.
func (r *Reconciler) listen(ctx context.Context, at Addresses) (<-chan struct{}, error) {
	main, err := r.serve(ctx, at.Listen, r.Handler())
	if err != nil {
		return nil, err
	}
	measured, err := r.serve(ctx, at.Metrics, r.Metrics())
	if err != nil {
		return nil, err
	}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-main
		<-measured
	}()
	return stopped, nil
}

func (r *Reconciler) serve(ctx context.Context, address string, handler http.Handler) (<-chan struct{}, error) {
	stopped := make(chan struct{})
	if address == "" {
		close(stopped)
		return stopped, nil
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			r.Log.Error("the HTTP server ended", "error", err)
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
// frozen or missing, and passes still end well) and /webhook.
func (r *Reconciler) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		r.healthMu.Lock()
		h := r.health
		r.healthMu.Unlock()
		switch {
		case h.Failed >= tooMany && h.Unreachable != "":
			http.Error(w, "unreachable: "+h.Unreachable, http.StatusServiceUnavailable)
		case h.Failed >= tooMany && h.Unfit != "":
			http.Error(w, "not fit: "+h.Unfit, http.StatusServiceUnavailable)
		case h.Failed >= tooMany:
			http.Error(w, fmt.Sprintf("the last %d passes failed; the daemon's log says why", h.Failed), http.StatusServiceUnavailable)
		case h.Unlisted >= tooMany:
			http.Error(w, fmt.Sprintf("the changes could not be looked at %d times; the daemon's log says why", h.Unlisted), http.StatusServiceUnavailable)
		case h.At.IsZero():
			http.Error(w, "no pass has ended yet", http.StatusServiceUnavailable)
		case h.Frozen != "":
			http.Error(w, "frozen: "+h.Frozen, http.StatusServiceUnavailable)
		case h.Unfit != "":
			http.Error(w, "not fit: "+h.Unfit, http.StatusServiceUnavailable)
		default:
			fmt.Fprintln(w, "ok")
		}
	})
	if r.Webhook != nil {
		mux.Handle("/webhook", r.Webhook)
	}
	return mux
}
