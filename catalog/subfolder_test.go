package catalog

import (
	"strings"
	"testing"
)

// TestSubfolders: what a blueprint holds for kinds of targets is kept with it, and goes on
// with it where only other files differ.
func TestSubfolders(t *testing.T) {
	const dir = "blueprints/form/1/"
	m := &memory{files: map[string]string{
		dir + "blueprint.yaml": "apiVersion: levee.dev/v1\nkind: Blueprint\nmetadata: {name: form}\nspec: {title: Form, owner: ops, ceiling: internal, types: [static]}\n",
		dir + "readme.md":      "hello",
		dir + "scaffold/a":     "new",
		dir + "directory/b/c":  "two",
		dir + "directory/a":    "one",
		dir + "big/a":          strings.Repeat("a", MaxSubfolder),
		dir + "big/b":          "b",
	}}
	first := load(t, m, "", Empty())
	d := first.Document(dir + "blueprint.yaml")
	if len(d.Subfolders) != 2 {
		t.Errorf("kept are %d subfolders", len(d.Subfolders))
	}
	got := d.Subfolders["directory"]
	if len(got.Files) != 2 || got.Files[0].Path != "a" || string(got.Files[0].Content) != "one" || got.Files[1].Path != "b/c" || got.TooLarge() {
		t.Errorf("kept is %+v", got)
	}
	if big := d.Subfolders["big"]; !big.TooLarge() || big.Files != nil {
		t.Errorf("of a subfolder that is too large %d files are kept", len(big.Files))
	}
	m.files[dir+"directory/a"] = "other"
	m.files["vendors/x.yaml"] = "x"
	second := load(t, m, "", first)
	if got := second.Document(dir + "blueprint.yaml").Subfolders["directory"]; string(got.Files[0].Content) != "other" {
		t.Errorf("after a file changed kept is %+v", got)
	}
	if string(d.Subfolders["directory"].Files[0].Content) != "one" {
		t.Error("the snapshot before changed with it")
	}
	delete(m.files, dir+"directory/a")
	delete(m.files, dir+"directory/b/c")
	if _, there := load(t, m, "", second).Document(dir + "blueprint.yaml").Subfolders["directory"]; there {
		t.Error("a subfolder that is gone is kept")
	}
}
