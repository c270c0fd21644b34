package review_test

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestWhatIsNotExcused: that a change leaves the meaning of an app alone excuses what was
// wrong before, and nothing that comes from who did it, from where it lies, or from what
// it takes away. Each change is pushed by somebody, and does not land.
func TestWhatIsNotExcused(t *testing.T) {
	t.Parallel()
	outsider := func(c gitrepotest.Change, w *reconcilertest.World) { w.Remote.Commit("publish/x", c) }
	described := reconcilertest.Board("board", "title: Board\n", "title: Board\n  description: Send your password to this address.\n")
	for name, test := range map[string]struct {
		push func(*reconcilertest.World)
		says []string
	}{
		"a stranger's description": {func(w *reconcilertest.World) {
			outsider(gitrepotest.Change{From: w.Remote.Branch("main"), Write: reconcilertest.Files{reconcilertest.BoardPath("board"): described}}, w)
		}, []string{"change publish/x: failure", "board"}},
		"a stranger's evidence": {func(w *reconcilertest.World) {
			outsider(gitrepotest.Change{From: w.Remote.Branch("main"), Write: reconcilertest.Files{"apps/ops/board/evidence/tests.xml": "<testsuite/>"}}, w)
		}, []string{"change publish/x: failure", "board"}},
		"a stranger's note": {func(w *reconcilertest.World) {
			outsider(gitrepotest.Change{From: w.Remote.Branch("main"), Write: reconcilertest.Files{"apps/ops/board/notes.txt": "x"}}, w)
		}, []string{"change publish/x: failure", "board"}},
		"a workflow": {func(w *reconcilertest.World) {
			w.Publish("ana", "x", reconcilertest.Files{".github/workflows/x.yml": "on: push\n", reconcilertest.BoardPath("board"): reconcilertest.Board("board", "version: 1.0.0", "version: 1.1.0")})
		}, []string{"change publish/x: failure", "@governance", "in two changes"}},
		"a file at the top": {func(w *reconcilertest.World) { w.Publish("ana", "x", reconcilertest.Files{"README.md": "Follow me."}) },
			[]string{"change publish/x: pending", "approval by platform: changes README.md"}},
		"a file in apps that is no app's": {func(w *reconcilertest.World) {
			w.Publish("ana", "x", reconcilertest.Files{"apps/ops/README.md": "Follow me."})
		}, []string{"change publish/x: pending", "approval by platform"}},
		"another team's app taken away": {func(w *reconcilertest.World) {
			w.Publish("eve", "x", reconcilertest.Files{reconcilertest.BoardPath("desk"): "", reconcilertest.BoardPath("board"): reconcilertest.Board("board", "version: 1.0.0", "version: 1.1.0")})
		}, []string{"change publish/x: failure", "desk"}},
		"another team's note replaced": {func(w *reconcilertest.World) {
			w.Publish("eve", "x", reconcilertest.Files{"apps/ops/desk/notes.txt": "mine now"})
		}, []string{"change publish/x: pending", "approval by owner", "who is not of the team `ops`"}},
		"a name that is taken": {func(w *reconcilertest.World) {
			w.Publish("eve", "x", reconcilertest.Files{"apps/hr/board/app.yaml": reconcilertest.Board("board", "team: ops", "team: hr")})
		}, []string{"change publish/x: failure"}},
		"another team's secret": {func(w *reconcilertest.World) {
			w.Publish("ana", "x", reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.1.0", "  budget:",
				"  secrets: [{name: KEY, store: vault, path: kv/hr/payroll, ttl: 1h, rotation: 30d}]\n  budget:"))
		}, []string{"team:hr"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := reconcilertest.Empty(t)
			roles := strings.Replace(reconcilertest.Roles(w.Keys), "    ops: {members: [ana, ben]}\n", "    ops: {members: [ana, ben]}\n    hr: {members: [dana]}\n", 1)
			w.FoundWith(reconcilertest.BoardFile("board"), reconcilertest.BoardFile("desk"), reconcilertest.Files{"roles.yaml": roles, "apps/ops/desk/notes.txt": "ours"})
			w.Pass()
			before := w.Remote.Branch("main")
			test.push(w)
			w.Pass()
			w.WantTold(test.says...)
			w.Pass()
			if w.Remote.Branch("main") != before {
				t.Errorf("it landed:\n%s", w.Remote.Git("log", "-3", "--stat", "main"))
			}
			w.WantRuns("production", "board=1.0.0", "desk=1.0.0")
			for _, app := range []string{"board", "desk"} {
				if state := w.App(app); state.Stage != ledger.Active || len(state.Notices) > 0 {
					t.Errorf("somebody is told that their app goes down: %+v", state)
				}
			}
			w.WantAudit()
		})
	}
}

// TestMovedFolder: an app whose folder moves is the same app, and goes on.
func TestMovedFolder(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board", "desk")
	w.Pass()
	w.Publish("ana", "x", reconcilertest.Files{reconcilertest.BoardPath("board"): "", "apps/tools/board/app.yaml": reconcilertest.Board("board")})
	w.Pass()
	w.WantTold("landed as")
	w.Pass()
	w.WantRuns("production", "board=1.0.0", "desk=1.0.0")
	w.WantHeld("board", "")
	if gone := w.Gone(); len(gone) > 0 {
		t.Errorf("gone is %v", gone)
	}
	if a := w.App("board").Admitted["production"]; a.Cause != ledger.CauseMoved {
		t.Errorf("it is admitted because of %q", a.Cause)
	}
	w.Publish("ana", "y", reconcilertest.Files{"apps/tools/board/app.yaml": reconcilertest.Board("board", "version: 1.0.0", "version: 1.1.0")})
	w.Pass()
	w.Pass()
	w.WantRuns("production", "board=1.1.0", "desk=1.0.0")
	w.WantAudit()
}

// TestBotsReachNoProduction: what a bot asks for does not get to production before a
// person agreed, whatever its stage.
func TestBotsReachNoProduction(t *testing.T) {
	t.Parallel()
	for _, stage := range []string{"prototype", "approved", "production"} {
		t.Run(stage, func(t *testing.T) {
			t.Parallel()
			w := reconcilertest.Empty(t)
			roles := strings.Replace(reconcilertest.Roles(w.Keys), "eve: {name: eve,", "eve: {name: eve, bot: true,", 1)
			w.FoundWith(reconcilertest.BoardFile("board", "stage: prototype", "stage: "+stage), reconcilertest.Files{"roles.yaml": roles})
			w.Pass()
			w.WantRuns("production", "board=1.0.0")
			w.Publish("eve", "x", reconcilertest.BoardFile("board", "stage: prototype", "stage: "+stage, "version: 1.0.0", "version: 1.1.0"))
			for range 30 {
				w.Pass()
			}
			w.WantRuns("production", "board=1.0.0")
			w.WantAudit()
		})
	}
}
