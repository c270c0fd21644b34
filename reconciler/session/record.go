package session

import (
	"context"
	"errors"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
)

// maxRaces is how often something begins again because another replica was first.
const maxRaces = 5

// RecordFor is how long recording what has happened may take, also after what it is part
// of was interrupted.
const RecordFor = 30 * time.Second

// Claim is the record by which this replica asks to do an effect on a subject, from the
// moment of the session on. Whether it holds shows when it landed.
func (s *Session) Claim(subject string, effect ledger.Effect, sentence string, trailers ...ledger.Trailer) ledger.Entry {
	return ledger.Entry{
		Kind: ledger.KindClaim, Subject: subject, Body: ledger.NewClaim(effect, s.Holder, s.Now, s.ClaimFor),
		Sentence: sentence, Trailers: trailers,
	}
}

// Note writes records into the session's draft, and goes on from the state they lead to.
// They land with the next push. An error spoils all that is noted.
func (s *Session) Note(ctx context.Context, entries []ledger.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	if s.draft == nil {
		s.draft = s.Ledger.Draft(s.View)
	}
	view, err := s.draft.Write(ctx, s.Now, entries...)
	if err != nil {
		s.spoilt = true
		return err
	}
	s.View = view
	return nil
}

// Push lands what was noted. gitrepo.ErrStale means that another writer was first, and
// that nothing of it landed.
func (s *Session) Push(ctx context.Context) error {
	draft := s.draft
	s.draft = nil
	if draft == nil {
		return nil
	}
	view, err := draft.Push(ctx)
	if err != nil {
		return err
	}
	s.landed(view)
	s.Records += draft.Len()
	s.Pushes++
	return nil
}

// Append notes records and lands them at once.
func (s *Session) Append(ctx context.Context, entries []ledger.Entry) error {
	if err := s.Note(ctx, entries); err != nil {
		return err
	}
	return s.Push(ctx)
}

// Discard gives up what was noted and not pushed.
func (s *Session) Discard() { s.draft, s.spoilt = nil, false }

// Recover goes back to an earlier view of the session where an error spoilt what was
// noted since, and reports whether one did.
func (s *Session) Recover(before *chain.View) bool {
	if !s.spoilt {
		return false
	}
	s.Discard()
	s.View = before
	return true
}

// Keep records what has happened, which is so whatever else goes wrong: it does not end
// with a ctx that is interrupted, and begins again if somebody was faster. What others
// recorded meanwhile is left to the next session.
func (s *Session) Keep(ctx context.Context, entries []ledger.Entry) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), RecordFor)
	defer cancel()
	seen := s.Seen
	for race := 0; ; race++ {
		err := s.Append(ctx, entries)
		if err == nil && race > 0 {
			s.Seen = seen
		}
		if !errors.Is(err, gitrepo.ErrStale) || race == maxRaces {
			return err
		}
		if err := s.Refresh(ctx); err != nil {
			return err
		}
	}
}

// Retried does something that records anew as long as somebody else was first, as a daemon
// beside a command is. stale are other errors that mean that.
func Retried[T any](do func() (T, error), stale ...error) (out T, err error) {
	for race := 0; ; race++ {
		out, err = do()
		again := errors.Is(err, gitrepo.ErrStale)
		for _, s := range stale {
			again = again || errors.Is(err, s)
		}
		if !again || race == maxRaces {
			return out, err
		}
	}
}
