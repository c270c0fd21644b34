//go:build linux

package main

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/policies"
)

func cpus() int { return runtime.GOMAXPROCS(0) }

// changes measures what landings cost a daemon that stays: reading the commit and
// deciding what may differ, without fetching and recording. Each kind of change is
// made many times over, one landing after the other.
func (t *budgets) changes() {
	files, _ := t.catalog()
	files = maps.Clone(files)
	h := newHistory(t.b)
	h.past(files, 1_000)
	begin := h.commits
	kinds := []struct {
		name  string
		times int
		edit  func(n int) (path, content string)
	}{
		{"app", 20 * t.rounds, func(n int) (string, string) {
			p := genPath(100*(n*7%(t.apps/100)) + 6 + n%3)
			return p, strings.Replace(files[p], "  description: ", fmt.Sprintf("  description: Since change %d, ", n), 1)
		}},
		{"vendor", 4 * t.rounds, func(n int) (string, string) {
			return "vendors/" + genVendor(n) + ".yaml", strings.Replace(genVendorFile(n%genVendors, ""), "/legal.example.com/", fmt.Sprintf("/legal.example.com/new-%d/", n), 1)
		}},
		{"role", 4 * t.rounds, func(n int) (string, string) {
			return "roles.yaml", strings.Replace(files["roles.yaml"], fmt.Sprintf("    p-%d: {", n), fmt.Sprintf("    p-%d: {left: true, ", n), 1)
		}},
		{"rule", t.rounds, func(n int) (string, string) {
			return "policies/described.rego", genDescribed(fmt.Sprintf("The app has no description (%d).", n))
		}},
		{"settings", t.rounds, func(n int) (string, string) {
			return "catalog.yaml", strings.Replace(genSettings, "teamMonthly: 100000", fmt.Sprintf("teamMonthly: %d", 100_001+n), 1)
		}},
	}
	for _, k := range kinds {
		for n := range k.times {
			p, content := k.edit(n)
			if files[p] == content || files[p] == "" {
				t.b.Fatalf("%s change %d changes nothing", k.name, n)
			}
			files[p] = content
			h.commit(map[string]string{p: content})
		}
	}
	commits := h.write()
	repo := gitrepotest.Open(t.b, h.remote)
	if _, err := repo.Fetch(t.b.Context()); err != nil {
		t.b.Fatal(err)
	}
	j := newDecider(t.b)
	j.beside = cpus()
	land := func(commit catalog.Commit) decided {
		tree, err := repo.Files(t.b.Context(), commit)
		if err != nil {
			t.b.Fatal(err)
		}
		s, err := catalog.Load(t.b.Context(), tree, commit, j.last)
		if err != nil {
			t.b.Fatal(err)
		}
		return j.land(s)
	}
	began := time.Now()
	all := land(commits[begin])
	took := time.Since(began)
	words := ""
	for _, v := range policies.Verdicts {
		words += fmt.Sprintf(", %d %s", all.verdicts[v], output.Verdicts[v])
	}
	t.row(fmt.Sprintf("cold start: %d apps from a mirror, read and decided", t.apps), "", short(took)+words)
	j.last = catalog.Empty()
	land(commits[begin]) // and once more, with everything admitted
	next := begin
	for _, k := range kinds {
		var took, used []time.Duration
		var apps, rules []int
		for range k.times {
			next++
			began, before := time.Now(), processorTime()
			d := land(commits[next])
			took, used = append(took, time.Since(began)), append(used, processorTime()-before)
			apps, rules = append(apps, len(d.apps)), append(rules, int(d.rules))
		}
		slices.Sort(apps)
		slices.Sort(rules)
		counts := fmt.Sprintf("(median %s of processor time, %d apps, %d rules evaluated)", short(median(used)), apps[len(apps)/2], rules[len(rules)/2])
		switch k.name {
		case "app":
			t.oneChange = median(took)
			t.within("one app changed → decision, warm: p95", 10*time.Millisecond, percentile(took, 95), "p50 "+short(t.oneChange)+" "+counts)
		case "rule":
			t.within(fmt.Sprintf("one rule changed → impact over %d apps", t.apps), time.Second, median(took), counts)
		case "settings":
			t.within(fmt.Sprintf("all rules changed → impact over %d apps", t.apps), 3*time.Second, median(took), counts)
		default:
			t.row("one "+k.name+" changed → decisions, warm: p95", "", short(percentile(took, 95))+" "+counts)
		}
	}
}
