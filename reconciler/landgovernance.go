package reconciler

import (
	"context"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
)

// landGovernance decides what a landing does to governance, by the governance
// admitted before. Admitted, it judges everything from then on; held, it changes
// nothing.
func (p *pass) landGovernance(ctx context.Context, b *judge.Judge, from, to *catalog.Snapshot, l landing, change *forge.Change) ([]ledger.Entry, *policies.Decision, error) {
	asks, err := p.asksForGovernance(ctx, l.change)
	if err != nil {
		return nil, nil, err
	}
	if from.GovernanceDigest() == to.GovernanceDigest() && !asks {
		return nil, nil, nil
	}
	state, _ := p.View.App(catalog.Governance)
	asked := to
	if asks && onlyNote(from, to) {
		asked = from // what it asks for stood there already
	}
	paths, digest, err := policies.GovernanceEdit(b.Governing, asked)
	if err != nil {
		return nil, nil, err
	}
	if len(paths) == 0 && state.Held == nil {
		return nil, nil, nil
	}
	q := policies.GovernanceQuestion{Governing: b.Governing, Proposed: asked, Now: b.Now}
	var entries []ledger.Entry
	if change != nil {
		for _, e := range catalog.FolderEdits(from, to) {
			q.Riders = append(q.Riders, e.Name)
		}
		held, err := p.contributorsToHeld(ctx, state, p.View.Root().Governing.Commit)
		if err != nil {
			return nil, nil, err
		}
		q.Facts.Change = b.People.ChangeFacts(*change, held)
		q.Facts.Problems = b.People.Problems(*change, held, "")
		q.Approvals, entries, err = p.withdrawn(ctx, b, *change, subject{name: catalog.Governance, digest: digest, state: state})
		if err != nil {
			return nil, nil, err
		}
	}
	d, brief, err := p.r.decideGovernance(ctx, b, q)
	if err != nil {
		return nil, nil, err
	}
	if d.Verdict == policies.Allow { // whoever pushed it, it is held to what a review holds it to
		outcome, err := p.impact(ctx, b, asked, d)
		if err != nil {
			return nil, nil, err
		}
		if outcome.died != "" {
			q.Facts.Problems = append(q.Facts.Problems, policies.TrialProblem(asked, outcome.died))
			if d, brief, err = p.r.decideGovernance(ctx, b, q); err != nil {
				return nil, nil, err
			}
		}
	}
	entries = append(entries, judge.DecisionEntry(d, brief, "", l.to, ""))
	if d.Verdict != policies.Allow {
		return entries, &d, nil
	}
	a := ledger.Admission{Path: d.Path, Commit: l.to, Digest: to.GovernanceDigest(), Approvals: []string{}, Roles: []string{}}
	for _, g := range d.Approvals.Granted {
		a.Approvals, a.Roles = append(a.Approvals, g.ID), append(a.Roles, g.Role)
	}
	if state.Held != nil && state.Held.Digest == digest {
		a.Cause = "retrospective"
	}
	admission := ledger.Entry{
		Kind: ledger.KindAdmission, Subject: catalog.Governance, Body: a,
		Sentence: "Admit governance " + a.Digest.Short() + ": " + d.Path,
		Trailers: []ledger.Trailer{{Key: "Digest", Value: string(a.Digest)}},
	}
	files, err := p.r.Repo.Files(ctx, l.to)
	if err != nil {
		return nil, nil, err
	}
	if admission.Keep, err = ledger.KeepGovernance(ctx, files); err != nil {
		return nil, nil, err
	}
	return append(entries, admission), nil, nil
}

// decideGovernance compiles what is proposed and judges it by what governs.
func (r *Reconciler) decideGovernance(ctx context.Context, b *judge.Judge, q policies.GovernanceQuestion) (policies.Decision, policies.Brief, error) {
	var proposed *policies.RuleSet
	var problems []catalog.Problem
	if len(q.Facts.Problems) == 0 { // rules of strangers are not even run
		trial, err := r.Engine.Try(ctx, q.Proposed)
		if err != nil {
			return policies.Decision{}, policies.Brief{}, err
		}
		defer trial.Close()
		proposed, problems = trial.Rules(), trial.Problems()
	}
	if problem := lifecycle.ScheduleProblem(q.Proposed, q.Now); problem != nil {
		q.Facts.Problems = append(q.Facts.Problems, *problem)
	}
	brief, err := r.Engine.NewGovernanceBrief(q, b.Rules, proposed, problems)
	if err != nil {
		return policies.Decision{}, policies.Brief{}, err
	}
	return b.Rules.Decide(ctx, brief), brief, nil
}
