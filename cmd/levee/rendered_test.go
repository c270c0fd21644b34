package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

const unitTemplate = `[Unit]
Description={{.title}}
{{- with index . "runbook"}}
Documentation={{.}}
{{- end}}
[Service]
Environment=APP={{.app}} PLACE={{.environment}}
`

// filesOf are the files in what lies in a folder of an app, by path.
func (w *world) filesOf(environment, app string) map[string]string {
	w.t.Helper()
	var document struct {
		Files map[string]struct{ Content string }
	}
	if err := json.Unmarshal([]byte(w.read("run/"+environment+"/apps/"+app+".json")), &document); err != nil {
		w.t.Fatal(err)
	}
	files := map[string]string{}
	for name, f := range document.Files {
		files[name] = f.Content
	}
	return files
}

// templated is a catalog whose blueprint has files for apps.
func templated(t *testing.T, files map[string]string, apps ...string) *world {
	t.Helper()
	all := map[string]string{"catalog.yaml": settingsFile, "blueprints/page/1/blueprint.yaml": blueprintFile}
	for _, name := range apps {
		all[boardPath(name)] = boardFile(name)
	}
	for name, content := range files {
		all["blueprints/page/1/directory/"+name] = content
	}
	w := emptyWorld(t)
	all["roles.yaml"] = rolesFile(w.keys)
	return w.found(all)
}

// TestRendered: what a blueprint holds for a kind of target comes with each app, filled
// in for it and where it goes; what is the same for all comes with it.
func TestRendered(t *testing.T) {
	t.Parallel()
	w := templated(t, map[string]string{"unit.service.tmpl": unitTemplate, "bin/start": "#!/bin/sh\n"}, "board")
	w.pass()
	got := w.filesOf("staging", "board")
	if want := "[Unit]\nDescription=Board\n[Service]\nEnvironment=APP=board PLACE=staging\n"; got["unit.service"] != want || got["bin/start"] != "#!/bin/sh\n" || len(got) != 2 {
		t.Fatalf("it runs with %q", got)
	}
	if got := w.filesOf("production", "board")["unit.service"]; !strings.Contains(got, "PLACE=production") {
		t.Errorf("in production it runs with %q", got)
	}
	w.publish("ana", "title", map[string]string{boardPath("board"): boardFile("board", "title: Board", "title: The board", "1.0.0", "1.1.0")})
	w.pass()
	if got := w.filesOf("staging", "board")["unit.service"]; !strings.Contains(got, "Description=The board") {
		t.Errorf("after its title changed it runs with %q", got)
	}
	// Drift in a file is drift of the app.
	at := "run/staging/apps/board.json"
	w.write(at, strings.Replace(w.read(at), "The board\\n", "Bad\\n", 1))
	w.pass()
	if got := w.filesOf("staging", "board")["unit.service"]; !strings.Contains(got, "Description=The board") {
		t.Errorf("after somebody changed it, it runs with %q", got)
	}
	// A changed blueprint brings its files to all apps that take it.
	w.govern(map[string]string{"blueprints/page/1/directory/unit.service.tmpl": "Name={{.app}}\n"})
	w.pass()
	if got := w.filesOf("production", "board")["unit.service"]; got != "Name=board\n" {
		t.Errorf("after the blueprint changed it runs with %q", got)
	}
	before := len(w.log())
	w.pass()
	if now := len(w.log()); now != before {
		t.Errorf("a pass with nothing to do recorded %v", w.log()[before:])
	}
	w.wantAudit()
}

// TestNotRendered: what cannot be filled in is found when it is proposed, at the line of
// the blueprint's file, and nothing that runs is touched by it.
func TestNotRendered(t *testing.T) {
	t.Parallel()
	const at = "blueprints/page/1/directory/unit.service.tmpl"
	w := templated(t, map[string]string{"unit.service.tmpl": "[Unit]\nName={{.title}}\n{{if eq .title \"Bad\"}}{{.runbook}}{{end}}\n"}, "board", "wall")
	w.pass()
	denied := func(branch, line, file string, words ...string) {
		t.Helper()
		w.pass()
		w.must("status", "publish/"+branch)
		w.wantSaid(append(words, line, file)...)
		if code := w.levee("check", "--rev", "publish/"+branch, "--base", "main", w.remote.Dir); code != exit.CodeNo {
			t.Errorf("check of %s: exit code %d\n%s", branch, code, &w.out)
		}
		if line != "" {
			words = append(words, strings.TrimPrefix(line, "line ")+":1")
		}
		w.wantSaid(append(words, file)...)
	}
	w.publish("ana", "bad", map[string]string{boardPath("board"): boardFile("board", "title: Board", "title: Bad")})
	denied("bad", "line 3", at, "`.runbook` is nothing that this app has")
	w.publish("chris", "broken", map[string]string{at: "Name={{.title}}\nBook={{.runbook}}\n"})
	denied("broken", "line 2", at, "for `board` and 1 more", "`.runbook` is nothing that this app has")
	w.publish("chris", "unused", map[string]string{
		"blueprints/page/2/blueprint.yaml": blueprintFile, "blueprints/page/2/directory/a.tmpl": "\n\n{{.title\n",
	})
	denied("unused", "line 3", "blueprints/page/2/directory/a.tmpl", "cannot be read")
	w.publish("chris", "large", map[string]string{
		"blueprints/page/2/blueprint.yaml": blueprintFile, "blueprints/page/2/directory/a": strings.Repeat("a", 1<<20+1),
	})
	denied("large", "", "blueprints/page/2/directory", "larger than 1024 KiB")
	w.publish("chris", "syntax", map[string]string{at: "{{"})
	if code := w.levee("check", "--rev", "publish/syntax", w.remote.Dir); code != exit.CodeNo {
		t.Errorf("exit code %d", code)
	}
	w.wantSaid("2 apps denied only for what is wrong in " + at)

	// Past everything, a blueprint governs that cannot be filled in: what runs goes on as it
	// was admitted, and is put right by what governed then.
	before := w.read("run/staging/apps/board.json")
	w.push(map[string]string{at: "Name={{.nothing}}\n"})
	w.pass()
	w.must("ledger", "adopt", "--root-key", w.keys["root"].File, "--governance", "--reason", "the test wants it")
	for range 2 {
		if code := w.levee("reconcile", "--once"); code != exit.CodeFine {
			t.Errorf("a pass: exit code %d\n%s", code, &w.out)
		}
		w.wantSaid("board cannot be rendered", at+", line 1", "`.nothing` is nothing that this app has")
	}
	w.write("run/staging/apps/board.json", "{}")
	w.clock = w.clock.Add(10 * time.Minute)
	_ = w.levee("reconcile", "--once")
	if got := w.read("run/staging/apps/board.json"); got != before {
		t.Errorf("it runs\n%s\nand was admitted as\n%s", got, before)
	}
	w.govern(map[string]string{at: "Name={{.app}}\n"})
	w.pass()
	if got := w.filesOf("staging", "board")["unit.service"]; got != "Name=board\n" {
		t.Errorf("once that is mended it runs with %q", got)
	}
	w.wantAudit()
}

// TestNotRenderedAtFirst: a catalog in which a blueprint cannot be read is not begun
// with, and an app that a blueprint does not fit is held.
func TestNotRenderedAtFirst(t *testing.T) {
	t.Parallel()
	w := templated(t, map[string]string{"a.tmpl": "{{.title}} {{if eq .app \"wall\"}}{{.runbook}}{{end}}"}, "board", "wall")
	w.pass()
	w.wantRuns("staging", "board=1.0.0")
	w.must("status", "wall")
	w.wantSaid("held")
}
