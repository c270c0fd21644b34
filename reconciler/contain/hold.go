package contain

import (
	"context"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/target"
)

// A hold is a way in which an app is held back: a mark in its targets' inventories, and what
// follows from it there.
type hold struct {
	verb, done string // "contain", "contained"
	can        func(target.Target) bool
	mark       func(ctx context.Context, t target.Target, environment, app string, mark target.Mark) (target.Receipt, error)
	unmark     func(ctx context.Context, t target.Target, environment, app string) (target.Receipt, error)
	markOf     func(target.Observed) *target.Mark
	recorded   func(ledger.App) *target.Mark // as it was recorded; nil where it was not
	ended      func(ledger.App) time.Time    // an older mark means nothing any more
	entry      func(app string, mark target.Mark, environments []string) ledger.Entry
}

// containment stops an app; every target can.
var containment = hold{
	verb: "contain", done: "contained",
	can: func(target.Target) bool { return true },
	mark: func(ctx context.Context, t target.Target, environment, app string, mark target.Mark) (target.Receipt, error) {
		return t.Quarantine(ctx, environment, app, mark)
	},
	unmark: func(ctx context.Context, t target.Target, environment, app string) (target.Receipt, error) {
		return t.Release(ctx, environment, app)
	},
	markOf: func(o target.Observed) *target.Mark { return o.Mark },
	recorded: func(state ledger.App) *target.Mark {
		q := state.Quarantine
		if q == nil {
			return nil
		}
		return &target.Mark{Reason: q.Reason, By: q.By, At: q.At, Drill: q.Drill}
	},
	ended: func(state ledger.App) time.Time { return state.Released },
	entry: quarantineEntry,
}

// throttle has an app run on with less, where its target can.
var throttle = hold{
	verb: "throttle", done: "throttled",
	can: func(t target.Target) bool {
		_, ok := t.(target.Throttler)
		return ok
	},
	mark: func(ctx context.Context, t target.Target, environment, app string, mark target.Mark) (target.Receipt, error) {
		return t.(target.Throttler).Throttle(ctx, environment, app, mark)
	},
	unmark: func(ctx context.Context, t target.Target, environment, app string) (target.Receipt, error) {
		return t.(target.Throttler).Unthrottle(ctx, environment, app)
	},
	markOf: func(o target.Observed) *target.Mark { return o.Throttle },
	recorded: func(state ledger.App) *target.Mark {
		t := state.Throttle
		if t == nil {
			return nil
		}
		return &target.Mark{Reason: t.Reason, By: t.By, At: t.At}
	},
	ended: func(state ledger.App) time.Time { return state.Unthrottled },
	entry: func(app string, mark target.Mark, environments []string) ledger.Entry {
		return incidentEntry(app, ledger.Incident{What: ledger.IncidentThrottle, Message: mark.Reason, By: mark.By, Marks: environments})
	},
}

// places are the environments whose targets can hold an app so. cannot are those that the app runs
// in and whose targets cannot; others that cannot are left out.
func (h hold) places(c *Container, environments []settings.Environment, state ledger.App) (list []settings.Environment, cannot []string) {
	for _, env := range environments {
		t, err := c.Targets.Of(env)
		if err != nil || h.can(t) { // what is missing of the configuration is said when it is marked
			list = append(list, env)
			continue
		}
		if _, runs := state.Admitted[string(env.Name)]; runs || len(state.Admitted) == 0 {
			cannot = append(cannot, string(env.Name))
		}
	}
	return list, cannot
}

// Throttle has an app run on with less at once, in every environment, as when it costs too much.
// As with a containment each target first writes a mark into its own inventory, and it is recorded
// then. Where a target cannot, nothing is done and the error says so.
func (c *Container) Throttle(ctx context.Context, app, reason, by string) (Contained, error) {
	return c.hold(ctx, app, throttle, ledger.Incident{What: ledger.IncidentThrottle, Message: reason, By: by})
}
