package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/session"
)

// state is what one request is answered from: the ledger as a pass saw it last, and the catalog's branch
// as it was accepted last. Both stay as they are, whatever moves meanwhile.
type state struct {
	*session.Session
	main *catalog.Snapshot
}

// look takes the state. It asks neither the repository nor a target.
func (a *API) look(ctx context.Context) (*state, error) {
	s := a.Sessions.New(a.Now())
	if !s.Recall() || !s.Started() { // what a pass reads at first is not read beside it once more
		return nil, problem(http.StatusServiceUnavailable, "The daemon has not read the catalog yet, which it does when it starts. Try again in a moment; if this goes on, /readyz and its log say why.").again(5 * time.Second)
	}
	main := s.View.Root().Main
	if main == "" {
		return nil, problem(http.StatusServiceUnavailable, "The ledger knows no catalog yet. Whoever operates the daemon finds out why with `levee status`.")
	}
	snapshot, err := s.Snapshot(ctx, main)
	if err != nil {
		return nil, fmt.Errorf("read the catalog: %w", err)
	}
	return &state{s, snapshot}, nil
}

// judge sets up judging by what governs.
func (a *API) judge(ctx context.Context, s *state) (*judge.Judge, error) {
	governing, err := s.Governing(ctx)
	if err != nil {
		return nil, fmt.Errorf("read what governs: %w", err)
	}
	return a.Judges.New(ctx, governing, s.main, s.Now)
}

// tag names the state for caches: what is answered from it and from nothing else does not change.
func (s *state) tag() string {
	return fmt.Sprintf(`"%s-%s"`, s.View.Tip, s.main.Commit())
}

// frozen is why the ledger is not trusted; empty where it is.
func (s *state) frozen() string {
	if s.View.Frozen != nil {
		return s.View.Frozen.Error()
	}
	return ""
}

// namesCache keeps the names of one state, by which pages are found.
type namesCache struct {
	mu    sync.Mutex
	tag   string
	names []string
}

// of lists the apps that the ledger or the catalog knows, by name.
func (c *namesCache) of(s *state) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if tag := s.tag(); c.tag != tag {
		names := s.View.Apps()
		for d := range s.main.Documents("apps/") {
			if d.IsApp() {
				names = append(names, d.Name)
			}
		}
		slices.Sort(names)
		c.names, c.tag = slices.Compact(names), tag
	}
	return c.names
}

// after is the part of sorted names that comes after one.
func after(names []string, name string) []string {
	i, found := slices.BinarySearchFunc(names, name, strings.Compare)
	if found {
		i++
	}
	return names[i:]
}
