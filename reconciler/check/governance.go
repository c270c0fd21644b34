package check

import (
	"context"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/explain"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/policies/advice"
	"github.com/levee-gitops/levee/policies/consistency"
)

// changeOfGovernance says which files of governance differ from the base, and who has to
// approve that; nil where none does.
func (c *checking) changeOfGovernance(ctx context.Context, proposedRules *policies.RuleSet) (*Result, error) {
	engine, base, proposed, rules := c.engine, c.base, c.proposed, c.rules
	q := policies.GovernanceQuestion{Governing: c.governing, Proposed: proposed, Now: c.now}
	before, after := base.GovernanceObjects(), proposed.GovernanceObjects()
	q.Only = func(p string) bool {
		// Of a folder on disk, what is no part of a catalog is not read.
		return before[p] != after[p] && (proposed.Commit() != "" || catalog.InCatalog(p))
	}
	paths, err := q.Paths()
	if err != nil || len(paths) == 0 {
		return nil, err
	}
	for _, p := range appPaths(proposed, base) {
		if app := proposed.Document(p); app.IsApp() && base.AppNamed(catalog.Name(app.Name)).Digest() != app.Digest() {
			q.Riders = append(q.Riders, app.Name)
		}
	}
	brief, err := engine.NewGovernanceBrief(q, rules, proposedRules, nil)
	if err != nil {
		return nil, err
	}
	brief.Invalid = slices.DeleteFunc(brief.Invalid, func(p catalog.Problem) bool { return p.Rule != policies.GovernanceRides }) // the others are told with their files
	brief.Facts.Problems, brief.Invalid = brief.Invalid, nil
	d := rules.Decide(ctx, brief)
	return &Result{
		Kind: d.Kind, Name: d.Subject, Digest: d.Digest, Verdict: d.Verdict, Reason: d.Reason, Path: d.Path,
		Risk: d.Risk, Problems: d.Problems, Approvals: d.Approvals, Files: paths,
	}, nil
}

// governanceResults lists the files other than apps that are wrong, those by path that are known
// to be among them. What a change has written must have an effect.
func governanceResults(s *catalog.Snapshot, rules *policies.RuleSet, compile []catalog.Problem, written []string, byPath map[string][]catalog.Problem, now time.Time) []Result {
	for d := range s.Documents("") {
		if d.Kind != catalog.KindApp && len(d.Problems) > 0 {
			byPath[d.Path] = append(byPath[d.Path], explain.Problems(d, advice.For(s, now).Advise(d, d.Problems))...)
		}
	}
	for _, p := range slices.Concat(compile, policies.CheckGovernance(s, rules, now)) {
		if p.Rule == consistency.NoEffect && slices.Contains(written, p.Path) {
			p.Level = catalog.Deny // as in a change that writes it
		}
		byPath[p.Path] = append(byPath[p.Path], p)
	}
	var results []Result
	for p, problems := range byPath {
		d := s.Document(p)
		if d == nil {
			kind, name, _ := catalog.Address(p)
			d = &catalog.Document{Path: p, Kind: kind, Name: name}
		}
		results = append(results, fileResult(d, problems))
	}
	return results
}
