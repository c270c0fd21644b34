package github

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/reconciler/forge"
)

// ask requests reviews from the collaborators among some people. It skips the author,
// whoever is requested already, and whoever has reviewed this head.
func (f *Forge) ask(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	p, err := f.current(ctx, a)
	if err != nil {
		return forge.Receipt{}, err
	}
	reviews, err := listAll(func(at github.ListOptions) ([]*github.PullRequestReview, *github.Response, error) {
		return f.client.PullRequests.ListReviews(ctx, f.owner, f.repo, p.GetNumber(), &at)
	})
	if err != nil {
		return forge.Receipt{}, fmt.Errorf("list its reviews: %w", err)
	}
	skip := map[string]bool{strings.ToLower(p.GetUser().GetLogin()): true}
	for _, u := range p.RequestedReviewers {
		skip[strings.ToLower(u.GetLogin())] = true
	}
	for _, r := range reviews {
		if r.GetCommitID() == string(a.Head) && r.GetState() != "DISMISSED" {
			skip[strings.ToLower(r.GetUser().GetLogin())] = true
		}
	}
	var people []string
	for _, who := range a.Ask.People {
		login := strings.ToLower(who.Login)
		if _, asked := f.createdID(f.askedKey(a, login)); login == "" || skip[login] || asked {
			continue
		}
		skip[login] = true
		can, _, err := f.client.Repositories.IsCollaborator(ctx, f.owner, f.repo, who.Login)
		if err != nil {
			return forge.Receipt{}, fmt.Errorf("ask whether %q may review here: %w", cut(who.Login, maxTitle), err)
		}
		if !can {
			f.noteCreated(f.askedKey(a, login), 0) // GitHub's answer has no ETag; asking again with each look would cost a request
			continue
		}
		people = append(people, who.Login)
	}
	done, err := f.requestReviewers(ctx, a, p.GetNumber(), people)
	return forge.Receipt{Done: done}, err
}

func (f *Forge) askedKey(a forge.Action, login string) string {
	return "ask/" + a.Change + "/" + string(a.Head) + "/" + login
}

// requestReviewers sends one request for all reviewers. GitHub refuses all of them if it refuses
// one; then each is requested alone, and those refused are skipped until the head moves.
func (f *Forge) requestReviewers(ctx context.Context, a forge.Action, number int, people []string) (done bool, err error) {
	groups := [][]string{people}
	for len(groups) > 0 {
		group := groups[0]
		groups = groups[1:]
		if len(group) == 0 {
			continue
		}
		_, _, err := f.client.PullRequests.RequestReviewers(ctx, f.owner, f.repo, number, github.ReviewersRequest{Reviewers: group})
		if statusCode(err) == http.StatusUnprocessableEntity {
			if len(group) > 1 {
				for _, login := range group {
					groups = append(groups, []string{login})
				}
				continue
			}
			f.noteCreated(f.askedKey(a, strings.ToLower(group[0])), 0) // do not try again at this head
			continue
		}
		if err != nil {
			return false, writeError(err)
		}
		for _, login := range group {
			f.noteCreated(f.askedKey(a, strings.ToLower(login)), 0)
		}
		done = true
	}
	return done, nil
}
