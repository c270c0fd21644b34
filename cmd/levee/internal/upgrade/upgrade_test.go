package upgrade

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/folder"
	"github.com/levee-gitops/levee/cmd/levee/internal/newapp"
)

const manifestPath = "apps/ops/board/app.yaml"

// board is the file of an app with comments, in the styles that people write.
func board(blueprint, version string) string {
	return `# The board in the hall.
apiVersion: levee.dev/v1
kind: App
metadata: {name: board}
spec:
  title: Board at page@1 # since 1.4.0
  version: ` + version + ` # 1.4.0
  owner: {person: ana, team: ops}
  blueprint: ` + blueprint + `
  classification: internal
  runtime: {type: static}
  access: {groups: [everyone]}
  lifecycle: {stage: prototype, created: 2026-01-01, ttl: 30d}
`
}

// inLine is the same with all of it on one line.
const inLine = "{apiVersion: levee.dev/v1, kind: App, metadata: {name: board}, spec: {title: T, blueprint: page@1, version: 1.4.0, owner: {person: ana, team: ops}, classification: internal, runtime: {type: static}, access: {groups: [everyone]}, lifecycle: {stage: prototype, created: 2026-01-01, ttl: 30d}}}\n"

func blueprint(rest string) string {
	return "apiVersion: levee.dev/v1\nkind: Blueprint\nmetadata: {name: page}\nspec: {title: T, owner: ops, types: [static], ceiling: internal" + rest + "}\n"
}

// disk is a catalog in a folder.
func disk(t *testing.T, files map[string]string) (dir string, of catalog.Files, s *catalog.Snapshot) {
	t.Helper()
	dir = t.TempDir()
	laid := map[string][]byte{}
	for p, content := range files {
		laid[p] = []byte(content)
	}
	if err := newapp.Write(dir, laid); err != nil {
		t.Fatal(err)
	}
	of, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = catalog.Load(t.Context(), of, "", catalog.Empty()); err != nil {
		t.Fatal(err)
	}
	return dir, of, s
}

// TestFiles: what becomes of a file, by what the blueprint and the author did with it, on disk.
func TestFiles(t *testing.T) {
	t.Parallel()
	none := "\x00none" // stands for no file
	long := strings.Repeat("x", maxFile+1)
	for name, c := range map[string]struct {
		before, own, now string
		outcome          Outcome // empty for nothing that is said
		after            string
	}{
		"untouched":           {"a\n", "a\n", "b\n", Replaced, "b\n"},
		"the same in both":    {"a\n", "mine\n", "a\n", "", "mine\n"},
		"done by hand":        {"a\n", "b\n", "b\n", "", "b\n"},
		"both, apart":         {"1\n2\n3\n4\n5\n", "one\n2\n3\n4\n5\n", "1\n2\n3\n4\nfive\n", Merged, "one\n2\n3\n4\nfive\n"},
		"both, the same line": {"1\n", "one\n", "uno\n", Conflicting, "<<<<<<< yours\none\n=======\nuno\n>>>>>>> page@2\n"},
		"gone, untouched":     {"a\n", "a\n", none, Removed, none},
		"gone, changed":       {"a\n", "mine\n", none, Kept, "mine\n"},
		"gone, and by hand":   {"a\n", none, none, "", none},
		"new":                 {none, none, "b\n", Added, "b\n"},
		"new and empty":       {none, none, "", Added, ""},
		"emptied":             {"a\n", "a\n", "", Replaced, ""},
		"new, one is there":   {none, "mine\n", "b\n", Kept, "mine\n"},
		"taken away by hand":  {"a\n", none, "b\n", Kept, none},
		"no text":             {"a\x00", "mine\x00", "b\x00", Kept, "mine\x00"},
		"no text, untouched":  {"a\x00", "a\x00", "b\x00", Replaced, "b\x00"},
		"merged to nothing":   {"1\n2\n3\n4\n5\n6\n7\n", "4\n5\n6\n7\n", "1\n2\n3\n4\n", Merged, "4\n"},
		"too long":            {"a\n", long, "b\n", Kept, long},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{manifestPath: board("page@1", "1.4.0"), "blueprints/page/1/blueprint.yaml": blueprint(""), "blueprints/page/2/blueprint.yaml": blueprint("")}
			for p, content := range map[string]string{"blueprints/page/1/scaffold/sub/f": c.before, "apps/ops/board/sub/f": c.own, "blueprints/page/2/scaffold/sub/f": c.now} {
				if content != none {
					files[p] = content
				}
			}
			dir, of, s := disk(t, files)
			plan, ok, err := New(t.Context(), of, s, s.AppNamed("board"), "")
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			var outcome Outcome
			if len(plan.Files) > 1 {
				outcome = plan.Files[1].Outcome
			}
			if outcome != c.outcome || (outcome == Kept) != (len(plan.Files) > 1 && plan.Files[1].Why != "") || (plan.Conflicts() > 0) != (outcome == Conflicting) {
				t.Errorf("it becomes %q, want %q: %+v", outcome, c.outcome, plan.Files)
			}
			if err := plan.Write(dir); err != nil {
				t.Fatal(err)
			}
			after := none
			if raw, err := os.ReadFile(filepath.Join(dir, "apps/ops/board/sub/f")); err == nil {
				after = string(raw)
			}
			if after != c.after {
				t.Errorf("it has %.200q, want %.200q", after, c.after)
			}
			if raw, _ := os.ReadFile(filepath.Join(dir, manifestPath)); string(raw) != board("page@2", "1.5.0") {
				t.Errorf("the app's file is\n%s", raw)
			}
			left, _ := filepath.Glob(filepath.Join(dir, "apps/ops/board/*.levee-new"))
			if deeper, _ := filepath.Glob(filepath.Join(dir, "apps/ops/board/sub/*.levee-new")); len(left)+len(deeper) > 0 {
				t.Errorf("left behind: %v %v", left, deeper)
			}
		})
	}
}

// TestManifest: blueprint and version are changed where they stand, whatever the style, and what is no
// word of its own is said.
func TestManifest(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ src, want string }{
		"plain":         {board("page@1", "1.4.0"), board("page@2", "1.5.0")},
		"quotes":        {board(`"page@1"`, "'1.4.0'"), board(`"page@2"`, "'1.5.0'")},
		"one line":      {inLine, strings.Replace(strings.Replace(inLine, "page@1", "page@2", 1), "1.4.0", "1.5.0", 1)},
		"line ends":     {strings.ReplaceAll(board("page@1", "1.4.0"), "\n", "\r\n"), strings.ReplaceAll(board("page@2", "1.5.0"), "\n", "\r\n")},
		"a prerelease":  {board("page@1", "1.4.0-beta.1"), board("page@2", "1.5.0")},
		"an escape":     {board(`"p\u0061ge@1"`, "1.4.0"), ""},
		"a wide letter": {strings.Replace(inLine, "title: T", "title: Ä→𝄞", 1), strings.Replace(strings.Replace(strings.Replace(inLine, "page@1", "page@2", 1), "1.4.0", "1.5.0", 1), "title: T", "title: Ä→𝄞", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := catalog.Parse(manifestPath, "", []byte(c.src))
			if !doc.Valid() {
				t.Fatal(doc.Problems)
			}
			got, err := manifest(doc, "page@2")
			if (err != nil) != (c.want == "") {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestTarget: the newest version that is valid and not obsolete, or the one that is named.
func TestTarget(t *testing.T) {
	t.Parallel()
	files := map[string]string{"blueprints/page/11/blueprint.yaml": blueprint(", obsolete: true"), "blueprints/page/12/blueprint.yaml": "kind: Blueprint\n"}
	for _, major := range []int{1, 2, 10} {
		files[fmt.Sprintf("blueprints/page/%d/blueprint.yaml", major)] = blueprint("")
	}
	_, _, s := disk(t, files)
	for _, c := range []struct{ from, major, want string }{
		{"page@1", "", "page@10"},
		{"page@10", "", "page@10"},
		{"page@11", "", ""},
		{"page@11", "10", "page@10"},
		{"page@1", "2", "page@2"},
		{"page@1", "page@2", "page@2"},
		{"page@2", "1", "page@1"},
		{"page@1", "11", ""},
		{"page@1", "12", ""},
		{"page@1", "3", ""},
		{"page@1", "x", ""},
		{"form@1", "", ""},
	} {
		got, err := target(s, c.from, c.major)
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("from %s to %q: %q, %v; want %q", c.from, c.major, got, err, c.want)
		}
	}
}
