package main

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// TestUpgrade: an app goes to the newest version of its blueprint, judged as a change of what the catalog had;
// a dry run writes nothing, and conflicts and refusals are in the exit code.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	const app, page = "apps/operations/hello-board/app.yaml", "apps/operations/hello-board/index.html"
	for name, c := range map[string]struct {
		page  string // that the author has
		types string // of the new version
		args  []string
		code  int
		says  []string
		has   string // of the page afterwards; empty for as it was
	}{
		"merged":         {"ONE\ntwo\nthree\nfour\n", "[static]", nil, exit.CodeFine, []string{"from static-page@1 to static-page@2", "merged    " + page, "1 allowed"}, "ONE\ntwo\nthree\nFOUR\n"},
		"a dry run":      {"ONE\ntwo\nthree\nfour\n", "[static]", []string{"--dry-run"}, exit.CodeFine, []string{"merged    " + page, "1 allowed"}, ""},
		"a conflict":     {"one\ntwo\nthree\nvier\n", "[static]", nil, exit.CodeNo, []string{"conflict  " + page, "1 file with lines to choose between"}, "one\ntwo\nthree\n<<<<<<< yours\nvier\n=======\nFOUR\n>>>>>>> static-page@2\n"},
		"one to be":      {"one\ntwo\nthree\nvier\n", "[static]", []string{"--dry-run"}, exit.CodeNo, []string{"1 file would have lines to choose between"}, ""},
		"a refusal":      {"ONE\ntwo\nthree\nfour\n", "[container]", nil, exit.CodeNo, []string{app + ": denied", "rule runtime.blueprint-fit"}, "ONE\ntwo\nthree\nFOUR\n"},
		"no such":        {"", "[static]", []string{"--to", "7"}, exit.CodeUsage, []string{"has no version 7", "is 1, 2"}, ""},
		"what it has":    {"", "[static]", []string{"--to", "1"}, exit.CodeFine, []string{"hello-board has static-page@1 already"}, ""},
		"a broken other": {"ONE\ntwo\nthree\nfour\n", "[statisch]", nil, exit.CodeFine, []string{"hello-board has static-page@1 already"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if out, code := quietly(t, "init", dir); code != exit.CodeFine {
				t.Fatal(code, out)
			}
			first := pages(t, dir)["blueprints/static-page/1/blueprint.yaml"]
			second := strings.Replace(first, "types: [static]", "types: "+c.types, 1)
			if c.types != "[static]" && second == first {
				t.Fatal("the blueprint lists its types otherwise")
			}
			spread(t, dir, map[string]string{
				"blueprints/static-page/1/scaffold/index.html": "one\ntwo\nthree\nfour\n",
				"blueprints/static-page/2/scaffold/index.html": "one\ntwo\nthree\nFOUR\n",
				"blueprints/static-page/2/blueprint.yaml":      second,
				page: c.page,
			})
			before := pages(t, dir)
			out, code := aloud(t, append([]string{"upgrade", "hello-board", "--catalog", dir}, c.args...)...)
			if code != c.code {
				t.Errorf("exit code %d, want %d\n%s", code, c.code, out)
			}
			for _, word := range c.says {
				if !strings.Contains(out, word) {
					t.Errorf("nothing is said of %q\n%s", word, out)
				}
			}
			want := maps.Clone(before)
			if c.has != "" {
				want[page] = c.has
				want[app] = strings.NewReplacer("static-page@1", "static-page@2", "version: 0.1.0", "version: 0.2.0").Replace(before[app])
			}
			if after := pages(t, dir); !maps.Equal(want, after) {
				for p := range after {
					if want[p] != after[p] {
						t.Errorf("%s has\n%s", filepath.ToSlash(p), after[p])
					}
				}
			}
		})
	}
	if out, code := aloud(t, "upgrade", "hello-bord", "--catalog", chosenCatalog(t)); code != exit.CodeUsage || !strings.Contains(out, "did you mean hello-board?") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}
