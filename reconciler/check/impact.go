package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/explain"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/policies/advice"
	"github.com/levee-gitops/levee/reconciler/impact"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
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
		checking:  checking{engine: x.Engine, trial: trial, rules: rules, kinds: x.Kinds, proposed: head, base: base, governing: base, now: asked.Now},
		told:      told,
		onlyRules: onlyRulesDiffer(base, head),
	}
	var once sync.Once
	var ours, theirs []string
	c.differing = func(proposed *policies.RuleSet) (base, head []string) {
		once.Do(func() { ours, theirs = rules.Differing(proposed.Set), proposed.Differing(rules.Set) })
		return ours, theirs
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
