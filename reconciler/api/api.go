package api

import (
	_ "embed"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/time/rate"

	"github.com/levee-gitops/levee/catalog/secretscan"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/api/auth"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/session"
)

// Options are who may call, and how often.
type Options struct {
	Callers *auth.Authenticator
	// PerMinute is how many requests a client may make in a minute; default 120.
	PerMinute int
}

// Sources are what is answered from.
type Sources struct {
	Engine   *policies.Engine
	Sessions *session.Source
	Judges   *judge.Source
	Redactor *secretscan.Redactor // knows the secrets that were found
	Now      func() time.Time
	Log      *slog.Logger
}

// API answers. It is safe for concurrent use.
type API struct {
	Sources
	auth     *auth.Authenticator
	clients  map[string]*rate.Limiter
	failures *rate.Limiter // of calls with a token that is nobody's
	looking  chan struct{} // one slot for each request that is answered at once
	deciding chan struct{} // likewise for proposals, which take longer
	names    namesCache
}

// Bounds on what is done at once.
const (
	lookAtOnce   = 8
	decideAtOnce = 2
)

// New returns an API.
func New(o Options, s Sources) *API {
	if o.PerMinute == 0 {
		o.PerMinute = 120
	}
	a := &API{
		Sources: s, auth: o.Callers, clients: map[string]*rate.Limiter{},
		failures: rate.NewLimiter(1, 20), looking: make(chan struct{}, lookAtOnce), deciding: make(chan struct{}, decideAtOnce),
	}
	for _, c := range o.Callers.Clients() {
		a.clients[c.Name] = rate.NewLimiter(rate.Limit(float64(o.PerMinute)/60), max(1, o.PerMinute/4))
	}
	return a
}

//go:embed openapi.json
var description []byte

// Description is the API's description, as OpenAPI has it.
func Description() []byte { return description }

// Handler answers what lies below /v1/.
func (a *API) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /v1/apps", a.guarded(auth.Read, a.apps))
	mux.Handle("GET /v1/apps/{name}", a.guarded(auth.Read, a.app))
	mux.Handle("POST /v1/decide", a.guarded(auth.Decide, a.decide))
	mux.HandleFunc("GET /v1/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(description) // whoever asked is gone
	})
	for path, methods := range map[string]string{"/v1/apps": "GET, HEAD", "/v1/apps/{name}": "GET, HEAD", "/v1/decide": "POST", "/v1/openapi.json": "GET, HEAD"} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Allow", methods)
			a.refuse(w, r, problem(http.StatusMethodNotAllowed, "Only %s is answered here.", methods))
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		a.refuse(w, r, problem(http.StatusNotFound, "There is nothing at this address; /v1/openapi.json lists what there is."))
	})
	return mux
}
