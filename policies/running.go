package policies

import (
	"time"

	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/policies/rego"
)

// onRunning sets Decision.Running for content that runs: it runs until the grace period
// ends of a rule that denies it, or that requires an approval it does not have. Approvals
// that only a gate requires have no grace period and do not end what runs. For new content
// it does nothing.
func (d Decision) onRunning(b Brief, s *RuleSet, asking map[string][]string) Decision {
	if b.Facts.Admission == nil {
		return d
	}
	d.Running = &Running{Effect: Runs}
	switch d.Verdict {
	case Allow:
	case Error:
		d.Running.Reason = "it could not be judged; nothing changes until it can"
	case Invalid:
		d.Running.Reason = "its file cannot be read; nothing changes until it can"
	case NeedsApproval:
		d.Running.Reason = "it lacks an approval that is asked for now"
		var rules []string
		for asked, ids := range asking {
			if coveredBy(d.Approvals.Missing, asked) {
				rules = append(rules, ids...)
			}
		}
		d.endGrace(b, s, rules)
	case Deny:
		var rules []string
		for _, p := range d.Problems {
			if blocking(p) {
				rules = append(rules, p.Rule)
			}
		}
		d.endGrace(b, s, rules)
	}
	return d
}

// endGrace sets the effect from the rule whose grace period ends first.
func (d *Decision) endGrace(b Brief, s *RuleSet, rules []string) {
	d.Running.Rules = unique(rules)
	for _, id := range d.Running.Rules {
		rule, ok := s.Rule(id, b.traits(), scalar.DateOf(b.Now, s.Zone()))
		if !ok {
			continue
		}
		if rule.Contain && d.Verdict == Deny {
			d.Running.Effect, d.Running.Rule, d.Running.Until = Contain, id, time.Time{}
			return
		}
		until := b.since(id, rule, s.Zone()).Add(rule.Grace.Std())
		if d.Running.Effect == Runs || until.Before(d.Running.Until) {
			d.Running.Effect, d.Running.Rule, d.Running.Until = Grace, id, until.UTC()
		}
	}
	switch {
	case d.Running.Effect != Grace:
	case !b.Now.Before(d.Running.Until):
		d.Running.Effect = Due
	case d.Running.Until.Before(d.Until):
		d.Until = d.Running.Until
	}
}

// since is when the grace period of a rule began: when the rule first denied the app, by
// the ledger, or now if it did not before; or, if that is later, the end of a waiver of
// the rule or the rule's effective date.
func (b Brief) since(id string, rule rego.Rule, zone *time.Location) time.Time {
	start, ok := b.Facts.Since[id]
	if !ok {
		start = b.Now
	}
	for _, w := range waiversIn(b) {
		if end := w.until(zone); w.rule == id && end.After(start) && !end.After(b.Now) {
			start = end
		}
	}
	if effective := rule.Effective; effective != "" && effective.Start(zone).After(start) {
		start = effective.Start(zone)
	}
	return start
}
