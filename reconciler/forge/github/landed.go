package github

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/catalog"
)

// settled is how long after a landing GitHub may not know yet what brought it.
const settled = time.Minute

// Landed implements forge.Forge. GitHub names the pull requests of a commit; the one
// is meant that was merged into the base branch with it. Right after a landing
// GitHub may name none: a commit that is so young could not be told.
func (f *Forge) Landed(ctx context.Context, commit catalog.Commit) (string, error) {
	id, err := f.landed(ctx, commit)
	return id, f.problem(err, "find out what landed as %s", commit.Short())
}

func (f *Forge) landed(ctx context.Context, commit catalog.Commit) (string, error) {
	if !commitForm(string(commit)) {
		return "", fmt.Errorf("%q is no commit", cut(string(commit), 80))
	}
	if n, ok := f.made("land/" + string(commit)); ok {
		return strconv.FormatInt(n, 10), nil
	}
	pulls, err := all(func(at github.ListOptions) ([]*github.PullRequest, *github.Response, error) {
		return f.client.PullRequests.ListPullRequestsWithCommit(ctx, f.owner, f.repo, string(commit), &at)
	})
	if err != nil {
		return "", err
	}
	var later []*github.PullRequest
	for _, p := range pulls {
		if p.GetMergedAt().IsZero() || p.GetBase().GetRef() != f.base {
			continue
		}
		if p.GetMergeCommitSHA() == string(commit) {
			return strconv.Itoa(p.GetNumber()), nil
		}
		later = append(later, p)
	}
	for _, p := range later { // an earlier commit of a rebase
		cmp, _, err := f.client.Repositories.CompareCommits(ctx, f.owner, f.repo, string(commit), p.GetMergeCommitSHA(), &github.ListOptions{PerPage: 1})
		if err != nil {
			return "", err
		}
		if s := cmp.GetStatus(); s == "ahead" || s == "identical" {
			return strconv.Itoa(p.GetNumber()), nil
		}
	}
	c, _, err := f.client.Repositories.GetCommit(ctx, f.owner, f.repo, string(commit), &github.ListOptions{PerPage: 1})
	if err != nil {
		return "", err
	}
	if age := f.now().Sub(c.GetCommit().GetCommitter().GetDate().Time); age >= 0 && age < settled {
		return "", errors.New("GitHub names no pull request, and it is too young to be sure that there is none; it is asked again")
	}
	return "", nil
}

// made is what this forge wrote under a key, if it did since it started.
func (f *Forge) made(key string) (int64, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, ok := f.written[key]
	return n, ok
}

// wrote remembers what was written, for the time in which lists do not show it.
func (f *Forge) wrote(key string, n int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.written) >= maxRemembered {
		clear(f.written)
	}
	f.written[key] = n
}

// forget takes back what was remembered.
func (f *Forge) forget(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.written, key)
}
