package session

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
)

// submission is what one worker has worked out from a view and wants recorded.
type submission struct {
	base    *chain.View
	now     time.Time
	about   []string // subjects from whose state it follows
	change  string   // of theirs, with which it does; empty for none
	entries []ledger.Entry
	done    chan recorded
}

type recorded struct {
	view *chain.View
	err  error
}

func (x *submission) answer(view *chain.View, err error) { x.done <- recorded{view, err} }

// committer writes what many workers submit with as few pushes as possible: while one
// push is under way the next gather. Its zero value is ready.
type committer struct {
	mu      sync.Mutex
	waiting []*submission
	leading bool // somebody is writing
}

// Record lands records that a session worked out while others wrote to the ledger, and
// goes on from where they landed. It is what workers use that do not hold Writing. about
// are the subjects from whose state the records follow, with one open change of theirs: if
// that, or what governs, has moved on since the session looked, that is gitrepo.ErrStale,
// and all begins again.
// Without about they are facts, which hold whatever was recorded meanwhile. It waits until
// they landed or ctx ends; then they may have landed.
func (s *Session) Record(ctx context.Context, about []string, change string, entries []ledger.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	x := &submission{base: s.View, now: s.Now, about: about, change: change, entries: entries, done: make(chan recorded, 1)}
	s.committer.mu.Lock()
	s.committer.waiting = append(s.committer.waiting, x)
	lead := !s.committer.leading
	s.committer.leading = true
	s.committer.mu.Unlock()
	if lead {
		go s.commitAll()
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("wait until it is recorded: %w", ctx.Err())
	case r := <-x.done:
		if r.err != nil {
			return r.err
		}
		s.landed(r.view)
		s.Records += len(entries)
		s.Pushes++
		return nil
	}
}

// commitAll writes until nobody waits.
func (s *Source) commitAll() {
	for {
		s.Writing.Lock()
		s.committer.mu.Lock()
		batch := s.committer.waiting
		s.committer.waiting = nil
		s.committer.leading = len(batch) > 0
		s.committer.mu.Unlock()
		if len(batch) > 0 {
			s.commit(batch)
		}
		s.Writing.Unlock()
		if len(batch) == 0 {
			return
		}
	}
}

// commit writes a batch with one push, again if another replica was first.
func (s *Source) commit(batch []*submission) {
	ctx, cancel := context.WithTimeout(context.Background(), RecordFor)
	defer cancel()
	for race := 0; len(batch) > 0; race++ {
		view, err := s.Ledger.Refresh(ctx)
		if err == nil && view.Frozen != nil {
			err = fmt.Errorf("%w: %w", chain.ErrFrozen, view.Frozen)
		}
		var draft *chain.Draft
		if err == nil {
			if draft, batch = s.draft(ctx, view, batch); len(batch) == 0 {
				return
			}
			view, err = draft.Push(ctx)
		}
		if errors.Is(err, gitrepo.ErrStale) && race < maxRaces {
			if _, err = s.Repo.Fetch(ctx); err == nil {
				continue
			}
		}
		for _, x := range batch {
			x.answer(view, err)
		}
		return
	}
}

// draft writes what of a batch still holds upon a view. What does not, or cannot be
// written, is answered, and the rest written without it.
func (s *Source) draft(ctx context.Context, view *chain.View, batch []*submission) (*chain.Draft, []*submission) {
again:
	for {
		draft, taken := s.Ledger.Draft(view), map[string]bool{}
		var in []*submission
		for i, x := range batch {
			if !x.holds(view, taken) {
				x.answer(nil, gitrepo.ErrStale)
				continue
			}
			if _, err := draft.Write(ctx, x.now, x.entries...); err != nil {
				x.answer(nil, err)
				batch = append(in, batch[i+1:]...) // an error spoils the draft
				continue again
			}
			for _, subject := range x.about {
				taken[subject+" "+x.change] = true
			}
			in = append(in, x)
		}
		return draft, in
	}
}

// holds reports whether what a submission follows from is as it was: in a view, and among
// what is written with it.
func (x *submission) holds(view *chain.View, taken map[string]bool) bool {
	if len(x.about) == 0 {
		return true
	}
	now, then := view.Root(), x.base.Root()
	if now.Main != then.Main || now.Governing != then.Governing {
		return false
	}
	for _, subject := range x.about {
		if taken[subject+" "+x.change] || !view.Same(x.base, subject, x.change) {
			return false
		}
	}
	return true
}
