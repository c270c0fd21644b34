package reconciler

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
)

// impact is what a change of governance would do to the apps that run.
type impact struct {
	key    string
	flips  []flip
	judged int
}

// keepImpacts is how many are remembered: those of changes that are open together.
const keepImpacts = 8

// flips lists the apps that run and that the change would have judged otherwise, by
// name, and how many were looked at. What does not depend on what the change touches
// is not looked at. It is worked out again only when the change, what governs or
// what runs has moved on.
func (v *review) flips(ctx context.Context, s subject) ([]flip, int) {
	key := strings.Join([]string{
		string(v.bench.rules.Digest()), string(v.bench.governing.GovernanceDigest()), string(v.proposed.GovernanceDigest()), string(v.tip),
		string(catalog.DateOf(v.now, v.bench.rules.Settings().Location())), v.view.Root().Governing.Digest.Short(),
	}, " ")
	for _, known := range v.r.impacts {
		if known.key == key {
			return known.flips, known.judged
		}
	}
	rules, _, err := v.r.Engine.Rules(ctx, v.proposed)
	if err != nil || rules == nil || s.decision.Verdict == policies.Invalid {
		return nil, 0 // it is not to be admitted as it is, which the decision says
	}
	found := impact{key: key}
	found.flips, found.judged = v.compare(ctx, rules)
	v.r.impacts = append(v.r.impacts[max(0, len(v.r.impacts)-keepImpacts+1):], found)
	return found.flips, found.judged
}

// compare judges what runs by what governs and by what is proposed.
func (v *review) compare(ctx context.Context, rules *policies.RuleSet) (flips []flip, judged int) {
	paths, _ := catalog.Affected(v.bench.governing, v.proposed)
	found := make([]*flip, len(paths))
	looked := make([]bool, len(paths))
	inParallel(len(paths), func(i int) {
		doc := v.proposed.Document(paths[i])
		if doc.App() == nil || ctx.Err() != nil {
			return
		}
		state, _ := v.view.App(doc.Name)
		_, admitted, ok := v.bench.lastAdmitted(state)
		if !ok || admitted.Digest != doc.Digest() {
			return
		}
		looked[i] = true
		q := policies.Question{
			Governing: v.bench.governing, Proposed: v.proposed, Path: doc.Path, Admitted: doc.App(), Now: v.now,
			Facts: policies.Facts{
				Admission: admissionFacts(admitted.Admission, admitted.At), Since: state.Since,
			},
		}
		before := v.bench.rules.Decide(ctx, policies.NewBrief(q, v.bench.rules))
		q.Governing = v.proposed
		after := rules.Decide(ctx, policies.NewBrief(q, rules))
		if before.Verdict != after.Verdict {
			found[i] = v.flipOf(doc.Name, before, after)
		}
	})
	for i, f := range found {
		if looked[i] {
			judged++
		}
		if f != nil {
			flips = append(flips, *f)
		}
	}
	slices.SortFunc(flips, func(x, y flip) int { return cmp.Compare(x.app, y.app) })
	return flips, judged
}

func (v *review) flipOf(app string, before, after policies.Decision) *flip {
	f := &flip{app: app, from: before.Verdict, to: after.Verdict, running: after.Running}
	for _, p := range after.Problems {
		if p.Level == catalog.Deny && p.Waiver == nil {
			f.why = p.Message
			break
		}
	}
	if f.why == "" && after.Verdict == policies.NeedsApproval {
		for _, need := range after.Approvals.Required {
			if slices.Contains(after.Approvals.Missing, need.Role) {
				f.why = the(need.Role) + " has to agree, because " + need.Reason + "."
				break
			}
		}
	}
	// The grace of an app that was fine begins with the change, whenever that is.
	if r := after.Running; r != nil && r.Effect == policies.Grace && before.Verdict == policies.Allow {
		f.grace = catalog.Duration(r.Until.Sub(v.now).Seconds())
	}
	return f
}
