package github

import (
	"context"
	"fmt"

	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github/api"
	"github.com/levee-gitops/levee/reconciler/forge/github/verdict"
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
		{a.Ask != nil, "ask for reviews of", f.requests.Ask},
		{a.Mention != nil, "write a comment on", f.tell},
		{a.Land != nil, "land", f.merges.Land},
		{a.Propose != nil, "propose", f.proposals.Propose},
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
	name = forge.Cut(api.OneLine(name), api.MaxTitle)
	if kinds != 1 {
		return forge.Receipt{}, fmt.Errorf("act on %s: it is %d actions and should be one", name, kinds)
	}
	receipt, err := do(ctx, a)
	if err != nil {
		return forge.Receipt{}, f.wrapError(err, "%s %s", verb, name)
	}
	return receipt, nil
}

// show writes a verdict as a check on the head, for branch protection, and as a comment
// for people, which is edited in place. Neither is written if it says the same already.
func (f *Forge) show(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	p, current, err := f.pulls.Of(ctx, a)
	if err != nil {
		return forge.Receipt{}, err
	}
	// The comment comes first: who sees the check can read the reason.
	commented, err := f.comments.Write(ctx, p.GetNumber(), verdict.Mark, verdict.Summary(a.Show), true, current)
	if err != nil {
		return forge.Receipt{}, fmt.Errorf("write the comment: %w", err)
	}
	checked, err := f.checks.Write(ctx, "levee: "+f.repository.Base, a.Head, a.Show, current)
	return forge.Receipt{Done: commented || checked}, err
}

// status writes how far a commit of the base branch has come as a check of its own, beside
// the one that its change had.
func (f *Forge) status(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	v := &forge.Verdict{State: a.Status.State, Title: a.Status.Title, Summary: a.Status.Summary}
	wrote, err := f.checks.Write(ctx, "levee: applied", a.Head, v, func() error { return nil })
	return forge.Receipt{Done: wrote}, err
}

// tell writes a separate comment, once for each key.
func (f *Forge) tell(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	p, current, err := f.pulls.Of(ctx, a)
	if err != nil {
		return forge.Receipt{}, err
	}
	done, err := f.comments.Write(ctx, p.GetNumber(), verdict.TellMark(a.Mention.Key), api.FitComment(a.Mention.Text), false, current)
	return forge.Receipt{Done: done}, err
}
