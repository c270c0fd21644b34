package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAttackLedgerResetColdly: the ledger is cut back while a daemon starts that
// remembers nothing. What its targets were given last is a witness.
func TestAttackLedgerResetColdly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	good := w.remote.Ref("refs/heads/levee/ledger")
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.1.0")})
	w.pass()
	full := w.remote.Ref("refs/heads/levee/ledger")
	w.wantRuns("production", "board=1.1.0")
	w.remote.SetRef("refs/heads/levee/ledger", good)
	if err := os.RemoveAll(filepath.Join(w.dir, "data")); err != nil {
		t.Fatal(err)
	}
	if out := w.pass(); !strings.Contains(out, "frozen") {
		t.Errorf("the reset was not noticed:\n%s", out)
	}
	if now := w.remote.Ref("refs/heads/levee/ledger"); now != good {
		t.Errorf("something was recorded on it: %v", w.log())
	}
	w.remote.SetRef("refs/heads/levee/ledger", full)
	if out := w.pass(); strings.Contains(out, "frozen") {
		t.Errorf("still frozen:\n%s", out)
	}
	w.wantRuns("production", "board=1.1.0")
	w.wantAudit()
}
