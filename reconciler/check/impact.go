package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/explain"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/policies/advice"
	"github.com/levee-gitops/levee/reconciler/impact"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
	"github.com/levee-gitops/levee/reconciler/parallel"
)

// Impact is what a change does to the apps of a catalog. It is the same from run to run.
type Impact struct {
	Base     ImpactSide        `json:"base"`
	Head     ImpactSide        `json:"head"`
	Judged   int               `json:"judged"`   // apps that what changed may bear on
	Problems []catalog.Problem `json:"problems"` // what is wrong in governance of the head: it keeps that from being in force
	Groups   []impact.Group    `json:"groups"`   // apps for which the same follows, the gravest first
	Apps     []impact.Flip     `json:"apps"`     // of which anything differs, by name
}

// ImpactSide is a catalog that is compared.
type ImpactSide struct {
	Commit catalog.Commit `json:"commit"` // empty for files as they lie
	Apps   int            `json:"apps"`
	Policy catalog.Digest `json:"policy"` // empty where there is none that could judge
}

// NewlyDenied is how many apps the change stops.
func (r Impact) NewlyDenied() int { return r.count(impact.Flip.NewlyDenied) }

// NewlyUntold is how many apps it leaves without a verdict.
func (r Impact) NewlyUntold() int { return r.count(impact.Flip.NewlyUntold) }

// Verdicts is how many apps have another verdict.
func (r Impact) Verdicts() int { return r.count(impact.Flip.Verdict) }

func (r Impact) count(of func(impact.Flip) bool) (n int) {
	for _, f := range r.Apps {
		if of(f) {
			n++
		}
	}
	return n
}

// Impact compares what a base says of its apps, by its own governance, with what the proposed
// catalog says, by its own: as if both had landed. What an app is asked at the base counts as
// given, so an approval is missing where it is newly asked for, or the content is another. Only apps that
// what changed may bear on are judged. told is called now and then with how far it is.
func (x Checker) Impact(ctx context.Context, asked Asked, told func(done, all int)) (Impact, error) {
	base, head := asked.Base, asked.Proposed
	fail := func(err error) (Impact, error) { return Impact{}, fmt.Errorf("compare the catalogs: %w", err) }
	r := Impact{Base: ImpactSide{Commit: base.Commit(), Apps: base.Apps()}, Head: ImpactSide{Commit: head.Commit(), Apps: head.Apps()}}
	trial, err := x.Engine.Try(ctx, head) // nobody may have agreed to its rules yet
	if err != nil {
		return fail(err)
	}
	defer trial.Close()
	rules, _, err := x.Engine.Rules(ctx, base)
	if err != nil {
		return fail(err)
	}
	if rules == nil {
		return fail(errors.New("the base has no valid catalog.yaml to judge its apps by; name a revision that has"))
	}
	r.Base.Policy = rules.Digest()
	r.Problems = wrongInGovernance(base, head, trial, asked.Now)
	c := comparing{
		checking: checking{engine: x.Engine, trial: trial, rules: rules, kinds: x.Kinds, proposed: head, base: base, now: asked.Now},
		told:     told,
	}
	if err := c.scan(ctx, x.Secrets, asked); err != nil {
		return fail(err)
	}
	c.find()
	died, err := c.compare(ctx)
	if err != nil {
		return fail(err)
	}
	if trial.Rules() != nil {
		r.Head.Policy = trial.Rules().Digest()
	}
	if died != "" {
		r.Problems = append(r.Problems, policies.TrialProblem(head, died))
	}
	r.Judged, r.Apps = len(c.apps), c.flips()
	r.Groups = impact.Groups(r.Apps)
	c.redactImpact(&r)
	return r, nil
}

// wrongInGovernance lists what keeps rules of a catalog from being in force, and what is wrong in
// the files of governance that differ from its base.
func wrongInGovernance(base, head *catalog.Snapshot, trial *policies.Trial, now time.Time) []catalog.Problem {
	problems := slices.Clone(trial.Problems())
	if problem := lifecycle.ScheduleProblem(head, now); problem != nil {
		problems = append(problems, *problem)
	}
	for _, p := range catalog.Changed(base, head) {
		if d := head.Document(p); d != nil && d.Kind != catalog.KindApp {
			problems = append(problems, explain.Problems(d, advice.For(head, now).Advise(d, d.Problems))...)
		}
	}
	all := []catalog.Problem{}
	for _, p := range problems {
		if p.Level == catalog.Deny {
			all = append(all, p)
		}
	}
	catalog.SortProblems(all)
	return all
}

// redactImpact takes out of what is reported what the scan found.
func (c *comparing) redactImpact(r *Impact) {
	if c.redactor.Empty() {
		return
	}
	text := c.redactor.Text
	r.Problems = policies.RedactedProblems(r.Problems, text)
	for i := range r.Apps {
		r.Apps[i] = r.Apps[i].Redacted(text)
	}
	r.Groups = impact.Groups(r.Apps)
}

// comparing is one comparison of a catalog with its base.
type comparing struct {
	checking
	apps []compared // by path
	told func(done, all int)
}

// compared is an app in both catalogs. A document is nil where the app is not there.
type compared struct {
	was, is       *catalog.Document
	before, after *policies.Decision
}

// find lists the apps that what changed may bear on. Whatever its path, an app is the one of its
// name; a file without a valid name is the one at its path.
func (c *comparing) find() {
	affected, _ := catalog.Affected(c.base, c.proposed)
	for _, p := range c.withSecrets(affected) {
		was, is := c.base.Document(p), c.proposed.Document(p)
		switch {
		case is != nil && (was == nil || was.Name != is.Name):
			c.apps = append(c.apps, compared{was: named(c.base, is), is: is})
		case is != nil:
			c.apps = append(c.apps, compared{was: was, is: is})
		}
		if was != nil && (is == nil || was.Name != is.Name) && named(c.proposed, was) == nil {
			c.apps = append(c.apps, compared{was: was})
		}
	}
}

// named is the app that has the name of a document in another catalog; nil for none.
func named(s *catalog.Snapshot, doc *catalog.Document) *catalog.Document {
	if doc.Name == "" {
		return nil
	}
	return s.AppNamed(catalog.Name(doc.Name))
}

// compare decides on the apps by both catalogs. died says how the proposed rules ended their
// process; empty for most.
func (c *comparing) compare(ctx context.Context) (died string, err error) {
	var stand []int // the apps that are there in the proposed catalog
	parallel.Each(len(c.apps), func(i int) {
		if one := &c.apps[i]; one.was != nil && ctx.Err() == nil {
			d := c.rules.Decide(ctx, c.brief(c.standing(ctx, one.was), c.rules))
			one.before = &d
		}
		c.count(i)
	})
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	for i, one := range c.apps {
		if one.is != nil {
			stand = append(stand, i)
		}
	}
	if c.trial.Rules() != nil {
		ask := func(i int) policies.Brief { return c.brief(c.standingThen(ctx, c.apps[stand[i]]), c.trial.Rules()) }
		died, err = c.asProposed(ctx, len(stand), ask, func(i int, d policies.Decision) {
			c.apps[stand[i]].after = &d
			c.count(len(c.apps) + i)
		})
	}
	for _, i := range stand {
		if c.apps[i].after == nil {
			c.apps[i].after = c.untold(c.apps[i].is)
		}
	}
	return died, err
}

// count tells how far the comparison is.
func (c *comparing) count(done int) {
	if c.told != nil && done%500 == 0 {
		c.told(done, 2*len(c.apps))
	}
}

// untold is the decision on an app that no proposed rules could be asked about.
func (c *comparing) untold(doc *catalog.Document) *policies.Decision {
	result := notJudged(doc, "the rules or settings of the change cannot be in force")
	return &policies.Decision{
		Kind: result.Kind, Subject: result.Name, Path: result.Path, Digest: result.Digest, Verdict: result.Verdict, Reason: result.Reason,
		Problems: result.Problems, Approvals: result.Approvals,
	}
}

func (c *comparing) brief(q policies.Question, rules *policies.RuleSet) policies.Brief {
	b := policies.NewBrief(q, rules)
	if !c.redactor.Empty() {
		b = b.Redacted(c.redactor.Text)
	}
	return b
}

// standing asks about an app of the base, as content that was admitted.
func (c *comparing) standing(ctx context.Context, was *catalog.Document) policies.Question {
	q := policies.Question{Governing: c.base, Proposed: c.base, Path: was.Path, Admitted: was.App(), Home: named(c.base, was) == was, Now: c.now}
	q.Facts.Admission = &policies.AdmissionFacts{Adopted: true}
	q.Facts.Problems = c.unrendered(ctx, c.base, was)
	return q
}

// standingThen asks about an app of the proposed catalog: as content that was admitted, with what it
// was asked before, or as a publication of what is new.
func (c *comparing) standingThen(ctx context.Context, one compared) policies.Question {
	is := one.is
	q := policies.Question{Governing: c.proposed, Proposed: c.proposed, Path: is.Path, Home: named(c.proposed, is) == is, Now: c.now}
	if one.was != nil {
		q.Admitted = one.was.App()
		if one.was.Digest() == is.Digest() {
			roles := []string{}
			for _, r := range one.before.Approvals.Required {
				roles = append(roles, r.Role)
			}
			q.Facts.Admission = &policies.AdmissionFacts{Roles: roles}
		}
	}
	q.Facts.Problems = c.unrendered(ctx, c.proposed, is)
	q.Facts.Secrets = c.secrets[is.Path]
	return q
}

// flips are what differs, by app.
func (c *comparing) flips() []impact.Flip {
	flips := []impact.Flip{}
	for _, one := range c.apps {
		if f := impact.Between(one.before, one.after, c.now); f.Changed() {
			flips = append(flips, f)
		}
	}
	slices.SortStableFunc(flips, func(a, b impact.Flip) int { return strings.Compare(a.App, b.App) })
	return flips
}
