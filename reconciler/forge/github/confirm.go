package github

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// command is how a reviewer confirms a digest: the first line of a comment. A
// comment names the digest because nothing else says what its writer looked at.
var command = regexp.MustCompile(`^/levee confirm (?:[a-z][a-z0-9]{0,15}:)?([0-9a-f]{7,64})[ \t]*(?:\r?\n|$)`)

// confirms is the digest that a text confirms; empty for none.
func confirms(text string) string {
	if m := command.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// confirmed notes which reviews their reviewers confirmed afterwards, in a comment
// or in a review that only comments. Whoever may write can edit what others wrote,
// so a comment counts unedited only, and a review as it was captured.
func (f *Forge) confirmed(ctx context.Context, p *github.PullRequest, given []*github.PullRequestReview, list []forge.Review) ([]forge.Review, error) {
	if len(list) == 0 {
		return list, nil
	}
	comments, err := f.comments(ctx, p.GetNumber())
	if err != nil {
		return nil, err
	}
	for _, c := range comments {
		if digest := confirms(c.GetBody()); digest != "" && !bot(c.User) && c.GetCreatedAt().Equal(c.GetUpdatedAt()) {
			attach(list, c.User, c.GetCreatedAt().Time, digest)
		}
	}
	for _, r := range given {
		seen, ok := f.captured.get(f.key(p.GetNumber(), r.GetID()))
		if !ok || seen.confirms == "" || seen.base != p.GetBase().GetRef() || bot(r.User) {
			continue
		}
		if r.GetState() == "COMMENTED" {
			attach(list, r.User, r.GetSubmittedAt().Time, seen.confirms)
			continue
		}
		for i := range list {
			if list[i].ID == strconv.FormatInt(r.GetID(), 10) && list[i].Review == catalog.Approve {
				list[i].Confirms = seen.confirms
			}
		}
	}
	return list, nil
}

// attach confirms the latest approval that somebody had given by then.
func attach(list []forge.Review, by *github.User, at time.Time, digest string) {
	for i := len(list) - 1; i >= 0; i-- {
		if strings.EqualFold(list[i].By.Login, by.GetLogin()) && !list[i].At.After(at) {
			if list[i].Review == catalog.Approve {
				list[i].Confirms = digest
			}
			return
		}
	}
}

// comments lists the comments beside a pull request, oldest first.
func (f *Forge) comments(ctx context.Context, number int) ([]*github.IssueComment, error) {
	list, err := all(func(at github.ListOptions) ([]*github.IssueComment, *github.Response, error) {
		return f.client.Issues.ListComments(ctx, f.owner, f.repo, number, &github.IssueListCommentsOptions{ListOptions: at})
	})
	if err != nil {
		return nil, fmt.Errorf("list its comments: %w", err)
	}
	return list, nil
}
