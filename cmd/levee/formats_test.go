package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

// TestCheckFormats: a check says what is wrong to whatever reads it, by the rules as they are
// described, and says no in each format.
func TestCheckFormats(t *testing.T) {
	t.Parallel()
	catalog := t.TempDir()
	var out strings.Builder
	levee := func(args ...string) int {
		out.Reset()
		return run(t.Context(), args, terminal.IO{Out: &out, Err: &out, Now: time.Now})
	}
	if code := levee("init", catalog); code != exit.CodeFine {
		t.Fatal(out.String())
	}
	app := filepath.Join(catalog, "apps", "broken")
	if err := os.MkdirAll(app, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(app, "app.yaml"), []byte("apiVersion: levee.dev/v1\nkind: App\nmetadata: {name: broken}\nspec: {version: 1.0}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for format, wants := range map[string][]string{
		"sarif":  {`"version": "2.1.0"`, `"ruleId": "schema.required"`, `"uri": "apps/broken/app.yaml"`, "levee explain schema.required"},
		"junit":  {`<testcase classname="app" name="broken (apps/broken/app.yaml)"`, `type="invalid"`},
		"github": {"::error file=apps/broken/app.yaml,line=4,col="},
		"gitlab": {`"check_name": "schema.required"`, `"path": "apps/broken/app.yaml"`},
	} {
		if code := levee("check", "-o", format, catalog); code != exit.CodeNo {
			t.Errorf("-o %s: exit code %d\n%s", format, code, &out)
		}
		for _, want := range wants {
			if !strings.Contains(out.String(), want) {
				t.Errorf("-o %s lacks %s:\n%s", format, want, &out)
			}
		}
	}
}
