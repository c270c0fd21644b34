package reconciler

import (
	"context"
	"errors"
	"fmt"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// past is what governed earlier, as far as anybody asked. After a change of governance
// every app asks, so the ledger is walked once for all of them and each governance read
// once.
type past struct {
	line []catalog.Commit             // the commits of the ledger, by record; as long as it was at the last question
	by   map[string]*catalog.Snapshot // by the tree of the governance
}

// keepPast is how many earlier governances are remembered.
const keepPast = 16

// governedBy is the governance that was admitted when a record was written.
func (p *pass) governedBy(ctx context.Context, seq int64) (*catalog.Snapshot, error) {
	commit, err := p.recordedIn(ctx, seq)
	if err != nil {
		return nil, err
	}
	files, err := p.r.Repo.Files(ctx, commit)
	if err != nil {
		return nil, err
	}
	at := ledger.AdmittedPath("", catalog.Governance)
	folder, _, err := files.Entry(ctx, at)
	if err != nil {
		return nil, err
	}
	if s := p.r.past.by[folder.ID]; s != nil {
		return s, nil
	}
	s, err := catalog.Load(ctx, ledger.Below(files, at), "", catalog.Empty())
	if err != nil {
		return nil, err
	}
	if p.r.past.by == nil || len(p.r.past.by) == keepPast {
		p.r.past.by = map[string]*catalog.Snapshot{}
	}
	p.r.past.by[folder.ID] = s
	return s, nil
}

// recordedIn is the commit of a record that landed. Only what the ledger has gained since
// the last question is walked.
func (p *pass) recordedIn(ctx context.Context, seq int64) (catalog.Commit, error) {
	line := &p.r.past.line
	var last catalog.Commit
	if n := len(*line); n > 0 {
		last = (*line)[n-1]
	}
	if last != p.landed {
		more, err := p.r.Repo.FirstParents(ctx, last, p.landed)
		if last != "" && (errors.Is(err, gitrepo.ErrUnrelated) || errors.Is(err, gitrepo.ErrNotFound)) { // another ledger, which was adopted
			*line = nil
			more, err = p.r.Repo.FirstParents(ctx, "", p.landed)
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
