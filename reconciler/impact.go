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
	"github.com/levee-gitops/levee/reconciler/comment"
)

// impact is what a change of governance would do to the apps that run, as it is
// remembered.
type impact struct {
	comment.Impact
	key  string
	died string // how the rules failed when they were asked; empty for most
}

// compareFor is how long the apps that run are looked at for one change: a rule that
// anybody may propose must not hold up everything else.
const compareFor = 20 * time.Second

// keepImpacts is how many are remembered: those of changes that are open together.
const keepImpacts = 8

// impact lists the apps that run and that the change would have judged otherwise, by
// name. What does not depend on what the change touches is not looked at. It is worked
// out again only when the change, what governs or what runs has moved on.
//
// An error means that it could not be told.
func (p *pass) impact(ctx context.Context, b *bench, proposed *catalog.Snapshot, d policies.Decision) (impact, error) {
	key := strings.Join([]string{
		string(b.rules.Digest()), string(b.governing.GovernanceDigest()), string(proposed.GovernanceDigest()), string(p.tip),
		string(catalog.DateOf(b.now, b.rules.Settings().Location())), p.view.Root().Governing.Digest.Short(),
	}, " ")
	for _, known := range p.r.impacts {
		if known.key == key {
			return known, nil
		}
	}
	if d.Verdict != policies.Allow && d.Verdict != policies.NeedsApproval {
		return impact{}, nil // it is not to be admitted as it is, which the decision says
	}
	trial, err := p.r.Engine.Try(ctx, proposed)
	if err != nil || trial.Rules() == nil {
		return impact{}, err
	}
	defer trial.Close()
	found, err := p.compare(ctx, b, proposed, trial)
	if err != nil {
		return impact{}, fmt.Errorf("tell what follows from a change of governance: %w", err)
	}
	found.key = key
	p.r.impacts = append(p.r.impacts[max(0, len(p.r.impacts)-keepImpacts+1):], found)
	return found, nil
}

// compare judges what runs by what governs and by what is proposed.
func (p *pass) compare(ctx context.Context, b *bench, proposed *catalog.Snapshot, trial *policies.Trial) (all impact, err error) {
	ctx, cancel := context.WithTimeout(ctx, compareFor)
	defer cancel()
	paths, _ := catalog.Affected(b.governing, proposed)
	rules := trial.Rules()
	type compared struct {
		app    string
		before policies.Decision
		brief  policies.Brief
	}
	running := make([]*compared, len(paths))
	inParallel(len(paths), func(i int) {
		doc := proposed.Document(paths[i])
		if doc.App() == nil || ctx.Err() != nil {
			return
		}
		state, _ := p.view.App(doc.Name)
		_, admitted, ok := b.lastAdmitted(state)
		if !ok || admitted.Digest != doc.Digest() {
			return
		}
		q := policies.Question{
			Governing: b.governing, Proposed: proposed, Path: doc.Path, Admitted: doc.App(), Now: b.now,
			Home: b.documentOf(proposed, state, doc.Name) == doc,
			Facts: policies.Facts{
				Admission: admissionFacts(admitted.Admission, admitted.At), Since: state.Since,
			},
		}
		before := b.rules.Decide(ctx, policies.NewBrief(q, b.rules))
		q.Governing = proposed
		running[i] = &compared{doc.Name, before, policies.NewBrief(q, rules)}
	})
	running = slices.DeleteFunc(running, func(c *compared) bool { return c == nil })
	briefs := make([]policies.Brief, len(running))
	for i, c := range running {
		briefs[i] = c.brief
	}
	unjudged := ""
	all.died, err = trial.Judge(ctx, briefs, func(i int, after policies.Decision) {
		all.Judged++
		if after.Verdict == policies.Error && running[i].before.Verdict != policies.Error {
			unjudged = fmt.Sprintf("left `%s` without a verdict (%s)", running[i].app, strings.ReplaceAll(after.Reason, "`", "'"))
		}
		if before := running[i].before; before.Verdict != after.Verdict {
			all.Flips = append(all.Flips, b.flipOf(running[i].app, before, after))
		}
	})
	all.Left, all.died = len(running)-all.Judged, cmp.Or(all.died, unjudged)
	slices.SortFunc(all.Flips, func(x, y comment.Flip) int { return cmp.Compare(x.App, y.App) })
	return all, err
}

func (b *bench) flipOf(app string, before, after policies.Decision) comment.Flip {
	f := comment.Flip{App: app, From: before.Verdict, To: after.Verdict, Running: after.Running}
	if i := slices.IndexFunc(after.Problems, func(p catalog.Problem) bool { return p.Level == catalog.Deny && p.Waiver == nil }); i >= 0 {
		f.Problem = after.Problems[i].Message
	} else if after.Verdict == policies.NeedsApproval {
		if i := slices.IndexFunc(after.Approvals.Required, func(r policies.Requirement) bool { return slices.Contains(after.Approvals.Missing, r.Role) }); i >= 0 {
			f.Asks = &after.Approvals.Required[i]
		}
	}
	// The grace of an app that was fine begins with the change, whenever that is.
	if r := after.Running; r != nil && r.Effect == policies.Grace && before.Verdict == policies.Allow {
		f.Grace = catalog.Duration(r.Until.Sub(b.now).Seconds())
	}
	return f
}
