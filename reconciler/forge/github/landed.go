package github

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// listingDelay is how long after a merge GitHub may not list the pull request of a commit.
const listingDelay = time.Minute

// Landed implements forge.Forge. GitHub lists the pull requests of a commit; the answer is
// the one by whose merge the commit came to the base branch. If GitHub lists none and the
// commit is less than a minute old, that is an error, because the list may lag behind.
func (f *Forge) Landed(ctx context.Context, commit catalog.Commit) (string, error) {
	id, err := f.landed(ctx, commit)
	return id, f.wrapError(err, "find out what landed as %s", commit.Short())
}

func (f *Forge) landed(ctx context.Context, commit catalog.Commit) (string, error) {
	if !isCommitID(string(commit)) {
		return "", fmt.Errorf("%q is no commit", forge.Cut(string(commit), 80))
	}
	if n, ok := f.created.Get("land/" + string(commit)); ok {
		return strconv.FormatInt(n, 10), nil
	}
	r := f.repository
	pulls, err := listAll(func(at github.ListOptions) ([]*github.PullRequest, *github.Response, error) {
		return r.client.PullRequests.ListPullRequestsWithCommit(ctx, r.owner, r.name, string(commit), &at)
	})
	if err != nil {
		return "", err
	}
	var later []*github.PullRequest
	for _, p := range pulls {
		if p.GetMergedAt().IsZero() || p.GetBase().GetRef() != r.base {
			continue
		}
		if p.GetMergeCommitSHA() == string(commit) {
			return strconv.Itoa(p.GetNumber()), nil
		}
		later = append(later, p)
	}
	for _, p := range later { // merged by rebase, where this is not the last commit
		cmp, _, err := r.client.Repositories.CompareCommits(ctx, r.owner, r.name, string(commit), p.GetMergeCommitSHA(), &github.ListOptions{PerPage: 1})
		if err != nil {
			return "", err
		}
		if s := cmp.GetStatus(); s == "ahead" || s == "identical" {
			return strconv.Itoa(p.GetNumber()), nil
		}
	}
	c, _, err := r.client.Repositories.GetCommit(ctx, r.owner, r.name, string(commit), &github.ListOptions{PerPage: 1})
	if err != nil {
		return "", err
	}
	if age := f.now().Sub(c.GetCommit().GetCommitter().GetDate().Time); age >= 0 && age < listingDelay {
		return "", errors.New("GitHub names no pull request, and it is too young to be sure that there is none; it is asked again")
	}
	return "", nil
}
