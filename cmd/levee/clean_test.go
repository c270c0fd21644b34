package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

// TestNamesReachNoTerminal names folders, files and values so that a terminal would do
// something, and looks at all that a check prints, in every format.
func TestNamesReachNoTerminal(t *testing.T) {
	dir := t.TempDir()
	if code := run(t.Context(), []string{"init", dir}, terminal.IO{Out: &bytes.Buffer{}, Err: os.Stderr, Now: time.Now}); code != 0 {
		t.Fatalf("init: exit code %d", code)
	}
	source, err := os.ReadFile(filepath.Join(dir, "apps/operations/hello-board/app.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, content string) {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, evil := range []string{"x\x1b[2K\x1b[1Gapps: all fine\x1b[8m", "y\u009b2Jz", "a\rb", "two\nlines: allowed", "r\u202ename", "bell\a", "del\x7f"} {
		write("apps/"+evil+"/board/app.yaml", string(source))
		write("apps/operations/"+evil+"/app.yaml", string(source))
		write("vendors/"+evil+".yaml", "kind: Vendor\n")
		write("policies/"+evil+".rego", "package x\n")
	}
	for _, args := range [][]string{{"check", dir}, {"check", dir, "-o", "json"}, {"test", dir}, {"check", dir + "\x1b[2K"}, {"explain", "x\x1b[2K"}, {"nothing\x1b[2K"}} {
		var out bytes.Buffer
		run(t.Context(), args, terminal.IO{Out: &out, Err: &out, Now: time.Now})
		if i := strings.IndexAny(out.String(), "\x1b\r\a\x7f\u009b\u202e"); i >= 0 {
			t.Errorf("%q prints %q", args, out.String()[max(i-60, 0):min(i+20, out.Len())])
		}
		if strings.Contains(out.String(), "\nlines: allowed") {
			t.Errorf("%q prints a line that a name made", args)
		}
		if args[len(args)-1] == "json" && !json.Valid(out.Bytes()) {
			t.Errorf("%q prints what is no JSON", args)
		}
	}
}
