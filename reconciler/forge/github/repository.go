package github

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/reconciler/forge"
)

// repository is the repository of a forge, with the client that its requests go through. It
// reads what GitHub has on it; what is made of that is the work of those who embed it.
type repository struct {
	client      *github.Client
	owner, name string
	base        string // the branch that changes are for
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
func (r *repository) pull(ctx context.Context, id string) (*github.PullRequest, error) {
	n, err := number(id)
	if err != nil {
		return nil, err
	}
	p, _, err := r.client.PullRequests.Get(ctx, r.owner, r.name, n)
	if statusCode(err) == http.StatusNotFound {
		if other := r.readable(ctx); other != nil {
			return nil, fmt.Errorf("the repository %s/%s cannot be read; look at the rights of the app or token: %w", r.owner, r.name, other)
		}
		return nil, fmt.Errorf("%w: there is no #%d", forge.ErrUnknown, n)
	}
	return p, err
}

// readable reads the repository, and nothing of the answer: of its custom properties
// go-github takes only texts.
func (r *repository) readable(ctx context.Context) error {
	req, err := r.client.NewRequest(http.MethodGet, fmt.Sprintf("repos/%s/%s", r.owner, r.name), nil)
	if err == nil {
		_, err = r.client.Do(ctx, req, nil)
	}
	return err
}

// listReviews lists the reviews of a pull request.
func (r *repository) listReviews(ctx context.Context, number int) ([]*github.PullRequestReview, error) {
	list, err := listAll(func(at github.ListOptions) ([]*github.PullRequestReview, *github.Response, error) {
		return r.client.PullRequests.ListReviews(ctx, r.owner, r.name, number, &at)
	})
	if err != nil {
		return nil, fmt.Errorf("list its reviews: %w", err)
	}
	return list, nil
}

// comments lists the comments on a pull request, oldest first.
func (r *repository) comments(ctx context.Context, number int) ([]*github.IssueComment, error) {
	list, err := listAll(func(at github.ListOptions) ([]*github.IssueComment, *github.Response, error) {
		return r.client.Issues.ListComments(ctx, r.owner, r.name, number, &github.IssueListCommentsOptions{ListOptions: at})
	})
	if err != nil {
		return nil, fmt.Errorf("list its comments: %w", err)
	}
	return list, nil
}

// timeline reads the events of a pull request.
func (r *repository) timeline(ctx context.Context, number int) (*timeline, error) {
	events, err := listAll(func(at github.ListOptions) ([]*github.Timeline, *github.Response, error) {
		return r.client.Issues.ListIssueTimeline(ctx, r.owner, r.name, number, &at)
	})
	if err != nil {
		return nil, fmt.Errorf("read its timeline: %w", err)
	}
	return &timeline{events}, nil
}
