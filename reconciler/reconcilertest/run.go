package reconcilertest

import (
	"context"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler"
)

// Run starts a process that makes passes by itself until the test ends.
func (w *World) Run(poll time.Duration) *Process {
	w.T.Helper()
	p := w.Serve()
	ctx, stop := context.WithCancel(w.T.Context())
	var ran sync.WaitGroup
	ran.Go(func() { _ = p.Reconciler.Run(ctx, poll, reconciler.Addresses{}) }) // the error is ctx's
	w.T.Cleanup(func() {
		stop()
		ran.Wait()
		if w.T.Failed() {
			w.T.Log(p.Log)
		}
	})
	return p
}

// Get is what a process answers under a path: /metrics, or one that is public.
func (p *Process) Get(path string) string {
	handler := p.Handler()
	if path == "/metrics" {
		handler = p.Metrics()
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest("GET", path, nil))
	return answer.Body.String()
}

// Metric is the line of a metric; empty where there is none.
func (p *Process) Metric(name string) string {
	for line := range strings.Lines(p.Get("/metrics")) {
		if strings.HasPrefix(line, name) {
			return line
		}
	}
	return ""
}

// Patience is how long tests wait for what another goroutine does. Only a test that fails waits that long;
// the machine may be busy with others meanwhile.
const Patience = 5 * time.Minute

// Until waits for something that a process which runs does.
func Until(t testing.TB, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(Patience); time.Now().Before(end); time.Sleep(25 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Fatalf("it never came to this: %s", what)
}

// Stuck holds up the first effects that it is told to, until it is released.
type Stuck struct {
	Reached chan struct{} // closed when one is held up
	what    string        // what they begin with
	once    sync.Once
	end     chan struct{}
	ended   sync.Once
}

// NewStuck holds up effects whose names begin with what.
func NewStuck(what string) *Stuck {
	return &Stuck{what: what, Reached: make(chan struct{}), end: make(chan struct{})}
}

// Intercept is a reconciler.Intercept.
func (s *Stuck) Intercept(what string, effect func() error) error {
	if strings.HasPrefix(what, s.what) {
		s.once.Do(func() { close(s.Reached) })
		<-s.end
	}
	return effect()
}

// Release lets them happen.
func (s *Stuck) Release() { s.ended.Do(func() { close(s.end) }) }
