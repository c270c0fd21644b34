package check

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/secretscan"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
	"github.com/levee-gitops/levee/reconciler/render"
)

// Report is what a check found: a verdict for every app looked at, and for every
// other file that is wrong. It is the same from run to run.
type Report struct {
	Catalog ReportCatalog            `json:"catalog"`
	Policy  ReportPolicy             `json:"policy"`
	Results []Result                 `json:"results"` // what others may follow from first, then by path
	Summary map[policies.Verdict]int `json:"summary"` // of apps
	Others  map[policies.Verdict]int `json:"others"`  // of other files that are wrong, and of what is changed in governance
}

// ReportCatalog is what was checked.
type ReportCatalog struct {
	Commit catalog.Commit `json:"commit"` // empty for files as they lie
	Apps   int            `json:"apps"`
}

// ReportPolicy is what it was checked by.
type ReportPolicy struct {
	Digest catalog.Digest `json:"digest"`
}

// Result is the outcome for one file.
type Result struct {
	Kind      string             `json:"kind"`
	Name      string             `json:"name"`
	Path      string             `json:"path"`
	Digest    catalog.Digest     `json:"digest"`
	Verdict   policies.Verdict   `json:"verdict"`
	Reason    string             `json:"reason,omitempty"`
	Risk      policies.Risk      `json:"risk"`
	Publish   string             `json:"publish,omitempty"`
	Problems  []catalog.Problem  `json:"problems"`
	Approvals policies.Approvals `json:"approvals"`
	Files     []string           `json:"files,omitempty"` // of a change of governance: what it changes
	// After is the file to be mended first, where all that is wrong with an app follows
	// from what is wrong there.
	After string `json:"after,omitempty"`
}

// Checker checks catalogs.
type Checker struct {
	Engine  *policies.Engine
	Kinds   []*render.Source // of targets that apps are rendered for
	Secrets *secretscan.Scanner
}

// Asked is a catalog to be checked.
type Asked struct {
	Proposed *catalog.Snapshot
	Files    catalog.Files     // that Proposed was read from
	Base     *catalog.Snapshot // what counts as admitted; nil for nothing
	// Governing is whose governance judges, against a base; nil for the base's own.
	Governing *catalog.Snapshot
	Only      Selection
	Now       time.Time
}

// Catalog judges a catalog as if it were published now. With a base, what the base
// holds counts as admitted, its governance judges, and only what may differ from
// it is reported and scanned for secrets; without one, the catalog is judged by its own governance
// and every app as if it were new. Of either, only what is selected is looked at.
func (x Checker) Catalog(ctx context.Context, asked Asked) (Report, error) {
	engine, proposed, base, now := x.Engine, asked.Proposed, asked.Base, asked.Now
	r := Report{Catalog: ReportCatalog{Commit: proposed.Commit(), Apps: proposed.Apps()}, Results: []Result{}}
	trial, err := engine.Try(ctx, proposed) // nobody may have agreed to its rules yet
	if err != nil {
		return r, fmt.Errorf("check the catalog: %w", err)
	}
	defer trial.Close()
	proposedRules, ruleProblems := trial.Rules(), trial.Problems()
	rules := proposedRules
	governing := cmp.Or(asked.Governing, base)
	if base != nil {
		if rules, _, err = engine.Rules(ctx, governing); err != nil {
			return r, fmt.Errorf("check the catalog: %w", err)
		}
	}
	if rules != nil {
		r.Policy.Digest = rules.Digest()
	}
	if problem := lifecycle.ScheduleProblem(proposed, now); problem != nil {
		ruleProblems = append(ruleProblems, *problem)
	}
	c := checking{engine: engine, trial: trial, rules: rules, kinds: x.Kinds, proposed: proposed, base: base, governing: cmp.Or(governing, proposed), now: now}
	if err := c.scan(ctx, x.Secrets, asked); err != nil {
		return r, fmt.Errorf("check the catalog: %w", err)
	}
	paths := asked.Only.paths(proposed, c.withSecrets(appPaths(proposed, base)))
	results, died, err := c.apps(ctx, paths)
	if err != nil {
		return r, fmt.Errorf("check the catalog: %w", err)
	}
	if died != "" {
		ruleProblems = append(ruleProblems, policies.TrialProblem(proposed, died))
	}
	unrendered, err := c.blueprints(ctx, paths)
	if err != nil {
		return r, fmt.Errorf("check the catalog: %w", err)
	}
	ruleProblems = append(ruleProblems, unrendered...)
	var written []string
	if base != nil && rules != nil {
		change, err := c.changeOfGovernance(ctx, proposedRules)
		if err != nil {
			return r, fmt.Errorf("check the catalog: %w", err)
		}
		if change != nil {
			written = change.Files
			r.Results = append(r.Results, *change)
		}
	}
	r.Results = append(r.Results, governanceResults(proposed, proposedRules, ruleProblems, written, c.secretProblems(), now)...)
	r.Results = append(r.Results, results...)
	c.redact(r.Results)
	follow(r.Results)
	r.Results = asked.Only.results(r.Results)
	slices.SortFunc(r.Results, func(a, b Result) int {
		return cmp.Or(cmp.Compare(turnOf(a), turnOf(b)), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Name, b.Name))
	})
	r.count()
	return r, nil
}

// count sums up the results.
func (r *Report) count() {
	r.Summary, r.Others = map[policies.Verdict]int{}, map[policies.Verdict]int{}
	for _, v := range policies.Verdicts {
		r.Summary[v], r.Others[v] = 0, 0
	}
	for _, result := range r.Results {
		if result.Kind == string(catalog.KindApp) {
			r.Summary[result.Verdict]++
		} else {
			r.Others[result.Verdict]++
		}
	}
}

// appPaths lists the apps to judge: all, or those that may differ from the base.
func appPaths(proposed, base *catalog.Snapshot) []string {
	var paths []string
	if base != nil {
		affected, _ := catalog.Affected(base, proposed)
		for _, p := range affected {
			if proposed.Document(p) != nil {
				paths = append(paths, p)
			}
		}
		return paths
	}
	for d := range proposed.Documents("apps/") {
		if d.Kind == catalog.KindApp {
			paths = append(paths, d.Path)
		}
	}
	return paths
}

func fileResult(d *catalog.Document, problems []catalog.Problem) Result {
	r := Result{
		Kind: string(d.Kind), Name: d.Name, Path: d.Path, Digest: d.Digest(), Verdict: policies.Allow,
		Risk: policies.Risk{Level: policies.Low, Reasons: []string{}}, Problems: slices.Clone(problems),
		Approvals: policies.Approvals{Required: []policies.Requirement{}, Granted: []policies.Granted{}, Missing: []string{}},
	}
	if r.Problems == nil {
		r.Problems = []catalog.Problem{}
	}
	r.Verdict = verdictOf(problems)
	return r
}

// verdictOf is the verdict on what has problems and is no app.
func verdictOf(problems []catalog.Problem) policies.Verdict {
	if slices.ContainsFunc(problems, catalog.Problem.Denies) {
		return policies.Invalid
	}
	return policies.Allow
}
