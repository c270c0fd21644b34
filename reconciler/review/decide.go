package review

import (
	"context"
	"fmt"
	"slices"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/approval"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/identity"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/parallel"
)

// mostMended is for how many files of a change that cannot be read the line is looked
// for that keeps them from it: that costs some parses each, and nobody reads more.
const mostMended = 100

// decide judges every subject.
func (v *review) decide(ctx context.Context) error {
	v.out.Unchanged, v.out.Edits, v.out.Files = map[string]bool{}, map[string][]catalog.FieldEdit{}, map[string][]catalog.FileEdit{}
	unread := 0
	for i := range v.subjects {
		s := &v.subjects[i]
		var err error
		switch {
		case s.Name == catalog.Strays:
			v.decideStrays(ctx, s)
		case s.Name == catalog.Governance:
			err = v.decideGovernance(ctx, s)
		case s.Document == nil:
			err = v.decideRemoval(ctx, s)
		default:
			err = parallel.Guard(v.by.Log, "deciding an app", s.Name, func() error { return v.decideApp(ctx, s) })
			if parallel.IsPanic(err) {
				s.brief, s.decision = v.judge.CouldNotTell(ctx, s.Document)
				err = nil
			}
		}
		if err != nil {
			return err
		}
		shown := s.decision
		if shown.Verdict == policies.Invalid {
			unread++
		}
		if s.Document != nil && (shown.Verdict != policies.Invalid || unread <= mostMended) {
			shown = shown.Locate(s.Document)
		}
		scanning{v}.hide(&shown)
		v.out.Decisions = append(v.out.Decisions, shown)
	}
	scanning{v}.hideEdits()
	v.out.State = stateOf(v.out)
	return nil
}

// behind denies an app folder that was changed on both sides, in a change and on its base
// branch: laying one over the other would drop what nobody meant to drop.
func behind(proposal *gitrepo.Proposal, base string, s *subject) []catalog.Problem {
	var problems []catalog.Problem
	for _, p := range slices.Concat(proposal.Behind, proposal.Conflicts) {
		if !identity.Touches([]string{p}, s.Edit.Dirs()...) {
			continue
		}
		problems = append(problems, catalog.Problem{
			Rule: ruleBehind, Level: catalog.Deny, Path: p, Controls: []string{},
			Message: fmt.Sprintf("Somebody else changed this file on `%s` after this change began; publishing this now would undo their work.", base),
			Remedy:  fmt.Sprintf("Bring this branch up to date with `%s`, keep what both of you did, and look at the file again.", base),
		})
	}
	return problems
}

// decideGovernance judges what the change makes of governance.
func (v *review) decideGovernance(ctx context.Context, s *subject) error {
	held, err := approval.ContributorsToHeld(ctx, v.by.History, s.State, v.View.Root().Governing.Commit)
	if err != nil {
		return err
	}
	q := policies.GovernanceQuestion{
		Governing: v.judge.Governing, Proposed: v.governance, Now: v.Now, Approvals: s.reviews,
		Facts: policies.Facts{Change: v.judge.People.ChangeFacts(v.change, held), Secrets: s.secrets},
	}
	q.Facts.Problems = v.judge.People.Problems(v.change, held, "")
	for _, other := range v.subjects {
		if other.Name != catalog.Governance {
			q.Riders = append(q.Riders, other.Name)
		}
	}
	g, err := v.by.Judges.Governance(ctx, v.Session, v.judge, q)
	s.decision, s.brief, v.impact = g.Decision, g.Brief, g.Impact
	return err
}

// stateOf sums up the decisions of a change for a merge gate.
func stateOf(r Reviewed) forge.State {
	state := forge.Success
	for _, d := range r.Decisions {
		switch d.Verdict {
		case policies.Error:
			return forge.Trouble
		case policies.Deny, policies.Invalid:
			state = forge.Failure
		case policies.NeedsApproval:
			if state == forge.Success {
				state = forge.Pending
			}
		}
	}
	return state
}

// decisions lists what was not recorded before: the first decision on a head's
// content, and every one that says something else than the last.
func (v *review) decisions() []ledger.Entry {
	var entries []ledger.Entry
	for _, s := range v.subjects {
		if last, ok := judged(v.View, v.change.ID, s); ok && last.Outcome == judge.OutcomeOf(s.decision) {
			continue
		}
		e := judge.DecisionEntry(s.decision, s.brief, v.change.ID, v.change.Head, "")
		body := e.Body.(ledger.Decision)
		body.Renews = s.renews
		body.Shown = !v.by.Forge.Can()[forge.Comment] // the ledger itself is where it is read
		e.Body = body
		entries = append(entries, e)
	}
	return entries
}

// judged is the last decision recorded on a subject of a change, if that is on its
// present content. Content that comes back is judged, and shown, anew: meanwhile people
// read something else.
func judged(view *chain.View, change string, s subject) (ledger.Judged, bool) {
	state, _ := view.App(s.Name)
	judged := state.Changes[change].Judged
	if n := len(judged); n > 0 && judged[n-1].Digest == s.Digest {
		return judged[n-1], true
	}
	return ledger.Judged{}, false
}
