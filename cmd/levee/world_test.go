package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/reconciler"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// world is a real bare repository with a catalog, its people with their keys, the
// operator's files, a directory target, and a clock. Commands run in it as they
// would from a shell.
type world struct {
	t         testing.TB
	dir       string
	remote    *gitrepotest.Remote
	keys      map[string]*gitrepotest.Key
	clock     time.Time
	tick      sync.Mutex // of the clock, while something runs that reads it
	intercept reconciler.Intercept
	out       bytes.Buffer // of the last command
	founded   string       // what was said when the ledger was
	sender    notifier.Sender
	sleep     func(ctx context.Context, d time.Duration) error // waits by the clock
}

// The catalog of worlds, with the names that the stories of commands use for it.
const settingsFile, blueprintFile = reconcilertest.Settings, reconcilertest.Blueprint

var (
	start, people                = reconcilertest.Start, reconcilertest.People
	rolesFile                    = reconcilertest.Roles
	boardFile, boardPath, medium = reconcilertest.Board, reconcilertest.BoardPath, reconcilertest.Medium
)

// newWorld founds a catalog with the apps named.
func newWorld(t testing.TB, apps ...string) *world {
	t.Helper()
	w := emptyWorld(t)
	files := reconcilertest.Governance(w.keys)
	for _, name := range apps {
		files[boardPath(name)] = boardFile(name)
	}
	return w.found(files)
}

// emptyWorld has people with keys and nothing yet that they look after.
func emptyWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), keys: map[string]*gitrepotest.Key{}, clock: start}
	for _, p := range append(people, "daemon", "root") {
		w.keys[p] = gitrepotest.NewKey(t, p)
	}
	w.remote = gitrepotest.NewEmpty(t)
	return w
}

// found begins a catalog with these files, and its ledger.
func (w *world) found(files map[string]string) *world {
	t := w.t
	t.Helper()
	w.remote.Commit("main", gitrepotest.Change{Message: "begin", Write: files})
	if err := os.Mkdir(filepath.Join(w.dir, "run"), 0o755); err != nil {
		t.Fatal(err)
	}
	w.write("levee.yaml", fmt.Sprintf("repository: %s\nholder: one\nkey: %s\ndrift: 1s\ntargets:\n  directory: {kind: directory, root: run}\n", w.remote.Dir, w.keys["daemon"].File))
	w.must("ledger", "init", "--root-key", w.keys["root"].File)
	w.founded = w.out.String()
	_, pinned, _ := strings.Cut(w.founded, "\nledger:")
	w.write("levee.yaml", w.read("levee.yaml")+"ledger:"+pinned)
	return w
}

// place is the world without its clock and its operator's files.
func (w *world) place() reconcilertest.Place {
	return reconcilertest.Place{T: w.t, Dir: w.dir, Remote: w.remote, Keys: w.keys}
}

func (w *world) write(name, content string) {
	w.t.Helper()
	w.place().Write(name, content)
}

func (w *world) read(name string) string {
	w.t.Helper()
	return w.place().Read(name)
}

// levee runs a command line and returns its exit code; w.out holds what it said.
func (w *world) levee(args ...string) int {
	w.t.Helper()
	w.out.Reset()
	if args[0] != "check" {
		args = append(args, "--config", filepath.Join(w.dir, "levee.yaml"))
	}
	return run(w.t.Context(), args, terminal.IO{Out: &w.out, Err: &w.out, Now: w.now, Intercept: w.intercept, Sender: w.sender, Sleep: w.sleep})
}

// now is the world's clock, also while a daemon runs in it; later lets it run.
func (w *world) now() time.Time {
	w.tick.Lock()
	defer w.tick.Unlock()
	return w.clock
}

func (w *world) later(d time.Duration) {
	w.tick.Lock()
	defer w.tick.Unlock()
	w.clock = w.clock.Add(d)
}

// must is levee for a command that has to succeed.
func (w *world) must(args ...string) string {
	w.t.Helper()
	if code := w.levee(args...); code != exit.CodeFine {
		w.t.Fatalf("levee %s: exit code %d\n%s", strings.Join(args, " "), code, &w.out)
	}
	return w.out.String()
}

// pass is one pass of the daemon, a minute later.
func (w *world) pass() string {
	w.t.Helper()
	w.clock = w.clock.Add(time.Minute)
	code := w.levee("reconcile", "--once")
	if code == exit.CodeError && strings.Contains(w.out.String(), "reconcile: frozen: ") || code == exit.CodeFine {
		return w.out.String()
	}
	w.t.Fatalf("a pass: exit code %d\n%s", code, &w.out)
	return ""
}

// publish pushes a signed commit to a publish branch that starts at main.
func (w *world) publish(person, branch string, files map[string]string) catalog.Commit {
	w.t.Helper()
	return w.place().Publish(person, branch, files)
}

func (w *world) approve(person, branch string) {
	w.t.Helper()
	w.must("approve", "publish/"+branch, "--as", person, "--key", w.keys[person].File)
}

// push is a push to main past everything.
func (w *world) push(files map[string]string) catalog.Commit {
	w.t.Helper()
	return w.place().Push(files)
}

// runs is what the target runs in an environment: app → version.
func (w *world) runs(environment string) map[string]string {
	w.t.Helper()
	return w.place().Runs(environment)
}

// wantRuns compares what runs with "app=version" words.
func (w *world) wantRuns(environment string, want ...string) {
	w.t.Helper()
	w.place().WantRuns(environment, want...)
}

// log is the ledger as an auditor reads it, oldest first.
func (w *world) log() []string {
	w.t.Helper()
	return w.place().Log()
}

// wantAudit verifies the ledger and fails on any finding.
func (w *world) wantAudit() {
	w.t.Helper()
	if code := w.levee("audit", "verify"); code != exit.CodeFine {
		w.t.Errorf("audit verify: exit code %d\n%s", code, &w.out)
	}
}

// wantSaid fails unless the last output holds all the words.
func (w *world) wantSaid(words ...string) {
	w.t.Helper()
	for _, word := range words {
		if !strings.Contains(w.out.String(), word) {
			w.t.Errorf("the output lacks %q:\n%s", word, &w.out)
		}
	}
}

// files is everything below the target's folder, for comparing two worlds.
func (w *world) files() map[string]string {
	w.t.Helper()
	return w.place().InTarget()
}
