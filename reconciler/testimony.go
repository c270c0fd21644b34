package reconciler

import (
	"context"

	"github.com/levee-gitops/levee/catalog"
)

// hear asks the targets which tip of the ledger they were given last, at the start and
// at the cadence of drift. They remember it where this process does not, as after its
// disk was lost: a ledger that does not contain it was reset, and is frozen until it
// does, or until the root key gives that tip up.
func (p *pass) hear(ctx context.Context) error {
	r := p.r
	if p.now.Before(r.heard.Add(r.DriftEvery)) || p.view.Root().Governing.Commit == "" {
		return nil
	}
	environments, err := p.environments(ctx)
	if err != nil {
		return nil // whoever judges by it says so; nothing was applied by it either
	}
	r.heard = p.now
	one := p.view.Apps() // the witness is the environment's, whichever app is asked for
	one = one[:min(1, len(one))]
	heard := map[catalog.Name]catalog.Commit{}
	for _, env := range environments {
		t, ok := r.Targets[string(env.Target)]
		if !ok {
			continue
		}
		observed, err := t.Observe(ctx, string(env.Name), one...)
		if err != nil {
			r.Log.Warn("a target could not be asked what it was given last", "environment", env.Name, "error", err)
			continue
		}
		if tip := observed.Witness.Ledger; tip != "" && tip != r.testified[env.Name] {
			heard[env.Name] = tip
		}
	}
	var tips []catalog.Commit
	for _, tip := range heard {
		tips = append(tips, tip)
	}
	if len(tips) == 0 {
		return nil
	}
	view, err := r.Ledger.Refresh(ctx, tips...)
	if err != nil {
		return err
	}
	if view.Frozen != nil {
		// Another replica may have recorded and applied something since the fetch. If it
		// is not that, every look finds the ledger frozen from now on.
		r.witnesses = tips
		return p.look(ctx)
	}
	for env, tip := range heard {
		r.testified[env] = tip
	}
	return nil
}
