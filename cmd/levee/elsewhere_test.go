package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// TestCheckElsewhere: an app in its creator's own repository is judged by the catalog that it would be
// published in, at the files of the creator, and nothing is written.
func TestCheckElsewhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if out, code := quietly(t, "init", dir); code != exit.CodeFine {
		t.Fatal(code, out)
	}
	files := pages(t, dir)
	remote := gitrepotest.NewEmpty(t)
	remote.Commit("main", gitrepotest.Change{Write: files})
	hello := files["apps/operations/hello-board/app.yaml"]
	other := strings.NewReplacer("hello-board", "lunch-menu").Replace(hello)
	secret := "key = AKIA" + "Y34FZKBOKMUTVV7A\n"

	cases := map[string]struct {
		files      map[string]string
		repository bool
		where      string
		args       []string
		code       int
		says, not  []string
	}{
		"a new app":            {map[string]string{"app.yaml": other}, true, "", nil, exit.CodeFine, []string{"2 apps, 1 looked at: 1 allowed"}, nil},
		"its file":             {map[string]string{"app.yaml": other}, true, "app.yaml", nil, exit.CodeFine, []string{"1 allowed"}, nil},
		"no repository":        {map[string]string{"app.yaml": other, "evidence/scan.txt": secret, "src/key": secret}, false, "", nil, exit.CodeNo, []string{"DIR/evidence/scan.txt:1:", "1 denied"}, []string{"src/key"}},
		"a secret in the code": {map[string]string{"app.yaml": other, "src/main.js": secret}, true, "", nil, exit.CodeNo, []string{"DIR/src/main.js:1:", "rule secrets.in-repository"}, []string{"Y34F"}},
		"what git ignores":     {map[string]string{"app.yaml": other, "node_modules/a/key.js": secret, ".gitignore": "node_modules\n"}, true, "", nil, exit.CodeFine, []string{"1 allowed"}, nil},
		"an ignored manifest":  {map[string]string{"app.yaml": other, ".gitignore": "*\n"}, true, "", nil, exit.CodeFine, []string{"1 allowed"}, nil},
		"another's app.yaml":   {map[string]string{"app.yaml": other, "backend/app.yaml": "runtime: nodejs20\n"}, true, "", nil, exit.CodeFine, []string{"2 apps, 1 looked at"}, []string{"backend"}},
		"what is there":        {map[string]string{"app.yaml": hello}, true, "", nil, exit.CodeFine, []string{"has this app as it is here", "0 looked at"}, nil},
		"a change of it":       {map[string]string{"app.yaml": strings.Replace(hello, "monthly: 5", "monthly: 7", 1)}, true, "", nil, exit.CodeNo, []string{"DIR/app.yaml: denied", "rule lifecycle.version-raised"}, nil},
		"another team":         {map[string]string{"app.yaml": strings.Replace(hello, "team: operations", "team: elsewhere", 1)}, true, "", nil, exit.CodeNo, []string{"DIR/app.yaml: denied", "rule lifecycle.version-raised"}, nil},
		"an unknown vendor":    {map[string]string{"app.yaml": strings.Replace(other, "budget:", "egress: [maps.example.org]\n  budget:", 1)}, true, "", []string{"-o", "github"}, exit.CodeNo, []string{"::error file=DIR/app.yaml,line=", "egress.vendor-approved"}, nil},
		"no name":              {map[string]string{"app.yaml": "kind: App\n"}, true, "", nil, exit.CodeNo, []string{"DIR/app.yaml: invalid", "`apiVersion`"}, nil},
		"no YAML":              {map[string]string{"app.yaml": "\x00"}, true, "", nil, exit.CodeNo, []string{"DIR/app.yaml: invalid"}, nil},
		"a hostile name":       {map[string]string{"app.yaml": strings.Replace(other, "name: lunch-menu", "name: ../../roles", 1)}, true, "", nil, exit.CodeNo, []string{"DIR/app.yaml: invalid"}, nil},
		"another file":         {map[string]string{"microapp.yaml": "id: x\n"}, true, "microapp.yaml", nil, exit.CodeUsage, []string{"levee convert"}, nil},
		"no app":               {map[string]string{"README.md": "x\n"}, true, "", nil, exit.CodeUsage, []string{"there is no app.yaml", "levee convert"}, nil},
		"beside --base":        {map[string]string{"app.yaml": other}, true, "", []string{"--base", "main"}, exit.CodeUsage, []string{"--base says nothing"}, nil},
		"beside --history":     {map[string]string{"app.yaml": other}, true, "", []string{"--history"}, exit.CodeUsage, []string{"--catalog says nothing"}, nil},
		"no such revision":     {map[string]string{"app.yaml": other}, true, "", []string{"--rev", "nope"}, exit.CodeUsage, []string{"no branch or tag"}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			own := filepath.Join(t.TempDir(), "own")
			spread(t, own, c.files)
			if c.repository {
				if out, err := exec.Command("git", "init", "-q", own).CombinedOutput(); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
			}
			before := pages(t, own)
			for _, from := range []string{remote.Dir, dir} {
				if from == dir && slices.Contains(c.args, "--rev") {
					continue // a folder has none
				}
				args := append([]string{"check", filepath.Join(own, c.where), "--catalog", from}, c.args...)
				if from == remote.Dir && !slices.Contains(c.args, "--rev") {
					args = append(args, "--rev", "main")
				}
				out, code := aloud(t, args...)
				out = strings.ReplaceAll(out, own, "DIR")
				if code != c.code {
					t.Errorf("of %s: exit code %d, want %d\n%s", from, code, c.code, out)
				}
				for _, word := range c.says {
					if !strings.Contains(out, word) {
						t.Errorf("of %s: nothing is said of %q\n%s", from, word, out)
					}
				}
				for _, word := range c.not {
					if strings.Contains(out, word) {
						t.Errorf("of %s: %q is said\n%s", from, word, out)
					}
				}
			}
			if after := pages(t, own); len(after) != len(before) {
				t.Errorf("%d files where %d were", len(after), len(before))
			}
		})
	}
}

// TestCheckElsewhereUnasked: whoever checks a folder with an app and no catalog is told of --catalog, and a
// repository that git does not read is an error: what it has would not be scanned. A bare repository that is
// named as a folder is told to need a revision.
func TestCheckElsewhereUnasked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	spread(t, dir, map[string]string{"app.yaml": "kind: App\n"})
	for _, where := range []string{dir, filepath.Join(dir, "app.yaml")} {
		if out, code := aloud(t, "check", where); code != exit.CodeUsage || !strings.Contains(out, "--catalog") {
			t.Errorf("exit code %d\n%s", code, out)
		}
	}
	bare := gitrepotest.NewEmpty(t).Dir
	if out, code := aloud(t, "check", dir, "--catalog", bare); code != exit.CodeError || !strings.Contains(out, "--rev main") {
		t.Errorf("of a bare repository: exit code %d\n%s", code, out)
	}
	if err := os.WriteFile(filepath.Join(dir, ".git"), []byte("gitdir: /nowhere\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	catalog := chosenCatalog(t)
	if out, code := aloud(t, "check", dir, "--catalog", catalog); code != exit.CodeError || !strings.Contains(out, "ask git which files") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}
