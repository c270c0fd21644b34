//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/deploy"
)

// A daemon is measured in two sizes: with apps whose first pass leaves a good
// thousand records in the ledger, the size that the smaller budget names, and with
// the whole catalog.
const daemonApps = 300

func (t *budgets) daemons() {
	small := t.daemon(daemonApps)
	t.commits(small, 12*t.rounds, 200*time.Millisecond)
	t.contain(small)
	small.Close()
	large := t.daemon(t.apps)
	t.commits(large, 4*t.rounds, 500*time.Millisecond)
	t.idle(large)
	large.Close()
	t.starts(large)
}

// daemonBench is a daemon that stays, over a local bare repository and a directory.
type daemonBench struct {
	*world
	*system.System
	files map[string]string
	apps  int

	mu      sync.Mutex
	effects int
	told    time.Time // when the target was last told something
}

// daemon founds a ledger over a generated catalog and has its daemon make the first
// passes.
func (t *budgets) daemon(apps int) *daemonBench {
	d := &daemonBench{files: generate(apps), apps: apps}
	d.world = t.found(d.files)
	d.open()
	first := d.pass()
	d.pass()
	t.row(fmt.Sprintf("first pass of a founded ledger: %d apps applied", apps), "", short(first)+" (then "+d.records()+" records)")
	return d
}

// open starts the daemon as a new process would: rules and catalog unread.
func (d *daemonBench) open() {
	d.t.Helper()
	system.Engine = sync.OnceValues(policies.NewEngine)
	var err error
	d.System, err = system.Open(d.t.Context(), filepath.Join(d.dir, "levee.yaml"), terminal.IO{
		Out: io.Discard, Err: io.Discard, Now: func() time.Time { return d.clock },
		Intercept: func(what string, effect func() error) error {
			err := effect()
			d.mu.Lock()
			defer d.mu.Unlock()
			d.effects++
			if strings.HasPrefix(what, "target ") {
				d.told = time.Now()
			}
			return err
		},
	}, kinds, system.Serving)
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *daemonBench) pass() time.Duration {
	d.t.Helper()
	d.clock = d.clock.Add(time.Minute)
	began := time.Now()
	if _, err := d.Rec.Once(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
	return time.Since(began)
}

func (d *daemonBench) records() string {
	return strconv.Itoa(recorded(d.world, "levee/ledger"))
}

// recorded is how many records the ledger had at a revision.
func recorded(w *world, revision string) int {
	var root ledger.Root
	if err := json.Unmarshal([]byte(w.remote.Git("show", revision+":state.json")), &root); err != nil {
		w.t.Fatal(err)
	}
	return int(root.Seq)
}

var versionLine = regexp.MustCompile(`(?m)^  version: .*$`)

// commits measures commits on main, one after the other, until the targets of both
// environments are told; their receipts are recorded after that.
func (t *budgets) commits(d *daemonBench, times int, limit time.Duration) {
	var took, whole, floors []time.Duration
	for n := range times {
		p := genPath(n*7%d.apps/100*100 + 6 + n%4)
		d.files[p] = versionLine.ReplaceAllString(d.files[p], fmt.Sprintf("  version: 9.0.%d", n))
		d.remote.Commit("main", gitrepotest.Change{Write: map[string]string{p: d.files[p]}, Message: "forced"})
		began, tip := time.Now(), d.remote.Branch("levee/ledger")
		whole = append(whole, d.pass())
		if n%10 == 0 {
			floors = append(floors, t.pushFloor(d.world, "levee/ledger", string(tip)))
		}
		if d.told.Before(began) {
			t.b.Fatalf("version 9.0.%d of %s was not applied", n, p)
		}
		took = append(took, d.told.Sub(began))
	}
	t.within(fmt.Sprintf("commit on main → applied to directories, %d apps: p95", d.apps), limit, percentile(took, 95),
		fmt.Sprintf("p50 %s, with receipts recorded %s (%s records, two environments); git pushes as much in %s", short(median(took)), short(median(whole)), d.records(), short(median(floors))))
}

// first measures the first pass of a founded ledger, as a program of its own: how long it
// takes, and its memory, by the size of the catalog.
func (t *budgets) first() {
	var took time.Duration
	for _, apps := range []int{t.apps, 5 * t.apps} {
		w := t.found(createdToday(generate(apps)))
		founded := w.remote.Branch("levee/ledger")
		r := t.program(t.levee, "reconcile", "--once", "--config", filepath.Join(w.dir, "levee.yaml"))
		if r.code != exit.CodeFine {
			t.b.Fatalf("the first pass over %d apps ended with %d", apps, r.code)
		}
		records := recorded(w, "levee/ledger") - recorded(w, string(founded))
		measure := fmt.Sprintf("first pass of a founded ledger: %d apps", apps)
		limit, memory := time.Duration(apps)*3*time.Millisecond, int64(500<<20)
		if took > 0 {
			limit, memory = 6*took, 1500<<20
		}
		objects := strings.Count(w.remote.Git("rev-list", "--objects", string(founded)+"..levee/ledger"), "\n")
		t.within(measure, limit, r.wall, fmt.Sprintf("(%.0f records a second, %.1f objects a record; the floor is %s of pushing and %s of writing files)",
			float64(records)/r.wall.Seconds(), float64(objects)/float64(records), short(t.pushFloor(w, "levee/ledger", string(founded))), short(t.filesFloor(filepath.Join(w.dir, "run"), deploy.AtOnce))))
		t.row(measure+": most memory", fmt.Sprintf("≤ %d MB", memory>>20), fmt.Sprintf("%d MB", r.peak>>20), r.peak <= memory)
		took = r.wall
	}
}

// created is the day that a generated manifest names.
var created = regexp.MustCompile(`created: [0-9-]{10}`)

// createdToday has apps not near their end: the program that is measured goes by the
// machine's clock, and the record of an end that nears would come to those of each app.
func createdToday(files map[string]string) map[string]string {
	today := "created: " + time.Now().Format(time.DateOnly)
	for path, text := range files {
		files[path] = created.ReplaceAllString(text, today)
	}
	return files
}

// idle measures passes in which nothing moved.
func (t *budgets) idle(d *daemonBench) {
	d.effects = 0
	before, tip := processorTime(), d.remote.Branch("levee/ledger")
	const passes = 20
	for range passes {
		d.pass()
	}
	cpu := (processorTime() - before) / passes
	t.row(fmt.Sprintf("idle pass, %d apps: processor time", d.apps), "≤ 50 ms", short(cpu), cpu <= 50*time.Millisecond)
	wrote := d.effects
	if d.remote.Branch("levee/ledger") != tip {
		wrote++
	}
	t.row("idle pass: writes", "0", fmt.Sprint(wrote), wrote == 0)
}

// contain measures a containment while the repository is out of reach.
func (t *budgets) contain(d *daemonBench) {
	away := d.remote.Dir + ".away"
	if err := os.Rename(d.remote.Dir, away); err != nil {
		t.b.Fatal(err)
	}
	var took, whole []time.Duration
	for n := range t.rounds {
		began := time.Now()
		done, err := d.Rec.Contain.Quarantine(t.b.Context(), genName(106+n), "it leaks data", "bench")
		if err != nil || len(done.Marked) != 2 {
			t.b.Fatalf("contain: %v %+v", err, done)
		}
		took, whole = append(took, d.told.Sub(began)), append(whole, time.Since(began))
	}
	t.within("containment, repository gone → both targets told", time.Second, percentile(took, 95), "(and recording given up for now after "+short(percentile(whole, 95))+")")
	if err := os.Rename(away, d.remote.Dir); err != nil {
		t.b.Fatal(err)
	}
}

// starts measures a daemon's start up to the end of its first pass: where the one
// before was at rest, and where what that left is lost.
func (t *budgets) starts(d *daemonBench) {
	var rested, whole []time.Duration
	for range t.rounds {
		runtime.GC() // a new process has no old memory to look through
		began := time.Now()
		d.open()
		d.pass()
		rested = append(rested, time.Since(began))
		d.Close()
		if err := os.Remove(filepath.Join(d.dir, "data", "resume.json")); err != nil {
			t.b.Fatal(err)
		}
		runtime.GC()
		began = time.Now()
		d.open()
		d.pass()
		whole = append(whole, time.Since(began))
		d.Close()
	}
	t.within(fmt.Sprintf("start with the local cache, %d apps, %s records", d.apps, d.records()), 500*time.Millisecond, median(rested), "")
	t.within(fmt.Sprintf("start that looks at everything, %d apps, targets too", d.apps), 6*time.Second, median(whole), "")
}

// found makes a world of files, with a ledger that adopts them.
func (t *budgets) found(files map[string]string) *world {
	t.b.Helper()
	h := newHistory(t.b)
	h.past(files, 1_000)
	h.write()
	w := &world{t: t.b, dir: t.b.TempDir(), remote: h.remote, keys: map[string]*gitrepotest.Key{}, clock: start}
	for _, p := range []string{"daemon", "root"} {
		w.keys[p] = gitrepotest.NewKey(t.b, p)
	}
	if err := os.Mkdir(filepath.Join(w.dir, "run"), 0o755); err != nil {
		t.b.Fatal(err)
	}
	w.write("levee.yaml", fmt.Sprintf("repository: %s\nholder: one\nkey: %s\ndrift: 24h\ntargets:\n  directory: {kind: directory, root: run}\n", w.remote.Dir, w.keys["daemon"].File))
	w.must("ledger", "init", "--root-key", w.keys["root"].File)
	_, pinned, _ := strings.Cut(w.out.String(), "\nledger:")
	w.write("levee.yaml", w.read("levee.yaml")+"ledger:"+pinned)
	return w
}

// processorTime is what this process has used, the git programs it waited for
// included.
func processorTime() time.Duration {
	var total time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var usage syscall.Rusage
		_ = syscall.Getrusage(who, &usage)
		total += time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	return total
}
