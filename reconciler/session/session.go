package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
)

// Session is one look, from one fetch on, and the records noted upon it.
type Session struct {
	*Source
	Now  time.Time
	View *chain.View    // with what is noted
	Tip  catalog.Commit // of the catalog's branch
	// Landed is the ledger's tip without what is noted only.
	Landed catalog.Commit
	// Seen is the newest view of which everything was looked at: what others record later
	// is for the next session.
	Seen *chain.View

	Frozen      string // why nothing new may follow; empty if it may
	Unreachable error  // why the repository could not be asked, where that froze it

	Records, Pushes int // that landed

	draft  *chain.Draft // records noted and not pushed yet
	spoilt bool         // the draft, by an error: it is of no more use
}

// New begins a session at a moment. It has looked at nothing yet.
func (s *Source) New(now time.Time) *Session { return &Session{Source: s, Now: now} }

// Look fetches and reads the ledger. A ledger or a branch that was rewritten freezes what
// is new, as does a ledger that does not contain a tip that witnesses saw. An error means
// that it could not be told; where the repository cannot be reached, that is said by
// Frozen and Unreachable, and what was known last is in View.
func (s *Session) Look(ctx context.Context) error {
	s.Frozen, s.Unreachable = "", nil
	_, unreachable := s.Repo.Fetch(ctx)
	witnesses := s.witnesses()
	view, err := s.Ledger.Refresh(ctx, witnesses...)
	if err != nil {
		return errors.Join(unreachable, err)
	}
	s.landed(view)
	if unreachable != nil {
		s.Unreachable = unreachable
		s.Frozen = "the repository cannot be reached: " + unreachable.Error()
		return nil
	}
	if view.Frozen != nil {
		s.Frozen = "the ledger is not to be trusted: " + view.Frozen.Error()
		return nil
	}
	s.contained(witnesses)
	id, err := s.Repo.Tip(gitrepo.Branch(s.Branch))
	if errors.Is(err, gitrepo.ErrNotFound) {
		s.Frozen = fmt.Sprintf("the branch %s is gone", s.Branch)
		return nil
	}
	if err != nil {
		return err
	}
	s.Tip = catalog.Commit(id)
	finding, err := s.Ledger.Main(ctx, view, s.Tip)
	if err == nil && finding != nil {
		s.Frozen = finding.Error()
	}
	return err
}

// LookLocally reads the ledger without asking the remote: what was accepted last.
func (s *Session) LookLocally(ctx context.Context) error {
	view, err := s.Ledger.Refresh(ctx)
	if err == nil {
		s.landed(view)
	}
	return err
}

// Refresh reads the newest ledger, which must be trusted. What was noted is given up.
func (s *Session) Refresh(ctx context.Context) error {
	if _, err := s.Repo.Fetch(ctx); err != nil {
		return err
	}
	view, err := s.Ledger.Refresh(ctx)
	if err == nil && view.Frozen != nil {
		err = view.Frozen
	}
	if err != nil {
		return err
	}
	s.draft, s.View, s.Landed = nil, view, view.Tip
	return nil
}

func (s *Session) landed(view *chain.View) {
	s.View, s.Landed, s.Seen = view, view.Tip, view
	s.Source.seen.Store(view)
}

// Recall takes the view that a session of this process had last, without asking anybody or waiting
// for whoever writes. ok is false where none has looked yet.
func (s *Session) Recall() (ok bool) {
	view := s.Source.seen.Load()
	if view == nil {
		return false
	}
	s.View, s.Landed, s.Seen = view, view.Tip, view
	return true
}
