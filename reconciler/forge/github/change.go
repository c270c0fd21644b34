package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

const (
	personType = "User"
	nobody     = "ghost" // GitHub's login for a deleted account
)

// Change implements forge.Forge. Its parts are separate requests; if the pull request
// changed in between, all are read again.
func (f *Forge) Change(ctx context.Context, id string) (forge.Change, error) {
	const tries = 3
	for range tries {
		c, steady, err := f.read(ctx, id)
		if err != nil {
			return forge.Change{}, f.wrapError(err, "read pull request %s", forge.Cut(id, maxTitle))
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
	before, ok := f.pulls.Get(id)
	if f.pulls.Remove(id); !ok {
		if before, err = f.pull(ctx, id); err != nil {
			return c, false, err
		}
	}
	self, err := f.selfLogin(ctx)
	if err != nil {
		return c, false, err
	}
	pushes, err := f.pushes(ctx, before)
	if err != nil {
		return c, false, err
	}
	if c.Contributors, steady, err = f.contributors(ctx, before, pushes, self); err != nil || !steady {
		return c, false, err
	}
	given, err := f.listReviews(ctx, before.GetNumber())
	if err != nil {
		return c, false, err
	}
	for _, r := range given {
		c.Given = append(c.Given, strconv.FormatInt(r.GetID(), 10))
	}
	if c.Reviews, err = f.reviews(ctx, before, given, pushes, self); err != nil {
		return c, false, err
	}
	p, err := f.pull(ctx, id)
	if err != nil {
		return c, false, err
	}
	c.ID, c.Title, c.URL, c.Base = id, forge.Cut(oneLine(p.GetTitle()), maxTitle), p.GetHTMLURL(), p.GetBase().GetRef()
	c.Head, c.Open, c.Draft = catalog.Commit(p.GetHead().GetSHA()), p.GetState() == "open", p.GetDraft()
	c.Author, c.Bot = identityOf(p.User), isBot(p.User) || hasLogin(p.User, self)
	if p.GetMerged() {
		c.Landed = catalog.Commit(p.GetMergeCommitSHA())
	}
	if c.Head == "" || c.Base == "" {
		return c, false, errors.New("GitHub does not say what is asked for")
	}
	if c.Open {
		f.pulls.Add(id, p)
	}
	for _, r := range c.Reviews {
		// A later push may change what GitHub says of a review, so it is remembered: but not
		// where it may have been given for another base branch.
		if r.Witnessed && c.Base == before.GetBase().GetRef() {
			f.addCaptured(id+"/"+r.ID, capturedReview{base: c.Base, commit: r.Commit})
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

// number is the number of a pull request.
func number(id string) (int, error) {
	n, err := strconv.Atoi(id)
	if err != nil || n <= 0 || strconv.Itoa(n) != id {
		return 0, fmt.Errorf("%w: %q is no number of one", forge.ErrUnknown, forge.Cut(id, maxTitle))
	}
	return n, nil
}

// pull reads a pull request. GitHub answers 404 also where the right to see the
// repository was lost, so ErrUnknown is returned only if the repository can be read.
func (f *Forge) pull(ctx context.Context, id string) (*github.PullRequest, error) {
	n, err := number(id)
	if err != nil {
		return nil, err
	}
	p, _, err := f.client.PullRequests.Get(ctx, f.owner, f.repo, n)
	if statusCode(err) == http.StatusNotFound {
		if other := f.readable(ctx); other != nil {
			return nil, fmt.Errorf("the repository %s/%s cannot be read; look at the rights of the app or token: %w", f.owner, f.repo, other)
		}
		return nil, fmt.Errorf("%w: there is no #%d", forge.ErrUnknown, n)
	}
	return p, err
}

// readable reads the repository, and nothing of the answer: of its custom properties
// go-github takes only texts.
func (f *Forge) readable(ctx context.Context) error {
	req, err := f.client.NewRequest(http.MethodGet, fmt.Sprintf("repos/%s/%s", f.owner, f.repo), nil)
	if err == nil {
		_, err = f.client.Do(ctx, req, nil)
	}
	return err
}

// identityOf is the identity of an account; that of a deleted account where there is none.
func identityOf(u *github.User) forge.Identity {
	if u.GetLogin() == "" {
		return forge.Identity{Login: nobody}
	}
	return forge.Identity{Login: u.GetLogin()}
}

// isBot reports whether an account is not a person's.
func isBot(u *github.User) bool { return u != nil && u.GetType() != personType }

// hasLogin reports whether an account has a login.
func hasLogin(u *github.User, login string) bool {
	return u != nil && strings.EqualFold(u.GetLogin(), login)
}
