package pulls

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github/api"
)

// Requests asks people for reviews of pull requests.
type Requests struct {
	*api.Repository
	pulls   *Pulls
	created *lru.Cache[string, int64]
}

// NewRequests remembers in created whom it asked.
func NewRequests(pulls *Pulls, created *lru.Cache[string, int64]) *Requests {
	return &Requests{pulls.Repository, pulls, created}
}

// Ask requests reviews from the collaborators among some people. It skips the author,
// whoever is requested already, and whoever has reviewed this head.
func (q *Requests) Ask(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	p, current, err := q.pulls.Of(ctx, a)
	if err != nil {
		return forge.Receipt{}, err
	}
	skip := map[string]bool{"": true, strings.ToLower(p.GetUser().GetLogin()): true}
	for _, u := range p.RequestedReviewers {
		skip[strings.ToLower(u.GetLogin())] = true
	}
	var people []string
	for _, who := range a.Ask.People {
		login := strings.ToLower(who.Login)
		if !skip[login] && !q.created.Contains(askedKey(a, login)) {
			people = append(people, who.Login)
		}
		skip[login] = true
	}
	if len(people) == 0 {
		return forge.Receipt{}, nil
	}
	if people, err = q.reviewersAmong(ctx, a, p.GetNumber(), people); err != nil || len(people) == 0 {
		return forge.Receipt{}, err
	}
	if err := current(); err != nil {
		return forge.Receipt{}, err
	}
	done, err := q.requestReviewers(ctx, a, p.GetNumber(), people)
	return forge.Receipt{Done: done}, err
}

// reviewersAmong returns those of some people who can review and have not reviewed this
// head.
func (q *Requests) reviewersAmong(ctx context.Context, a forge.Action, number int, people []string) ([]string, error) {
	reviews, err := q.Reviews(ctx, number)
	if err != nil {
		return nil, err
	}
	reviewed := map[string]bool{}
	for _, r := range reviews {
		if r.GetCommitID() == string(a.Head) && r.GetState() != "DISMISSED" {
			reviewed[strings.ToLower(r.GetUser().GetLogin())] = true
		}
	}
	var list []string
	for _, login := range people {
		if reviewed[strings.ToLower(login)] {
			continue
		}
		can, _, err := q.Client.Repositories.IsCollaborator(ctx, q.Owner, q.Name, login)
		if err != nil {
			return nil, fmt.Errorf("ask whether %q may review here: %w", forge.Cut(login, api.MaxTitle), err)
		}
		if can {
			list = append(list, login)
		} else {
			q.created.Add(askedKey(a, login), 0) // GitHub's answer has no ETag; asking again with each look would cost a request
		}
	}
	return list, nil
}

func askedKey(a forge.Action, login string) string {
	return "ask/" + a.Change + "/" + string(a.Head) + "/" + strings.ToLower(login)
}

// requestReviewers sends one request for all reviewers. GitHub refuses all of them if it
// refuses one; then each is requested alone, and those refused are skipped until the head
// moves.
func (q *Requests) requestReviewers(ctx context.Context, a forge.Action, number int, people []string) (done bool, err error) {
	_, _, err = q.Client.PullRequests.RequestReviewers(ctx, q.Owner, q.Name, number, github.ReviewersRequest{Reviewers: people})
	refused := api.Status(err) == http.StatusUnprocessableEntity
	switch {
	case refused && len(people) > 1:
		for _, login := range people {
			one, err := q.requestReviewers(ctx, a, number, []string{login})
			if err != nil {
				return done, err
			}
			done = done || one
		}
		return done, nil
	case err != nil && !refused:
		return false, api.WriteError(err)
	}
	for _, login := range people {
		q.created.Add(askedKey(a, login), 0)
	}
	return !refused, nil
}
