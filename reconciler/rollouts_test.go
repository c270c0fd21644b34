package reconciler_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestRollouts: at the commits of the catalog's branch it is shown how far what they brought
// has come, to the end, through what goes wrong, and over restarts; and nothing is shown
// twice.
func TestRollouts(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board", "desk")
	shown := w.ShowStatuses()
	w.Pass()
	version := func(name, v string) reconcilertest.Files {
		return reconcilertest.BoardFile(name, "version: 1.0.0", "version: "+v)
	}
	w.Publish("ana", "soak", reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...))
	w.Pass()
	w.Approve("ben", "soak")
	w.Pass()
	first := w.Remote.Branch("main")
	shown.Want(first, forge.Pending, "board: it soaks in staging and goes on to production at 2026-03-10 09:13 UTC")
	second := w.Push(reconcilertest.Files{"README.md": "hello"})
	w.Pass()
	shown.Want(second, forge.Success, "no app's content changed")
	words := w.Push(reconcilertest.BoardFile("desk", "title: Board", "title: Desk"))
	w.Pass()
	shown.Want(words, forge.Success, "all of it is applied and healthy")
	third := w.Push(version("desk", "1.1.0"))
	w.Later(10 * time.Minute)
	w.Pass()
	shown.Want(first, forge.Success, "all of it is applied and healthy")
	shown.Want(third, forge.Success, "all of it is applied and healthy")
	w.Write("run/production/apps/desk.health.json", `{"state":"failing","reason":"it restarts again and again"}`)
	w.Later(2 * time.Minute)
	w.Pass()
	shown.Want(third, forge.Failure, "desk: it fails in production: it restarts again and again")
	fourth := w.Push(version("desk", "1.2.0"))
	w.Pass()
	shown.Want(third, forge.Success, "newer content took its place")
	w.Quarantine("desk", "it leaks", "chris")
	w.Pass()
	shown.Want(fourth, forge.Failure, "desk: it is contained: it leaks")
	before := shown.Writes()
	w.Pass()
	w.Pass()
	if n := shown.Writes() - before; n != 0 {
		t.Errorf("%d statuses were shown again", n)
	}
	fifth := w.Push(version("board", "nonsense"))
	w.Pass()
	shown.Want(fifth, forge.Failure, "board: what landed may not run; see `levee status board`")
}

// TestRolloutsLater: where it cannot be shown, the passes go on, and it is shown once that
// works again.
func TestRolloutsLater(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	shown := w.ShowStatuses()
	shown.Fail(errors.New("away"))
	p := w.Run(50 * time.Millisecond)
	commit := w.Push(reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.1.0"))
	reconcilertest.Until(t, "it runs", func() bool { return w.Runs("staging")["board"] == "1.1.0" })
	w.Later(time.Minute)
	reconcilertest.Until(t, "it is said that it cannot be shown", func() bool { return strings.Contains(p.Log.String(), "it could not be shown how far") })
	before := shown.Writes()
	shown.Fail(nil)
	w.Later(time.Minute)
	reconcilertest.Until(t, "both commits are shown", func() bool { return shown.Writes() == before+1 })
	shown.Want(commit, forge.Success, "all of it is applied and healthy")
}
