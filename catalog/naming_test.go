package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"strings"
	"testing"
	"unicode/utf8"
)

// corpus is what people, programs and attackers call folders: one JSON string a line,
// in which \u00ff and below may stand for single bytes where the line starts with "b".
func corpus(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile("testdata/names.txt")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		rest, bytes := strings.CutPrefix(line, "b")
		var name string
		if err := json.Unmarshal([]byte(rest), &name); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if bytes {
			var b []byte
			for _, r := range name {
				b = append(b, byte(r))
			}
			name = string(b)
		}
		names = append(names, name)
	}
	return names
}

// TestNamesOfFolders: whatever people call the folder of an app, it is one that has a
// name, or a problem of that file which says what it should be called. Done as it says,
// the problem is gone.
func TestNamesOfFolders(t *testing.T) {
	names := append(corpus(t), strings.Repeat("x", 63), strings.Repeat("x", 64), strings.Repeat("x", 255), strings.Repeat("Ü", 127), strings.Repeat("字", 85))
	m := &memory{files: map[string]string{"apps/ops/board/app.yaml": appSource("board")}}
	for _, name := range names {
		m.files["apps/ops/"+name+"/app.yaml"] = appSource("board")
	}
	s := load(t, m, "c0", Empty())
	if again := load(t, m, "c0", s); describe(again) != describe(s) {
		t.Error("a second look sees something else")
	}
	if d := s.AppNamed("board"); d == nil || d.App() == nil || len(s.CrossFacts(d, s).SameName) != 0 {
		t.Errorf("the healthy app is %+v", d)
	}
	given := map[string]bool{}
	problems := 0
	for d := range s.Documents("apps/") {
		if d.IsApp() {
			continue
		}
		if d.Valid() {
			t.Errorf("%q is neither an app nor wrong", d.Path)
		}
		problems++
		if !utf8.ValidString(fmt.Sprint(d.Path, d.Problems)) {
			t.Errorf("%q: %v", d.Path, d.Problems)
		}
		if d.Problems[0].Rule != ruleName {
			continue
		}
		_, rest, _ := strings.Cut(d.Problems[0].Remedy, "Rename the folder to `")
		folder, rest, _ := strings.Cut(rest, "`")
		_, rest, _ = strings.Cut(rest, "`name: ")
		name, _, _ := strings.Cut(rest, "`")
		if given[folder] {
			t.Errorf("two folders are to be called %q", folder)
		}
		given[folder] = true
		mended := &memory{files: map[string]string{"apps/ops/board/app.yaml": appSource("board"), folder + "/app.yaml": appSource(name)}}
		after := load(t, mended, "c1", Empty())
		if doc := after.Document(folder + "/app.yaml"); !strings.HasPrefix(folder, "apps/ops/") || doc.App() == nil || len(after.CrossFacts(doc, after).SameName) != 0 {
			t.Errorf("%q: done as it says, %q is still wrong: %+v", d.Path, folder, doc.Problems)
		}
	}
	if len(s.StraysIn([]string{"apps/ops/Expense/app.yaml"})) != 1 || problems < len(names)*2/3 {
		t.Errorf("%d problems of %d names", problems, len(names))
	}
}

// TestNamesAreGivenOnce: what a folder should be called is the same whatever was there
// before, and changes when somebody takes the name.
func TestNamesAreGivenOnce(t *testing.T) {
	m := &memory{files: map[string]string{"apps/a/Board/app.yaml": appSource("Board"), "apps/b/BOARD/app.yaml": appSource("BOARD")}}
	remedy := func(s *Snapshot, p string) string { return s.Document(p).Problems[0].Remedy }
	first := load(t, m, "c0", Empty())
	if a, b := remedy(first, "apps/a/Board/app.yaml"), remedy(first, "apps/b/BOARD/app.yaml"); !strings.Contains(a, "`apps/a/board`") || !strings.Contains(b, "`apps/b/board-2`") {
		t.Errorf("%s\n%s", a, b)
	}
	m.files["apps/c/board/app.yaml"] = appSource("board")
	then := load(t, m, "c1", first)
	if a := remedy(then, "apps/a/Board/app.yaml"); !strings.Contains(a, "`apps/a/board-2`") {
		t.Error(a)
	}
	if describe(then) != describe(load(t, m, "c1", Empty())) || remedy(then, "apps/a/Board/app.yaml") != remedy(load(t, m, "c1", Empty()), "apps/a/Board/app.yaml") {
		t.Error("it hangs on what was there before")
	}
}

// oddFiles are files beside which something lies that cannot be read.
type oddFiles struct {
	Files
	odd map[string][]Entry // by folder
	bad map[string]error   // folders and files that are an error
}

func (f oddFiles) List(ctx context.Context, dir string) ([]Entry, error) {
	if err := f.bad[dir]; err != nil {
		return nil, err
	}
	list, err := f.Files.List(ctx, dir)
	return append(list, f.odd[dir]...), err
}

func (f oddFiles) Read(ctx context.Context, e Entry, limit int64) ([]byte, error) {
	if err := f.bad[e.Path]; err != nil {
		return nil, err
	}
	return f.Files.Read(ctx, e, limit)
}

// TestWhatCannotBeRead is a problem of that file or folder, and all else is read. When it
// is mended, the problem is gone.
func TestWhatCannotBeRead(t *testing.T) {
	m := &memory{files: map[string]string{
		"apps/ops/board/app.yaml": appSource("board"), "apps/ops/other/app.yaml": appSource("other"), "apps/hr/x/app.yaml": appSource("x"),
		"blueprints/page/1/blueprint.yaml": "apiVersion: levee.dev/v1\nkind: Blueprint\nmetadata: {name: page}\nspec: {title: P, owner: ops, ceiling: internal, types: [static]}\n",
		"blueprints/page/1/film.mp4":       "long", "vendors/v.yaml": vendorSource("v", "example.com", "p"), "policies/own.rego": "package x",
	}}
	whole := load(t, m, "c0", Empty())
	for p, want := range map[string]string{
		`"apps" twice`: "schema.folder", `apps/ops/the name ".."`: "schema.folder", `blueprints/page/1/"x" out of order`: "schema.folder",
		"apps/hr": "schema.folder", "vendors": "schema.folder", "apps/ops/other/app.yaml": "schema.path", "vendors/v.yaml": "schema.path",
		"policies/own.rego": "schema.path", "blueprints/page/1/film.mp4": "schema.limit",
	} {
		files := oddFiles{Files: m, odd: map[string][]Entry{}, bad: map[string]error{p: fmt.Errorf("read: %w", ErrMalformed)}}
		if strings.Contains(p, `"`) {
			dir := path.Dir(p)
			if dir == "." {
				dir = ""
			}
			files = oddFiles{Files: m, odd: map[string][]Entry{dir: {{Path: p, Mode: Odd, ID: "1"}}}}
		}
		s, err := Load(t.Context(), files, "c1", Empty())
		if err != nil {
			t.Errorf("%s: %v", p, err)
			continue
		}
		if d := s.Document(p); d == nil || d.Valid() || d.Problems[0].Rule != want {
			t.Errorf("%s: %+v", p, d)
		}
		if s.AppNamed("board").App() == nil || s.Document("blueprints/page/1/blueprint.yaml").Folder == "" {
			t.Errorf("%s takes others with it", p)
		}
		if again := load(t, m, "c0", s); !strings.Contains(p, "/") && p != "vendors" && describe(again) != describe(whole) {
			t.Errorf("%s: mended, it is still there", p)
		}
	}
}
