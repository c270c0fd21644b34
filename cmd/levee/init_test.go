package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestInit: the skeleton passes its own check, and its app is born on the day that
// it is written.
func TestInit(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "mine")
	var out bytes.Buffer
	std := stdio{out: &out, err: &out, now: func() time.Time { return time.Date(2031, 7, 4, 12, 0, 0, 0, time.UTC) }}
	for _, args := range [][]string{{"init", dir}, {"check", dir}, {"init", dir}} {
		if code := run(t.Context(), args, std); code != exitFine {
			t.Fatalf("levee %s: exit code %d\n%s", args[0], code, &out)
		}
	}
	app, err := os.ReadFile(filepath.Join(dir, "apps", "operations", "hello-board", "app.yaml"))
	if err != nil || !strings.Contains(string(app), "created: 2031-07-04") {
		t.Errorf("%v\n%s", err, app)
	}
	if !strings.Contains(out.String(), "1 allowed") || !strings.Contains(out.String(), "kept   catalog.yaml") {
		t.Errorf("it says\n%s", &out)
	}
}
