package contain

import (
	"context"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/work"
)

// Align makes marks and ledger agree, the stricter winning: an app that the ledger holds back is
// marked, a mark the ledger does not know is recorded, and a mark from before the last release
// goes. Where the mark of a containment stands and the app still runs, who marked it did not live
// to cut it: it is contained once more. It returns what is to be recorded.
func (c *Container) Align(ctx context.Context, lane string, env settings.Environment, t target.Target, state ledger.App, observed target.Observed) (entries []ledger.Entry) {
	for _, how := range []hold{containment, throttle} {
		if !how.can(t) {
			continue
		}
		if entry, unknown := c.align(ctx, lane, env, t, how, state, observed); unknown {
			entries = append(entries, entry)
		}
	}
	return entries
}

func (c *Container) align(ctx context.Context, lane string, env settings.Environment, t target.Target, how hold, state ledger.App, observed target.Observed) (ledger.Entry, bool) {
	name, mark, recorded := state.Name, how.markOf(observed), how.recorded(state)
	stands := mark != nil && (recorded != nil || mark.At.After(how.ended(state)))
	begin := func(do func(ctx context.Context) error) {
		c.Work.Jobs.Start(ctx, work.Job[work.Outcome]{
			Lane: lane, Key: "mark " + string(env.Name) + "/" + name + " as " + how.done,
			Do: func(ctx context.Context, _ time.Time) work.Outcome {
				err := do(ctx)
				return func(now time.Time) []ledger.Entry {
					if err != nil {
						c.Log.Error("a target's mark could not be brought into line", "app", name, "environment", env.Name, "error", err)
					} else if !stands && mark != nil {
						c.Work.Agenda.TryAgain(name, now)
					}
					return nil
				}
			},
		})
	}
	put := func(mark target.Mark) {
		begin(func(ctx context.Context) error {
			_, err := how.mark(ctx, t, string(env.Name), name, mark)
			return err
		})
	}
	switch {
	case mark == nil && recorded != nil:
		put(*recorded)
	case stands && observed.Drift != "" && observed.Mark == mark: // what is throttled is corrected as all that runs
		put(*mark)
	case mark != nil && !stands:
		begin(func(ctx context.Context) error {
			_, err := how.unmark(ctx, t, string(env.Name), name)
			return err
		})
	}
	if stands && recorded == nil {
		return how.entry(name, *mark, []string{string(env.Name)}), true
	}
	return ledger.Entry{}, false
}
