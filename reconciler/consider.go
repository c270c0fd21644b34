package reconciler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/identity"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
)

// bench is what apps are judged with in one pass: one governance, one state of
// the catalog's branch, one moment.
type bench struct {
	governing *catalog.Snapshot
	rules     *policies.RuleSet
	main      *catalog.Snapshot
	people    identity.Directory
	now       time.Time
	// fileURL is where people edit a file of the catalog; empty where there is no such
	// place.
	fileURL func(path string) string
}

// considered is what follows for one app: what is to be recorded, and when to
// look again even if nothing happens.
type considered struct {
	app      string
	entries  []ledger.Entry
	held     *policies.Decision // newly held content, for those who are told
	decision policies.Decision  // the verdict on what runs
	review   *lifecycle.Review  // for the third loop; nil where nothing runs
	wake     time.Time          // zero where only an event can change anything
	contain  string             // the rule by which it has to be contained at once; empty for none
	past     string             // what came past the check although nothing is held, in words
	trouble  error              // it could not be told; others go on
}

// origin is where new content on the catalog's branch came from.
type origin struct {
	change   *policies.ChangeFacts // nil for a direct push
	reviews  []catalog.Approval
	problems []catalog.Problem // of who had a hand in it
	stood    *catalog.App      // what stood at its place on the branch before
	files    []string          // that it touches beside the app's own
	filers   []catalog.Name    // who had a hand in these
	commit   catalog.Commit    // of the landing
}

// land judges content that just arrived on the catalog's branch: it is admitted
// to the first environment (to all, where its gate is automatic), or held.
func (b *bench) land(ctx context.Context, state ledger.App, doc *catalog.Document, admitted *catalog.App, from origin) considered {
	c := considered{app: doc.Name}
	q := policies.Question{
		Governing: b.governing, Proposed: b.main, Path: doc.Path, Admitted: admitted, Now: b.now, Home: true,
		Stood: from.stood, Files: from.files, By: from.filers,
		Facts: policies.Facts{Change: from.change, Problems: from.problems}, Approvals: from.reviews,
	}
	brief := policies.NewBrief(q, b.rules)
	d := b.rules.Decide(ctx, brief)
	decided := decisionEntry(d, brief, "", from.commit, "")
	if from.change != nil {
		decided.Trailers = append(decided.Trailers, ledger.Trailer{Key: "Change", Value: from.change.ID})
	}
	if state.Landed == nil || state.Landed.Outcome != outcomeOf(d) || state.Landed.Digest != d.Digest {
		c.entries = append(c.entries, decided)
	}
	if d.Verdict != policies.Allow {
		if state.Held == nil || state.Held.Digest != d.Digest || state.Held.Verdict != string(d.Verdict) {
			c.held = &d
		}
		c.wake = d.Until
		return c
	}
	cause := ""
	if state.Held != nil && state.Held.Digest == d.Digest {
		cause = "retrospective"
	}
	environments := b.reach(state, doc.App())
	if d.Publish != catalog.Automatic {
		environments = environments[:1]
	}
	for _, env := range environments {
		entry, err := b.admit(doc, env, d, from, cause)
		if err != nil {
			c.trouble = err
			return c
		}
		c.entries = append(c.entries, entry)
	}
	return c
}

// rejudge judges content that runs by today's rules, and renews its admission
// where rendering would now give something else.
func (b *bench) rejudge(ctx context.Context, state ledger.App, doc *catalog.Document) considered {
	c := considered{app: doc.Name}
	app := doc.App()
	env, admission, ok := b.lastAdmitted(state)
	if app == nil || !ok {
		return c
	}
	q := policies.Question{
		Governing: b.governing, Proposed: b.main, Path: doc.Path, Document: doc, Admitted: app, Now: b.now, Home: true,
		Facts: policies.Facts{
			Admission: admissionFacts(admission.Admission, admission.At),
			Since:     state.Since,
		},
	}
	brief := policies.NewBrief(q, b.rules)
	d := b.rules.Decide(ctx, brief)
	c.decision = d
	if newsOf(state.Running, d) {
		c.entries = append(c.entries, decisionEntry(d, brief, "", admission.Commit, string(env.Name)))
	}
	c.wake = d.Until
	if d.Running != nil && d.Running.Effect == policies.Contain && state.Quarantine == nil {
		c.contain = d.Running.Rule
	}
	if d.Verdict != policies.Allow {
		return c
	}
	for _, env := range b.rules.Settings().Environments {
		standing, ok := state.Admitted[string(env.Name)]
		if !ok || standing.Digest != doc.Digest() {
			continue
		}
		r, err := render(b.governing, doc, string(env.Name))
		if err != nil {
			c.trouble = errors.Join(c.trouble, err)
			continue
		}
		if r.Digest == standing.Render {
			continue
		}
		again := standing.Admission
		again.Render, again.Cause, again.Adopted = r.Digest, "render", standing.TakenOver()
		c.entries = append(c.entries, admissionEntry(doc, again))
	}
	return c
}

// newsOf reports whether a decision on what runs says something that the last one
// did not. That content which was just admitted is allowed is no news.
func newsOf(last *ledger.Judged, d policies.Decision) bool {
	if last == nil {
		return d.Verdict != policies.Allow
	}
	if last.Digest != d.Digest && last.Verdict == string(policies.Allow) && d.Verdict == policies.Allow {
		return false
	}
	return last.Outcome != outcomeOf(d) || last.Digest != d.Digest
}

// A step on is content that goes from one environment to the next, by itself.
type stepOn struct {
	from, to catalog.Environment
	standing ledger.Admitted // where it is
	at       time.Time       // when it has soaked
	held     string          // why it goes no further by itself; empty for most
}

// stepsOn lists where content that was applied goes next.
func (b *bench) stepsOn(state ledger.App, doc *catalog.Document) []stepOn {
	var list []stepOn
	environments := b.reach(state, doc.App())
	for i := 1; i < len(environments); i++ {
		s := stepOn{from: environments[i-1], to: environments[i]}
		var ok bool
		if s.standing, ok = state.Admitted[string(s.from.Name)]; !ok || s.standing.Digest != doc.Digest() {
			continue
		}
		applied := state.Applied[string(s.from.Name)]
		if applied.Admission != s.standing.Seq || applied.Outcome == "failed" {
			continue
		}
		if there, ok := state.Admitted[string(s.to.Name)]; ok && there.Digest == s.standing.Digest {
			continue
		}
		s.at = applied.At.Add(s.from.Soak.Std())
		if b.isLast(s.to) && s.standing.Bot && len(s.standing.Approvals) == 0 {
			s.held = "a bot asked for it, and no person answers for it"
		}
		list = append(list, s)
	}
	return list
}

// promote admits to the next environment what has soaked in the one before.
func (b *bench) promote(ctx context.Context, state ledger.App, doc *catalog.Document) considered {
	c := considered{app: state.Name}
	if doc.App() == nil {
		return c
	}
	for _, s := range b.stepsOn(state, doc) {
		if b.now.Before(s.at) {
			c.wake = earliest(c.wake, s.at)
			continue
		}
		if s.held != "" {
			continue
		}
		r, err := render(b.governing, doc, string(s.to.Name))
		if err != nil {
			c.trouble = errors.Join(c.trouble, err)
			continue
		}
		if !b.stillAllowed(ctx, doc, s.standing) {
			continue
		}
		promotion := s.standing.Admission
		promotion.Environment, promotion.Render, promotion.Cause = string(s.to.Name), r.Digest, "promotion"
		promotion.Adopted = s.standing.TakenOver()
		c.entries = append(c.entries, admissionEntry(doc, promotion))
	}
	return c
}

// stillAllowed asks today's rules before content goes on to the next environment.
func (b *bench) stillAllowed(ctx context.Context, doc *catalog.Document, standing ledger.Admitted) bool {
	q := policies.Question{
		Governing: b.governing, Proposed: b.main, Path: doc.Path, Document: doc, Admitted: doc.App(), Now: b.now, Home: true,
		Facts: policies.Facts{Admission: admissionFacts(standing.Admission, standing.At)},
	}
	return b.rules.Decide(ctx, policies.NewBrief(q, b.rules)).Verdict == policies.Allow
}

// before is the environment from which content of a stage goes on to another.
func (b *bench) before(environment, stage string) string {
	environments := b.rules.Settings().Reach(stage)
	i := slices.IndexFunc(environments, func(e catalog.Environment) bool { return string(e.Name) == environment })
	return string(environments[max(0, i-1)].Name)
}

func (b *bench) first() catalog.Environment { return b.rules.Settings().Environments[0] }

func (b *bench) isLast(env catalog.Environment) bool {
	environments := b.rules.Settings().Environments
	return environments[len(environments)-1].Name == env.Name
}

// reach lists the environments that content comes to, in order, by the stage it asks
// for. What is retired goes where the app is.
func (b *bench) reach(state ledger.App, app *catalog.App) []catalog.Environment {
	reach := b.rules.Settings().Reach(app.Spec.Lifecycle.Stage)
	if app.Spec.Lifecycle.Stage != "retired" {
		return reach
	}
	first := b.first().Name
	return slices.DeleteFunc(reach, func(env catalog.Environment) bool {
		_, there := state.Admitted[string(env.Name)]
		return !there && env.Name != first
	})
}

// lastAdmitted is the environment nearest to production that holds the app, and
// its admission there.
func (b *bench) lastAdmitted(state ledger.App) (catalog.Environment, ledger.Admitted, bool) {
	for _, env := range slices.Backward(b.rules.Settings().Environments) {
		if a, ok := state.Admitted[string(env.Name)]; ok {
			return env, a, true
		}
	}
	return catalog.Environment{}, ledger.Admitted{}, false
}

// admit is the admission of content to an environment.
func (b *bench) admit(doc *catalog.Document, env catalog.Environment, d policies.Decision, from origin, cause string) (ledger.Entry, error) {
	r, err := render(b.governing, doc, string(env.Name))
	if err != nil {
		return ledger.Entry{}, err
	}
	a := ledger.Admission{
		Environment: string(env.Name), Path: doc.Path, Commit: from.commit, Digest: doc.Digest(), Render: r.Digest,
		Approvals: []string{}, Roles: []string{}, Cause: cause,
		Bot: from.change != nil && from.change.Bot,
	}
	for _, g := range d.Approvals.Granted {
		a.Approvals, a.Roles = append(a.Approvals, g.ID), append(a.Roles, g.Role)
	}
	return admissionEntry(doc, a), nil
}

// admissionFacts is how content that runs was admitted, as far as it bears on a decision.
func admissionFacts(a ledger.Admission, at time.Time) *policies.AdmissionFacts {
	return &policies.AdmissionFacts{Roles: a.Roles, Adopted: a.TakenOver(), At: at}
}

func admissionEntry(doc *catalog.Document, a ledger.Admission) ledger.Entry {
	sentence := fmt.Sprintf("Admit %s %s to %s", doc.Name, a.Digest.Short(), a.Environment)
	if a.Cause != "" {
		sentence += " (" + a.Cause + ")"
	}
	return ledger.Entry{
		Kind: ledger.KindAdmission, Subject: doc.Name, Body: a, Sentence: sentence,
		Trailers: []ledger.Trailer{{Key: "Digest", Value: string(a.Digest)}},
	}
}

// decisionEntry is the record of a decision.
func decisionEntry(d policies.Decision, brief policies.Brief, change string, commit catalog.Commit, environment string) ledger.Entry {
	rawBrief, briefErr := catalog.Canonical(brief)
	rawDecision, err := catalog.Canonical(d)
	if briefErr != nil || err != nil {
		panic("reconciler: briefs and decisions are always writable as JSON") // unreachable
	}
	body := ledger.Decision{
		Change: change, Commit: commit, Environment: environment, Verdict: string(d.Verdict), Digest: d.Digest, Policy: d.Policy,
		Brief: json.RawMessage(rawBrief), Decision: json.RawMessage(rawDecision), Outcome: outcomeOf(d),
	}
	if environment != "" {
		if d.Running != nil {
			body.Denied = d.Running.Rules
		}
	}
	where := "on the catalog's branch"
	trailers := []ledger.Trailer{{Key: "Digest", Value: string(d.Digest)}, {Key: "Decision", Value: string(d.Verdict)}}
	switch {
	case environment != "":
		where = "in " + environment
	case change != "":
		where = "in change " + change
		trailers = append(trailers, ledger.Trailer{Key: "Change", Value: change})
	}
	return ledger.Entry{
		Kind: ledger.KindDecision, Subject: d.Subject, Body: body, Trailers: trailers,
		Sentence: fmt.Sprintf("Decide %s on %s %s: %s", where, d.Subject, d.Digest.Short(), d.Verdict),
	}
}

// outcomeOf names what a decision says without the moment it was reached.
func outcomeOf(d policies.Decision) catalog.Digest {
	d.Until = time.Time{}
	digest, err := catalog.HashOf("v1", d)
	if err != nil {
		panic("reconciler: decisions are always writable as JSON") // unreachable
	}
	return digest
}

// earliest is the sooner of two moments, of which the zero one is never.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
