package github

import (
	"context"
	"fmt"
	"sync"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// Do implements forge.Forge. After an error that is not a sentinel the action may have
// been done; the caller calls Do again, which finds out.
func (f *Forge) Do(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	var verb string
	var do func(context.Context, forge.Action) (forge.Receipt, error)
	kinds := 0
	for _, kind := range []struct {
		set  bool
		verb string
		do   func(context.Context, forge.Action) (forge.Receipt, error)
	}{
		{a.Show != nil, "show a verdict on", f.show},
		{a.Ask != nil, "ask for reviews of", f.ask},
		{a.Mention != nil, "write a comment on", f.tell},
		{a.Land != nil, "land", f.land},
		{a.Propose != nil, "propose", f.propose},
		{a.Status != nil, "show the status of", f.status},
	} {
		if kind.set {
			verb, do = kind.verb, kind.do
			kinds++
		}
	}
	name := "pull request " + a.Change
	switch {
	case a.Propose != nil:
		name = a.Propose.Key
	case a.Status != nil:
		name = "commit " + a.Head.Short()
	}
	name = forge.Cut(oneLine(name), maxTitle)
	if kinds != 1 {
		return forge.Receipt{}, fmt.Errorf("act on %s: it is %d actions and should be one", name, kinds)
	}
	receipt, err := do(ctx, a)
	if err != nil {
		return forge.Receipt{}, f.wrapError(err, "%s %s", verb, name)
	}
	return receipt, nil
}

// pullOf returns the pull request of an action, as Change read it last, or else as it is
// now. current has to be called before the first write of the action: it reads the pull
// request if that was not done now, and returns ErrStale if it has changed. So an action
// that has nothing to write costs no request for it.
func (f *Forge) pullOf(ctx context.Context, a forge.Action) (p *github.PullRequest, current func() error, err error) {
	if p, ok := f.pulls.Get(a.Change); ok && f.stale(p, a) == nil {
		return p, sync.OnceValue(func() error { _, err := f.current(ctx, a); return err }), nil
	}
	p, err = f.current(ctx, a)
	return p, func() error { return nil }, err
}

// current reads the pull request of an action, and returns ErrStale as stale does.
func (f *Forge) current(ctx context.Context, a forge.Action) (*github.PullRequest, error) {
	p, err := f.pull(ctx, a.Change)
	if err == nil {
		err = f.stale(p, a)
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// stale returns ErrStale if the head of a pull request is not that of an action, if it is
// for another branch (the verdict is not about that branch), or if it was closed without
// being merged.
func (f *Forge) stale(p *github.PullRequest, a forge.Action) error {
	switch head := catalog.Commit(p.GetHead().GetSHA()); {
	case head != a.Head:
		return fmt.Errorf("%w: its head is %s and no longer %s", forge.ErrStale, head.Short(), a.Head.Short())
	case p.GetBase().GetRef() != f.base:
		return fmt.Errorf("%w: it is for %q and no longer for %s", forge.ErrStale, forge.Cut(p.GetBase().GetRef(), maxTitle), f.base)
	case p.GetState() != "open" && !p.GetMerged():
		return fmt.Errorf("%w: it was closed", forge.ErrStale)
	}
	return nil
}
