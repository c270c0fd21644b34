package main

import (
	"strings"
	"sync"
	"testing"

	"github.com/levee-gitops/levee/reconciler/forge/github/githubtest"
)

// TestWhatLandedIsReadBesideEverything: GitHub does not come back when it is asked what
// landed. What runs is looked after meanwhile, other changes are judged, an app is contained
// by the daemon's own passes, and once GitHub answers, what landed is applied.
func TestWhatLandedIsReadBesideEverything(t *testing.T) {
	t.Parallel()
	w := hooked(t, "50ms", "mergeWhenApproved: false\n", "board", "other")
	number := w.propose("ana", "people", map[string]string{boardPath("board"): boardFile("board", "title: Board", "title: Bord", "1.0.0", "1.0.1")})
	d := w.serve(nil)
	d.eventually("the verdict", func() bool { return len(w.hub.Comments(number)) > 0 && w.runs("production")["other"] == "1.0.0" })

	reached, end := make(chan struct{}), make(chan struct{})
	var once, over sync.Once
	answer := func() { over.Do(func() { close(end) }) }
	defer answer()
	w.hub.OnRequest(func(r githubtest.Request) {
		if strings.Contains(r.Path, "/commits/") && strings.Contains(r.Path, "/pulls") {
			once.Do(func() { close(reached) })
			<-end
		}
	})
	w.merge(number, "ana")
	<-reached

	w.write("run/production/apps/other.json", "{}")
	d.eventually("what somebody changed is put right", func() bool { return strings.Contains(w.read("run/production/apps/other.json"), "1.0.0") })
	second := w.propose("ana", "more", map[string]string{boardPath("other"): boardFile("other", "title: Board", "title: Bord", "1.0.0", "1.0.1")})
	d.eventually("another change is judged", func() bool { return len(w.hub.Comments(second)) > 0 })
	w.must("quarantine", "other", "--reason", "it leaks", "--by", "oncall")
	w.wantSaid("other contained")
	if v := w.runs("production")["board"]; v != "1.0.0" {
		t.Errorf("what nobody could ask about runs: %s", v)
	}
	answer()
	d.eventually("what landed is applied", func() bool { return w.runs("production")["board"] == "1.0.1" })
	w.wantAudit()
}
