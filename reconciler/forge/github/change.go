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
			return forge.Change{}, f.wrapError(err, "read pull request %s", cut(id, maxTitle))
		}
		if steady {
			return c, nil
		}
	}
	return forge.Change{}, f.wrapError(errors.New("it moves faster than it can be read; it is tried again"), "read pull request %s", id)
}

// read reads the facts of a change once, and reports whether the pull request stayed the
// same meanwhile.
func (f *Forge) read(ctx context.Context, id string) (c forge.Change, steady bool, err error) {
	p, err := f.pull(ctx, id)
	if err != nil {
		return c, false, err
	}
	self, err := f.selfLogin(ctx)
	if err != nil {
		return c, false, err
	}
	c = forge.Change{
		ID: id, Title: cut(oneLine(p.GetTitle()), maxTitle), URL: p.GetHTMLURL(), Base: p.GetBase().GetRef(),
		Head: catalog.Commit(p.GetHead().GetSHA()), Open: p.GetState() == "open", Draft: p.GetDraft(),
		Author: identityOf(p.User), Bot: isBot(p.User) || hasLogin(p.User, self),
	}
	if p.GetMerged() {
		c.Landed = catalog.Commit(p.GetMergeCommitSHA())
	}
	if c.Head == "" || c.Base == "" {
		return c, false, errors.New("GitHub does not say what is asked for")
	}
	pushes, err := f.pushes(ctx, p)
	if err != nil {
		return c, false, err
	}
	if c.Contributors, steady, err = f.contributors(ctx, p, pushes, self); err != nil || !steady {
		return c, false, err
	}
	if c.Reviews, err = f.reviews(ctx, p, pushes, self); err != nil {
		return c, false, err
	}
	again, err := f.pull(ctx, id)
	return c, err == nil && again.GetHead().GetSHA() == p.GetHead().GetSHA() && again.GetState() == p.GetState() &&
		again.GetBase().GetRef() == c.Base && again.GetMerged() == p.GetMerged(), err
}

// number is the number of a pull request.
func number(id string) (int, error) {
	n, err := strconv.Atoi(id)
	if err != nil || n <= 0 || strconv.Itoa(n) != id {
		return 0, fmt.Errorf("%w: %q is no number of one", forge.ErrUnknown, cut(id, maxTitle))
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
		if _, _, other := f.client.Repositories.Get(ctx, f.owner, f.repo); other != nil {
			return nil, fmt.Errorf("the repository %s/%s cannot be read; look at the rights of the app or token: %w", f.owner, f.repo, other)
		}
		return nil, fmt.Errorf("%w: there is no #%d", forge.ErrUnknown, n)
	}
	return p, err
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
