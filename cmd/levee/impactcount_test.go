package main

import (
	"log/slog"
	"maps"
	"slices"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/folder"
	"github.com/levee-gitops/levee/catalog/secretscan"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/check"
)

// TestImpactCounts: where one rule changes, of most apps nothing else is asked, and what is said is the same as
// if all had been decided.
func TestImpactCounts(t *testing.T) {
	t.Parallel()
	const apps = 300
	files := generate(apps)
	load := func(files map[string]string) (catalog.Files, *catalog.Snapshot) {
		dir := t.TempDir()
		spread(t, dir, files)
		disk, err := folder.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		s, err := catalog.Load(t.Context(), disk, "", catalog.Empty())
		if err != nil {
			t.Fatal(err)
		}
		return disk, s
	}
	stricter := maps.Clone(files)
	stricter["policies/described.rego"] = genDescribed("Say what it is for.")
	stricter["policies/seven.rego"] = "# METADATA\n# title: Sevens\n# custom: {id: own.seven, remedy: Change teams.}\npackage own.seven\n\nproblem contains {\"field\": \"spec.owner\", \"message\": \"It is of a team with a seven.\"} if endswith(input.app.spec.owner.team, \"7\")\n"
	_, base := load(files)
	disk, head := load(stricter)
	engine, err := policies.NewEngine()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := engine.Library()
	if err != nil {
		t.Fatal(err)
	}
	x := check.Checker{Engine: engine, Kinds: kinds.Rendering(slog.New(slog.DiscardHandler)), Secrets: secretscan.New()}
	told := 0
	r, err := x.Impact(t.Context(), check.Asked{Proposed: head, Files: disk, Base: base, Now: start}, func(int, int) { told++ })
	if err != nil {
		t.Fatal(err)
	}
	changed := map[string]bool{}
	for _, f := range r.Apps {
		changed[f.App] = f.Verdict()
	}
	// A quarter is asked all rules where the proposed ones are tried, and those of which something is said; of
	// the others these two rules, before and after.
	if n, most := engine.Evaluated(), int64((apps/4+len(changed))*(len(rules)+4)+4*apps); n == 0 || n > most {
		t.Errorf("%d rules were evaluated, at most %d should be; %d apps change", n, most, len(changed))
	}
	if r.Judged != apps || len(changed) == 0 || len(changed) > apps/2 || told == 0 {
		t.Errorf("%d apps were looked at, %d change, told %d times", r.Judged, len(changed), told)
	}
	verdicts := func(s *catalog.Snapshot) map[string]policies.Verdict {
		rules, _, err := engine.Rules(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]policies.Verdict{}
		for d := range s.Documents("apps/") {
			q := policies.Question{Governing: s, Proposed: s, Path: d.Path, Admitted: d.App(), Home: true, Now: start}
			q.Facts.Admission = &policies.AdmissionFacts{Adopted: true}
			all[d.Name] = rules.Decide(t.Context(), policies.NewBrief(q, rules)).Verdict
		}
		return all
	}
	before, after := verdicts(base), verdicts(head)
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if flips := before[name] != after[name]; flips != changed[name] {
			t.Errorf("%s: %s and then %s; it is said to change: %t", name, before[name], after[name], changed[name])
		}
	}
}
