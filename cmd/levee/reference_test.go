package main

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra/doc"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

// TestReference holds docs/rules and docs/cli against what the program says of its rules and
// commands. With -update it writes them again.
func TestReference(t *testing.T) {
	t.Parallel()
	for folder, write := range map[string]func(dir string){
		"rules": func(dir string) {
			if out, code := quietly(t, "explain", "-C", t.TempDir(), "--all", dir); code != exit.CodeFine {
				t.Fatalf("exit code %d: %s", code, out)
			}
		},
		"cli": func(dir string) {
			root := rootCommand(terminal.IO{Out: &strings.Builder{}, Err: &strings.Builder{}})
			root.DisableAutoGenTag = true
			root.InitDefaultCompletionCmd()
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := doc.GenMarkdownTree(root, dir); err != nil {
				t.Fatal(err)
			}
		},
	} {
		kept := filepath.Join("..", "..", "docs", folder)
		if *update {
			if err := os.RemoveAll(kept); err != nil {
				t.Fatal(err)
			}
			write(kept)
		}
		fresh := filepath.Join(t.TempDir(), folder)
		write(fresh)
		want, got := pages(t, kept), pages(t, fresh)
		if len(got) < 30 {
			t.Errorf("%s: only %d pages", folder, len(got))
		}
		for _, name := range slices.Sorted(maps.Keys(merged(want, got))) {
			if diff := cmp.Diff(want[name], got[name]); diff != "" {
				t.Errorf("docs/%s/%s is not what the program says; run with -update and read it (-docs +program):\n%s", folder, name, diff)
			}
		}
	}
}

func merged(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// pages are the files of a folder, by name.
func pages(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		src, err := os.ReadFile(filepath.Join(dir, p))
		files[p] = string(src)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
