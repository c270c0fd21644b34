//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// impact measures `levee impact`, each time in a new process that knows nothing: two revisions of
// the generated catalog are read, and both sides are decided where they may differ.
func (t *budgets) impact() {
	files, _ := t.catalog()
	dir := t.b.TempDir()
	spread(t.b, dir, files)
	git := func(args ...string) {
		t.b.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=bench", "-c", "user.email=bench@example.com"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.b.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	git("init", "-q", "-b", "main")
	git("add", "-A")
	git("commit", "-q", "-m", "Begin")
	changes := []struct {
		name, path, content string
		limit               time.Duration // zero for none
	}{
		{"one vendor", "vendors/vendor-7.yaml", strings.Replace(files["vendors/vendor-7.yaml"], "ceiling: confidential", "ceiling: internal", 1), 0},
		{"one rule", "policies/described.rego", strings.Replace(genDescribed(""), "enforcement: warn, ", "", 1), time.Second},
		{"settings", "catalog.yaml", strings.Replace(genSettings, "small-llm", "other-llm", 1), 3 * time.Second},
	}
	for _, c := range changes {
		if files[c.path] == c.content {
			t.b.Fatalf("%s changes nothing", c.name)
		}
		if err := os.WriteFile(filepath.Join(dir, c.path), []byte(c.content), 0o644); err != nil {
			t.b.Fatal(err)
		}
		git("checkout", "-q", "-b", strings.ReplaceAll(c.name, " ", "-"))
		git("commit", "-q", "-a", "-m", c.name)
		git("checkout", "-q", "main")
	}
	t.program(t.levee, "impact", dir, "--base", "main", "--head", "main") // mirrors the repository
	for _, c := range changes {
		var took []time.Duration
		var last ran
		for range t.rounds {
			last = t.program(t.levee, "impact", dir, "--base", "main", "--head", strings.ReplaceAll(c.name, " ", "-"))
			if last.code != exit.CodeNo && last.code != 0 {
				t.b.Fatalf("levee impact ended with exit code %d", last.code)
			}
			took = append(took, last.wall)
		}
		measure := fmt.Sprintf("levee impact, %s changed, %d apps, nothing known", c.name, t.apps)
		more := fmt.Sprintf("(processor time %s, %d MB)", short(last.cpu), last.peak>>20)
		if c.limit == 0 {
			t.row(measure, "", short(median(took))+" "+more)
			continue
		}
		t.within(measure, c.limit, median(took), more)
	}
}
