package contain

import (
	"context"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/work"
)

// Align makes mark and ledger agree, the stricter winning: an app the ledger
// contains is marked, a mark the ledger does not know is recorded, and a mark
// from before the last release goes. Where a mark stands and the app still runs, who
// marked it did not live to cut it: it is contained once more.
func (c *Container) Align(ctx context.Context, lane string, env catalog.Environment, t target.Target, state ledger.App, observed target.Observed) (ledger.Entry, bool) {
	name, mark := state.Name, observed.Mark
	stands := mark != nil && (state.Quarantine != nil || mark.At.After(state.Released))
	align := func(do func(ctx context.Context) error) {
		c.Work.Jobs.Start(ctx, work.Job[work.Outcome]{
			Lane: lane, Key: "mark " + string(env.Name) + "/" + name,
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
	quarantine := func(mark target.Mark) {
		align(func(ctx context.Context) error {
			_, err := t.Quarantine(ctx, string(env.Name), name, mark)
			return err
		})
	}
	switch {
	case mark == nil && state.Quarantine != nil:
		quarantine(target.Mark{Reason: state.Quarantine.Reason, By: state.Quarantine.By, At: state.Quarantine.At, Drill: state.Quarantine.Drill})
	case stands && observed.Drift != "":
		quarantine(*mark)
	case mark != nil && !stands:
		align(func(ctx context.Context) error {
			_, err := t.Release(ctx, string(env.Name), name)
			return err
		})
	}
	if stands && state.Quarantine == nil {
		return quarantineEntry(name, *mark, []string{string(env.Name)}), true
	}
	return ledger.Entry{}, false
}
