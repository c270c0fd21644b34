package plaingit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/reconciler/forge"
)

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

// A span is which commits a change consists of: those of head that before lacks.
type span struct {
	id     string
	head   catalog.Commit
	before catalog.Commit // the base branch: its tip, or where it was before the landing
	landed catalog.Commit // empty while the change is open
	since  time.Time      // when an earlier change of this name landed
}

// find says what a name stands for now: a branch with something to land, or else
// what last landed under the name.
func (f *Forge) find(ctx context.Context, id string) (span, error) {
	if !f.names(id) {
		return span{}, fmt.Errorf("%w: %q is no name of one", forge.ErrUnknown, forge.Cut(id, maxName))
	}
	tip, past, err := f.landingsOf(ctx, id)
	if err != nil {
		return span{}, err
	}
	head, err := f.repo.Tip(gitrepo.Branch(id))
	if err != nil && !errors.Is(err, gitrepo.ErrNotFound) {
		return span{}, err
	}
	if err == nil {
		landed, err := f.repo.Descends(ctx, tip, catalog.Commit(head))
		if err != nil {
			return span{}, err
		}
		if !landed {
			s := span{id: id, head: catalog.Commit(head), before: tip}
			if len(past) > 0 {
				s.since = past[len(past)-1].at
			}
			return s, nil
		}
	}
	if len(past) == 0 {
		return span{}, fmt.Errorf("%w: no branch %s has anything that %s lacks", forge.ErrUnknown, id, f.base)
	}
	last := past[len(past)-1]
	s := span{id: id, head: last.head, before: last.before, landed: last.commit}
	if len(past) > 1 {
		s.since = past[len(past)-2].at
	}
	return s, nil
}

// read gathers the facts of a change.
func (f *Forge) read(ctx context.Context, id string) (forge.Change, []Problem, error) {
	fail := func(err error) (forge.Change, []Problem, error) {
		return forge.Change{}, nil, fmt.Errorf("read change %s: %w", forge.Cut(id, maxName), err)
	}
	s, err := f.find(ctx, id)
	if err != nil {
		return fail(err)
	}
	w, err := f.work(ctx, s)
	if errors.Is(err, forge.ErrUnusable) {
		_, _, err = fail(err)
		return forge.Change{ID: id, Title: id, Base: f.base, Head: s.head, Open: s.landed == "", Landed: s.landed}, nil, err
	}
	if err != nil {
		return fail(err)
	}
	reviews, problems, err := f.reviews(ctx, s)
	if err != nil {
		return fail(err)
	}
	return forge.Change{
		ID: id, Title: w.title, Base: f.base, Head: s.head, Open: s.landed == "", Landed: s.landed,
		Author: w.author, Bot: w.bot, Contributors: w.contributors, Reviews: reviews,
	}, append(w.problems, problems...), nil
}
