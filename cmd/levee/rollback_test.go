package main

import (
	"strings"
	"testing"
)

// TestRollbackGoesBack: while newer content soaks in staging, going back from what
// production runs must not bring it there, neither by default nor by name.
func TestRollbackGoesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.publish("ana", "a", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.1.0")})
	w.pass()
	w.publish("ana", "b", map[string]string{boardPath("board"): boardFile("board", medium("1.2.0")...)})
	w.pass()
	w.approve("ben", "b")
	w.pass()
	w.wantRuns("staging", "board=1.2.0")
	w.wantRuns("production", "board=1.1.0")
	_, soaking, _ := strings.Cut(w.must("status", "board"), "staging      admitted ")
	soaking, _, _ = strings.Cut(soaking, " ")
	if code := w.levee("rollback", "board", "--reason", "jump the queue", "--to", soaking); code != exitError {
		t.Errorf("to what still soaks: exit code %d\n%s", code, &w.out)
	}
	w.must("rollback", "board", "--reason", "it leaks", "--by", "ana")
	w.pass()
	w.wantRuns("staging", "board=1.0.0")
	w.wantRuns("production", "board=1.0.0")
	if code := w.levee("rollback", "board", "--reason", "pressed twice", "--by", "ana"); code != exitError {
		t.Errorf("back to what was gone back from: exit code %d\n%s", code, &w.out)
	}
	w.pass()
	w.wantRuns("production", "board=1.0.0")
	w.wantAudit()
}
