package judge

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/comment"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
	"github.com/levee-gitops/levee/reconciler/session"
)

// Governance is what was decided of a change of governance.
type Governance struct {
	Decision policies.Decision
	Brief    policies.Brief
	Impact   comment.Impact // what it would do to the apps that run
}

// keptImpact is an impact as it is remembered.
type keptImpact struct {
	comment.Impact
	key  string
	died string // how the rules failed when they were asked; empty for most
	// unrendered is what keeps apps that run from being rendered by it.
	unrendered []catalog.Problem
}

// keepImpacts is how many are remembered: those of changes that are open together.
const keepImpacts = 8

// Governance judges a change of governance by what governs: its rules are compiled, and
// asked about the apps that run. Rules that fail when they are asked are a problem of the
// change. It takes as long as a trial may. An error means that it could not be told.
func (s *Source) Governance(ctx context.Context, from *session.Session, j *Judge, q policies.GovernanceQuestion) (Governance, error) {
	var trial *policies.Trial
	var proposed *policies.RuleSet
	var problems []catalog.Problem
	if len(q.Facts.Problems) == 0 { // rules of strangers are not even run
		var err error
		if trial, err = s.Engine.Try(ctx, q.Proposed); err != nil {
			return Governance{}, err
		}
		defer trial.Close()
		proposed, problems = trial.Rules(), trial.Problems()
	}
	if problem := lifecycle.ScheduleProblem(q.Proposed, q.Now); problem != nil {
		q.Facts.Problems = append(q.Facts.Problems, *problem)
	}
	q.Facts.Problems = append(q.Facts.Problems, s.Render.Blueprints(q.Proposed, j.Governing)...)
	decide := func() (g Governance, err error) {
		if g.Brief, err = s.Engine.NewGovernanceBrief(q, j.Rules, proposed, problems); err == nil {
			g.Brief = j.Redact(g.Brief)
			g.Decision = j.Rules.Decide(ctx, g.Brief)
		}
		return g, err
	}
	g, err := decide()
	if err != nil || g.Decision.Verdict != policies.Allow && g.Decision.Verdict != policies.NeedsApproval || proposed == nil {
		return g, err // it is not to be admitted as it is, which the decision says
	}
	found, err := s.impact(ctx, from, j, q.Proposed, trial)
	if err != nil {
		return Governance{}, err
	}
	before := len(q.Facts.Problems)
	if found.died != "" {
		q.Facts.Problems = append(q.Facts.Problems, policies.TrialProblem(q.Proposed, found.died))
	}
	q.Facts.Problems = append(q.Facts.Problems, found.unrendered...)
	if len(q.Facts.Problems) > before {
		if g, err = decide(); err != nil {
			return Governance{}, err
		}
	}
	g.Impact = found.Impact
	return g, nil
}

// impact lists the apps that run and that the change would have judged otherwise, by
// name. What does not depend on what the change touches is not looked at. It is worked
// out again only when the change, what governs or what runs has moved on.
func (s *Source) impact(ctx context.Context, from *session.Session, j *Judge, proposed *catalog.Snapshot, trial *policies.Trial) (keptImpact, error) {
	key := strings.Join([]string{
		string(j.Rules.Digest()), string(j.Governing.GovernanceDigest()), string(proposed.GovernanceDigest()), string(from.Tip),
		string(scalar.DateOf(j.Now, j.Rules.Settings().Location())), from.View.Root().Governing.Digest.Short(),
	}, " ")
	if known, ok := s.keptImpact(key); ok {
		return known, nil
	}
	found := keptImpact{key: key}
	c := j.compare(proposed, from.View)
	var err error
	if found.Impact, found.died, err = c.impact(ctx, trial); err != nil {
		return keptImpact{}, fmt.Errorf("tell what follows from a change of governance: %w", err)
	}
	running := c.runs()
	if found.unrendered, err = c.unrendered(ctx, running); err != nil {
		return keptImpact{}, fmt.Errorf("tell which apps a change of governance keeps from being rendered: %w", err)
	}
	if found.Rerenders, err = c.rerendered(ctx, running); err != nil {
		return keptImpact{}, fmt.Errorf("tell what a change of governance makes of the apps that run: %w", err)
	}
	s.keepImpact(found)
	return found, nil
}

func (s *Source) keptImpact(key string) (keptImpact, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.impacts, func(known keptImpact) bool { return known.key == key })
	if i < 0 {
		return keptImpact{}, false
	}
	return s.impacts[i], true
}

func (s *Source) keepImpact(x keptImpact) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.impacts = append(s.impacts[max(0, len(s.impacts)-keepImpacts+1):], x)
}
