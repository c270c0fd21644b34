package judge

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/parallel"
)

// judgedApart is how many apps are judged in the trial, spread over all. Rules that take
// all memory hardly ever do so for one app in hundreds; whoever checks a catalog of
// thousands waits for an answer, and the bounds of built-in functions hold here as well.
const judgedApart = 64

// checkApps judges apps: by the rules of a base, or, without one, by the catalog's own,
// which are asked of some apps where they are tried, and of the others once they came
// through that. It returns also how these ended their process; the apps that were not
// answered then have no verdict.
func checkApps(ctx context.Context, engine *policies.Engine, trial *policies.Trial, rules *policies.RuleSet, proposed, base *catalog.Snapshot, paths []string, now time.Time) ([]Result, string, error) {
	results := make([]Result, len(paths))
	const harmful = "the rules of the catalog cannot be in force"
	if rules == nil {
		why := "the catalog has no valid catalog.yaml to judge it by"
		if base == nil && proposed.Settings() != nil {
			why = harmful
		}
		for i, p := range paths {
			results[i] = notJudged(proposed.Document(p), why)
		}
		return results, "", nil
	}
	ask := func(i int) policies.Brief {
		return policies.NewBrief(checkQuestion(proposed, base, paths[i], now), rules)
	}
	if base == nil {
		var some []int // of the apps, by their place
		for i := 0; i < len(paths); i += max(1, len(paths)/judgedApart) {
			some = append(some, i)
		}
		briefs := make([]policies.Brief, len(some))
		parallel.Each(len(some), func(i int) { briefs[i] = ask(some[i]) })
		died, err := trial.Judge(ctx, briefs, func(i int, d policies.Decision) {
			results[some[i]] = judgedResult(proposed.Document(paths[some[i]]), d)
		})
		if err != nil || ctx.Err() != nil {
			return nil, "", fmt.Errorf("judge apps: %w", cmp.Or(err, ctx.Err()))
		}
		if died != "" {
			for i, p := range paths {
				if results[i].Verdict == "" {
					results[i] = notJudged(proposed.Document(p), harmful)
				}
			}
			return results, died, nil
		}
		if len(some) < len(paths) {
			if rules, _, err = engine.Rules(ctx, proposed); err != nil {
				return nil, "", fmt.Errorf("judge apps: %w", err)
			}
		}
	}
	parallel.Each(len(paths), func(i int) {
		if results[i].Verdict == "" {
			results[i] = judgedResult(proposed.Document(paths[i]), rules.Decide(ctx, ask(i)))
		}
	})
	return results, "", ctx.Err()
}

func checkQuestion(proposed, base *catalog.Snapshot, p string, now time.Time) policies.Question {
	q := policies.Question{Governing: base, Proposed: proposed, Path: p, Now: now}
	if base == nil {
		q.Governing = proposed
		return q
	}
	doc := proposed.Document(p)
	before := base.AppNamed(catalog.Name(doc.Name))
	if q.Admitted = before.App(); q.Admitted != nil && before.Digest() == doc.Digest() {
		q.Facts.Admission = &policies.AdmissionFacts{Adopted: true}
	}
	return q
}

// notJudged is the outcome for an app that no rules could be asked about.
func notJudged(doc *catalog.Document, why string) Result {
	result := fileResult(doc, doc.Problems)
	if doc.Valid() {
		result.Verdict, result.Reason = policies.Error, why
	}
	return result
}

func judgedResult(doc *catalog.Document, d policies.Decision) Result {
	d = d.Locate(doc)
	return Result{
		Kind: d.Kind, Name: d.Subject, Path: d.Path, Digest: d.Digest, Verdict: d.Verdict, Reason: d.Reason,
		Risk: d.Risk, Publish: d.Publish, Problems: d.Problems, Approvals: d.Approvals,
	}
}
