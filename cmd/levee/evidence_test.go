package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog/evidence"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

// TestEvidenceCommand: of each file what it shows, and of what is missing the command that
// makes it.
func TestEvidenceCommand(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"catalog.yaml": settingsFile, "blueprints/page/1/blueprint.yaml": blueprintFile, boardPath("board"): boardFile("board"),
		"apps/ops/board/evidence/junit.xml":     `<testsuite><testcase name="a"/></testsuite>`,
		"apps/ops/board/evidence/sbom.cdx.json": "",
	}
	w := emptyWorld(t)
	files["roles.yaml"] = rolesFile(w.keys)
	for name, content := range files {
		if err := os.MkdirAll(filepath.Join(w.dir, "catalog", filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		w.write("catalog/"+name, content)
	}
	var out strings.Builder
	show := func(want int, args ...string) string {
		t.Helper()
		out.Reset()
		args = append([]string{"evidence", "-C", filepath.Join(w.dir, "catalog")}, args...)
		if code := run(t.Context(), args, terminal.IO{Out: &out, Err: &out, Now: w.now}); code != want {
			t.Fatalf("%q: exit code %d, want %d: %s", args, code, want, out.String())
		}
		return out.String()
	}
	said := show(exit.CodeFine, "board")
	for _, want := range []string{
		"junit.xml: JUnit: 1 test passed\n", "sbom.cdx.json: says nothing. It is empty.\n",
		"- a list of parts, as evidence/sbom.cdx.json\n    syft dir:. -o cyclonedx-json=evidence/sbom.cdx.json\n",
		"- how much of the code tests run, as evidence/cobertura.xml\n",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	if strings.Contains(said, "a report of tests") {
		t.Errorf("what is there is asked for:\n%s", said)
	}
	var shown struct {
		App     string
		Files   []evidence.Summary
		Missing []evidence.Want
	}
	if err := json.Unmarshal([]byte(show(exit.CodeFine, "board", "-o", "json")), &shown); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	if shown.App != "board" || len(shown.Files) != 2 || shown.Files[0].Passed != 1 || len(shown.Missing) != 2 {
		t.Errorf("it says %+v", shown)
	}
	show(exit.CodeUsage, "nobody")
	if err := os.RemoveAll(filepath.Join(w.dir, "catalog/apps/ops/board/evidence")); err != nil {
		t.Fatal(err)
	}
	if said := show(exit.CodeFine, "board"); !strings.HasPrefix(said, "There is no file in apps/ops/board/evidence.\n") {
		t.Errorf("of no files it says:\n%s", said)
	}
	w.write("catalog/"+boardPath("board"), boardFile("board", "title: Board", "title: [a, list]"))
	show(exit.CodeNo, "board")
}
