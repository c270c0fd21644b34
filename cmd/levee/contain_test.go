package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestContainmentWaitsForNobody: the repository accepts connections and never answers.
// The app is contained all the same, before anybody gives up on it.
func TestContainmentWaitsForNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	answer := make(chan struct{})
	goOn := sync.OnceFunc(func() { close(answer) })
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-answer:
		case <-r.Context().Done():
		}
	}))
	defer silent.Close()
	defer goOn()
	w.write("levee.yaml", strings.Replace(w.read("levee.yaml"), "repository: "+w.remote.Dir, "repository: "+silent.URL, 1))
	var done sync.WaitGroup
	done.Go(func() { w.levee("quarantine", "board", "--reason", "leaks") })
	reconcilertest.Until(t, "production is cut", func() bool { return len(w.runs("production")) == 0 })
	goOn()
	done.Wait()
	w.wantSaid("production: board contained", "not recorded yet")
}

// TestThrottleInFolder: what runs apps from a folder cannot throttle them. It is said before
// anything is recorded, and what can be done is said too.
func TestThrottleInFolder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	if code := w.levee("throttle", "board", "--reason", "it costs too much"); code != exit.CodeError {
		t.Errorf("it ends with %d", code)
	}
	w.wantSaid("throttle board: what serves staging and production cannot have an app run with less, so nothing was done; `levee quarantine board` stops it")
	w.must("status", "board")
	w.wantSaid("board: active")
	if code := w.levee("throttle", "board"); code != exit.CodeUsage {
		t.Errorf("without a reason it ends with %d", code)
	}
}
