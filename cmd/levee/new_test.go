package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// TestNew: an app is begun from its blueprint, passes the check, and is written over nothing.
func TestNew(t *testing.T) {
	t.Parallel()
	c := newConverting(t, nil)
	dir := filepath.Join(c.dir, "catalog")
	if out, code := quietly(t, "init", dir); code != exit.CodeFine {
		t.Fatal(out)
	}
	const folder = "catalog/apps/operations/room-finder/"
	begin := func(want int, args ...string) string {
		t.Helper()
		out, code := quietly(t, append([]string{"new", "--catalog", dir, "--owner", "ana"}, args...)...)
		if code != want {
			t.Errorf("new %q: exit code %d, want %d\n%s", args, code, want, out)
		}
		return out
	}
	out := begin(exit.CodeFine, "room-finder", "--group", "everyone", "--description", "Finds rooms", "--dry-run")
	c.wantSaid(out, "# apps/operations/room-finder/app.yaml\n", "with   apps/operations/room-finder/index.html\n", "1 looked at: 1 allowed")
	if c.read(folder+"app.yaml") != "" {
		t.Error("a dry run wrote a file")
	}
	c.write(folder+"index.html", "mine")
	begin(exit.CodeUsage, "room-finder", "--group", "everyone")
	if c.read(folder+"index.html") != "mine" || c.read(folder+"app.yaml") != "" {
		t.Error("of an app that has a file already something was written")
	}
	if err := os.RemoveAll(filepath.Join(c.dir, folder)); err != nil {
		t.Fatal(err)
	}
	out = begin(exit.CodeFine, "room-finder", "--group", "everyone", "--description", "Finds rooms")
	c.wantSaid(out, "wrote  apps/operations/room-finder/app.yaml\n", "wrote  apps/operations/room-finder/index.html\n")
	c.wantSaid(c.read(folder+"app.yaml"), "# yaml-language-server: $schema=../../../schemas/App.json\n", "blueprint: static-page@1\n", "ttl: 30d\n")
	if c.read(folder+"index.html") != c.read("catalog/blueprints/static-page/1/scaffold/index.html") {
		t.Error("the scaffold is not there")
	}
	if out, code := quietly(t, "check", dir); code != exit.CodeFine {
		t.Errorf("the app does not pass: %s", out)
	}
	begin(exit.CodeUsage, "room-finder", "--group", "everyone")
	begin(exit.CodeUsage, "Room Finder")
	begin(exit.CodeUsage)
}

// TestNewAsks: what is still to be answered is told, and what no catalog could read is not written.
func TestNewAsks(t *testing.T) {
	t.Parallel()
	c := newConverting(t, nil)
	dir := filepath.Join(c.dir, "catalog")
	if out, code := quietly(t, "init", dir); code != exit.CodeFine {
		t.Fatal(out)
	}
	out, code := quietly(t, "new", "board", "--catalog", dir, "--owner", "ana", "--monthly", "lots")
	c.wantSaid(out, "`budget.monthly` is `lots`")
	if code != exit.CodeNo || c.read("catalog/apps/operations/board/app.yaml") != "" {
		t.Errorf("exit code %d, and there is %q", code, c.read("catalog/apps/operations/board/app.yaml"))
	}
	out, code = quietly(t, "new", "board", "--catalog", dir, "--owner", "ana", "--classification", "restricted", "--group", "everyone")
	c.wantSaid(out, "rule class.blueprint-ceiling")
	if code != exit.CodeNo || !strings.Contains(c.read("catalog/apps/operations/board/app.yaml"), "classification: restricted") {
		t.Errorf("exit code %d, and there is %q", code, c.read("catalog/apps/operations/board/app.yaml"))
	}
}
