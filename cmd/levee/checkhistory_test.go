package main

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// TestCheckHistory: what was taken out of a catalog again is told, without its value, until a waiver
// says that it was replaced.
func TestCheckHistory(t *testing.T) {
	t.Parallel()
	secret := "AKIA" + "Y34FZKBOKMUTVV7A"
	dir := t.TempDir()
	if out, code := quietly(t, "init", dir); code != exit.CodeFine {
		t.Fatal(code, out)
	}
	files := pages(t, dir)
	r := gitrepotest.NewEmpty(t)
	r.Commit("main", gitrepotest.Change{Write: files})
	if out, code := aloud(t, "check", "--history", r.Dir); code != exit.CodeFine || !strings.Contains(out, "1 commit: nothing that looks like a secret") {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	const notes = "apps/operations/hello-board/notes.md"
	leak := r.Commit("main", gitrepotest.Change{Write: map[string]string{notes: "k: " + secret + "\n"}})
	r.Commit("main", gitrepotest.Change{Delete: []string{notes}})
	for _, format := range []string{"table", "json"} {
		out, code := aloud(t, "check", "--history", "-o", format, r.Dir)
		if code != exit.CodeNo || !strings.Contains(out, notes) || !strings.Contains(out, "AWS access token") || !strings.Contains(out, string(leak)[:12]) {
			t.Errorf("-o %s: exit code %d\n%s", format, code, out)
		}
		if strings.Contains(out, secret) {
			t.Errorf("-o %s tells the secret:\n%s", format, out)
		}
	}
	if out, code := aloud(t, "check", "--history", "--rev", string(leak), r.Dir); code != exit.CodeNo {
		t.Errorf("by the rules of an earlier commit: exit code %d\n%s", code, out)
	}
	r.Commit("main", gitrepotest.Change{Write: map[string]string{"waivers/replaced.yaml": `apiVersion: levee.dev/v1
kind: Waiver
metadata: {name: replaced}
spec: {rule: secrets.in-repository, app: hello-board, reason: The key was replaced and is of no use., expires: 2099-01-01}
`}})
	if out, code := aloud(t, "check", "--history", r.Dir); code != exit.CodeFine || !strings.Contains(out, "(waived by replaced)") {
		t.Errorf("with a waiver: exit code %d\n%s", code, out)
	}
	for _, args := range [][]string{{"--base", "main"}, {"--app", "hello-board"}, {"-o", "sarif"}} {
		if out, code := aloud(t, append([]string{"check", "--history", r.Dir}, args...)...); code != exit.CodeUsage {
			t.Errorf("with %v: exit code %d\n%s", args, code, out)
		}
	}
}
