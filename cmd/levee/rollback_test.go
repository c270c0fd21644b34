package main

import (
	"testing"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// TestRollbackCommand says what it went back to, and what it could not; plan says what
// follows.
func TestRollbackCommand(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.publish("ana", "a", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.1.0")})
	w.pass()
	w.must("rollback", "board", "--reason", "it flickers", "--by", "ana")
	w.wantSaid("production:", "back to")
	w.must("plan")
	w.wantSaid("update board in production (version 1.1.0 → 1.0.0)", "2 steps")
	w.pass()
	w.must("plan")
	w.wantSaid("0 steps")
	for _, again := range [][]string{nil, {"--to", "0123456"}} {
		if code := w.levee(append([]string{"rollback", "board", "--reason", "further"}, again...)...); code != exit.CodeError {
			t.Errorf("rollback %v: exit code %d\n%s", again, code, &w.out)
		}
	}
}
