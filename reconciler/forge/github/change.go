package github

import (
	"context"
	"errors"
	"strconv"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github/api"
	"github.com/levee-gitops/levee/reconciler/forge/github/reviews"
)

// Changes implements forge.Forge.
func (f *Forge) Changes(ctx context.Context, base string) ([]forge.Listed, error) {
	if base == "" {
		return nil, f.wrapError(errors.New("no branch is named"), "list the pull requests")
	}
	list, err := f.pulls.List(ctx, base)
	if err != nil {
		return nil, f.wrapError(err, "list the pull requests for %s", forge.Cut(base, api.MaxTitle))
	}
	return list, nil
}

// Change implements forge.Forge. Its parts are separate requests; if the pull request
// changed in between, all are read again.
func (f *Forge) Change(ctx context.Context, id string) (forge.Change, error) {
	const tries = 3
	for range tries {
		c, steady, err := f.read(ctx, id)
		if err != nil {
			return forge.Change{}, f.wrapError(err, "read pull request %s", forge.Cut(id, api.MaxTitle))
		}
		if steady {
			return c, nil
		}
	}
	return forge.Change{}, f.wrapError(errors.New("it moves faster than it can be read; it is tried again"), "read pull request %s", id)
}

// read reads the facts of a change once, and reports whether the pull request is the same
// after that as it was before. Before it is as the last call left it in pulls, so that an
// open pull request that did not change is read once.
func (f *Forge) read(ctx context.Context, id string) (c forge.Change, steady bool, err error) {
	before, ok := f.pulls.Take(id)
	if !ok {
		if before, err = f.repository.Pull(ctx, id); err != nil {
			return c, false, err
		}
	}
	self, err := f.account.Login(ctx)
	if err != nil {
		return c, false, err
	}
	pushed, err := f.history.Pushes(ctx, before)
	if err != nil {
		return c, false, err
	}
	if c.Contributors, steady, err = f.history.Contributors(ctx, before, pushed, self); err != nil || !steady {
		return c, false, err
	}
	given, err := f.repository.Reviews(ctx, before.GetNumber())
	if err != nil {
		return c, false, err
	}
	for _, r := range given {
		c.Given = append(c.Given, strconv.FormatInt(r.GetID(), 10))
	}
	if c.Reviews, err = f.reviews.Of(ctx, before, given, pushed, self); err != nil {
		return c, false, err
	}
	p, err := f.repository.Pull(ctx, id)
	if err != nil {
		return c, false, err
	}
	c.ID, c.Title, c.URL, c.Base = id, forge.Cut(api.OneLine(p.GetTitle()), api.MaxTitle), p.GetHTMLURL(), p.GetBase().GetRef()
	c.Head, c.Open, c.Draft = catalog.Commit(p.GetHead().GetSHA()), p.GetState() == "open", p.GetDraft()
	c.Author, c.Bot = api.IdentityOf(p.User), api.IsBot(p.User) || api.HasLogin(p.User, self)
	if p.GetMerged() {
		c.Landed = catalog.Commit(p.GetMergeCommitSHA())
	}
	if c.Head == "" || c.Base == "" {
		return c, false, errors.New("GitHub does not say what is asked for")
	}
	if c.Open {
		f.pulls.Keep(id, p)
	}
	for _, r := range c.Reviews {
		// A later push may change what GitHub says of a review, so it is remembered: but not
		// where it may have been given for another base branch.
		if r.Witnessed && c.Base == before.GetBase().GetRef() {
			f.captured.Add(id+"/"+r.ID, reviews.Captured{Base: c.Base, Commit: r.Commit})
		}
	}
	return c, factsOf(p) == factsOf(before), nil
}

// pullFacts is the part of a pull request on which the other facts of a change depend.
type pullFacts struct {
	head, base, state, fork, branch string
	merged, maintainersPush         bool
	commits                         int
}

func factsOf(p *github.PullRequest) pullFacts {
	return pullFacts{
		p.GetHead().GetSHA(), p.GetBase().GetRef(), p.GetState(), p.GetHead().GetRepo().GetFullName(), p.GetHead().GetRef(),
		p.GetMerged(), p.GetMaintainerCanModify(), p.GetCommits(),
	}
}
