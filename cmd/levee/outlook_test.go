package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestStatusSaysWhatIsSo: what the ledger alone does not say of an app stands in its
// status all the same.
func TestStatusSaysWhatIsSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board", "desk")
	w.pass()
	w.publish("ana", "soak", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.pass()
	w.approve("ben", "soak")
	w.pass()
	w.must("status", "board")
	w.wantSaid("soaks in staging, and goes on to production at 2026-03-10 09:1")
	w.clock = w.clock.Add(20 * time.Minute)
	w.pass()
	w.must("status", "board")
	if strings.Contains(w.out.String(), "soaks") {
		t.Errorf("it soaks on:\n%s", &w.out)
	}

	w.govern(map[string]string{"catalog.yaml": strings.Replace(settingsFile, "stages: [prototype, approved, production]", "stages: [production]", 1)})
	w.must("status", "desk")
	w.wantSaid("it goes no further than staging, because its stage is prototype")

	if err := os.Rename(w.remote.Dir, w.remote.Dir+".away"); err != nil {
		t.Fatal(err)
	}
	w.must("quarantine", "desk", "--reason", "leaks", "--key", w.keys["eve"].File)
	w.must("status")
	w.wantSaid("UNREACHABLE: ", "contained in staging, production by eve: leaks (not recorded yet)")
	if err := os.Rename(w.remote.Dir+".away", w.remote.Dir); err != nil {
		t.Fatal(err)
	}
	w.must("status", "desk")
	w.wantSaid("contained in staging, production by eve: leaks (not recorded yet)")
	w.must("release", "desk", "--reason", "it does not", "--key", w.keys["eve"].File)
	w.wantSaid("staging: desk released", "production: desk released")
	w.pass()
	w.wantRuns("staging", "board=1.1.0", "desk=1.0.0")
	if log := strings.Join(w.log(), "\n"); !strings.Contains(log, "Contain desk: leaks\nRelease desk: it does not") {
		t.Errorf("the containment that only targets knew is not on record:\n%s", log)
	}

	w.push(map[string]string{"other.txt": "x"})
	w.remote.Commit("main", gitrepotest.Change{Message: "forced", Delete: []string{boardPath("board")}, Key: w.keys["eve"]})
	w.pass()
	w.must("status")
	w.wantSaid("its file is gone from the catalog's branch; what runs goes on")
	w.wantRuns("staging", "board=1.1.0", "desk=1.0.0")
	w.wantAudit()
}

// TestStatusSaysWhoLeft, of one app and of all.
func TestStatusSaysWhoLeft(t *testing.T) {
	t.Parallel()
	w := emptyWorld(t)
	files := reconcilertest.Governance(w.keys)
	files["roles.yaml"] = strings.Replace(files["roles.yaml"], "ana: {name: ana,", "ana: {name: ana, left: true,", 1)
	files[boardPath("board")] = boardFile("board")
	w.found(files)
	w.pass()
	for _, args := range [][]string{{"status", "board"}, {"status"}} {
		w.must(args...)
		w.wantSaid("what runs is now deny", "its owner `ana` no longer works here; until there is another, `ben` answers for it")
	}
}

// TestContainedNowhere: where no target could be told, nobody says that the app is
// contained.
func TestContainedNowhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	for _, env := range []string{"staging", "production"} {
		dir := filepath.Join(w.dir, "run", env)
		if err := os.Rename(dir, dir+".away"); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(dir, []byte("in the way"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if code := w.levee("quarantine", "board", "--reason", "leaks"); code != exit.CodeError {
		t.Errorf("exit code %d\n%s", code, &w.out)
	}
	w.wantSaid("board is NOT contained anywhere yet; that it shall be is recorded, and the daemon tries again")
	for _, env := range []string{"staging", "production"} {
		dir := filepath.Join(w.dir, "run", env)
		if err := os.Remove(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(dir+".away", dir); err != nil {
			t.Fatal(err)
		}
	}
	w.pass()
	w.wantRuns("production")
}

// TestReadySaysWhatIsMissing: a daemon without a target that the catalog names, or with a
// key that the ledger does not know, is not ready, and says why.
func TestReadySaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		breaks func(*world)
		says   string
	}{
		"no target": {func(w *world) {
			w.govern(map[string]string{"catalog.yaml": strings.Replace(settingsFile, "{name: production", "{name: production, target: elsewhere", 1)})
		}, `not fit: environment production names the target "elsewhere"`},
		"a key nobody knows": {func(w *world) {
			w.write("levee.yaml", strings.Replace(w.read("levee.yaml"), w.keys["daemon"].File, w.keys["eve"].File, 1))
			w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.1.0")})
		}, "may not sign in the ledger"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "board")
			w.pass()
			test.breaks(w)
			w.write("levee.yaml", w.read("levee.yaml")+"\npoll: 50ms\nlisten: "+freeAddress(t)+"\n")
			ctx, stop := context.WithCancel(t.Context())
			var served sync.WaitGroup
			said := &reconcilertest.Log{}
			served.Go(func() {
				run(ctx, []string{"serve", "--config", filepath.Join(w.dir, "levee.yaml")}, terminal.IO{Out: said, Err: said, Now: w.now})
			})
			defer served.Wait()
			defer stop()
			reconcilertest.Until(t, "it says what is missing", func() bool { return strings.Contains(get(t, w, "/readyz"), test.says) })
			if !strings.Contains(said.String(), "the configuration is not fit for this catalog") {
				t.Errorf("the log says\n%s", said)
			}
		})
	}
}

// TestReleaseSaysWhatComesBack: who releases an app hears in which environments that brings
// back what was contained, since the fix has not come there.
func TestReleaseSaysWhatComesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	w.clock = w.clock.Add(time.Minute)
	w.must("quarantine", "board", "--reason", "leaks", "--by", "oncall")
	w.publish("ana", "fix", map[string]string{boardPath("board"): boardFile("board", reconcilertest.Medium("1.1.0")...)})
	w.pass()
	w.approve("ben", "fix")
	w.pass()
	w.must("release", "board", "--reason", "mended", "--by", "oncall")
	w.wantSaid("staging: board released; it comes back as ", "production: board released; it comes back as it was contained, ", "production runs what was contained until ")
	w.pass()
	w.wantRuns("staging", "board=1.1.0")
	w.wantRuns("production", "board=1.0.0")
	w.must("quarantine", "board", "--reason", "leaks", "--by", "oncall")
	if strings.Contains(w.out.String(), "comes back") {
		t.Errorf("a containment brings something back:\n%s", &w.out)
	}
}
