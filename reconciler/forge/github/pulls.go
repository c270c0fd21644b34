package github

import (
	"context"
	"fmt"
	"sync"

	"github.com/google/go-github/v60/github"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// pulls are the pull requests of a repository: the open ones as they were listed last, and
// those that were read last, for the actions that follow and for the next look.
type pulls struct {
	*repository
	read *lru.Cache[string, *github.PullRequest] // the open ones, as Change read them last

	mu    sync.Mutex
	heads map[string][]string // the open ones by their heads, as they were listed last
}

func newPulls(r *repository) *pulls {
	return &pulls{repository: r, read: newLRU[*github.PullRequest](1_000)}
}

// take returns a pull request as it was read last, and forgets it.
func (ps *pulls) take(id string) (*github.PullRequest, bool) {
	p, ok := ps.read.Get(id)
	ps.read.Remove(id)
	return p, ok
}

// keep remembers an open pull request as it was read now.
func (ps *pulls) keep(id string, p *github.PullRequest) { ps.read.Add(id, p) }

// forget forgets a pull request, so that it is read anew.
func (ps *pulls) forget(id string) { ps.read.Remove(id) }

// of returns the pull request of an action, as Change read it last, or else as it is
// now. current has to be called before the first write of the action: it reads the pull
// request if that was not done now, and returns ErrStale if it has changed. So an action
// that has nothing to write costs no request for it.
func (ps *pulls) of(ctx context.Context, a forge.Action) (p *github.PullRequest, current func() error, err error) {
	if p, ok := ps.read.Get(a.Change); ok && ps.stale(p, a) == nil {
		return p, sync.OnceValue(func() error { _, err := ps.current(ctx, a); return err }), nil
	}
	p, err = ps.current(ctx, a)
	return p, func() error { return nil }, err
}

// current reads the pull request of an action, and returns ErrStale as stale does.
func (ps *pulls) current(ctx context.Context, a forge.Action) (*github.PullRequest, error) {
	p, err := ps.pull(ctx, a.Change)
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
func (ps *pulls) stale(p *github.PullRequest, a forge.Action) error {
	switch head := catalog.Commit(p.GetHead().GetSHA()); {
	case head != a.Head:
		return fmt.Errorf("%w: its head is %s and no longer %s", forge.ErrStale, head.Short(), a.Head.Short())
	case p.GetBase().GetRef() != ps.base:
		return fmt.Errorf("%w: it is for %q and no longer for %s", forge.ErrStale, forge.Cut(p.GetBase().GetRef(), maxTitle), ps.base)
	case p.GetState() != "open" && !p.GetMerged():
		return fmt.Errorf("%w: it was closed", forge.ErrStale)
	}
	return nil
}
