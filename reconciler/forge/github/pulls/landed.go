package pulls

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github/api"
)

// listingDelay is how long after a merge GitHub may not list the pull request of a commit.
const listingDelay = time.Minute

// Landed is the number of the pull request by whose merge a commit came to the base branch; empty for
// none. GitHub lists the pull requests of a commit. If it lists none and the commit is less than a
// minute old, that is an error, because the list may lag behind.
func (m *Merges) Landed(ctx context.Context, commit catalog.Commit) (string, error) {
	if !api.IsCommitID(string(commit)) {
		return "", fmt.Errorf("%q is no commit", forge.Cut(string(commit), 80))
	}
	if n, ok := m.created.Get("land/" + string(commit)); ok {
		return strconv.FormatInt(n, 10), nil
	}
	pulls, err := api.ListAll(func(at github.ListOptions) ([]*github.PullRequest, *github.Response, error) {
		return m.Client.PullRequests.ListPullRequestsWithCommit(ctx, m.Owner, m.Name, string(commit), &at)
	})
	if err != nil {
		return "", err
	}
	var later []*github.PullRequest
	for _, p := range pulls {
		if p.GetMergedAt().IsZero() || p.GetBase().GetRef() != m.Base {
			continue
		}
		if p.GetMergeCommitSHA() == string(commit) {
			return strconv.Itoa(p.GetNumber()), nil
		}
		later = append(later, p)
	}
	for _, p := range later { // merged by rebase, where this is not the last commit
		cmp, _, err := m.Client.Repositories.CompareCommits(ctx, m.Owner, m.Name, string(commit), p.GetMergeCommitSHA(), &github.ListOptions{PerPage: 1})
		if err != nil {
			return "", err
		}
		if s := cmp.GetStatus(); s == "ahead" || s == "identical" {
			return strconv.Itoa(p.GetNumber()), nil
		}
	}
	c, _, err := m.Client.Repositories.GetCommit(ctx, m.Owner, m.Name, string(commit), &github.ListOptions{PerPage: 1})
	if err != nil {
		return "", err
	}
	if age := m.now().Sub(c.GetCommit().GetCommitter().GetDate().Time); age >= 0 && age < listingDelay {
		return "", errors.New("GitHub names no pull request, and it is too young to be sure that there is none; it is asked again")
	}
	return "", nil
}
