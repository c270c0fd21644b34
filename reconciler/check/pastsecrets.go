package check

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/check/history"
)

// KindCommit is the kind of a result about a commit: what came into the history with it.
const KindCommit = "Commit"

// History makes a report of the secrets that were found in the history of a catalog: a result for
// each commit that brought one, ancestors first. What the settings say of the rules about
// secrets holds, and the waivers of the app in whose folder a file lies or lay.
func (x Checker) History(ctx context.Context, asked Asked, scanned history.Scanned) (Report, error) {
	proposed := asked.Proposed
	r := Report{Catalog: ReportCatalog{Commit: proposed.Commit(), Apps: proposed.Apps()}, Results: []Result{}}
	trial, err := x.Engine.Try(ctx, proposed)
	if err != nil {
		return r, fmt.Errorf("check the history: %w", err)
	}
	defer trial.Close()
	c := checking{engine: x.Engine, trial: trial, rules: trial.Rules(), proposed: proposed, governing: proposed, now: asked.Now}
	if c.rules != nil {
		r.Policy.Digest = c.rules.Digest()
	}
	for _, f := range scanned.Found {
		c.redactor.Learn(f.File.Findings...)
		if n := len(r.Results); n == 0 || r.Results[n-1].Name != string(f.Commit) {
			r.Results = append(r.Results, commitResult(f))
		}
		result := &r.Results[len(r.Results)-1]
		result.Problems = append(result.Problems, c.past(ctx, f)...)
		if verdictOf(result.Problems) != policies.Allow {
			result.Verdict = policies.Deny
		}
	}
	c.redact(r.Results)
	r.count()
	return r, nil
}

// past are the problems that follow from what was found in a file of the past.
func (c *checking) past(ctx context.Context, f history.Found) []catalog.Problem {
	facts := policies.SecretFacts(f.File)
	for i := range facts {
		facts[i].In = cmp.Or(f.In, "the file as it came with this commit")
	}
	app := catalog.AppAround(c.proposed, f.File.Path)
	if c.rules == nil || app == nil {
		return policies.SecretProblems(c.rules, settings.Traits{}, facts, c.now, nil)
	}
	q := c.question(ctx, app.Path)
	q.Facts.Secrets = facts
	return c.rules.Secrets(policies.NewBrief(q, c.rules))
}

// commitResult is the result for a commit, without problems.
func commitResult(f history.Found) Result {
	r := fileResult(&catalog.Document{}, nil)
	r.Kind, r.Name, r.Digest = KindCommit, string(f.Commit), ""
	r.Path = fmt.Sprintf("commit %.12s of %s", f.Commit, f.When.UTC().Format(time.DateOnly))
	return r
}
