package session

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
)

// Source is what sessions look at. Its methods are safe for concurrent use.
type Source struct {
	Repo     *gitrepo.Repo
	Ledger   *chain.Ledger
	Branch   string        // the catalog's
	Holder   string        // names this replica in claims
	ClaimFor time.Duration // how long a claim keeps others away

	// Writing is held by whoever works out records from a view and pushes them, from the
	// look on, so that nobody of this process is faster. Nothing slow happens meanwhile.
	// Workers that gather for longer use Session.Record instead.
	Writing sync.Mutex

	committer committer
	seen      atomic.Pointer[chain.View] // the last that a session had

	mu        sync.Mutex
	snapshots map[catalog.Commit]*catalog.Snapshot
	recent    []catalog.Commit // the snapshots kept, oldest first
	past      past
	witnessed []catalog.Commit // tips that targets were given, and the ledger did not contain
}

// Witnessed has every look hold the ledger against tips that somebody saw, until it
// contains them.
func (s *Source) Witnessed(tips []catalog.Commit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.witnessed = tips
}

// contained forgets the tips that the ledger was found to contain.
func (s *Source) contained(tips []catalog.Commit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.witnessed = slices.DeleteFunc(slices.Clone(s.witnessed), func(tip catalog.Commit) bool { return slices.Contains(tips, tip) })
}

func (s *Source) witnesses() []catalog.Commit {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.witnessed
}

// keepSnapshots is how many are remembered: the governing one, the last of the
// catalog's branch, and bases and heads of changes. They share what is equal.
const keepSnapshots = 16

// Snapshot reads the catalog at a commit, from the nearest snapshot there is. An error
// that is gitrepo.ErrNotFound means that the repository has no such commit any more.
func (s *Source) Snapshot(ctx context.Context, commit catalog.Commit) (*catalog.Snapshot, error) {
	if known := s.Known(commit); known != nil {
		return known, nil
	}
	files, err := s.Repo.Files(ctx, commit)
	if err != nil {
		return nil, fmt.Errorf("read the catalog at %s: %w", commit.Short(), err)
	}
	return s.load(ctx, commit, files)
}

// Known is a snapshot that was read lately; nil for any other.
func (s *Source) Known(commit catalog.Commit) *catalog.Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snapshots[commit]
}

// Started reports whether any snapshot was read yet. The first one takes a while; others are read from it.
func (s *Source) Started() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.recent) > 0
}

// load reads the catalog at a commit from files, and remembers it.
func (s *Source) load(ctx context.Context, commit catalog.Commit, files catalog.Files) (*catalog.Snapshot, error) {
	s.mu.Lock()
	prev := catalog.Empty()
	if n := len(s.recent); n > 0 {
		prev = s.snapshots[s.recent[n-1]]
	}
	s.mu.Unlock()
	snapshot, err := catalog.Load(ctx, files, commit, prev)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.snapshots == nil {
		s.snapshots = map[catalog.Commit]*catalog.Snapshot{}
	}
	if s.snapshots[commit] == nil {
		s.recent = append(s.recent, commit)
	}
	s.snapshots[commit] = snapshot
	if len(s.recent) > keepSnapshots {
		delete(s.snapshots, s.recent[0])
		s.recent = slices.Delete(s.recent, 0, 1)
	}
	return snapshot, nil
}
