package catalog

import (
	"fmt"
	"strings"
	"testing"
)

func TestFolderEdits(t *testing.T) {
	base := map[string]string{
		"apps/ops/board/app.yaml":               appSource("board"),
		"apps/ops/board/evidence/sbom.cdx.json": "{}",
		"apps/hr/payroll/app.yaml":              appSource("payroll"),
		"apps/hr/payroll/README.md":             "how",
		"apps/hr/notes.txt":                     "nobody's",
	}
	cases := map[string]struct {
		edit func(m map[string]string)
		want string
	}{
		"nothing":              {func(map[string]string) {}, ""},
		"a file beside an app": {func(m map[string]string) { m["apps/ops/board/x/y.md"] = "new" }, "board: apps/ops/board → apps/ops/board, added apps/ops/board/x/y.md"},
		"evidence replaced":    {func(m map[string]string) { m["apps/ops/board/evidence/sbom.cdx.json"] = "{ }" }, "board: apps/ops/board → apps/ops/board, changed apps/ops/board/evidence/sbom.cdx.json"},
		"a file of no app":     {func(m map[string]string) { m["apps/hr/notes.txt"] = "x" }, ""},
		"taken away": {func(m map[string]string) {
			delete(m, "apps/hr/payroll/app.yaml")
			delete(m, "apps/hr/payroll/README.md")
		}, "payroll: apps/hr/payroll → nothing, gone apps/hr/payroll/README.md"},
		"moved": {func(m map[string]string) {
			m["apps/fin/board/app.yaml"] = m["apps/ops/board/app.yaml"]
			m["apps/fin/board/evidence/sbom.cdx.json"] = "{}"
			delete(m, "apps/ops/board/app.yaml")
			delete(m, "apps/ops/board/evidence/sbom.cdx.json")
		}, "board: apps/ops/board → apps/fin/board, added apps/fin/board/evidence/sbom.cdx.json, gone apps/ops/board/evidence/sbom.cdx.json"},
		"copied": {func(m map[string]string) { m["apps/fin/board/app.yaml"] = m["apps/ops/board/app.yaml"] }, "board: nothing → apps/fin/board"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m := &memory{files: map[string]string{}}
			for p, content := range base {
				m.files[p] = content
			}
			from := load(t, m, "c0", Empty())
			c.edit(m.files)
			to := load(t, m, "c1", from)
			var got []string
			for _, e := range FolderEdits(from, to) {
				dir := func(d *Document) string {
					if d == nil {
						return "nothing"
					}
					return strings.TrimSuffix(d.Path, "/app.yaml")
				}
				line := fmt.Sprintf("%s: %s → %s", e.Name, dir(e.From), dir(e.To))
				for _, f := range e.Files {
					word := "changed"
					if f.Added {
						word = "added"
					} else if f.Gone {
						word = "gone"
					}
					line += fmt.Sprintf(", %s %s", word, f.Path)
				}
				got = append(got, line)
			}
			if s := strings.Join(got, "\n"); s != c.want {
				t.Errorf("got  %q\nwant %q", s, c.want)
			}
		})
	}
}

// TestBounded fills a shared folder: what was there before stays.
func TestBounded(t *testing.T) {
	before := []Entry{{Path: "apps/zoo"}, {Path: "apps/gone"}}
	now := []Entry{{Path: "apps/a"}, {Path: "apps/b"}, {Path: "apps/c"}, {Path: "apps/zoo"}}
	if got := fmt.Sprint(bounded(before, now, 3)); got != fmt.Sprint([]Entry{{Path: "apps/a"}, {Path: "apps/b"}, {Path: "apps/zoo"}}) {
		t.Error(got)
	}
}
