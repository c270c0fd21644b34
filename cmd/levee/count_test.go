package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/folder"
	"github.com/levee-gitops/levee/policies"
)

// decider decides apps one landing after the other, as a daemon that stays does:
// with everything it still knows of the last.
type decider struct {
	tb     testing.TB
	engine *policies.Engine
	now    time.Time
	last   *catalog.Snapshot
	beside int // apps decided at once; more than one may evaluate what both miss twice
}

func newDecider(tb testing.TB) *decider {
	tb.Helper()
	e, err := policies.NewEngine()
	if err != nil {
		tb.Fatal(err)
	}
	return &decider{tb: tb, engine: e, now: start, last: catalog.Empty(), beside: 1}
}

// decided says what one landing cost.
type decided struct {
	apps     []string
	rules    int64
	verdicts map[policies.Verdict]int
}

// land decides what may differ in a snapshot from the last one, under its own
// governance; what stood there before counts as admitted.
func (j *decider) land(s *catalog.Snapshot) decided {
	j.tb.Helper()
	rules, problems, err := j.engine.Rules(j.tb.Context(), s)
	if err != nil || len(problems) > 0 {
		j.tb.Fatal(err, problems)
	}
	before := j.engine.Evaluated()
	apps, _ := catalog.Affected(j.last, s)
	verdicts := make([]policies.Verdict, len(apps))
	var next atomic.Int64
	var group sync.WaitGroup
	for range j.beside {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(apps); i = int(next.Add(1)) - 1 {
				q := policies.Question{Governing: s, Proposed: s, Path: apps[i], Now: j.now}
				if doc := s.Document(apps[i]); doc != nil {
					q.Admitted = j.last.AppNamed(catalog.Name(doc.Name)).App()
				}
				verdicts[i] = rules.Decide(j.tb.Context(), policies.NewBrief(q, rules)).Verdict
			}
		})
	}
	group.Wait()
	j.last = s
	out := decided{apps: apps, rules: j.engine.Evaluated() - before, verdicts: map[policies.Verdict]int{}}
	for _, v := range verdicts {
		out.verdicts[v]++
	}
	return out
}

// TestCounts: a change costs what it touches. The apps are those that refer to what
// changed; the rules those that look at it, in these apps.
func TestCounts(t *testing.T) {
	t.Parallel()
	const apps = 300
	files := generate(apps)
	files["data/set-112.yaml"] = "apiVersion: levee.dev/v1\nkind: DataSet\nmetadata: {name: set-112}\nspec: {owner: {person: p-9, team: team-9}, classification: internal, retention: 365d}\n"
	files["data/rates.yaml"] = strings.ReplaceAll(files["data/set-112.yaml"], "set-112", "rates")
	dir := t.TempDir()
	spread(t, dir, files)
	load := func(prev *catalog.Snapshot) *catalog.Snapshot {
		t.Helper()
		disk, err := folder.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		s, err := catalog.Load(t.Context(), disk, "", prev)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	j := newDecider(t)
	all := j.land(load(j.last))
	if len(all.apps) != apps || len(all.verdicts) != len(policies.Verdicts) {
		t.Fatalf("%d apps, verdicts %v; want %d and every verdict", len(all.apps), all.verdicts, apps)
	}
	j.land(load(catalog.Empty())) // nothing is new, but now everything has been admitted once
	edit := func(path, old, new string) {
		t.Helper()
		raw, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil || !strings.Contains(string(raw), old) {
			t.Fatalf("%s has no %q: %v", path, old, err)
		}
		if err := os.WriteFile(filepath.Join(dir, path), []byte(strings.Replace(string(raw), old, new, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	edit("policies/described.rego", "has no description", "lacks a description")
	j.land(load(j.last)) // judged once with itself as what was admitted
	paths := map[string]bool{}
	naming := func(words ...string) (found []string) { // the valid ones, by what is written
		for p, content := range files {
			if strings.HasSuffix(p, "/app.yaml") {
				paths[p] = true
				if j.last.Document(p).Valid() && slices.ContainsFunc(words, func(w string) bool { return strings.Contains(content, w) }) {
					found = append(found, p)
				}
			}
		}
		slices.Sort(found)
		return found
	}
	for _, c := range []struct {
		what, path, old, new string
		apps                 []string
		rules                int64
	}{
		// The rule on descriptions, and the four that look at all of an app.
		{"an app", genPath(111), "Helps team-111", "Helps the team-111", []string{genPath(111)}, 5},
		{"a vendor", "vendors/vendor-7.yaml", "ceiling: confidential", "ceiling: internal", naming("vendor-7,", "v7.example.com"), 50},
		// Whether the owner, or the one to take over, is there, has passed the course, has a buddy and a
		// second factor.
		{"a person", "roles.yaml", "p-9: {name: Person 9, email: p9@example.com, certifications: [{name: secrets-and-gates, until: 2099-06-30}]}", "p-9: {name: Person 9, certifications: []}", naming("person: p-9,", "fallback: p-9}"), 8},
		// Each app once; and those four, and the one on names, for the app that changed, which is now admitted.
		{"a rule", "policies/described.rego", "lacks a description", "needs a description", slices.Sorted(maps.Keys(paths)), int64(apps-all.verdicts[policies.Invalid]) + 5},
		// What each app says of its data and what follows from that; and once for all apps of the same
		// class, regions and stage, what these have to be.
		{"a data set", "data/rates.yaml", "retention: 365d", "retention: 300d", naming("dataset: rates,"), 17*147 + 14},
	} {
		edit(c.path, c.old, c.new)
		got := j.land(load(j.last))
		if diff := cmp.Diff(c.apps, got.apps); diff != "" || len(got.apps) == 0 {
			t.Errorf("%s: the wrong apps were decided (-want +got):\n%s", c.what, diff)
		}
		if got.rules != c.rules {
			t.Errorf("%s: %d rules were evaluated over %d apps, want %d", c.what, got.rules, len(got.apps), c.rules)
		}
	}
	if nothing := j.land(load(j.last)); len(nothing.apps) > 0 || nothing.rules > 0 {
		t.Errorf("nothing changed, and %d apps were decided with %d rules", len(nothing.apps), nothing.rules)
	}
}
