package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// TestSchemaAll: a folder gets the schema of each kind, the one that is printed, over one that was
// there before.
func TestSchemaAll(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "schemas")
	for range 2 {
		if out, code := quietly(t, "schema", "--all", dir); code != exit.CodeFine {
			t.Fatal(code, out)
		}
	}
	files := pages(t, dir)
	for _, kind := range append([]catalog.Kind{"input"}, catalog.Kinds...) {
		if want, _ := quietly(t, "schema", string(kind)); files[string(kind)+".json"] != want || !strings.HasPrefix(want, "{\n") {
			t.Errorf("%s.json is not what is printed of %s", kind, kind)
		}
	}
	if len(files) != len(catalog.Kinds)+1 {
		t.Errorf("%d files for %d kinds", len(files), len(catalog.Kinds)+1)
	}
	for _, args := range [][]string{{"schema", "App", "--all", dir}, {"schema", "--all", ""}, {"explain", "class.raised", "--all", dir}, {"explain", "--all", ""}} {
		if out, code := quietly(t, args...); code != exit.CodeUsage {
			t.Errorf("%v: exit code %d: %s", args, code, out)
		}
	}
}
