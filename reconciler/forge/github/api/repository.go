package api

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/reconciler/forge"
)

// Repository is the repository of a forge, with the client that its requests go through. It
// reads what GitHub has on it; what is made of that is the work of those who embed it.
type Repository struct {
	Client      *github.Client
	Owner, Name string
	Base        string // the branch that changes are for
}

// number is the number of a pull request.
func number(id string) (int, error) {
	n, err := strconv.Atoi(id)
	if err != nil || n <= 0 || strconv.Itoa(n) != id {
		return 0, fmt.Errorf("%w: %q is no number of one", forge.ErrUnknown, forge.Cut(id, MaxTitle))
	}
	return n, nil
}

// Pull reads a pull request. GitHub answers 404 also where the right to see the
// repository was lost, so ErrUnknown is returned only if the repository can be read.
func (r *Repository) Pull(ctx context.Context, id string) (*github.PullRequest, error) {
	n, err := number(id)
	if err != nil {
		return nil, err
	}
	p, _, err := r.Client.PullRequests.Get(ctx, r.Owner, r.Name, n)
	if Status(err) == http.StatusNotFound {
		if other := r.readable(ctx); other != nil {
			return nil, fmt.Errorf("the repository %s/%s cannot be read; look at the rights of the app or token: %w", r.Owner, r.Name, other)
		}
		return nil, fmt.Errorf("%w: there is no #%d", forge.ErrUnknown, n)
	}
	return p, err
}

// readable reads the repository, and nothing of the answer: of its custom properties
// go-github takes only texts.
func (r *Repository) readable(ctx context.Context) error {
	req, err := r.Client.NewRequest(http.MethodGet, fmt.Sprintf("repos/%s/%s", r.Owner, r.Name), nil)
	if err == nil {
		_, err = r.Client.Do(ctx, req, nil)
	}
	return err
}

// Reviews lists the reviews of a pull request.
func (r *Repository) Reviews(ctx context.Context, number int) ([]*github.PullRequestReview, error) {
	list, err := ListAll(func(at github.ListOptions) ([]*github.PullRequestReview, *github.Response, error) {
		return r.Client.PullRequests.ListReviews(ctx, r.Owner, r.Name, number, &at)
	})
	if err != nil {
		return nil, fmt.Errorf("list its reviews: %w", err)
	}
	return list, nil
}

// Comments lists the comments on a pull request, oldest first.
func (r *Repository) Comments(ctx context.Context, number int) ([]*github.IssueComment, error) {
	list, err := ListAll(func(at github.ListOptions) ([]*github.IssueComment, *github.Response, error) {
		return r.Client.Issues.ListComments(ctx, r.Owner, r.Name, number, &github.IssueListCommentsOptions{ListOptions: at})
	})
	if err != nil {
		return nil, fmt.Errorf("list its comments: %w", err)
	}
	return list, nil
}

// Timeline reads the events of a pull request.
func (r *Repository) Timeline(ctx context.Context, number int) ([]*github.Timeline, error) {
	events, err := ListAll(func(at github.ListOptions) ([]*github.Timeline, *github.Response, error) {
		return r.Client.Issues.ListIssueTimeline(ctx, r.Owner, r.Name, number, &at)
	})
	if err != nil {
		return nil, fmt.Errorf("read its timeline: %w", err)
	}
	return events, nil
}
