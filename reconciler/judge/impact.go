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
	"github.com/levee-gitops/levee/reconciler/impact"
	"github.com/levee-gitops/levee/reconciler/parallel"
	"github.com/levee-gitops/levee/reconciler/render"
)

// compareFor is how long the apps that run are looked at for one change: a rule that
// anybody may propose must not hold up everything else.
const compareFor = 20 * time.Second

// comparison compares proposed governance with what governs, by what each says of the apps
// that run and makes of them.
type comparison struct {
	governing, proposed *catalog.Snapshot
	rules               *policies.RuleSet // that govern
	environments        Environments      // likewise
	render              *render.Source
	view                *chain.View
	paths               []string // of the apps that are looked at, in the proposed catalog
	now                 time.Time
}

func (j *Judge) compare(proposed *catalog.Snapshot, v *chain.View) *comparison {
	paths, _ := catalog.Affected(j.Governing, proposed)
	return &comparison{j.Governing, proposed, j.Rules, j.Environments(), j.Render, v, paths, j.Now}
}

// runs lists the apps that run, of those looked at, by their files in the proposed catalog.
func (c *comparison) runs() (running []*catalog.Document) {
	for _, p := range c.paths {
		doc := c.proposed.Document(p)
		if doc.App() == nil {
			continue
		}
		state, _ := c.view.App(doc.Name)
		if _, _, ok := c.environments.LastAdmitted(state); ok && c.environments.DocumentOf(c.proposed, state, doc.Name) == doc {
			running = append(running, doc)
		}
	}
	return running
}

// impact lists the apps that run and would be judged otherwise, by name. died says how the
// proposed rules failed when they were asked; empty for most. An error means that it could
// not be told.
func (c *comparison) impact(ctx context.Context, trial *policies.Trial) (all comment.Impact, died string, err error) {
	ctx, cancel := context.WithTimeout(ctx, compareFor)
	defer cancel()
	rules := trial.Rules()
	type compared struct {
		app    string
		before policies.Decision
		brief  policies.Brief
	}
	running := make([]*compared, len(c.paths))
	parallel.Each(len(c.paths), func(i int) {
		doc := c.proposed.Document(c.paths[i])
		if doc.App() == nil || ctx.Err() != nil {
			return
		}
		state, _ := c.view.App(doc.Name)
		_, admitted, ok := c.environments.LastAdmitted(state)
		if !ok || admitted.Digest != doc.Digest() {
			return
		}
		q := policies.Question{
			Governing: c.governing, Proposed: c.proposed, Path: doc.Path, Admitted: doc.App(), Now: c.now,
			Home: c.environments.DocumentOf(c.proposed, state, doc.Name) == doc,
			Facts: policies.Facts{
				Admission: AdmissionFacts(state, admitted.Admission, admitted.At), Since: state.Since,
			},
		}
		before := c.rules.Decide(ctx, policies.NewBrief(q, c.rules))
		q.Governing = c.proposed
		running[i] = &compared{doc.Name, before, policies.NewBrief(q, rules)}
	})
	running = slices.DeleteFunc(running, func(one *compared) bool { return one == nil })
	briefs := make([]policies.Brief, len(running))
	for i, one := range running {
		briefs[i] = one.brief
	}
	unjudged := ""
	died, err = trial.Judge(ctx, briefs, func(i int, after policies.Decision) {
		all.Judged++
		if after.Verdict == policies.Error && running[i].before.Verdict != policies.Error {
			unjudged = fmt.Sprintf("left `%s` without a verdict (%s)", running[i].app, strings.ReplaceAll(after.Reason, "`", "'"))
		}
		if flip := impact.Between(&running[i].before, &after, c.now); flip.Verdict() {
			all.Flips = append(all.Flips, flip)
		}
	})
	all.Left, died = len(running)-all.Judged, cmp.Or(died, unjudged)
	slices.SortFunc(all.Flips, func(x, y impact.Flip) int { return cmp.Compare(x.App, y.App) })
	return all, died, err
}
