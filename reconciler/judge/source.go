package judge

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/secretscan"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/identity"
	"github.com/levee-gitops/levee/reconciler/render"
	"github.com/levee-gitops/levee/reconciler/session"
)

// Source sets up judges for one catalog. Its methods are safe for concurrent use.
type Source struct {
	Engine  *policies.Engine
	Proof   identity.Proof           // what proves who somebody is on the forge
	FileURL func(path string) string // where people edit a file; empty where there is no such place
	Render  *render.Source           // what apps become where they go
	Log     *slog.Logger

	Secrets  *secretscan.Scanner
	Redactor *secretscan.Redactor // knows what was found

	mu      sync.Mutex
	people  identity.Directory // by the roles that governed last
	impacts []keptImpact       // of changes of governance, the latest last
}

// New sets up judging by a governing snapshot. An error means that its rules could not be
// read, or that it is not valid.
func (s *Source) New(ctx context.Context, governing, main *catalog.Snapshot, now time.Time) (*Judge, error) {
	rules, problems, err := s.Engine.Rules(ctx, governing)
	if err != nil {
		return nil, err
	}
	if rules == nil {
		return nil, fmt.Errorf("the governing catalog.yaml at %s is not valid; adopt a governance that is, with `levee ledger adopt`", governing.Commit().Short())
	}
	for _, p := range problems {
		s.Log.Warn("a governing rule is not in force", "file", p.Path, "line", p.Line, "problem", p.Message)
	}
	return &Judge{Governing: governing, Rules: rules, Main: main, Now: now, People: s.directory(governing.Roles()), FileURL: s.FileURL, Render: s.Render, Redactor: s.Redactor}, nil
}

// At sets up judging the catalog at a commit by what governs in a session. Without a
// commit it is the governing catalog itself, for what looks only at what is admitted.
func (s *Source) At(ctx context.Context, from *session.Session, commit catalog.Commit) (*Judge, error) {
	governing, err := from.Governing(ctx)
	if err != nil {
		return nil, err
	}
	main := governing
	if commit != "" {
		if main, err = from.Snapshot(ctx, commit); err != nil {
			return nil, err
		}
	}
	return s.New(ctx, governing, main, from.Now)
}

// directory is who is who by roles, which hardly ever change.
func (s *Source) directory(roles *catalog.RolesSpec) identity.Directory {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.people == (identity.Directory{}) || s.people.Roles() != roles {
		s.people = identity.NewDirectory(roles, s.Proof)
	}
	return s.people
}
