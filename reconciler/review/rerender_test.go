package review_test

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestBlueprintSaysWhatBecomes: a change of a blueprint says what becomes of the apps that
// run, in words and by lines, and of those that stay as they are nothing.
func TestBlueprintSaysWhatBecomes(t *testing.T) {
	t.Parallel()
	const file = "blueprints/page/1/directory/page.conf"
	w := reconcilertest.Empty(t).FoundWith(
		reconcilertest.Files{file: "title = page\npassword = secret1\n"}, reconcilertest.BoardFile("board"), reconcilertest.BoardFile("desk"),
		reconcilertest.Files{
			"blueprints/form/1/blueprint.yaml": strings.Replace(reconcilertest.Blueprint, "name: page", "name: form", 1),
			reconcilertest.BoardPath("form"):   reconcilertest.Board("form", "page@1", "form@1"),
		},
	)
	w.Pass()
	w.Publish("ana", "conf", reconcilertest.Files{file: "title = page\ncolour = blue\npassword = secret2\n"})
	w.WantPreview("conf",
		"other files of a blueprint: `blueprints/page/1/`", "What changes where apps run, without a change of their own", "- `board` in `staging`: `files ~page.conf`", "- `desk` in `staging`: ", "- `board` in `production`: ",
		"What becomes of board in production", "+      colour = blue",
	)
	text := w.Preview("conf").Text
	for _, not := range []string{"`form`", "secret1", "secret2"} {
		if strings.Contains(text, not) {
			t.Errorf("it shows %q:\n%s", not, text)
		}
	}
	w.Publish("ana", "scaffold", reconcilertest.Files{"blueprints/page/1/scaffold/readme.md": "New."})
	if text := w.Preview("scaffold").Text; strings.Contains(text, "What changes where apps run") {
		t.Errorf("of a file that no app gets it says:\n%s", text)
	}
}

// TestBlueprintOfMany: of many places that change, some are told and the others counted.
func TestBlueprintOfMany(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "a", "b", "c", "d", "e", "f")
	w.Pass()
	w.Publish("ana", "conf", reconcilertest.Files{"blueprints/page/1/directory/page.conf": "colour = blue\n"})
	w.WantPreview("conf", "- `a` in `production`: ", "- `e` in `staging`: ", "- … 2 more")
	if text := w.Preview("conf").Text; strings.Contains(text, "- `f` in") {
		t.Errorf("it tells of more than ten places:\n%s", text)
	}
}
