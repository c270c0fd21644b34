package plaingit

import (
	"context"
	"errors"
	"fmt"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// Changes implements forge.Forge. For any base but its own there are none.
func (f *Forge) Changes(ctx context.Context, base string) ([]forge.Listed, error) {
	if base != f.branches.base {
		return nil, nil
	}
	list, problems, err := f.changes.list(ctx)
	f.journal.note(ctx, problems...)
	if err != nil {
		return nil, fmt.Errorf("list changes for %s: %w", base, err)
	}
	return list, nil
}

// Change implements forge.Forge. A branch without commits of its own, and a name
// of which neither branch nor landing is left, are ErrUnknown. A change over a
// limit is an error that names it.
func (f *Forge) Change(ctx context.Context, id string) (forge.Change, error) {
	c, problems, err := f.read(ctx, id)
	f.journal.note(ctx, problems...)
	for _, p := range problems {
		c.Ignored = append(c.Ignored, p.Ref.Short()+": "+p.Reason)
	}
	return c, err
}

// read gathers the facts of a change.
func (f *Forge) read(ctx context.Context, id string) (forge.Change, []Problem, error) {
	fail := func(err error) (forge.Change, []Problem, error) {
		return forge.Change{}, nil, fmt.Errorf("read change %s: %w", forge.Cut(id, maxName), err)
	}
	s, err := f.changes.find(ctx, id)
	if err != nil {
		return fail(err)
	}
	w, err := f.commits.work(ctx, s)
	if errors.Is(err, forge.ErrUnusable) {
		_, _, err = fail(err)
		return forge.Change{ID: id, Title: id, Base: f.branches.base, Head: s.head, Open: s.landed == "", Landed: s.landed}, nil, err
	}
	if err != nil {
		return fail(err)
	}
	reviews, problems, err := f.reviews.of(ctx, s)
	if err != nil {
		return fail(err)
	}
	return forge.Change{
		ID: id, Title: w.title, Base: f.branches.base, Head: s.head, Open: s.landed == "", Landed: s.landed,
		Author: w.author, Bot: w.bot, Contributors: w.contributors, Reviews: reviews,
	}, append(w.problems, problems...), nil
}

// Pushed implements forge.Forge. A commit says who made it by its signature; what the
// daemon landed is its own.
func (f *Forge) Pushed(ctx context.Context, commit catalog.Commit) ([]forge.Contributor, error) {
	list, err := f.commits.pushed(ctx, commit)
	if err != nil {
		return nil, fmt.Errorf("find out who pushed %s: %w", commit.Short(), err)
	}
	return list, nil
}
