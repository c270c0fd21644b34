package main

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestVerdictBeforePreview: a target that does not say what a change would do holds up no
// verdict; once it says so the comment does too.
func TestVerdictBeforePreview(t *testing.T) {
	t.Parallel()
	w := hooked(t, "100ms", "mergeWhenApproved: false\n")
	w.pass()
	s := reconcilertest.NewStuck("target preview staging board")
	t.Cleanup(s.Release)
	w.serve(s.Intercept)
	number := w.propose("ana", "x", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	says := func(words string) func() bool {
		return func() bool {
			for _, c := range w.hub.Comments(number) {
				if strings.Contains(c.Body, words) {
					return true
				}
			}
			return false
		}
	}
	reconcilertest.Until(t, "the verdict is shown", says("levee:verdict"))
	if says("What it would do in staging")() {
		t.Error("it is told what a target does not say")
	}
	<-s.Reached
	s.Release()
	reconcilertest.Until(t, "it is shown what the change would do", says("What it would do in staging</summary>\n\n- change `apps/board.json`"))
}
