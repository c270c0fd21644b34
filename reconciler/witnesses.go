package reconciler

import (
	"context"
	"maps"
	"slices"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// hear asks the targets which tip of the ledger they were given last, at the start and
// at the cadence of drift. They remember it where this process does not, as after its
// disk was lost: a ledger that does not contain it was reset, and is frozen until it
// does, or until the root key gives that tip up.
func (p *pass) hear(ctx context.Context) error {
	r := p.r
	if p.Now.Before(r.heard.Add(r.DriftEvery)) || p.View.Root().Governing.Commit == "" {
		return nil
	}
	told, err := p.testimonies(ctx)
	if err != nil {
		return nil // whoever judges by it says so; nothing was applied by it either
	}
	r.heard = p.Now
	heard := map[catalog.Name]catalog.Commit{}
	for env, tip := range told {
		if tip != r.testified[env] {
			heard[env] = tip
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

// testimonies asks the target of each environment which tip of the ledger it was given
// last. One that was given none, or cannot be asked, is left out.
func (p *pass) testimonies(ctx context.Context) (map[catalog.Name]catalog.Commit, error) {
	settings, err := p.Settings(ctx)
	if err != nil {
		return nil, err
	}
	one := p.View.Apps() // the witness is the environment's, whichever app is asked for
	one = one[:min(1, len(one))]
	told := map[catalog.Name]catalog.Commit{}
	for _, env := range settings.Environments {
		t, ok := p.r.Targets[string(env.Target)]
		if !ok {
			continue
		}
		observed, err := t.Observe(ctx, string(env.Name), one...)
		if err != nil {
			p.r.Log.Warn("a target could not be asked what it was given last", "environment", env.Name, "error", err)
			continue
		}
		if tip := observed.Witness.Ledger; tip != "" {
			told[env.Name] = tip
		}
	}
	return told, nil
}

// Witnesses are who remembers a tip of the ledger besides the repository: this machine
// and the targets that can be reached, by environment. An audit holds the ledger
// against them; where the governing environments cannot be read, only this machine is
// left.
func (r *Reconciler) Witnesses(ctx context.Context) []ledger.Witness {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []ledger.Witness
	if tip := r.Ledger.Remembered(); tip != "" {
		list = append(list, ledger.Witness{Where: "this machine", Tip: tip})
	}
	p := r.newPass(r.Now())
	if err := p.LookLocally(ctx); err != nil {
		return list
	}
	told, err := p.testimonies(ctx)
	if err != nil {
		r.Log.Warn("the targets could not be asked what they were given last", "error", err)
	}
	for _, env := range slices.Sorted(maps.Keys(told)) {
		list = append(list, ledger.Witness{Where: "the target of " + string(env), Tip: told[env]})
	}
	return list
}
