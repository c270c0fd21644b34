package reconciler

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
)

// judgedTogether is how many apps are sent to a trial at a time: their briefs are in
// memory until they are answered.
const judgedTogether = 512

// checkApps judges apps: by the rules of a base, or, without one, by the catalog's own,
// which are asked where they are tried. It returns also how these ended their process;
// the apps that were not answered then have no verdict.
func checkApps(ctx context.Context, trial *policies.Trial, rules *policies.RuleSet, proposed, base *catalog.Snapshot, paths []string, now time.Time) ([]Result, string, error) {
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
	if base != nil {
		inParallel(len(paths), func(i int) {
			results[i] = judgedResult(proposed.Document(paths[i]), rules.Decide(ctx, ask(i)))
		})
		return results, "", ctx.Err()
	}
	for from := 0; from < len(paths); from += judgedTogether {
		some := results[from:min(from+judgedTogether, len(paths))]
		briefs := make([]policies.Brief, len(some))
		inParallel(len(some), func(i int) { briefs[i] = ask(from + i) })
		died, err := trial.Judge(ctx, briefs, func(i int, d policies.Decision) {
			some[i] = judgedResult(proposed.Document(paths[from+i]), d)
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
	}
	return results, "", nil
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
