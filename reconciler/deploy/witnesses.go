package deploy

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/reconciler/session"
	"github.com/levee-gitops/levee/reconciler/target"
)

// Targets remember which tip of the ledger they were given last where this process does
// not, as after its disk was lost: a ledger that does not contain it was reset, and is
// frozen until it does, or until the root key gives that tip up.

// Witnesses are the targets as those who remember the ledger. It is safe for concurrent use.
type Witnesses struct {
	Sessions *session.Source
	Targets  target.Set
	Log      *slog.Logger

	mu       sync.Mutex
	asked    bool                            // all were, what they were given last
	told     map[catalog.Name]catalog.Commit // what they said, by environment
	verified map[catalog.Name]catalog.Commit // of that, what the ledger was found to contain
}

// askFor is how long a target may take to say what it was given last, before the first
// pass goes on without its word.
const askFor = 10 * time.Second

// Ask asks the targets before the first pass. Later they say it whenever they are
// looked at.
func (w *Witnesses) Ask(ctx context.Context, now time.Time) {
	w.mu.Lock()
	asked := w.asked
	w.mu.Unlock()
	if asked {
		return
	}
	s := w.Sessions.New(now)
	if s.Look(ctx) != nil || s.Unreachable != nil || s.View.Root().Governing.Commit == "" {
		return // the pass says why
	}
	told, err := w.poll(ctx, s)
	if err != nil {
		return // whoever judges by it says so; nothing was applied by it either
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = true
	w.told = merged(w.told, told)
}

// heard notes what a target says that it was given last.
func (w *Witnesses) heard(env catalog.Name, tip catalog.Commit) {
	if tip == "" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = merged(w.told, map[catalog.Name]catalog.Commit{env: tip})
}

// merged is a map with what another adds; what was read of it before stays as it is.
func merged(told, more map[catalog.Name]catalog.Commit) map[catalog.Name]catalog.Commit {
	all := make(map[catalog.Name]catalog.Commit, len(told)+len(more))
	maps.Copy(all, told)
	maps.Copy(all, more)
	return all
}

// Check holds the ledger against what targets said that it did not yet hold
// against.
func (w *Witnesses) Check(ctx context.Context, s *session.Session) error {
	w.mu.Lock()
	told, verified := w.told, w.verified
	w.mu.Unlock()
	var tips []catalog.Commit
	for env, tip := range told {
		if tip != verified[env] {
			tips = append(tips, tip)
		}
	}
	if len(tips) == 0 {
		return nil
	}
	view, err := s.Ledger.Refresh(ctx, tips...)
	if err != nil {
		return err
	}
	if view.Frozen != nil {
		// Another replica may have recorded and applied something since the fetch. If it
		// is not that, every look finds the ledger frozen from now on.
		s.Witnessed(tips)
		return s.Look(ctx)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.verified = told
	return nil
}

// poll asks the target of each environment, side by side, which tip of the
// ledger it was given last. One that was given none, or does not answer in time, is left
// out.
func (w *Witnesses) poll(ctx context.Context, s *session.Session) (map[catalog.Name]catalog.Commit, error) {
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
		t, err := w.Targets.Of(env)
		if err != nil {
			continue
		}
		side.Go(func() {
			observed, err := t.Observe(ctx, string(env.Name), one...)
			if err != nil {
				w.Log.Warn("a target could not be asked what it was given last", "environment", env.Name, "error", err)
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

// List is who remembers a tip of the ledger besides the repository: this machine
// and the targets that can be reached, by environment. An audit holds the ledger
// against them; where the governing environments cannot be read, only this machine is
// left.
func (w *Witnesses) List(ctx context.Context, now time.Time) []chain.Witness {
	var list []chain.Witness
	if tip := w.Sessions.Ledger.Remembered(); tip != "" {
		list = append(list, chain.Witness{Where: "this machine", Tip: tip})
	}
	s := w.Sessions.New(now)
	if err := s.LookLocally(ctx); err != nil {
		return list
	}
	told, err := w.poll(ctx, s)
	if err != nil {
		w.Log.Warn("the targets could not be asked what they were given last", "error", err)
	}
	for _, env := range slices.Sorted(maps.Keys(told)) {
		list = append(list, chain.Witness{Where: "the target of " + string(env), Tip: told[env]})
	}
	return list
}
