package judge

import (
	"context"
	"fmt"
	"slices"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/policies"
)

// Origin is where new content on the catalog's branch came from.
type Origin struct {
	Change   *policies.ChangeFacts // nil for a direct push
	Reviews  []catalog.Approval
	Problems []catalog.Problem     // of who contributed to it
	Secrets  []policies.SecretFact // in its files
	Stood    *catalog.App          // what stood at its place on the branch before
	Files    []string              // that it touches beside the app's own
	Filers   []catalog.Name        // who contributed to these
	Commit   catalog.Commit        // of the landing
}

// Land judges content that just arrived on the catalog's branch: it is admitted
// to the first environment (to all, where its gate is automatic), or held.
func (j *Judge) Land(ctx context.Context, state ledger.App, doc *catalog.Document, admitted *catalog.App, from Origin) Outcome {
	c := Outcome{App: doc.Name}
	unrendered, err := j.Unrendered(ctx, state, doc)
	if err != nil {
		c.Trouble = err
		return c
	}
	q := policies.Question{
		Governing: j.Governing, Proposed: j.Main, Path: doc.Path, Admitted: admitted, Now: j.Now, Home: true,
		Stood: from.Stood, Files: from.Files, By: from.Filers,
		Facts: policies.Facts{Change: from.Change, Problems: slices.Concat(from.Problems, unrendered), Secrets: from.Secrets}, Approvals: from.Reviews,
	}
	brief := j.Redact(policies.NewBrief(q, j.Rules))
	d := j.Rules.Decide(ctx, brief)
	decided := DecisionEntry(d, brief, "", from.Commit, "")
	if from.Change != nil {
		decided.Trailers = append(decided.Trailers, ledger.Trailer{Key: "Change", Value: from.Change.ID})
	}
	if state.Landed == nil || state.Landed.Outcome != OutcomeOf(d) || state.Landed.Digest != d.Digest {
		c.Entries = append(c.Entries, decided)
	}
	if d.Verdict != policies.Allow {
		if state.Held == nil || state.Held.Digest != d.Digest || policies.Verdict(state.Held.Verdict) != d.Verdict {
			c.Held = &d
		}
		c.Wake = d.Until
		return c
	}
	var cause ledger.Cause
	if state.Held != nil && state.Held.Digest == d.Digest {
		cause = ledger.CauseRetrospective
	}
	environments := j.Environments().Reach(state, doc.App())
	if d.Publish != settings.Automatic {
		environments = environments[:1]
	}
	for place, env := range environments {
		if f := j.Environments().frozen(state, doc, env, j.Now); place > 0 && !f.Until.IsZero() {
			break // it goes on from the one before, once that is over
		}
		entry, err := j.admit(doc, env, d, from, cause)
		if err != nil {
			c.Trouble = err
			return c
		}
		c.Entries = append(c.Entries, entry)
	}
	return c
}

// Settle records what a landing means that leaves the content of an app as it is
// admitted: that it stands on the branch again, where something else was held; that it
// lies in another folder now. Who did that, and what lies beside it, is decided too.
func (j *Judge) Settle(ctx context.Context, base *catalog.Snapshot, state ledger.App, e catalog.FolderEdit, admitted *catalog.Document, current ledger.Admitted, from Origin) Outcome {
	doc := e.To
	c := Outcome{App: doc.Name}
	q := policies.Question{
		Governing: j.Governing, Proposed: j.Main, Path: doc.Path, Admitted: doc.App(), Now: j.Now, Home: true,
		Stood: from.Stood, Files: from.Files, By: from.Filers, Approvals: from.Reviews,
		Facts: policies.Facts{Admission: AdmissionFacts(state, current.Admission, current.At), Since: state.Since, Secrets: from.Secrets},
	}
	if from.Change != nil {
		q.Facts.Before = j.BeforeChange(ctx, base, e.From, admitted, q.Facts)
		q.Facts.Change, q.Facts.Problems = from.Change, from.Problems
	}
	brief := j.Redact(policies.NewBrief(q, j.Rules))
	d := j.Rules.Decide(ctx, brief)
	if from.Change != nil && d.Verdict != policies.Allow {
		c.Bypassed = fmt.Sprintf("%s (files beside it: %s)", doc.Name, d.Verdict)
	}
	if state.Held != nil {
		c.Entries = append(c.Entries, DecisionEntry(d, brief, "", from.Commit, ""))
	}
	for _, env := range j.Rules.Settings().Environments {
		there, ok := state.Admitted[string(env.Name)]
		if ok && there.Path != doc.Path && there.Digest == doc.Digest() {
			moved := there.Admission
			moved.Path, moved.Commit, moved.Cause, moved.Adopted = doc.Path, from.Commit, ledger.CauseMoved, there.TakenOver()
			c.Entries = append(c.Entries, AdmissionEntry(doc, moved))
		}
	}
	return c
}

// BeforeChange is what rules say of the content that runs without a change: of the file
// that stood on the branch with what lay beside it, where it is that content.
func (j *Judge) BeforeChange(ctx context.Context, base *catalog.Snapshot, stood, admitted *catalog.Document, facts policies.Facts) *policies.Before {
	doc := admitted
	if stood != nil && stood.Digest() == admitted.Digest() {
		doc = stood
	}
	q := policies.Question{
		Governing: j.Governing, Proposed: base, Path: doc.Path, Document: doc, Admitted: doc.App(), Home: true, Now: j.Now,
		Facts: policies.Facts{Admission: facts.Admission, Since: facts.Since},
	}
	return policies.BeforeOf(j.Rules.Decide(ctx, j.Redact(policies.NewBrief(q, j.Rules))))
}

// admit is the admission of content to an environment.
func (j *Judge) admit(doc *catalog.Document, env settings.Environment, d policies.Decision, from Origin, cause ledger.Cause) (ledger.Entry, error) {
	r, err := j.Render.App(j.Governing, doc, env)
	if err != nil {
		return ledger.Entry{}, err
	}
	a := ledger.Admission{
		Environment: string(env.Name), Path: doc.Path, Commit: from.Commit, Digest: doc.Digest(), Render: r.Digest,
		Approvals: []string{}, Roles: []string{}, Cause: cause,
		Bot: from.Change != nil && from.Change.Bot,
	}
	for _, g := range d.Approvals.Granted {
		a.Approvals, a.Roles = append(a.Approvals, g.ID), append(a.Roles, g.Role)
	}
	return AdmissionEntry(doc, a), nil
}
