//go:build linux

package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// daemonApps is how many apps the daemon is measured with: their first pass leaves
// a good thousand records in the ledger, the size that the budgets name.
const daemonApps = 300

// daemon measures the passes of a daemon that stays, over a local bare repository
// and a directory: a commit on main, nothing at all, and a containment.
func (t *budgets) daemon() {
	files := generate(daemonApps)
	w := t.found(files)
	var effects int
	var told time.Time
	system, err := openSystem(t.b.Context(), filepath.Join(w.dir, "levee.yaml"), stdio{
		out: io.Discard, err: io.Discard, now: func() time.Time { return w.clock },
		around: func(_ string, effect func() error) error {
			effects++
			err := effect()
			told = time.Now()
			return err
		},
	}, serving)
	if err != nil {
		t.b.Fatal(err)
	}
	defer system.close()
	pass := func() time.Duration {
		w.clock = w.clock.Add(time.Minute)
		began := time.Now()
		if _, err := system.rec.Once(t.b.Context()); err != nil {
			t.b.Fatal(err)
		}
		return time.Since(began)
	}
	first := pass()
	pass()
	records := func() string { return strings.TrimSpace(w.remote.Git("rev-list", "--count", "levee/ledger")) }
	t.row(fmt.Sprintf("first pass of a founded ledger: %d apps applied", daemonApps), "", short(first)+" (then "+records()+" records)")

	version := regexp.MustCompile(`(?m)^  version: .*$`)
	var took []time.Duration
	for n := range 12 * t.rounds {
		p := genPath(n*7%daemonApps/100*100 + 6 + n%4)
		files[p] = version.ReplaceAllString(files[p], fmt.Sprintf("  version: 9.0.%d", n))
		w.remote.Commit("main", gitrepotest.Change{Write: map[string]string{p: files[p]}, Message: "forced"})
		effects = 0
		took = append(took, pass())
		if effects == 0 {
			t.b.Fatalf("version 9.0.%d of %s was not applied", n, p)
		}
	}
	t.within("commit on main → applied to directories: p95", 200*time.Millisecond, percentile(took, 95), "p50 "+short(median(took))+" ("+records()+" records, two environments)")

	effects = 0
	before, tip := processorTime(), w.remote.Branch("levee/ledger")
	const idle = 20
	for range idle {
		pass()
	}
	cpu := (processorTime() - before) / idle
	t.row("idle pass: processor time", "≤ 50 ms", short(cpu), cpu <= 50*time.Millisecond)
	wrote := effects
	if w.remote.Branch("levee/ledger") != tip {
		wrote++
	}
	t.row("idle pass: writes", "0", fmt.Sprint(wrote), wrote == 0)

	away := w.remote.Dir + ".away"
	if err := os.Rename(w.remote.Dir, away); err != nil {
		t.b.Fatal(err)
	}
	took = nil
	var whole []time.Duration
	for n := range t.rounds {
		began := time.Now()
		done, err := system.rec.Quarantine(t.b.Context(), genName(106+n), "it leaks data", "bench")
		if err != nil || len(done.Marked) != 2 {
			t.b.Fatalf("contain: %v %+v", err, done)
		}
		took, whole = append(took, told.Sub(began)), append(whole, time.Since(began))
	}
	t.within("containment, repository gone → both targets told", time.Second, percentile(took, 95), "(and recording given up for now after "+short(percentile(whole, 95))+")")
	if err := os.Rename(away, w.remote.Dir); err != nil {
		t.b.Fatal(err)
	}
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
