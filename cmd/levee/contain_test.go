package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestContainmentSaysWhatItCouldNotReach: an environment whose target this
// configuration does not have is not contained, and that is said aloud; so is a name
// that nobody knows, which is most likely misspelt.
func TestContainmentSaysWhatItCouldNotReach(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	before := len(w.log())
	for _, command := range []string{"quarantine", "rollback"} {
		if code := w.levee(command, "baord", "--reason", "leaks"); code != exitError {
			t.Errorf("%s of a misspelt name: exit code %d\n%s", command, code, &w.out)
		}
		w.wantSaid("there is no app called baord; did you mean board?")
	}
	if n := len(w.log()); n != before {
		t.Errorf("%d records of a misspelt name", n-before)
	}
	w.govern(map[string]string{"catalog.yaml": strings.Replace(settingsFile, "{name: production", "{name: production, target: elsewhere", 1)})
	if code := w.levee("quarantine", "board", "--reason", "leaks"); code != exitError {
		t.Errorf("exit code %d\n%s", code, &w.out)
	}
	w.wantSaid("staging: board contained", "production", `"elsewhere"`)
	w.wantRuns("staging")
}

// TestContainmentByASlowClock: whoever contains an app again shortly after its release,
// from a machine whose clock is behind and with the repository gone, contains it.
func TestContainmentByASlowClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	w.must("quarantine", "board", "--reason", "leaks")
	w.clock = w.clock.Add(time.Hour)
	w.must("release", "board", "--reason", "mended")
	w.pass()
	w.wantRuns("production", "board=1.0.0")
	if err := os.Rename(w.remote.Dir, w.remote.Dir+".away"); err != nil {
		t.Fatal(err)
	}
	w.clock = w.clock.Add(-10 * time.Minute)
	w.must("quarantine", "board", "--reason", "leaks again")
	w.clock = w.clock.Add(11 * time.Minute)
	if err := os.Rename(w.remote.Dir+".away", w.remote.Dir); err != nil {
		t.Fatal(err)
	}
	w.pass()
	w.pass()
	w.wantRuns("production")
	w.must("status", "board")
	w.wantSaid("leaks again")
	w.wantAudit()
}

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
