package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

// TestExitCodes: what could not be done or told is 3, and a command line that means
// nothing is 2.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	if code := w.levee("stauts"); code != exit.CodeUsage {
		t.Errorf("unknown command: exit code %d", code)
	}
	w.wantSaid(`no command "stauts"`, "did you mean status?")
	w.out.Reset()
	if code := run(t.Context(), []string{"--version"}, terminal.IO{Out: &w.out, Err: &w.out}); code != exit.CodeFine || !strings.HasPrefix(w.out.String(), "levee ") {
		t.Errorf("--version: exit code %d\n%s", code, &w.out)
	}
	if err := os.WriteFile(filepath.Join(w.dir, "run", "staging"), []byte("in the way"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code := w.levee("reconcile", "--once", "-o", "json"); code != exit.CodeError {
		t.Errorf("failed effects: exit code %d\n%s", code, &w.out)
	}
	if out := w.out.String(); strings.Contains(out, `"Landings"`) || !strings.Contains(out, `"landings"`) {
		t.Errorf("two spellings:\n%s", out)
	}
}
