package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

// chosenCatalog is a catalog in a repository: the skeleton, an app that is denied for one reason and
// one that cannot be read, all committed, and after that one that is denied for two.
func chosenCatalog(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if out, code := quietly(t, "init", dir); code != exit.CodeFine {
		t.Fatal(code, out)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "apps/operations/hello-board/app.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	app := func(name, from, to string) {
		content := strings.Replace(strings.ReplaceAll(string(raw), "hello-board", name), from, to, 1)
		if content == string(raw) {
			t.Fatalf("the skeleton's app has no %q", from)
		}
		spread(t, dir, map[string]string{"apps/finance/" + name + "/app.yaml": content})
	}
	app("caller", "\nspec:\n", "\nspec:\n  egress: [nobody.example.org]\n")
	app("unread", "\nspec:\n", "\nspecs:\n")
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "."}, {"-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-qm", "begin"}} {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	app("depends", "\nspec:\n", "\nspec:\n  egress: [nobody.example.org]\n  dependsOn: [nothing]\n")
	return dir
}

// aloud runs a command and returns all that it says, errors too.
func aloud(t *testing.T, args ...string) (out string, code int) {
	t.Helper()
	var b strings.Builder
	code = run(t.Context(), args, terminal.IO{Out: &b, Err: &b, Now: time.Now})
	return b.String(), code
}

// TestCheckChooses: of a file, a folder, an app, a revision or a rule, only what belongs to it is
// told and counts.
func TestCheckChooses(t *testing.T) {
	t.Parallel()
	dir := chosenCatalog(t)
	caller, unread, depends := "caller/app.yaml: denied", "unread/app.yaml: invalid", "depends/app.yaml: denied"
	all := []string{caller, unread, depends, "rule dependencies.known", "rule egress.vendor-approved", "rule schema.unknown-field"}
	for _, c := range []struct {
		where string
		args  []string
		code  int
		want  []string // all else of all is not told
	}{
		{"", nil, exit.CodeNo, all},
		{"apps/finance/caller/app.yaml", nil, exit.CodeNo, []string{caller, "rule egress.vendor-approved"}},
		{"apps/finance/caller", nil, exit.CodeNo, []string{caller, "rule egress.vendor-approved"}},
		{"apps/finance", nil, exit.CodeNo, all},
		{"apps/operations", nil, exit.CodeFine, nil},
		{"roles.yaml", nil, exit.CodeFine, nil},
		{"", []string{"--app", "hello-board"}, exit.CodeFine, nil},
		{"", []string{"--app", "unread,caller"}, exit.CodeNo, []string{unread, caller, "rule egress.vendor-approved", "rule schema.unknown-field"}},
		{"apps/finance", []string{"--app", "caller"}, exit.CodeNo, []string{caller, "rule egress.vendor-approved"}},
		{"", []string{"--changed-since", "main"}, exit.CodeNo, []string{depends, "rule dependencies.known", "rule egress.vendor-approved"}},
		{"apps/finance/caller", []string{"--changed-since", "HEAD"}, exit.CodeFine, nil},
		{"", []string{"--changed-since", "main", "--rev", "main"}, exit.CodeFine, nil},
		{"", []string{"--rule", "dependencies.known"}, exit.CodeNo, []string{unread, "rule schema.unknown-field", depends, "rule dependencies.known"}},
		{"apps/finance/caller", []string{"--rule", "dependencies.*"}, exit.CodeFine, nil},
		{"", []string{"--rule", "budget.*", "--changed-since", "main"}, exit.CodeFine, nil},
		{"", []string{"--app", "hello-bord"}, exit.CodeUsage, []string{"did you mean hello-board?"}},
		{"apps/operations", []string{"--app", "caller"}, exit.CodeUsage, []string{"apps/operations has no app caller"}},
		{"", []string{"--rule", "egress.vendor-aproved"}, exit.CodeUsage, []string{"did you mean egress.vendor-approved?"}},
		{"", []string{"--rule", "*"}, exit.CodeUsage, []string{"there is no rule"}},
		{"policies/README.md", nil, exit.CodeUsage, []string{"no file that the catalog reads"}},
		{"", []string{"--changed-since", "elsewhere"}, exit.CodeUsage, []string{"no branch or tag"}},
	} {
		t.Run(fmt.Sprint(c.where, c.args), func(t *testing.T) {
			out, code := aloud(t, append([]string{"check", filepath.Join(dir, c.where)}, c.args...)...)
			if code != c.code {
				t.Errorf("exit code %d, want %d\n%s", code, c.code, out)
			}
			for _, said := range c.want {
				if !strings.Contains(out, said) {
					t.Errorf("nothing is said of %q:\n%s", said, out)
				}
				out = strings.ReplaceAll(out, said, "")
			}
			for _, said := range all {
				if strings.Contains(out, said) {
					t.Errorf("%q is said and was not asked for:\n%s", said, out)
				}
			}
		})
	}
}

// TestCheckChoosesNothingAway: what keeps a chosen app from being judged is told, although it lies
// elsewhere, and a secret in a folder is one of its app alone.
func TestCheckChoosesNothingAway(t *testing.T) {
	t.Parallel()
	dir := chosenCatalog(t)
	spread(t, dir, map[string]string{"apps/finance/caller/notes.md": "k: AKIA" + "Y34FZKBOKMUTVV7A\n"})
	if out, code := quietly(t, "check", dir, "--app", "caller"); code != exit.CodeNo || !strings.Contains(out, "rule secrets.in-repository") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if out, code := quietly(t, "check", dir, "--app", "hello-board"); code != exit.CodeFine || strings.Contains(out, "secret") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	spread(t, dir, map[string]string{"catalog.yaml": "apiVersion: levee.dev/v1\nkind: Catalog\nmetadata: {name: x}\nspec: {colour: blue}\n"})
	out, code := quietly(t, "check", dir, "--app", "hello-board", "--rule", "budget.*")
	if code != exit.CodeError || !strings.Contains(out, "has no field `colour`") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}
