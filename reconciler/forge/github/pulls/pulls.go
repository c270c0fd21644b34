package pulls

import (
	"context"
	"fmt"
	"sync"

	"github.com/google/go-github/v60/github"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github/api"
)

// Pulls are the pull requests of a repository: the open ones as they were listed last, and
// those that were read last, for the actions that follow and for the next look.
type Pulls struct {
	*api.Repository
	read *lru.Cache[string, *github.PullRequest] // the open ones, as Change read them last

	mu    sync.Mutex
	heads map[string][]string // the open ones by their heads, as they were listed last
}

// New asks nothing of GitHub yet.
func New(r *api.Repository) *Pulls {
	return &Pulls{Repository: r, read: api.NewLRU[*github.PullRequest](1_000)}
}

// Take returns a pull request as it was read last, and forgets it.
func (ps *Pulls) Take(id string) (*github.PullRequest, bool) {
	p, ok := ps.read.Get(id)
	ps.read.Remove(id)
	return p, ok
}

// Keep remembers an open pull request as it was read now.
func (ps *Pulls) Keep(id string, p *github.PullRequest) { ps.read.Add(id, p) }

// Forget forgets a pull request, so that it is read anew.
func (ps *Pulls) Forget(id string) { ps.read.Remove(id) }

// Of returns the pull request of an action, as Change read it last, or else as it is
// now. current has to be called before the first write of the action: it reads the pull
// request if that was not done now, and returns ErrStale if it has changed. So an action
// that has nothing to write costs no request for it.
func (ps *Pulls) Of(ctx context.Context, a forge.Action) (p *github.PullRequest, current func() error, err error) {
	if p, ok := ps.read.Get(a.Change); ok && ps.stale(p, a) == nil {
		return p, sync.OnceValue(func() error { _, err := ps.current(ctx, a); return err }), nil
	}
	p, err = ps.current(ctx, a)
	return p, func() error { return nil }, err
}

// current reads the pull request of an action, and returns ErrStale as stale does.
func (ps *Pulls) current(ctx context.Context, a forge.Action) (*github.PullRequest, error) {
	p, err := ps.Pull(ctx, a.Change)
	if err == nil {
		err = ps.stale(p, a)
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// stale returns ErrStale if the head of a pull request is not that of an action, if it is
// for another branch (the verdict is not about that branch), or if it was closed without
// being merged.
func (ps *Pulls) stale(p *github.PullRequest, a forge.Action) error {
	switch head := catalog.Commit(p.GetHead().GetSHA()); {
	case head != a.Head:
		return fmt.Errorf("%w: its head is %s and no longer %s", forge.ErrStale, head.Short(), a.Head.Short())
	case p.GetBase().GetRef() != ps.Base:
		return fmt.Errorf("%w: it is for %q and no longer for %s", forge.ErrStale, forge.Cut(p.GetBase().GetRef(), api.MaxTitle), ps.Base)
	case p.GetState() != "open" && !p.GetMerged():
		return fmt.Errorf("%w: it was closed", forge.ErrStale)
	}
	return nil
}
