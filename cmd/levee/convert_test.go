package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

const (
	wholeTemplate = "name: form\nowner: operations\nclassification: internal\nruntime: container\ncost_profile: micro\nallowed_regions: [eu-west]\n"
	someMicroapp  = "name: desk-finder\nversion: 0.1.0\nowner: {name: Eve Sato, team: operations}\nlifecycle: {state: prototype, created_at: 2026-01-10, ttl_days: 90}\nclassification: {data: internal}\ncolour: blue # of the logo\n"
)

// converting runs the command in a folder of some files, and says what it wrote where.
type converting struct {
	*testing.T
	dir string
}

func newConverting(t *testing.T, files map[string]string) converting {
	t.Helper()
	c := converting{t, t.TempDir()}
	for name, content := range files {
		c.write(name, content)
	}
	return c
}

func (c converting) write(name, content string) {
	c.Helper()
	at := filepath.Join(c.dir, name)
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		c.Fatal(err)
	}
	if err := os.WriteFile(at, []byte(content), 0o644); err != nil {
		c.Fatal(err)
	}
}

func (c converting) read(name string) string {
	src, _ := os.ReadFile(filepath.Join(c.dir, name))
	return string(src)
}

// run runs the command, with the folder's name in place of @, and wants an exit code.
func (c converting) run(want int, args ...string) (out, errs string) {
	c.Helper()
	for i, arg := range args {
		args[i] = strings.ReplaceAll(arg, "@", c.dir)
	}
	var o, e bytes.Buffer
	if code := run(c.Context(), append([]string{"convert"}, args...), terminal.IO{Out: &o, Err: &e}); code != want {
		c.Errorf("convert %q: exit code %d, want %d\n%s%s", args, code, want, &o, &e)
	}
	return o.String(), e.String()
}

func (c converting) wantSaid(text string, parts ...string) {
	c.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			c.Errorf("it does not say %q:\n%s", part, text)
		}
	}
}

// TestConvertAnswers: what the command ends with, and where it says what.
func TestConvertAnswers(t *testing.T) {
	t.Parallel()
	c := newConverting(t, map[string]string{
		"template.yaml": wholeTemplate, "microapp.yaml": someMicroapp, "notes.yaml": "colour: blue\n", "large.yaml": "name: a\n" + strings.Repeat("# more\n", 10<<10),
		"bomb.yaml": "a: &a [x, x]\nb: &b [*a, *a]\nlifecycle: {ttl_days: *b}\n", "deep.json": strings.Repeat("[", 2000) + strings.Repeat("]", 2000),
	})
	out, errs := c.run(exit.CodeFine, "@/template.yaml")
	c.wantSaid(out, "---\n# blueprints/form/1/blueprint.yaml\napiVersion: levee.dev/v1\nkind: Blueprint\n")
	c.wantSaid(errs, "template.yaml: a template descriptor, becomes blueprints/form/1/blueprint.yaml\n", "1 file: 6 values taken, 0 left, 0 to be filled in\n")

	out, errs = c.run(exit.CodeNo, "@/microapp.yaml")
	c.wantSaid(out, "# apps/operations/desk-finder/app.yaml\n", "  # blueprint: to be filled in. ", "---\n# roles.yaml\n")
	c.wantSaid(errs, "  6     colour\n        A catalog has no field for `colour`", "        beside it: # of the logo\n", " spec.blueprint of apps/operations/desk-finder/app.yaml: ")

	_, errs = c.run(exit.CodeNo, "@/notes.yaml")
	c.wantSaid(errs, "notes.yaml: not taken in", "Nothing in it says what it is.", "a microapp manifest, ", "a review checklist")
	_, errs = c.run(exit.CodeNo, "@/large.yaml")
	c.wantSaid(errs, "the most is 64 KiB")
	_, errs = c.run(exit.CodeNo, "@/bomb.yaml")
	c.wantSaid(errs, "Anchors (&) and aliases (*) are not allowed.")
	c.run(exit.CodeNo, "@/deep.json")

	c.run(exit.CodeUsage)
	c.run(exit.CodeUsage, "@/template.yaml", "-o", "yaml")
	_, errs = c.run(exit.CodeError, "@/nowhere.yaml")
	c.wantSaid(errs, "nowhere.yaml")
	if out, _ := c.run(exit.CodeError, "@/template.yaml", "@/nowhere.yaml"); out != "" {
		t.Errorf("of files that could not all be read something was written:\n%s", out)
	}
}

// TestConvertJSON: the answer as JSON has the documents, and what became of each value.
func TestConvertJSON(t *testing.T) {
	t.Parallel()
	c := newConverting(t, map[string]string{"in/microapp.yaml": someMicroapp, "in/package.json": "{}"})
	out, errs := c.run(exit.CodeNo, "@/in", "-o", "json")
	var got output.Converted
	if err := json.Unmarshal([]byte(out), &got); err != nil || errs != "" {
		t.Fatalf("%v\n%s\n%s", err, out, errs)
	}
	if len(got.Files) != 1 || len(got.Documents) != 2 || len(got.Others) != 1 || len(got.Files[0].Left) != 1 || got.Files[0].Left[0].Line != 6 {
		t.Errorf("it says %s", out)
	}
	if strings.Contains(out, "null") {
		t.Errorf("there is a null in it: %s", out)
	}
}

// TestConvertIntoFolder: documents go to their places, and never over what is there.
func TestConvertIntoFolder(t *testing.T) {
	t.Parallel()
	const app = "catalog/apps/operations/desk-finder/app.yaml"
	c := newConverting(t, map[string]string{"microapp.yaml": someMicroapp, "catalog/roles.yaml": "# ours\n"})
	out, _ := c.run(exit.CodeNo, "@/microapp.yaml", "--to", "@/catalog", "--dry-run")
	if c.wantSaid(out, "FILE", "apps/operations/desk-finder/app.yaml,roles.yaml"); c.read(app) != "" {
		t.Error("a dry run wrote a file")
	}
	out, errs := c.run(exit.CodeNo, "@/microapp.yaml", "--to", "@/catalog")
	c.wantSaid(errs, "wrote  apps/operations/desk-finder/app.yaml\n", "kept   roles.yaml, which is there already")
	c.wantSaid(out, "---\n# roles.yaml\n", "name: Eve Sato")
	if c.read("catalog/roles.yaml") != "# ours\n" || !strings.Contains(c.read(app), "title: desk-finder") || strings.Contains(out, "desk-finder/app.yaml") {
		t.Errorf("there are %q and %q, and written was:\n%s", c.read("catalog/roles.yaml"), c.read(app), out)
	}
	c.write(app, "# mine\n")
	out, _ = c.run(exit.CodeNo, "@/microapp.yaml", "--to", "@/catalog")
	if c.wantSaid(out, "title: desk-finder"); c.read(app) != "# mine\n" {
		t.Error("a file that was there was written over")
	}

	c.run(exit.CodeFine, c.named("template.yaml", wholeTemplate), "--to", "@/new")
	if plain := c.read("new/blueprints/form/1/blueprint.yaml"); plain == "" || strings.Contains(plain, "$schema") {
		t.Errorf("in a folder that was not there is %q", plain)
	}
	c.write("known/schemas/Blueprint.json", "{}")
	c.run(exit.CodeFine, "@/template.yaml", "--to", "@/known")
	if got := c.read("known/blueprints/form/1/blueprint.yaml"); !strings.HasPrefix(got, "# yaml-language-server: $schema=../../../schemas/Blueprint.json\n") {
		t.Errorf("where schemas are kept, an editor is not told of them:\n%s", got)
	}
	if err := os.MkdirAll(filepath.Join(c.dir, "outside"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(c.dir, "new", "blueprints")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../outside", filepath.Join(c.dir, "new", "blueprints")); err != nil {
		t.Fatal(err)
	}
	c.run(exit.CodeError, "@/template.yaml", "--to", "@/new")
	if c.read("outside/form/1/blueprint.yaml") != "" {
		t.Error("a link in the catalog led out of it")
	}
}

// named writes a file, and returns how the command is given it.
func (c converting) named(name, content string) string {
	c.Helper()
	c.write(name, content)
	return "@/" + name
}

// TestConvertFolder: a folder is searched for what is known, within bounds, and no link in it
// is followed.
func TestConvertFolder(t *testing.T) {
	t.Parallel()
	c := newConverting(t, map[string]string{
		"in/b/microapp.yaml": someMicroapp, "in/a.yml": wholeTemplate, "in/c/package.json": "{}", "in/c/notes.txt": someMicroapp, "in/broken.yaml": "a: [\n",
		"in/.git/microapp.yaml": someMicroapp, "in/node_modules/x/microapp.yaml": someMicroapp, "outside/microapp.yaml": someMicroapp,
	})
	for _, link := range []string{"in/link.yaml", "in/folder"} {
		target := "../outside/microapp.yaml"
		if link == "in/folder" {
			target = "../outside"
		}
		if err := os.Symlink(target, filepath.Join(c.dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	out, _ := c.run(exit.CodeNo, "@/in", "--dry-run")
	c.wantSaid(out, "a.yml", "template", "blueprints/form/1/blueprint.yaml", "b/microapp.yaml", "broken.yaml:1", "3 files: 14 values taken, 1 left, ", "1 other file of no form that is known")
	for _, never := range []string{"link.yaml", "in/folder", ".git", "node_modules", "notes.txt"} {
		if strings.Contains(out, never) {
			t.Errorf("%s was looked at:\n%s", never, out)
		}
	}
	c.write("deep/"+strings.Repeat("d/", 13)+"a.yaml", wholeTemplate)
	_, errs := c.run(exit.CodeUsage, "@/deep")
	c.wantSaid(errs, "more than 12 folders deep")
}

// TestConvertedPasses: what was converted whole is taken by a check, from standard output and
// from the folder.
func TestConvertedPasses(t *testing.T) {
	t.Parallel()
	c := newConverting(t, map[string]string{"template.yaml": wholeTemplate})
	catalog := filepath.Join(c.dir, "catalog")
	if out, code := quietly(t, "init", catalog); code != exit.CodeFine {
		t.Fatal(out)
	}
	c.write("catalog/blueprints/form/1/blueprint.yaml", wholeTemplate)
	out, code := quietly(t, "check", catalog)
	c.wantSaid(out, "it looks like a template descriptor", "`levee convert blueprints/form/1/blueprint.yaml`")
	if code != exit.CodeNo {
		t.Errorf("a template passes as a blueprint: %s", out)
	}
	converted, _ := c.run(exit.CodeFine, "@/catalog/blueprints/form/1/blueprint.yaml")
	c.write("catalog/blueprints/form/1/blueprint.yaml", converted)
	if out, code := quietly(t, "check", catalog); code != exit.CodeFine {
		t.Errorf("what was converted does not pass: %s", out)
	}
}
