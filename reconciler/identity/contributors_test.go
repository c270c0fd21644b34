package identity_test

import (
	"testing"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestAttackForgedNames: commit names are whatever their writer types. The signing
// key says who it was.
func TestAttackForgedNames(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Remote.Commit("publish/x", gitrepotest.Change{
		From: w.Remote.Branch("main"), Key: w.Keys["ben"], Author: "ana <ana@example.com>",
		Write: reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...),
	})
	w.Pass()
	w.Approve("ben", "x")
	w.Pass()
	w.WantTold("pending", "the approval by ben does not count: its giver had a hand in this content")
	// Unsigned, it is nobody's.
	w.Remote.Commit("publish/y", gitrepotest.Change{
		From: w.Remote.Branch("main"), Author: "ana <ana@example.com>",
		Write: reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.0.1"),
	})
	w.Pass()
	w.WantTold("change publish/y: failure", "did not sign it")
	w.WantRuns("production", "board=1.0.0")
	w.WantAudit()
}

// TestAttackStrangersKey: somebody with a role commits with a key that nobody
// knows is theirs, and approves.
func TestAttackStrangersKey(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Remote.Commit("publish/x", gitrepotest.Change{
		From: w.Remote.Branch("main"), Key: gitrepotest.NewKey(t, "second key of ben"), Author: "ana <ana@example.com>",
		Write: reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...),
	})
	w.Pass()
	w.Approve("ben", "x")
	w.Pass()
	w.WantTold("change publish/x: failure", "whom `roles.yaml` does not know")
	w.WantRuns("staging", "board=1.0.0")
	w.WantAudit()
}
