package policies

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/explain"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/policies/rego"
)

// Decide judges a brief. Where it cannot tell, the verdict is Error, which publishes
// nothing.
func (s *RuleSet) Decide(ctx context.Context, b Brief) Decision {
	d := Decision{
		Kind: b.Kind, Subject: b.Subject, Path: b.Path, Digest: b.Digest, Policy: s.Digest(),
		Risk: Risk{Level: Low, Reasons: []string{}}, Problems: []catalog.Problem{},
		Approvals: Approvals{Required: []Requirement{}, Granted: []Granted{}, Missing: []string{}},
		Publish:   settings.Staged,
	}
	switch {
	case s.DescribesOnly():
		return d.couldNotTell(fmt.Errorf("the rules %s are proposed, and only asked in a trial", s.Digest().Short()))
	case b.Policy != s.Digest():
		return d.couldNotTell(fmt.Errorf("the brief is for rules %s, these are %s", b.Policy.Short(), s.Digest().Short()))
	case len(b.Invalid) > 0:
		d.Verdict, d.Problems = Invalid, append(s.Secrets(b), b.Invalid...)
		return d.onRunning(b, s, nil)
	case b.Kind != string(catalog.KindApp):
		d.Problems = slices.Concat(d.Problems, b.Facts.Problems, s.Secrets(b))
		return s.conclude(d, b, nil, nil)
	case b.Input == nil:
		return d.couldNotTell(fmt.Errorf("there is no app at %s, or no settings to judge it by", b.Path))
	}
	found, err := s.Evaluate(ctx, b.Input)
	if err != nil {
		return d.couldNotTell(err).onRunning(b, s, nil)
	}
	d.Until = s.validUntil(b)
	waivers := activeWaivers(b, s.Zone())
	var required []Requirement
	asking := map[string][]string{} // by role, the rules that require its approval
	traits, today := b.traits(), scalar.DateOf(b.Now, s.Zone())
	for _, f := range found {
		r, on := f.Rule.WithSettings(s.Settings().Rules[f.Rule.ID].For(traits), today)
		if !on {
			continue
		}
		d.addFinding(b, r, f.Finding, waivers)
		if r.Enforcement == catalog.Deny {
			for _, a := range f.Approvals {
				required = append(required, Requirement{Role: a.Role, Count: a.Count, Reason: a.Reason})
				asking[a.Role] = append(asking[a.Role], r.ID)
			}
		}
	}
	d.Problems = slices.Concat(d.Problems, b.Facts.Problems, s.Secrets(b))
	d.Risk.Reasons = unique(d.Risk.Reasons)
	s.drills(&d, b)
	s.rotations(&d, b, waivers)
	required = append(required, s.questions(&d, b, waivers, asking)...)
	catalog.SortProblems(d.Problems)
	return s.conclude(d, b, required, asking)
}

// Locate returns the decision with lines, columns and remedies for the file that was
// judged. They are for people and are not recorded.
func (d Decision) Locate(doc *catalog.Document) Decision {
	d.Problems = explain.Problems(doc, d.Problems)
	catalog.SortProblems(d.Problems)
	return d
}

// couldNotTell sets the verdict Error, with the error as reason.
func (d Decision) couldNotTell(err error) Decision {
	d.Verdict, d.Reason = Error, err.Error()
	return d
}

// addFinding adds the finding of one rule.
func (d *Decision) addFinding(b Brief, r rego.Rule, f rego.Finding, waivers map[string]string) {
	for _, p := range f.Problems {
		problem := catalog.Problem{
			Rule: r.ID, Level: r.Enforcement, Message: p.Message, Remedy: cmp.Or(p.Remedy, r.Remedy),
			Path: b.Path, Field: p.Field, Controls: r.Controls,
		}
		if p.File != "" {
			problem.Path, problem.Line, problem.Column = path.Join(path.Dir(b.Path), p.File), 1, 1
		}
		if id, ok := waivers[r.ID]; ok {
			problem.Waiver = &id
		}
		d.Problems = append(d.Problems, problem)
	}
	if r.Enforcement == catalog.DryRun {
		return
	}
	for _, risk := range f.Risks {
		if level := Level(risk.Level); level.rank() > d.Risk.Level.rank() {
			d.Risk.Level = level
		}
		d.Risk.Reasons = append(d.Risk.Reasons, risk.Reason)
	}
}

// conclude counts approvals and sets the verdict.
func (s *RuleSet) conclude(d Decision, b Brief, fromRules []Requirement, asking map[string][]string) Decision {
	gate := s.Settings().Gate(string(d.Risk.Level))
	d.Publish = gate.Publish
	if b.Facts.Change != nil && b.Facts.Change.Bot {
		d.Publish = settings.Staged
	}
	required := append(fromRules, b.Required...)
	for _, role := range gate.Approvals {
		if b.Kind == string(catalog.KindApp) {
			required = append(required, Requirement{Role: string(role), Count: 1, Reason: fmt.Sprintf("the risk is %s", d.Risk.Level)})
		}
	}
	d.Approvals = countApprovals(b, combine(required), s.Settings().Approvals)
	d.Verdict = d.verdict()
	d = d.onRunning(b, s, asking)
	if b.Facts.Before != nil {
		d = s.judgeUnchanged(d, b, required)
	}
	return d
}

// judgeUnchanged sets the verdict of a change that leaves the app's digest as it is. Problems and
// required approvals that were there without the change do not count, except for those
// that come from the change: from its contributors or from other files it touches.
func (s *RuleSet) judgeUnchanged(d Decision, b Brief, required []Requirement) Decision {
	d.Problems = slices.Clone(d.Problems)
	for i, p := range d.Problems {
		d.Problems[i].Before = slices.Contains(b.Facts.Before.Denied, problemID(p)) && !slices.ContainsFunc(b.Facts.Problems, func(f catalog.Problem) bool { return problemID(f) == problemID(p) })
	}
	required = slices.DeleteFunc(slices.Clone(required), func(r Requirement) bool {
		own := slices.ContainsFunc(b.Required, func(o Requirement) bool { return o.Role == r.Role && o.Reason == r.Reason })
		return !own && coveredBy(b.Facts.Before.Asked, r.Role)
	})
	own := b
	own.Facts.Admission = nil // approvals of the admitted content do not cover the change
	d.Approvals = countApprovals(own, combine(required), s.Settings().Approvals)
	d.Verdict = d.verdict()
	return d
}

// verdict follows from the problems and the missing approvals.
func (d Decision) verdict() Verdict {
	switch {
	case slices.ContainsFunc(d.Problems, blocking):
		return Deny
	case len(d.Approvals.Missing) > 0:
		return NeedsApproval
	}
	return Allow
}

func blocking(p catalog.Problem) bool { return p.Denies() && !p.Before }

// validUntil is until when a decision holds at most: the end of the day in the catalog's zone, or
// of the first grant in the input.
func (s *RuleSet) validUntil(b Brief) time.Time {
	end := scalar.DateOf(b.Now, s.Zone()).End(s.Zone()).UTC()
	refs, _ := b.Input["refs"].(map[string]any)
	grants, _ := refs["grants"].([]any)
	for _, g := range grants {
		grant, _ := g.(map[string]any)
		expires, _ := grant["expires"].(string)
		if at := catalog.Instant(expires).Time().UTC(); at.After(b.Now) && at.Before(end) {
			end = at
		}
	}
	return end
}

// activeWaivers maps the waived rules to the ids of the waivers that hold at the time of
// the brief.
func activeWaivers(b Brief, zone *time.Location) map[string]string {
	active := map[string]string{}
	for _, w := range waiversIn(b) {
		if b.Now.Before(w.until(zone)) {
			active[w.rule] = w.id
		}
	}
	return active
}

type waiver struct {
	id, rule string
	expires  catalog.Date
}

// until is the first instant at which a waiver no longer holds.
func (w waiver) until(zone *time.Location) time.Time { return w.expires.End(zone) }

func waiversIn(b Brief) []waiver {
	refs, _ := b.Input["refs"].(map[string]any)
	list, _ := refs["waivers"].([]any)
	var out []waiver
	for _, item := range list {
		w, _ := item.(map[string]any)
		id, _ := w["id"].(string)
		rule, _ := w["rule"].(string)
		expires, _ := w["expires"].(string)
		if id != "" && rule != "" && expires != "" {
			out = append(out, waiver{id, rule, catalog.Date(expires)})
		}
	}
	return out
}

// combine merges requirements for one role into one, with the highest count and
// every reason. One that several roles can meet goes into one that asks for fewer of them
// anyway: whoever meets that meets both.
func combine(list []Requirement) []Requirement {
	byRole := map[string]*Requirement{}
	reasons := map[string][]string{}
	var order []string
	for _, r := range list {
		r.Role = narrowest(r, list)
		if byRole[r.Role] == nil {
			byRole[r.Role] = &Requirement{Role: r.Role}
			order = append(order, r.Role)
		}
		byRole[r.Role].Count = max(byRole[r.Role].Count, r.Count)
		reasons[r.Role] = append(reasons[r.Role], r.Reason)
	}
	slices.Sort(order)
	out := make([]Requirement, len(order))
	for i, role := range order {
		out[i] = *byRole[role]
		out[i].Reason = strings.Join(unique(reasons[role]), "; ")
	}
	return out
}

// narrowest is the role of the requirement that asks for the fewest of the roles that could
// meet r, as often as r does; that of r itself where there is no other.
func narrowest(r Requirement, list []Requirement) string {
	narrow := r.Role
	for _, other := range list {
		of, fewest := len(catalog.Approver(other.Role).Roles()), len(catalog.Approver(narrow).Roles())
		if covers(other.Role, r.Role) && other.Count >= r.Count && (of < fewest || of == fewest && other.Role < narrow) {
			narrow = other.Role
		}
	}
	return narrow
}

func unique(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
