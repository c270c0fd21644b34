package session

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
)

// past is what governed earlier, as far as anybody asked. After a change of governance
// every app asks, so the ledger is walked once for all of them and each governance read
// once.
type past struct {
	mu   sync.Mutex
	line []catalog.Commit             // the commits of the ledger, by record; as long as it was at the last question
	by   map[string]*catalog.Snapshot // by the tree of the governance
}

// keepPast is how many earlier governances are remembered.
const keepPast = 16

// GovernedBy is the governance that was admitted when a record was written.
func (s *Session) GovernedBy(ctx context.Context, seq int64) (*catalog.Snapshot, error) {
	s.past.mu.Lock()
	defer s.past.mu.Unlock()
	commit, err := s.recordedIn(ctx, seq)
	if err != nil {
		return nil, err
	}
	files, err := s.Repo.Files(ctx, commit)
	if err != nil {
		return nil, err
	}
	at := chain.AdmittedPath("", catalog.Governance)
	folder, _, err := files.Entry(ctx, at)
	if err != nil {
		return nil, err
	}
	if known := s.past.by[folder.ID]; known != nil {
		return known, nil
	}
	snapshot, err := catalog.Load(ctx, chain.Below(files, at), "", catalog.Empty())
	if err != nil {
		return nil, err
	}
	if s.past.by == nil || len(s.past.by) == keepPast {
		s.past.by = map[string]*catalog.Snapshot{}
	}
	s.past.by[folder.ID] = snapshot
	return snapshot, nil
}

// recordedIn is the commit of a record that landed. Only what the ledger has gained since
// the last question is walked.
func (s *Session) recordedIn(ctx context.Context, seq int64) (catalog.Commit, error) {
	line := &s.past.line
	var last catalog.Commit
	if n := len(*line); n > 0 {
		last = (*line)[n-1]
	}
	if last != s.Landed {
		more, err := s.Repo.FirstParents(ctx, last, s.Landed)
		if last != "" && (errors.Is(err, gitrepo.ErrUnrelated) || errors.Is(err, gitrepo.ErrNotFound)) { // another ledger, which was adopted
			*line = nil
			more, err = s.Repo.FirstParents(ctx, "", s.Landed)
		}
		if err != nil {
			return "", err
		}
		*line = append(*line, more...)
	}
	if seq < 1 || seq > int64(len(*line)) {
		return "", fmt.Errorf("%w: the ledger has %d records", gitrepo.ErrNotFound, len(*line))
	}
	return (*line)[seq-1], nil
}
