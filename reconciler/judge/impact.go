package judge

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/comment"
	"github.com/levee-gitops/levee/reconciler/parallel"
)

// compareFor is how long the apps that run are looked at for one change: a rule that
// anybody may propose must not hold up everything else.
const compareFor = 20 * time.Second

// Impact compares what governs with what is proposed, by what each says of the apps that
// run, of those at paths: it lists those judged otherwise, by name. died says how the proposed rules failed when they
// were asked; empty for most. An error means that it could not be told.
func (j *Judge) Impact(ctx context.Context, v *chain.View, proposed *catalog.Snapshot, paths []string, trial *policies.Trial) (all comment.Impact, died string, err error) {
	ctx, cancel := context.WithTimeout(ctx, compareFor)
	defer cancel()
	rules := trial.Rules()
	type compared struct {
		app    string
		before policies.Decision
		brief  policies.Brief
	}
	running := make([]*compared, len(paths))
	parallel.Each(len(paths), func(i int) {
		doc := proposed.Document(paths[i])
		if doc.App() == nil || ctx.Err() != nil {
			return
		}
		state, _ := v.App(doc.Name)
		_, admitted, ok := j.LastAdmitted(state)
		if !ok || admitted.Digest != doc.Digest() {
			return
		}
		q := policies.Question{
			Governing: j.Governing, Proposed: proposed, Path: doc.Path, Admitted: doc.App(), Now: j.Now,
			Home: j.DocumentOf(proposed, state, doc.Name) == doc,
			Facts: policies.Facts{
				Admission: AdmissionFacts(state, admitted.Admission, admitted.At), Since: state.Since,
			},
		}
		before := j.Rules.Decide(ctx, policies.NewBrief(q, j.Rules))
		q.Governing = proposed
		running[i] = &compared{doc.Name, before, policies.NewBrief(q, rules)}
	})
	running = slices.DeleteFunc(running, func(c *compared) bool { return c == nil })
	briefs := make([]policies.Brief, len(running))
	for i, c := range running {
		briefs[i] = c.brief
	}
	unjudged := ""
	died, err = trial.Judge(ctx, briefs, func(i int, after policies.Decision) {
		all.Judged++
		if after.Verdict == policies.Error && running[i].before.Verdict != policies.Error {
			unjudged = fmt.Sprintf("left `%s` without a verdict (%s)", running[i].app, strings.ReplaceAll(after.Reason, "`", "'"))
		}
		if before := running[i].before; before.Verdict != after.Verdict {
			all.Flips = append(all.Flips, j.flipOf(running[i].app, before, after))
		}
	})
	all.Left, died = len(running)-all.Judged, cmp.Or(died, unjudged)
	slices.SortFunc(all.Flips, func(x, y comment.Flip) int { return cmp.Compare(x.App, y.App) })
	return all, died, err
}

func (j *Judge) flipOf(app string, before, after policies.Decision) comment.Flip {
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
		f.Grace = catalog.Duration(r.Until.Sub(j.Now).Seconds())
	}
	return f
}
