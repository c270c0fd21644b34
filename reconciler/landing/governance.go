package landing

import (
	"context"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/approval"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/propose"
)

// governance decides what the landing does to governance, by the governance
// admitted before. Admitted, it judges everything from then on; held, it changes
// nothing.
func (c *deciding) governance(ctx context.Context) ([]ledger.Entry, error) {
	q, entries, err := c.governanceQuestion(ctx)
	if err != nil || q == nil {
		return nil, err
	}
	g, err := c.Judges.Governance(ctx, c.Session, c.judge, *q)
	if err != nil {
		return nil, err
	}
	d := g.Decision
	entries = append(entries, judge.DecisionEntry(d, g.Brief, "", c.landing.To, ""))
	if d.Verdict != policies.Allow {
		c.held = append(c.held, d)
		return entries, nil
	}
	state, _ := c.View.App(catalog.Governance)
	a := ledger.Admission{Path: d.Path, Commit: c.landing.To, Digest: c.to.GovernanceDigest(), Approvals: []string{}, Roles: []string{}}
	for _, g := range d.Approvals.Granted {
		a.Approvals, a.Roles = append(a.Approvals, g.ID), append(a.Roles, g.Role)
	}
	if state.Held != nil && state.Held.Digest == d.Digest {
		a.Cause = ledger.CauseRetrospective
	}
	admission := ledger.Entry{
		Kind: ledger.KindAdmission, Subject: catalog.Governance, Body: a,
		Sentence: "Admit governance " + a.Digest.Short() + ": " + d.Path,
		Trailers: []ledger.Trailer{{Key: "Digest", Value: string(a.Digest)}},
	}
	files, err := c.Repo.Files(ctx, c.landing.To)
	if err != nil {
		return nil, err
	}
	if admission.Keep, err = chain.KeepGovernance(ctx, files); err != nil {
		return nil, err
	}
	return append(entries, admission), nil
}

// governanceQuestion is what is asked of a landing that touches governance, and what of its
// reviews is to be recorded; nil for any other landing.
func (c *deciding) governanceQuestion(ctx context.Context) (*policies.GovernanceQuestion, []ledger.Entry, error) {
	asks, err := propose.AsksForGovernance(ctx, c.View, c.landing.ID)
	if err != nil {
		return nil, nil, err
	}
	if c.from.GovernanceDigest() == c.to.GovernanceDigest() && !asks {
		if judge.Certain(c.found[""]) { // where it changes no meaning, as in a comment
			c.past = append(c.past, "a secret in "+c.found[""][0].Path)
		}
		return nil, nil, nil
	}
	state, _ := c.View.App(catalog.Governance)
	asked := c.to
	if asks && propose.OnlyNote(c.from, c.to) {
		asked = c.from // what it asks for stood there already
	}
	paths, digest, err := policies.GovernanceEdit(c.judge.Governing, asked)
	if err != nil || len(paths) == 0 && state.Held == nil {
		return nil, nil, err
	}
	q := &policies.GovernanceQuestion{Governing: c.judge.Governing, Proposed: asked, Now: c.judge.Now, Facts: policies.Facts{Secrets: c.found[""]}}
	change := c.landing.Change
	if change == nil {
		return q, nil, nil
	}
	for _, e := range catalog.FolderEdits(c.from, c.to) {
		q.Riders = append(q.Riders, e.Name)
	}
	held, err := approval.ContributorsToHeld(ctx, c.History, state, c.View.Root().Governing.Commit)
	if err != nil {
		return nil, nil, err
	}
	q.Facts.Change = c.judge.People.ChangeFacts(*change, held)
	q.Facts.Problems = c.judge.People.Problems(*change, held, "")
	withdrawn, err := c.withdrawn(ctx, approval.Subject{Name: catalog.Governance, Digest: digest, State: state})
	q.Approvals = withdrawn.Reviews
	return q, withdrawn.Entries, err
}
