package main

import (
	"os"
	"testing"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// TestApproveUnreachable: with the repository gone nothing can be approved, and whoever
// tries is told why.
func TestApproveUnreachable(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.pass()
	if err := os.Rename(w.remote.Dir, w.remote.Dir+".away"); err != nil {
		t.Fatal(err)
	}
	if code := w.levee("approve", "publish/x", "--as", "ben", "--key", w.keys["ben"].File); code != exit.CodeError {
		t.Errorf("exit code %d\n%s", code, &w.out)
	}
	w.wantSaid("look at change publish/x: the repository cannot be reached")
}
