package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog/attest/attesttest"
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

// TestEvidenceCommandSigned: of each file who signed it, and of one that has to be signed and
// is not, why it does not count and how it is signed.
func TestEvidenceCommandSigned(t *testing.T) {
	t.Parallel()
	w := emptyWorld(t)
	key := attesttest.NewP256(t)
	statement := attesttest.Statement(t, attesttest.TestResult, `{"result":"PASSED","passedTests":["a"]}`, attesttest.About("board@1.0.0", strings.Repeat("0a", 32)))
	files := map[string]string{
		"catalog.yaml": settingsFile + "  evidence:\n    signed: [{kinds: [parts, tests]}]\n    signers:\n      ci:\n        kinds: [parts, tests]\n        key: |\n          " +
			strings.ReplaceAll(strings.TrimSpace(key.PEM()), "\n", "\n          ") + "\n",
		"roles.yaml": rolesFile(w.keys), "blueprints/page/1/blueprint.yaml": blueprintFile, boardPath("board"): boardFile("board"),
		"apps/ops/board/evidence/tests.dsse.json": string(key.Envelope(statement)),
		"apps/ops/board/evidence/sbom.cdx.json":   `{"bomFormat":"CycloneDX","components":[{"name":"a"}]}`,
	}
	for name, content := range files {
		if err := os.MkdirAll(filepath.Join(w.dir, "catalog", filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		w.write("catalog/"+name, content)
	}
	var out strings.Builder
	if code := run(t.Context(), []string{"evidence", "-C", filepath.Join(w.dir, "catalog"), "board"}, terminal.IO{Out: &out, Err: &out, Now: w.now}); code != exit.CodeFine {
		t.Fatalf("exit code %d: %s", code, out.String())
	}
	for _, want := range []string{
		"tests.dsse.json: in-toto test result: 1 test passed; signed by ci\n",
		"sbom.cdx.json: does not count. It is of the kind `parts`, which counts only if it is signed by `ci`, and it is not signed.\n    Let the build sign it: `cosign attest-blob --predicate evidence/sbom.cdx.json --type cyclonedx --bundle evidence/sbom.cdx.json.sigstore.json --key cosign.key board@",
		"- a list of parts, as evidence/sbom.cdx.json\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, out.String())
		}
	}
}
