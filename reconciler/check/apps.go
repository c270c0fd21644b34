package check

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/secretscan"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/parallel"
	"github.com/levee-gitops/levee/reconciler/render"
)

// judgedApart is how many apps are judged in the trial, spread over all. Rules that take
// all memory hardly ever do so for one app in hundreds; whoever checks a catalog of
// thousands waits for an answer, and the bounds of built-in functions hold here as well.
const judgedApart = 64

// checking is one check of a catalog, without a base or against one.
type checking struct {
	engine         *policies.Engine
	trial          *policies.Trial   // of the proposed rules
	rules          *policies.RuleSet // that judge; nil where there are none
	kinds          []*render.Source
	proposed, base *catalog.Snapshot
	governing      *catalog.Snapshot // whose rules judge: the base's or another's, or without a base the proposed ones
	now            time.Time
	// secrets are what the scan found, as policies.FindSecrets returns it.
	secrets  map[string][]policies.SecretFact
	redactor secretscan.Redactor
}

// apps judges apps: by the rules of a base, or, without one, by the catalog's own,
// which are asked of some apps where they are tried, and of the others once they came
// through that. It returns also how these ended their process; the apps that were not
// answered then have no verdict.
func (c *checking) apps(ctx context.Context, paths []string) ([]Result, string, error) {
	rules, proposed, base := c.rules, c.proposed, c.base
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
		b := policies.NewBrief(c.question(ctx, paths[i]), rules)
		if !c.redactor.Empty() {
			b = b.Redacted(c.redactor.Text)
		}
		return b
	}
	if base != nil {
		parallel.Each(len(paths), func(i int) {
			results[i] = judgedResult(proposed.Document(paths[i]), rules.Decide(ctx, ask(i)))
		})
		return results, "", ctx.Err()
	}
	died, err := c.asProposed(ctx, len(paths), nil, ask, func(i int, d policies.Decision) {
		results[i] = judgedResult(proposed.Document(paths[i]), d)
	})
	if err != nil {
		return nil, "", fmt.Errorf("judge apps: %w", err)
	}
	for i, p := range paths {
		if results[i].Verdict == "" {
			results[i] = notJudged(proposed.Document(p), harmful)
		}
	}
	return results, died, nil
}

// asProposed decides n briefs by the proposed rules, which are asked about some of them where they
// are tried, and about the others once they came through that, side by side; but not about those that
// skip, which may be nil, says need not be decided. died says how they ended their process; then the
// others are not decided.
func (c *checking) asProposed(ctx context.Context, n int, skip func(rules *policies.RuleSet, i int) bool, ask func(i int) policies.Brief, got func(i int, d policies.Decision)) (died string, err error) {
	step := max(1, n/judgedApart)
	var some []int
	for i := 0; i < n; i += step {
		some = append(some, i)
	}
	briefs := make([]policies.Brief, len(some))
	parallel.Each(len(some), func(i int) { briefs[i] = ask(some[i]) })
	died, err = c.trial.Judge(ctx, briefs, func(i int, d policies.Decision) { got(some[i], d) })
	if err = cmp.Or(err, ctx.Err()); err != nil || died != "" || len(some) == n {
		return died, err
	}
	rules, _, err := c.engine.Rules(ctx, c.proposed)
	if err != nil {
		return "", err
	}
	parallel.Each(n, func(i int) {
		if i%step != 0 && (skip == nil || !skip(rules, i)) {
			got(i, rules.Decide(ctx, ask(i)))
		}
	})
	return "", ctx.Err()
}

func (c *checking) question(ctx context.Context, p string) policies.Question {
	q := policies.Question{Governing: c.governing, Proposed: c.proposed, Path: p, Now: c.now}
	doc := c.proposed.Document(p)
	if c.base != nil {
		if before := c.base.AppNamed(catalog.Name(doc.Name)); before.App() != nil {
			q.Admitted = before.App()
			if before.Digest() == doc.Digest() {
				q.Facts.Admission = &policies.AdmissionFacts{Adopted: true}
			}
		}
	}
	q.Facts.Problems = c.unrendered(ctx, q.Governing, doc)
	q.Facts.Secrets = c.secrets[p]
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
