package review_test

import (
	"testing"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestUnreadableChange: a change that nobody can read, now or later, is told so where its
// author looks, and once.
func TestUnreadableChange(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Remote.Commit("publish/bad", gitrepotest.Change{Message: "a history of its own", Write: reconcilertest.BoardFile("board"), Key: w.Keys["ana"]})
	w.Remote.Linear("publish/long", 1001)
	w.Pass()
	w.WantTold("change publish/bad: failure", "shares no history", "change publish/long: failure", "1001 commits")
	for _, branch := range []string{"bad", "long"} {
		w.WantPreview(branch, "This change cannot be read: ")
	}
	w.Pass()
	w.WantTold("0 effects, 0 facts recorded")
	w.WantAudit()
}
