package reconciler

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
)

// impact is what a change of governance would do to the apps that run.
type impact struct {
	key    string
	flips  []flip // the apps judged otherwise by it
	judged int    // among how many
	left   int    // that could not be looked at in time
	died   string // how the rules failed when they were asked; empty for most
}

// compareFor is how long the apps that run are looked at for one change: a rule that
// anybody may propose must not hold up everything else.
const compareFor = 20 * time.Second

// keepImpacts is how many are remembered: those of changes that are open together.
const keepImpacts = 8

// impact lists the apps that run and that the change would have judged otherwise, by
// name. What does not depend on what the change touches is not looked at. It is worked
// out again only when the change, what governs or what runs has moved on.
func (v *review) impact(ctx context.Context, s subject) impact {
	key := strings.Join([]string{
		string(v.bench.rules.Digest()), string(v.bench.governing.GovernanceDigest()), string(v.proposed.GovernanceDigest()), string(v.tip),
		string(catalog.DateOf(v.now, v.bench.rules.Settings().Location())), v.view.Root().Governing.Digest.Short(),
	}, " ")
	for _, known := range v.r.impacts {
		if known.key == key {
			return known
		}
	}
	if s.decision.Verdict != policies.Allow && s.decision.Verdict != policies.NeedsApproval {
		return impact{} // it is not to be admitted as it is, which the decision says
	}
	trial, err := v.r.Engine.Try(ctx, v.proposed)
	if err != nil || trial.Rules() == nil {
		return impact{}
	}
	defer trial.Close()
	found, err := v.compare(ctx, trial)
	if err != nil {
		v.r.Log.Error("what follows from a change could not be told", "change", v.change.ID, "error", err)
		return impact{}
	}
	found.key = key
	v.r.impacts = append(v.r.impacts[max(0, len(v.r.impacts)-keepImpacts+1):], found)
	return found
}

// compare judges what runs by what governs and by what is proposed.
func (v *review) compare(ctx context.Context, trial *policies.Trial) (all impact, err error) {
	ctx, cancel := context.WithTimeout(ctx, compareFor)
	defer cancel()
	paths, _ := catalog.Affected(v.bench.governing, v.proposed)
	rules := trial.Rules()
	type compared struct {
		app    string
		before policies.Decision
		brief  policies.Brief
	}
	running := make([]*compared, len(paths))
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
		q := policies.Question{
			Governing: v.bench.governing, Proposed: v.proposed, Path: doc.Path, Admitted: doc.App(), Now: v.now,
			Home: v.bench.documentOf(v.proposed, state, doc.Name) == doc,
			Facts: policies.Facts{
				Admission: admissionFacts(admitted.Admission, admitted.At), Since: state.Since,
			},
		}
		before := v.bench.rules.Decide(ctx, policies.NewBrief(q, v.bench.rules))
		q.Governing = v.proposed
		running[i] = &compared{doc.Name, before, policies.NewBrief(q, rules)}
	})
	running = slices.DeleteFunc(running, func(c *compared) bool { return c == nil })
	briefs := make([]policies.Brief, len(running))
	for i, c := range running {
		briefs[i] = c.brief
	}
	unjudged := ""
	all.died, err = trial.Judge(ctx, briefs, func(i int, after policies.Decision) {
		all.judged++
		if after.Verdict == policies.Error && running[i].before.Verdict != policies.Error {
			unjudged = fmt.Sprintf("left %s without a verdict (%s)", span(running[i].app), strings.ReplaceAll(after.Reason, "`", "'"))
		}
		if before := running[i].before; before.Verdict != after.Verdict {
			all.flips = append(all.flips, *v.flipOf(running[i].app, before, after))
		}
	})
	all.left, all.died = len(running)-all.judged, cmp.Or(all.died, unjudged)
	slices.SortFunc(all.flips, func(x, y flip) int { return cmp.Compare(x.app, y.app) })
	return all, err
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
