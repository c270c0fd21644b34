package judge

import (
	"context"
	"errors"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
	"github.com/levee-gitops/levee/reconciler/work"
)

// Rejudge judges content that runs by today's rules, and renews its admission
// where rendering would now give something else.
func (j *Judge) Rejudge(ctx context.Context, state ledger.App, doc *catalog.Document) Outcome {
	c := Outcome{App: doc.Name}
	app := doc.App()
	env, admission, ok := j.Environments().LastAdmitted(state)
	if app == nil || !ok {
		return c
	}
	q := policies.Question{
		Governing: j.Governing, Proposed: j.Main, Path: doc.Path, Document: doc, Admitted: app, Now: j.Now, Home: true,
		Facts: policies.Facts{
			Admission: AdmissionFacts(state, admission.Admission, admission.At),
			Since:     state.Since,
		},
	}
	brief := j.Redact(policies.NewBrief(q, j.Rules))
	d := j.Rules.Decide(ctx, brief)
	c.Decision = d
	if newsOf(state.Running, d) {
		c.Entries = append(c.Entries, DecisionEntry(d, brief, "", admission.Commit, string(env.Name)))
	}
	c.Wake = d.Until
	if d.Running != nil && d.Running.Effect == policies.Contain && state.Quarantine == nil {
		c.Contain = d.Running.Rule
	}
	if d.Verdict != policies.Allow {
		return c
	}
	for _, env := range j.Rules.Settings().Environments {
		current, ok := state.Admitted[string(env.Name)]
		if !ok || current.Digest != doc.Digest() {
			continue
		}
		r, err := j.Render.App(j.Governing, doc, env)
		if err != nil {
			c.Trouble = errors.Join(c.Trouble, err)
			continue
		}
		if r.Digest == current.Render {
			continue
		}
		if _, err := j.Render.Whole(ctx, r); err != nil { // what runs goes on as it was admitted
			c.Trouble = errors.Join(c.Trouble, err)
			continue
		}
		again := current.Admission
		again.Render, again.Cause, again.Adopted = r.Digest, ledger.CauseRender, current.TakenOver()
		c.Entries = append(c.Entries, AdmissionEntry(doc, again))
	}
	return c
}

// newsOf reports whether a decision on what runs says something that the last one
// did not. That content which was just admitted is allowed is no news.
func newsOf(last *ledger.Judged, d policies.Decision) bool {
	if last == nil {
		return d.Verdict != policies.Allow
	}
	if last.Digest != d.Digest && policies.Verdict(last.Verdict) == policies.Allow && d.Verdict == policies.Allow {
		return false
	}
	return last.Outcome != OutcomeOf(d) || last.Digest != d.Digest
}

// AdmissionFacts is how content that runs was admitted, and what else the ledger says of its
// app, as far as it bears on a decision.
func AdmissionFacts(state ledger.App, a ledger.Admission, at time.Time) *policies.AdmissionFacts {
	return &policies.AdmissionFacts{Roles: a.Roles, Adopted: a.TakenOver(), At: at, Drill: &policies.DrillFacts{Last: state.Drilled}}
}

// Consider works out what follows for one app that was admitted before: from today's
// rules, from the time that passed, and from what soaked.
func (j *Judge) Consider(ctx context.Context, v *chain.View, name string) Outcome {
	a, ok, err := j.Admitted(ctx, v, name)
	if err != nil || !ok {
		return Outcome{App: name, Trouble: err}
	}
	o := j.Rejudge(ctx, a.State, a.Running)
	o.Review = lifecycle.NewReview(j.Lifecycle(), a.Lifecycle(), o.Decision, j.Now)
	promoted := j.Promote(ctx, a.State, a.Document)
	for i, e := range promoted.Entries {
		// What goes on is what was admitted before, wherever its commit is by now. What is
		// rendered anew is kept already.
		folder, _, err := v.Kept(ctx, j.Environments().before(e.Body.(ledger.Admission).Environment, a.Document.App().Spec.Lifecycle.Stage), name)
		if err != nil {
			return Outcome{App: name, Trouble: err}
		}
		promoted.Entries[i].Keep = KeepFolder(e, folder)
	}
	o.Entries = append(o.Entries, promoted.Entries...)
	o.Wake, o.Trouble = work.Earliest(o.Wake, promoted.Wake), errors.Join(o.Trouble, promoted.Trouble)
	return o
}
