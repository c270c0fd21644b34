//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/skeleton"
)

// BenchmarkBudgets measures what docs/contributing.md promises, on generated
// catalogs, and prints it beside the budgets: `make bench`. SIZE=1k is the quick
// form, and ROWS names parts of it: "cold,conftest". Machines are noisy, so rows are
// medians or percentiles of several runs, and what is compared is measured turn by turn.
func BenchmarkBudgets(b *testing.B) {
	t := &budgets{b: b, apps: 10_000, records: []string{"1k", "10k", "100k"}, rounds: 5}
	switch size := os.Getenv("SIZE"); size {
	case "1k":
		t.apps, t.records, t.rounds = 1_000, []string{"1k"}, 3
	case "10k", "":
	default:
		b.Fatalf("SIZE=%s: it must be 1k or 10k", size)
	}
	var err error
	if t.levee, err = filepath.Abs("../../bin/levee"); err != nil {
		b.Fatal(err)
	}
	parts := []struct {
		name    string
		measure func()
	}{{"cold", t.cold}, {"changes", t.changes}, {"impact", t.impact}, {"daemons", t.daemons}, {"first", t.first}, {"stuck", t.stuck}, {"nudges", t.nudges}, {"conftest", t.conftest}, {"packages", t.packages}, {"kubernetes", t.kubernetes}}
	rows := strings.Split(os.Getenv("ROWS"), ",")
	for b.Loop() {
		for _, part := range parts {
			if rows[0] == "" || slices.Contains(rows, part.name) {
				part.measure()
			}
		}
	}
	t.print()
}

// budgets are the rows so far.
type budgets struct {
	b       *testing.B
	levee   string   // the program
	apps    int      // of the generated catalog
	records []string // sizes of ledgers
	rounds  int      // runs of what takes seconds
	rows    []string

	files     map[string]string
	dir       string // with the files
	coldRuns  []time.Duration
	oneChange time.Duration
}

// row adds a line. ok says whether the budget is kept; without one it is nil.
func (t *budgets) row(measure, budget, measured string, ok ...bool) {
	verdict := ""
	switch {
	case len(ok) > 0 && ok[0]:
		verdict = "ok"
	case len(ok) > 0:
		verdict = "OVER"
	}
	t.rows = append(t.rows, strings.Join([]string{measure, budget, measured, verdict}, "\t"))
	fmt.Printf("%s: %s (%s) %s\n", measure, measured, budget, verdict)
}

// within adds a line for a time that has a limit.
func (t *budgets) within(measure string, limit, measured time.Duration, more string) {
	t.row(measure, "≤ "+short(limit), strings.TrimSpace(short(measured)+" "+more), measured <= limit)
}

func (t *budgets) print() {
	fmt.Printf("\n%d apps, %d processors\n\n", t.apps, cpus())
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "measure\tbudget\tmeasured\t\n")
	for _, r := range t.rows {
		fmt.Fprintln(w, r)
	}
	_ = w.Flush()
	fmt.Println()
}

// catalog writes the generated catalog, once.
func (t *budgets) catalog() (map[string]string, string) {
	if t.dir == "" {
		t.files, t.dir = generate(t.apps), t.b.TempDir()
		spread(t.b, t.dir, t.files)
	}
	return t.files, t.dir
}

// ran is what one run of a program took.
type ran struct {
	wall, cpu time.Duration
	peak      int64 // bytes of memory
	code      int
}

// program runs a program to its end; what it says is thrown away.
func (t *budgets) program(name string, args ...string) ran {
	t.b.Helper()
	cmd := exec.Command(name, args...)
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.b.Fatalf("%s: %v; `make bench` builds what is needed", name, err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // the exit code tells
	}()
	var out ran
	for looking := true; looking; {
		select {
		case <-ended:
			looking = false
		case <-time.After(20 * time.Millisecond):
			out.peak = max(out.peak, mostMemory(cmd.Process.Pid))
		}
	}
	out.wall = time.Since(began)
	out.code = cmd.ProcessState.ExitCode()
	out.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return out
}

// mostMemory is the most memory that a process has had so far, in bytes. What the system says once it has
// ended counts what this process had when it started the other.
func mostMemory(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0 // it has just ended
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kib int64
	_, _ = fmt.Sscan(rest, &kib)
	return kib << 10
}

// cold measures a first start: no cache, nothing known.
func (t *budgets) cold() {
	_, dir := t.catalog()
	empty := t.b.TempDir()
	if _, _, err := skeleton.Write(empty, time.Now(), nil); err != nil {
		t.b.Fatal(err)
	}
	var first []time.Duration
	var cpu time.Duration
	var peak int64
	for range t.rounds {
		first = append(first, t.program(t.levee, "check", empty).wall)
		r := t.program(t.levee, "check", dir, "-o", "json")
		if r.code != exit.CodeError { // some of the apps cannot be judged, which is part of the catalog
			t.b.Fatalf("levee check ended with exit code %d", r.code)
		}
		t.coldRuns, cpu, peak = append(t.coldRuns, r.wall), r.cpu, max(peak, r.peak)
	}
	t.within("cold start: the library alone", 2500*time.Millisecond, median(first), "")
	t.within(fmt.Sprintf("cold start: %d apps, levee check", t.apps), 4*time.Second, median(t.coldRuns), "(processor time "+short(cpu)+"; the floor is "+short(t.checkFloor(dir))+")")
	t.row("cold start: most memory", "≤ 400 MB", fmt.Sprintf("%d MB", peak>>20), peak <= 400<<20)
}

func median(runs []time.Duration) time.Duration { return percentile(runs, 50) }

func percentile(runs []time.Duration, percent int) time.Duration {
	sorted := slices.Sorted(slices.Values(runs))
	return sorted[min(len(sorted)*percent/100, len(sorted)-1)]
}

// short writes a time with three digits.
func short(d time.Duration) string {
	switch {
	case d >= time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d >= 100*time.Millisecond:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	default:
		return fmt.Sprintf("%.2g ms", float64(d.Microseconds())/1000)
	}
}
