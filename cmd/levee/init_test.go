package main

import (
	"bytes"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/skeleton"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

// TestInit: the skeleton passes its own check, and its app is born on the day that
// it is written.
func TestInit(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "mine")
	var out bytes.Buffer
	std := terminal.IO{Out: &out, Err: &out, Now: func() time.Time { return time.Date(2031, 7, 4, 12, 0, 0, 0, time.UTC) }}
	for _, args := range [][]string{{"init", dir}, {"check", dir}, {"init", dir}} {
		if code := run(t.Context(), args, std); code != exit.CodeFine {
			t.Fatalf("levee %s: exit code %d\n%s", args[0], code, &out)
		}
	}
	app, err := os.ReadFile(filepath.Join(dir, "apps", "operations", "hello-board", "app.yaml"))
	if err != nil || !strings.Contains(string(app), "created: 2031-07-04") {
		t.Errorf("%v\n%s", err, app)
	}
	if !strings.Contains(out.String(), "1 allowed") || !strings.Contains(out.String(), "kept   catalog.yaml") {
		t.Errorf("it says\n%s", &out)
	}
}

// editorLine is how a file tells an editor its schema.
var editorLine = regexp.MustCompile(`\A# yaml-language-server: \$schema=(\S+)\n`)

// TestInitForEditors: each file of a kind begins with where its schema lies, and there it lies.
func TestInitForEditors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if out, code := quietly(t, "init", dir); code != exit.CodeFine {
		t.Fatal(code, out)
	}
	named := 0
	for p, content := range pages(t, dir) {
		kind := regexp.MustCompile(`(?m)^kind: (\w+)$`).FindStringSubmatch(content)
		if path.Ext(p) != ".yaml" || kind == nil {
			continue
		}
		line := editorLine.FindStringSubmatch(content)
		if line == nil {
			t.Errorf("%s names no schema", p)
			continue
		}
		named++
		schema := filepath.Join(dir, path.Dir(p), line[1])
		if src, err := os.ReadFile(schema); err != nil || !strings.Contains(string(src), `"const": "`+kind[1]+`"`) {
			t.Errorf("%s: %s is not the schema of %s (%v)", p, schema, kind[1], err)
		}
	}
	if named < 4 {
		t.Errorf("only %d files name their schema", named)
	}
}

// TestInitListsKeys: whoever begins a catalog gets a key into it, is asked for it on a
// terminal, and is told where nobody has one.
func TestInitListsKeys(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("SSH_AUTH_SOCK", "")
	var out bytes.Buffer
	initIn := func(answer string, asked bool, code int, args ...string) (roles string) {
		t.Helper()
		dir := filepath.Join(t.TempDir(), "mine")
		out.Reset()
		std := terminal.IO{In: strings.NewReader(answer), Out: &out, Err: &out, Now: time.Now, Terminal: asked}
		if got := run(t.Context(), append([]string{"init", dir}, args...), std); got != code {
			t.Fatalf("init %v, answered %q: exit code %d, not %d\n%s", args, answer, got, code, &out)
		}
		raw, err := os.ReadFile(filepath.Join(dir, "roles.yaml"))
		if err == nil && code == exit.CodeFine {
			if got := run(t.Context(), []string{"check", dir}, std); got != exit.CodeFine {
				t.Fatalf("what init %v wrote: exit code %d\n%s", args, got, &out)
			}
		}
		return string(raw)
	}
	if roles := initIn("", false, exit.CodeFine); strings.Contains(roles, "ssh-ed25519 A") || !strings.Contains(out.String(), "Nobody has a key yet") {
		t.Errorf("without a key it says\n%s\nand writes\n%s", &out, roles)
	}
	chris, mine := filepath.Join(home, "chris.key"), filepath.Join(home, "mine.key")
	roles := initIn("", false, exit.CodeFine, "--key", "chris="+chris, "--key", mine)
	for _, want := range []string{`    chris: {keys: ["ssh-ed25519 `, "    " + skeleton.OwnID() + `: {keys: ["ssh-ed25519 `, "platform: [{person: " + skeleton.OwnID() + "}, ", "members: [" + skeleton.OwnID() + ", "} {
		if !strings.Contains(roles, want) {
			t.Errorf("the roles lack %q:\n%s", want, roles)
		}
	}
	if _, err := os.Stat(chris); err != nil {
		t.Error(err)
	}
	if roles := initIn(mine+".pub\n", true, exit.CodeFine); !strings.Contains(roles, "    "+skeleton.OwnID()+`: {keys: ["ssh-ed25519 `) {
		t.Errorf("asked for a key, it writes\n%s", roles)
	}
	if roles := initIn("\n", true, exit.CodeFine); strings.Contains(roles, "ssh-ed25519 A") {
		t.Errorf("told of none, it writes\n%s", roles)
	}
	initIn("", false, exit.CodeUsage, "--key", "Chris Example="+chris)
	initIn("", false, exit.CodeUsage, "--key", filepath.Join(home, "no.pub"))
	if err := os.WriteFile(filepath.Join(home, "text"), []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	initIn("", false, exit.CodeUsage, "--key", filepath.Join(home, "text"))
}

// TestFoundingWarns: a ledger whose governance nobody could ever change is not founded in
// silence, and its pins can be had again by whoever has the root key only.
func TestFoundingWarns(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	pinned := w.read("levee.yaml")
	_, want, _ := strings.Cut(pinned, "\nledger:")
	if got := w.must("ledger", "pins", "--root-key", w.keys["root"].File); got != "ledger:"+strings.TrimRight(want, "\n")+"\n" {
		t.Errorf("the pins are\n%s\nnot\n%s", got, want)
	}
	if code := w.levee("ledger", "pins", "--root-key", w.keys["eve"].File); code != exit.CodeError {
		t.Errorf("with another key: exit code %d\n%s", code, &w.out)
	}
	w.wantSaid("was not signed by the root key")
	if code := w.levee("ledger", "init", "--root-key", w.keys["root"].File); code != exit.CodeError {
		t.Errorf("founded twice: exit code %d\n%s", code, &w.out)
	}
	w.wantSaid("`levee ledger pins --config ", "--root-key "+w.keys["root"].File+"` prints what to pin of it")

	w = emptyWorld(t)
	keys := w.keys
	roles := rolesFile(keys)
	roles = strings.Replace(roles, keys["chris"].Public.String(), "", 1)
	roles = strings.Replace(roles, `keys: [""]`, "keys: []", 1)
	w.found(map[string]string{"catalog.yaml": settingsFile, "roles.yaml": roles, "blueprints/page/1/blueprint.yaml": blueprintFile})
	if !strings.Contains(w.founded, "WARNING: nobody can approve a change of what has no owner of its own, such as `roles.yaml`: the role platform is held by chris (no key)") {
		t.Errorf("it says\n%s", w.founded)
	}
}
