package session_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestAttackMainReset: the catalog's branch is rewritten to before an approval.
func TestAttackMainReset(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	first := w.Remote.Branch("main")
	w.Publish("ana", "x", reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.0.1"))
	w.Pass()
	accepted := w.Remote.Branch("main")
	w.Remote.SetRef("refs/heads/main", string(first))
	w.Remote.Commit("main", gitrepotest.Change{Write: reconcilertest.BoardFile("board", "version: 1.0.0", "version: 6.6.6")})
	if done := w.Pass(); done.Applied.Halted() != "frozen" {
		t.Errorf("the rewrite was not noticed:\n%s", w.Told())
	}
	w.WantRuns("production", "board=1.0.1")
	// Drift is corrected all the same, and containment works.
	w.Write("run/production/apps/board.json", "{}")
	w.Pass()
	w.WantRuns("production", "board=1.0.1")
	w.Quarantine("board", "to be sure", "ana")
	w.WantRuns("production")
	w.Remote.SetRef("refs/heads/main", string(accepted))
	w.Pass()
	w.WantAudit()
}

// TestAttackLedgerReset: the ledger is cut back to before a rejection or an
// incident. The tip seen before is a witness.
func TestAttackLedgerReset(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	good := w.Remote.Ref("refs/heads/levee/ledger")
	w.Push(reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...))
	w.Pass()
	full := w.Remote.Ref("refs/heads/levee/ledger")
	w.Remote.SetRef("refs/heads/levee/ledger", good)
	if done := w.Pass(); done.Applied.Halted() != "frozen" {
		t.Errorf("the reset was not noticed:\n%s", w.Told())
	}
	w.Remote.Git("update-ref", "-d", "refs/heads/levee/ledger")
	if done := w.Pass(); done.Applied.Halted() != "frozen" {
		t.Errorf("a missing ledger was not noticed:\n%s", w.Told())
	}
	w.Remote.SetRef("refs/heads/levee/ledger", full)
	if done := w.Pass(); done.Applied.Frozen != "" {
		t.Errorf("still frozen:\n%s", w.Told())
	}
	w.WantRuns("production", "board=1.0.0")
	w.WantAudit()
}

// TestAttackLedgerForged: a record written by somebody else than the daemon.
func TestAttackLedgerForged(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	full := w.Remote.Ref("refs/heads/levee/ledger")
	w.Remote.Commit("levee/ledger", gitrepotest.Change{Write: reconcilertest.Files{"admissions/x.json": "{}"}, Message: "Admit evil", Key: w.Keys["eve"]})
	if done := w.Pass(); done.Applied.Halted() != "frozen" {
		t.Errorf("a forged record was not noticed:\n%s", w.Told())
	}
	if found := fmt.Sprint(w.Audit().Findings); !strings.Contains(found, "key") {
		t.Errorf("the audit finds %s", found)
	}
	w.Remote.SetRef("refs/heads/levee/ledger", full)
	w.WantAudit()
}
