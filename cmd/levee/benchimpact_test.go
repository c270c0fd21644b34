//go:build linux

package main

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/secretscan"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/check"
)

// impact measures what a change would flip: by a process that knows what governs and has decided the apps by
// it, and by `levee impact`, a new process each time that knows nothing.
func (t *budgets) impact() {
	files, _ := t.catalog()
	changes := []struct {
		name, path, content string
		limit               time.Duration // for a process that knows; zero for none
	}{
		{"one vendor", "vendors/vendor-7.yaml", strings.Replace(files["vendors/vendor-7.yaml"], "ceiling: confidential", "ceiling: internal", 1), 0},
		{"one rule", "policies/described.rego", strings.Replace(genDescribed(""), "enforcement: warn, ", "", 1), time.Second},
		{"settings", "catalog.yaml", strings.Replace(genSettings, "small-llm", "other-llm", 1), 3 * time.Second},
	}
	h := newHistory(t.b)
	h.commit(files)
	branch := func(i int) string { return fmt.Sprintf("change-%d", i) }
	for i, c := range changes {
		if files[c.path] == c.content {
			t.b.Fatalf("%s changes nothing", c.name)
		}
		h.branch(branch(i), map[string]string{c.path: c.content})
	}
	h.branch("other", map[string]string{"catalog.yaml": strings.Replace(genSettings, "teamMonthly: 100000", "teamMonthly: 100001", 1)})
	commits := h.write()
	repo := gitrepotest.Open(t.b, h.remote)
	if _, err := repo.Fetch(t.b.Context()); err != nil {
		t.b.Fatal(err)
	}
	read := func(commit catalog.Commit, prev *catalog.Snapshot) (catalog.Files, *catalog.Snapshot) {
		tree, err := repo.Files(t.b.Context(), commit)
		if err != nil {
			t.b.Fatal(err)
		}
		s, err := catalog.Load(t.b.Context(), tree, commit, prev)
		if err != nil {
			t.b.Fatal(err)
		}
		return tree, s
	}
	_, base := read(commits[1], catalog.Empty())
	for i, c := range changes {
		var r check.Impact
		engine, err := policies.NewEngine()
		if err != nil {
			t.b.Fatal(err)
		}
		x := check.Checker{Engine: engine, Kinds: kinds.Rendering(slog.New(slog.DiscardHandler)), Secrets: secretscan.New()}
		compare := func(with int) {
			tree, head := read(commits[with+2], base)
			if r, err = x.Impact(t.b.Context(), check.Asked{Proposed: head, Files: tree, Base: base, Now: start}, nil); err != nil {
				t.b.Fatal(err)
			}
		}
		compare(len(changes)) // of other settings, by which all apps are decided
		began := time.Now()
		compare(i)
		took := time.Since(began) // once: what was asked then is known
		measure, more := fmt.Sprintf("%s changed → what it flips of %d apps", c.name, t.apps), fmt.Sprintf("(%d looked at, %d change)", r.Judged, len(r.Apps))
		if c.limit == 0 {
			t.row(measure, "", short(took)+" "+more)
		} else {
			t.within(measure, c.limit, took, more)
		}
	}
	t.program(t.levee, "impact", h.remote.Dir, "--base", "main", "--head", "main") // mirrors the repository
	for i, c := range changes {
		var took []time.Duration
		var last ran
		for range t.rounds {
			last = t.program(t.levee, "impact", h.remote.Dir, "--base", "main", "--head", branch(i))
			if last.code != exit.CodeNo && last.code != exit.CodeFine {
				t.b.Fatalf("levee impact ended with exit code %d", last.code)
			}
			took = append(took, last.wall)
		}
		t.row(fmt.Sprintf("levee impact, cold: %s changed, %d apps", c.name, t.apps), "", fmt.Sprintf("%s (processor time %s, %d MB)", short(median(took)), short(last.cpu), last.peak>>20))
	}
}
