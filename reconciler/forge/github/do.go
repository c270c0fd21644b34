package github

import (
	"context"
	"fmt"

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
		{a.Tell != nil, "write a comment on", f.tell},
		{a.Land != nil, "land", f.land},
		{a.Propose != nil, "propose", f.propose},
	} {
		if kind.set {
			verb, do = kind.verb, kind.do
			kinds++
		}
	}
	name := "pull request " + a.Change
	if a.Propose != nil {
		name = a.Propose.Key
	}
	name = cut(oneLine(name), maxTitle)
	if kinds != 1 {
		return forge.Receipt{}, fmt.Errorf("act on %s: it is %d actions and should be one", name, kinds)
	}
	receipt, err := do(ctx, a)
	if err != nil {
		return forge.Receipt{}, f.wrapError(err, "%s %s", verb, name)
	}
	return receipt, nil
}

// current reads the pull request of an action. It returns ErrStale if the head moved, if
// the pull request is for another branch now (the verdict is not about that branch), or
// if it was closed without being merged.
func (f *Forge) current(ctx context.Context, a forge.Action) (*github.PullRequest, error) {
	p, err := f.pull(ctx, a.Change)
	switch {
	case err != nil:
		return nil, err
	case catalog.Commit(p.GetHead().GetSHA()) != a.Head:
		return nil, fmt.Errorf("%w: its head is %s and no longer %s", forge.ErrStale, catalog.Commit(p.GetHead().GetSHA()).Short(), a.Head.Short())
	case p.GetBase().GetRef() != f.base:
		return nil, fmt.Errorf("%w: it is for %q and no longer for %s", forge.ErrStale, cut(p.GetBase().GetRef(), maxTitle), f.base)
	case p.GetState() != "open" && !p.GetMerged():
		return nil, fmt.Errorf("%w: it was closed", forge.ErrStale)
	}
	return p, nil
}
