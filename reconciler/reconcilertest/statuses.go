package reconcilertest

import (
	"context"
	"maps"
	"sync"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// Statuses are what a world's forge shows at commits of the catalog's branch.
type Statuses struct {
	t      testing.TB
	mu     sync.Mutex
	shown  map[catalog.Commit]forge.CommitStatus
	writes int
	away   error
}

// ShowStatuses gives the world's forge the ability to show statuses, which Git alone has not.
func (w *World) ShowStatuses() *Statuses {
	w.statuses = &Statuses{t: w.T, shown: map[catalog.Commit]forge.CommitStatus{}}
	return w.statuses
}

// Want compares what is shown at a commit.
func (s *Statuses) Want(commit catalog.Commit, state forge.State, title string) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if got := s.shown[commit]; got.State != state || got.Title != title {
		s.t.Errorf("%s is shown as %q: %s\nand not as %q: %s", commit.Short(), got.State, got.Title, state, title)
	}
}

// Writes is how often something else was shown.
func (s *Statuses) Writes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writes
}

// Fail has showing end with an error; nil for no more.
func (s *Statuses) Fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = err
}

// showing is a forge that shows statuses.
type showing struct {
	forge.Forge
	statuses *Statuses
}

func (f showing) Can() map[forge.Ability]bool {
	can := maps.Clone(f.Forge.Can())
	can[forge.Status] = true
	return can
}

func (f showing) Do(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	if a.Status == nil {
		return f.Forge.Do(ctx, a)
	}
	s := f.statuses
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away != nil || s.shown[a.Head] == *a.Status {
		return forge.Receipt{}, s.away
	}
	s.shown[a.Head] = *a.Status
	s.writes++
	return forge.Receipt{Done: true}, nil
}
