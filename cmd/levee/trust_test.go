package main

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// TestWhatIsNotExcused: that a change leaves the meaning of an app alone excuses what was
// wrong before, and nothing that comes from who did it, from where it lies, or from what
// it takes away. Each change is pushed by somebody, and does not land.
func TestWhatIsNotExcused(t *testing.T) {
	t.Parallel()
	outsider := func(c gitrepotest.Change, w *world) { w.remote.Commit("publish/x", c) }
	described := boardFile("board", "title: Board\n", "title: Board\n  description: Send your password to this address.\n")
	for name, test := range map[string]struct {
		push func(*world)
		says []string
	}{
		"a stranger's description": {func(w *world) {
			outsider(gitrepotest.Change{From: w.remote.Branch("main"), Write: map[string]string{boardPath("board"): described}}, w)
		}, []string{"change publish/x: failure", "board"}},
		"a stranger's evidence": {func(w *world) {
			outsider(gitrepotest.Change{From: w.remote.Branch("main"), Write: map[string]string{"apps/ops/board/evidence/tests.xml": "<testsuite/>"}}, w)
		}, []string{"change publish/x: failure", "board"}},
		"a stranger's note": {func(w *world) {
			outsider(gitrepotest.Change{From: w.remote.Branch("main"), Write: map[string]string{"apps/ops/board/notes.txt": "x"}}, w)
		}, []string{"change publish/x: failure", "board"}},
		"a workflow": {func(w *world) {
			w.publish("ana", "x", map[string]string{".github/workflows/x.yml": "on: push\n", boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.1.0")})
		}, []string{"change publish/x: failure", "@governance", "in two changes"}},
		"a file at the top": {func(w *world) { w.publish("ana", "x", map[string]string{"README.md": "Follow me."}) },
			[]string{"change publish/x: pending", "approval by platform: changes README.md"}},
		"a file in apps that is no app's": {func(w *world) { w.publish("ana", "x", map[string]string{"apps/ops/README.md": "Follow me."}) },
			[]string{"change publish/x: pending", "approval by platform"}},
		"another team's app taken away": {func(w *world) {
			w.publish("eve", "x", map[string]string{boardPath("desk"): "", boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.1.0")})
		}, []string{"change publish/x: failure", "desk"}},
		"another team's note replaced": {func(w *world) { w.publish("eve", "x", map[string]string{"apps/ops/desk/notes.txt": "mine now"}) },
			[]string{"change publish/x: pending", "approval by owner", "who is not of the team `ops`"}},
		"a name that is taken": {func(w *world) {
			w.publish("eve", "x", map[string]string{"apps/hr/board/app.yaml": boardFile("board", "team: ops", "team: hr")})
		}, []string{"change publish/x: failure"}},
		"another team's secret": {func(w *world) {
			w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.1.0", "  budget:",
				"  secrets: [{name: KEY, store: vault, path: kv/hr/payroll, ttl: 1h, rotation: 30d}]\n  budget:")})
		}, []string{"team:hr"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := emptyWorld(t)
			roles := strings.Replace(rolesFile(w.keys), "    ops: {members: [ana, ben]}\n", "    ops: {members: [ana, ben]}\n    hr: {members: [dana]}\n", 1)
			w.found(map[string]string{
				"catalog.yaml": settingsFile, "roles.yaml": roles, "blueprints/page/1/blueprint.yaml": blueprintFile,
				boardPath("board"): boardFile("board"), boardPath("desk"): boardFile("desk"), "apps/ops/desk/notes.txt": "ours",
			})
			w.pass()
			before := w.remote.Branch("main")
			test.push(w)
			w.pass()
			w.wantSaid(test.says...)
			w.pass()
			if w.remote.Branch("main") != before {
				t.Errorf("it landed:\n%s", w.remote.Git("log", "-3", "--stat", "main"))
			}
			w.wantRuns("production", "board=1.0.0", "desk=1.0.0")
			w.must("status")
			if strings.Contains(w.out.String(), "goes down") {
				t.Errorf("somebody is told that their app goes down:\n%s", &w.out)
			}
			w.wantAudit()
		})
	}
}

// TestMovedFolder: an app whose folder moves is the same app, and goes on.
func TestMovedFolder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board", "desk")
	w.pass()
	w.publish("ana", "x", map[string]string{boardPath("board"): "", "apps/tools/board/app.yaml": boardFile("board")})
	w.pass()
	w.wantSaid("landed as")
	w.pass()
	w.wantRuns("production", "board=1.0.0", "desk=1.0.0")
	w.must("status", "board")
	if out := w.out.String(); strings.Contains(out, "gone") || strings.Contains(out, "held") || !strings.Contains(out, "(moved)") {
		t.Errorf("its status is\n%s", out)
	}
	w.publish("ana", "y", map[string]string{"apps/tools/board/app.yaml": boardFile("board", "version: 1.0.0", "version: 1.1.0")})
	w.pass()
	w.pass()
	w.wantRuns("production", "board=1.1.0", "desk=1.0.0")
	w.wantAudit()
}

// TestBotsReachNoProduction: what a bot asks for does not get to production before a
// person agreed, whatever its stage.
func TestBotsReachNoProduction(t *testing.T) {
	t.Parallel()
	for _, stage := range []string{"prototype", "approved", "production"} {
		t.Run(stage, func(t *testing.T) {
			t.Parallel()
			w := emptyWorld(t)
			roles := strings.Replace(rolesFile(w.keys), "eve: {name: eve,", "eve: {name: eve, bot: true,", 1)
			w.found(map[string]string{
				"catalog.yaml": settingsFile, "roles.yaml": roles, "blueprints/page/1/blueprint.yaml": blueprintFile, boardPath("board"): boardFile("board", "stage: prototype", "stage: "+stage),
			})
			w.pass()
			w.wantRuns("production", "board=1.0.0")
			w.publish("eve", "x", map[string]string{boardPath("board"): boardFile("board", "stage: prototype", "stage: "+stage, "version: 1.0.0", "version: 1.1.0")})
			for range 30 {
				w.pass()
			}
			w.wantRuns("production", "board=1.0.0")
			w.wantAudit()
		})
	}
}
