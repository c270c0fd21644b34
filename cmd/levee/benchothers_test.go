//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/levee-gitops/levee/cmd/levee/internal/catalogs"
	"github.com/levee-gitops/levee/policies"
)

// conftest measures our check against the program conftest: the same rules over the
// same apps, both cold, turn by turn.
func (t *budgets) conftest() {
	program := os.Getenv("CONFTEST")
	if program == "" {
		t.row("against conftest", "", "not measured: `make bench` builds it")
		return
	}
	program, err := filepath.Abs(program)
	if err != nil {
		t.b.Fatal(err)
	}
	for _, c := range []struct {
		what, arrangement string
		apps              int
		times             float64
	}{
		{"its fastest arrangement, one deny", "one", t.apps, 2},
		{"15 named rules", "fifteen", min(t.apps, 2_000), 10},
		{"every rule of the library named", "named", 500, 30},
	} {
		files, dir := generate(c.apps), t.b.TempDir()
		spread(t.b, dir, files)
		layout := t.arranged(dir)
		var ours, theirs, oursUsed, theirsUsed []time.Duration
		for range t.rounds {
			r := t.program(program, layout.args(c.arrangement, layout.inputs)...)
			theirs, theirsUsed = append(theirs, r.wall), append(theirsUsed, r.cpu)
			r = t.program(t.levee, "check", dir, "-o", "json")
			ours, oursUsed = append(ours, r.wall), append(oursUsed, r.cpu)
		}
		t.ratio(fmt.Sprintf("against conftest, cold, %d apps: %s", c.apps, c.what), c.times, median(theirs), median(ours))
		t.row("  in processor time", "", fmt.Sprintf("%.1f times (%s : %s)", median(theirsUsed).Seconds()/median(oursUsed).Seconds(), short(median(theirsUsed)), short(median(oursUsed))))
		if c.arrangement != "one" {
			continue
		}
		alone := t.program(program, layout.args(c.arrangement, layout.first)...).wall
		if t.oneChange > 0 { // measured with the changes
			t.ratio(fmt.Sprintf("against conftest, one of %d apps changed", c.apps), 100, median(theirs), t.oneChange)
			t.row("  where conftest is told which app it is", "", fmt.Sprintf("%.0f times (%s : %s)", alone.Seconds()/t.oneChange.Seconds(), short(alone), short(t.oneChange)))
		}
	}
}

func (t *budgets) arranged(dir string) *conftest {
	s, err := catalogs.OpenFolder(t.b.Context(), dir)
	if err != nil {
		t.b.Fatal(err)
	}
	e, err := policies.NewEngine()
	if err != nil {
		t.b.Fatal(err)
	}
	rules, problems, err := e.Rules(t.b.Context(), s)
	if err != nil || len(problems) > 0 {
		t.b.Fatal(err, problems)
	}
	return arrange(t.b, s, rules)
}

func (t *budgets) ratio(measure string, times float64, theirs, ours time.Duration) {
	ratio := theirs.Seconds() / ours.Seconds()
	t.row(measure, fmt.Sprintf("≥ %g times", times), fmt.Sprintf("%.1f times (%s : %s)", ratio, short(theirs), short(ours)), ratio >= times)
}

// packages takes rows from the benchmarks of other packages, which stay beside what
// they measure.
func (t *budgets) packages() {
	found := t.benchmark("./reconciler/target/directory", "BenchmarkDriftPass", "3x")
	t.measured("drift pass, directory, 10000 apps: processor time", 500*time.Millisecond, found["BenchmarkDriftPass/warm"]["cpu-ms/op"]*1e6)
	for _, size := range t.records {
		found := t.benchmark("./catalog/ledger", "BenchmarkLedger/"+size+"/(cold|write|append|refresh|clone)$", "5x")
		name := "BenchmarkLedger/" + size + "/"
		t.measured("ledger of "+size+" records: start without a cache", 2*time.Second, found[name+"cold"]["ns/op"])
		t.measured("ledger of "+size+" records: append one, without pushing", 5*time.Millisecond, found[name+"write"]["ns/op"])
		t.measured("ledger of "+size+" records: append one and push", 250*time.Millisecond, found[name+"append"]["ns/op"])
		t.measured("ledger of "+size+" records: read another's record", 0, found[name+"refresh"]["ns/op"])
		size := found[name+"clone"]["MB/clone"]
		t.row("ledger of "+strings.TrimSuffix(strings.TrimPrefix(name, "BenchmarkLedger/"), "/")+" records: full clone", "≤ 150 MB", fmt.Sprintf("%.1f MB", size), size > 0 && size <= 150)
	}
}

// measured adds a line for nanoseconds that a benchmark reported.
func (t *budgets) measured(measure string, limit time.Duration, ns float64) {
	switch took := time.Duration(ns); {
	case took == 0:
		t.row(measure, "", "not measured: the benchmark did not report it", false)
	case limit == 0:
		t.row(measure, "", short(took))
	default:
		t.within(measure, limit, took, "")
	}
}

// benchmark runs benchmarks of a package and returns what they report: name → unit
// → value.
func (t *budgets) benchmark(pkg, pattern, times string) map[string]map[string]float64 {
	t.b.Helper()
	cmd := exec.CommandContext(t.b.Context(), "go", "test", "-run", "^$", "-bench", pattern, "-benchtime", times, "-timeout", "40m", pkg)
	cmd.Dir = "../.."
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.b.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	found := map[string]map[string]float64{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		if len(words) < 4 || !strings.HasPrefix(words[0], "Benchmark") {
			continue
		}
		name := words[0]
		if i := strings.LastIndexByte(name, '-'); i > 0 {
			name = name[:i] // the number of processors
		}
		found[name] = map[string]float64{}
		for i := 2; i+1 < len(words); i += 2 {
			found[name][words[i+1]], _ = strconv.ParseFloat(words[i], 64)
		}
	}
	return found
}
