package plaingit

import (
	"context"
	"errors"
	"fmt"

	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// Do implements forge.Forge.
//
// Show writes nothing and its receipt is never Done: the verdict is readable at
// once through the ledger, which is where people of this forge look. Tell and Ask
// are ErrUnable. Land and Propose push; after an error that is no sentinel the
// push may have happened, which doing the action again after a fetch finds out.
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
		{a.Ask != nil, "ask for reviews of", unable},
		{a.Mention != nil, "write a comment on", unable},
		{a.Land != nil, "land", f.merges.land},
		{a.Propose != nil, "propose", f.proposals.propose},
	} {
		if kind.set {
			verb, do = kind.verb, kind.do
			kinds++
		}
	}
	if kinds != 1 {
		return forge.Receipt{}, fmt.Errorf("act on change %s: it is %d actions and should be one", a.Change, kinds)
	}
	receipt, err := do(ctx, a)
	if err != nil {
		name := a.Change
		if a.Propose != nil {
			name = a.Propose.Key
		}
		return forge.Receipt{}, fmt.Errorf("%s %s: %w", verb, forge.Cut(name, maxName), err)
	}
	return receipt, nil
}

func unable(context.Context, forge.Action) (forge.Receipt, error) {
	return forge.Receipt{}, fmt.Errorf("%w: with plain git there is nowhere to write to people; levee status shows them the change", forge.ErrUnable)
}

func (f *Forge) show(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	_, err := f.changes.current(ctx, a)
	return forge.Receipt{}, err
}

// pushed says what a failed push means to the reconciler.
func pushed(err error) error {
	switch {
	case errors.Is(err, gitrepo.ErrStale):
		return fmt.Errorf("%w: %v", forge.ErrStale, err)
	case errors.Is(err, gitrepo.ErrRejected), errors.Is(err, gitrepo.ErrUnauthorized):
		return fmt.Errorf("%w: %v", forge.ErrRefused, err)
	}
	return err
}
