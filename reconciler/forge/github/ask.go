package github

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/reconciler/forge"
)

// ask requests reviews of those who can give one here: collaborators other than the
// author. Who is asked already, and who reviewed this very head, is left in peace.
func (f *Forge) ask(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	p, err := f.current(ctx, a)
	if err != nil {
		return forge.Receipt{}, err
	}
	reviews, err := all(func(at github.ListOptions) ([]*github.PullRequestReview, *github.Response, error) {
		return f.client.PullRequests.ListReviews(ctx, f.owner, f.repo, p.GetNumber(), &at)
	})
	if err != nil {
		return forge.Receipt{}, fmt.Errorf("list its reviews: %w", err)
	}
	left := map[string]bool{strings.ToLower(p.GetUser().GetLogin()): true}
	for _, u := range p.RequestedReviewers {
		left[strings.ToLower(u.GetLogin())] = true
	}
	for _, r := range reviews {
		if r.GetCommitID() == string(a.Head) && r.GetState() != "DISMISSED" {
			left[strings.ToLower(r.GetUser().GetLogin())] = true
		}
	}
	var people []string
	for _, who := range a.Ask.People {
		login := strings.ToLower(who.Login)
		if _, asked := f.made(f.askedKey(a, login)); login == "" || left[login] || asked {
			continue
		}
		left[login] = true
		can, _, err := f.client.Repositories.IsCollaborator(ctx, f.owner, f.repo, who.Login)
		if err != nil {
			return forge.Receipt{}, fmt.Errorf("ask whether %q may review here: %w", cut(who.Login, maxTitle), err)
		}
		if !can {
			f.wrote(f.askedKey(a, login), 0) // no answer to keep for the next look: it would cost a request each time
			continue
		}
		people = append(people, who.Login)
	}
	done, err := f.request(ctx, a, p.GetNumber(), people)
	return forge.Receipt{Done: done}, err
}

func (f *Forge) askedKey(a forge.Action, login string) string {
	return "ask/" + a.Change + "/" + string(a.Head) + "/" + login
}

// request asks for reviews in one request. GitHub refuses all if it refuses one, so
// then each is asked alone, and whom it refuses is left out.
func (f *Forge) request(ctx context.Context, a forge.Action, number int, people []string) (done bool, err error) {
	groups := [][]string{people}
	for len(groups) > 0 {
		group := groups[0]
		groups = groups[1:]
		if len(group) == 0 {
			continue
		}
		_, _, err := f.client.PullRequests.RequestReviewers(ctx, f.owner, f.repo, number, github.ReviewersRequest{Reviewers: group})
		if status(err) == http.StatusUnprocessableEntity {
			if len(group) > 1 {
				for _, login := range group {
					groups = append(groups, []string{login})
				}
				continue
			}
			f.wrote(f.askedKey(a, strings.ToLower(group[0])), 0) // in vain, and again only at another head
			continue
		}
		if err != nil {
			return false, refused(err)
		}
		for _, login := range group {
			f.wrote(f.askedKey(a, strings.ToLower(login)), 0)
		}
		done = true
	}
	return done, nil
}
