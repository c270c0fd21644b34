package main

import (
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/forge/github/githubtest"
)

// TestGitHub is the main job with pull requests over HTTP: judged, explained,
// corrected, approved by an ordinary review, merged, admitted, applied, proved. It
// goes the same with a token and as an App; only the shape of the verdict on the
// head differs.
func TestGitHub(t *testing.T) {
	for _, as := range []identity{asToken, asApp} {
		t.Run(as.name, func(t *testing.T) {
			w := onHub(newWorld(t, "board"), as, "mergeWhenApproved: true\n")
			w.pass()
			w.wantRuns("production", "board=1.0.0")
			number := w.propose("ana", "people", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.1.0", "runtime: {type: static}", "runtime: {type: static, memory: 2Gi}")})
			w.pass()
			w.wantGate(as, number, "failure", "One thing to fix", 1)
			if c := w.comment(number); !strings.Contains(c, "line 10 of `apps/ops/board/app.yaml`") || !strings.Contains(c, "Write `1Gi` or less.") {
				t.Errorf("the comment is\n%s", c)
			}
			w.pushTo(number, "ana", "people", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
			w.pass()
			w.wantGate(as, number, "pending", "Nothing to fix; waiting for the product owner", 0)
			if asked := w.hub.Requested(number); len(asked) != 1 || asked[0] != "ben" {
				t.Errorf("asked for a review: %v", asked)
			}
			writes := w.hub.Writes()
			w.pass()
			if now := w.hub.Writes(); now != writes {
				t.Errorf("a pass in which nothing changed wrote %d times", now-writes)
			}
			w.clock = w.clock.Add(5 * time.Minute)
			w.hub.Review(number, "ben", "APPROVED", "fine", "")
			w.pass()
			w.wantSaid("success", "landed as")
			w.wantGate(as, number, "success", "Fine: nothing is missing", 0)
			w.wantRuns("staging", "board=1.1.0")
			w.clock = w.clock.Add(11 * time.Minute)
			w.pass()
			w.wantRuns("production", "board=1.1.0")
			for _, c := range w.hub.Comments(number) {
				if c.By != as.login {
					t.Errorf("%q is by %s", c.Body, c.By)
				}
			}
			for _, secret := range []string{hubToken, "PRIVATE KEY", "ghs_"} {
				if strings.Contains(w.read("levee.yaml")+w.out.String(), secret) {
					t.Errorf("%q is in a file, or was said", secret)
				}
			}
			w.wantAudit()
		})
	}
}

// wantGate compares the latest verdict on the head of a pull request: a check run
// with notes at lines, or a commit status.
func (w *hubWorld) wantGate(as identity, number int, state, title string, notes int) {
	w.t.Helper()
	if as.name == "app" {
		state = map[string]string{"pending": "in_progress"}[state] + strings.TrimPrefix(state, "pending")
	} else {
		notes = 0
	}
	var last githubtest.Shown
	for _, s := range as.gate(w) {
		if s.SHA == w.hub.Head(number) {
			last = s
		}
	}
	if last.Name != "levee: main" || last.State != state || last.Title != title || last.Notes != notes {
		w.t.Errorf("the verdict on the head is %+v, want %s, %q and %d notes", last, state, title, notes)
	}
	if as.name == "app" && len(w.hub.Statuses()) != 0 || as.name == "token" && len(w.hub.Checks()) != 0 {
		w.t.Error("the verdict is shown in the other shape too")
	}
}
