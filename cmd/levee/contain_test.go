package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/levee-gitops/levee/reconciler/contain"
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
	until(t, "production is cut", func() bool { return len(w.runs("production")) == 0 })
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
	if code := w.levee("throttle", "board", "--reason", "it costs too much"); code != exitError {
		t.Errorf("it ends with %d", code)
	}
	w.wantSaid("throttle board: what serves staging and production cannot have an app run with less, so nothing was done; `levee quarantine board` stops it")
	w.must("status", "board")
	w.wantSaid("board: active")
	if code := w.levee("throttle", "board"); code != exitUsage {
		t.Errorf("without a reason it ends with %d", code)
	}
}

// TestReleaseSaysWhatRemains: a release of what is throttled too says so, and how to end that.
func TestReleaseSaysWhatRemains(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		done contain.Contained
		want string
	}{
		"throttled":     {contain.Contained{App: "board", Marked: []string{"staging"}, Recorded: true, Throttled: "ben: too dear"}, "staging: board released\nboard comes back throttled (by ben: too dear); `levee release board` once more ends that\n"},
		"its throttle":  {contain.Contained{App: "board", Marked: []string{"staging"}, Recorded: true, Unthrottled: true}, "staging: board is no longer throttled, and the daemon brings back the rest\n"},
		"by its record": {contain.Contained{App: "board", Recorded: true}, "board released; the daemon brings it up with its next pass\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if writeContained(stdio{out: &out}, c.done, "released"); out.String() != c.want {
				t.Errorf("it says %q, not %q", out.String(), c.want)
			}
		})
	}
}
