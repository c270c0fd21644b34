package reconciler

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/session"
)

// Targets remember which tip of the ledger they were given last where this process does
// not, as after its disk was lost: a ledger that does not contain it was reset, and is
// frozen until it does, or until the root key gives that tip up.

// askFor is how long a target may take to say what it was given last, before the first
// pass goes on without its word.
const askFor = 10 * time.Second

// askWitnesses asks the targets before the first pass. Later they say it whenever they are
// looked at.
func (r *Reconciler) askWitnesses(ctx context.Context) {
	r.cache.Lock()
	asked := r.asked
	r.cache.Unlock()
	if asked {
		return
	}
	s := r.source.New(r.Now())
	if s.Look(ctx) != nil || s.Unreachable != nil || s.View.Root().Governing.Commit == "" {
		return // the pass says why
	}
	told, err := r.pollWitnesses(ctx, s)
	if err != nil {
		return // whoever judges by it says so; nothing was applied by it either
	}
	r.cache.Lock()
	defer r.cache.Unlock()
	r.asked = true
	maps.Copy(r.told, told)
}

// heard notes what a target says that it was given last.
func (r *Reconciler) heard(env catalog.Name, tip catalog.Commit) {
	r.cache.Lock()
	defer r.cache.Unlock()
	if tip != "" {
		r.told[env] = tip
	}
}

// checkWitnesses holds the ledger against what targets said that it did not yet hold
// against.
func (p *pass) checkWitnesses(ctx context.Context) error {
	r := p.r
	r.cache.Lock()
	told := maps.Clone(r.told)
	r.cache.Unlock()
	var tips []catalog.Commit
	for env, tip := range told {
		if tip != r.testified[env] {
			tips = append(tips, tip)
		}
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
		r.setWitnesses(tips)
		return p.Look(ctx, tips...)
	}
	maps.Copy(r.testified, told)
	return nil
}

// witnessed are the tips of the ledger that targets were given and the ledger did not
// contain when they were asked.
func (r *Reconciler) witnessed() []catalog.Commit {
	r.cache.Lock()
	defer r.cache.Unlock()
	return r.witnesses
}

func (r *Reconciler) setWitnesses(tips []catalog.Commit) {
	r.cache.Lock()
	defer r.cache.Unlock()
	r.witnesses = tips
}

// pollWitnesses asks the target of each environment, side by side, which tip of the
// ledger it was given last. One that was given none, or does not answer in time, is left
// out.
func (r *Reconciler) pollWitnesses(ctx context.Context, s *session.Session) (map[catalog.Name]catalog.Commit, error) {
	settings, err := s.Settings(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	one := s.View.Apps() // the witness is the environment's, whichever app is asked for
	one = one[:min(1, len(one))]
	told := map[catalog.Name]catalog.Commit{}
	var mu sync.Mutex
	var side sync.WaitGroup
	for _, env := range settings.Environments {
		t, ok := r.Targets[string(env.Target)]
		if !ok {
			continue
		}
		side.Go(func() {
			observed, err := t.Observe(ctx, string(env.Name), one...)
			if err != nil {
				r.Log.Warn("a target could not be asked what it was given last", "environment", env.Name, "error", err)
				return
			}
			if tip := observed.Witness.Ledger; tip != "" {
				mu.Lock()
				defer mu.Unlock()
				told[env.Name] = tip
			}
		})
	}
	side.Wait()
	return told, nil
}

// Witnesses are who remembers a tip of the ledger besides the repository: this machine
// and the targets that can be reached, by environment. An audit holds the ledger
// against them; where the governing environments cannot be read, only this machine is
// left.
func (r *Reconciler) Witnesses(ctx context.Context) []ledger.Witness {
	var list []ledger.Witness
	if tip := r.Ledger.Remembered(); tip != "" {
		list = append(list, ledger.Witness{Where: "this machine", Tip: tip})
	}
	s := r.source.New(r.Now())
	if err := s.LookLocally(ctx); err != nil {
		return list
	}
	told, err := r.pollWitnesses(ctx, s)
	if err != nil {
		r.Log.Warn("the targets could not be asked what they were given last", "error", err)
	}
	for _, env := range slices.Sorted(maps.Keys(told)) {
		list = append(list, ledger.Witness{Where: "the target of " + string(env), Tip: told[env]})
	}
	return list
}
