package github

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
)

// pushes is what GitHub attests of the head of a pull request: who moved it from
// where to where, and when by GitHub's clock. Names in commits prove nothing; this
// does.
type pushes struct {
	known bool // false where GitHub does not tell, as of a fork that cannot be read
	list  []push
}

// A push is one movement of a branch.
type push struct {
	Before string       `json:"before"`
	After  string       `json:"after"`
	At     time.Time    `json:"timestamp"`
	Type   string       `json:"activity_type"`
	Actor  *github.User `json:"actor"`
}

// pushes reads who pushed to the head of a pull request, oldest first.
func (f *Forge) pushes(ctx context.Context, p *github.PullRequest) (pushes, error) {
	repo := p.GetHead().GetRepo()
	owner, name := repo.GetOwner().GetLogin(), repo.GetName()
	if owner == "" || name == "" {
		return pushes{}, nil // the fork is gone
	}
	list, err := f.activity(ctx, owner, name, "refs/heads/"+p.GetHead().GetRef())
	if own := strings.EqualFold(owner, f.owner) && strings.EqualFold(name, f.repo); !own && (status(err) == http.StatusNotFound || status(err) == http.StatusForbidden) {
		return pushes{}, nil
	}
	return pushes{true, list}, err
}

// activity lists the movements of a branch. Pages are told apart by a cursor and do
// not shift.
func (f *Forge) activity(ctx context.Context, owner, name, ref string) ([]push, error) {
	var list []push
	query := url.Values{"ref": {ref}, "direction": {"asc"}, "per_page": {"100"}}
	for range maxPages {
		req, err := f.client.NewRequest(http.MethodGet, fmt.Sprintf("repos/%s/%s/activity?%s", owner, name, query.Encode()), nil)
		if err != nil {
			return nil, err
		}
		var page []push
		resp, err := f.client.Do(ctx, req, &page)
		if err != nil {
			return nil, fmt.Errorf("read who pushed to %s: %w", cut(ref, maxTitle), err)
		}
		list = append(list, page...)
		if resp.After == "" {
			return list, nil
		}
		query.Set("after", resp.After)
	}
	return nil, fmt.Errorf("read who pushed to %s: more than %d pages; start the change again on a new branch", cut(ref, maxTitle), maxPages)
}

// of lists who may have brought a commit: whoever first moved the branch to
// something that has it. Movements to commits that a force-push did away with come
// first, for nobody knows what they had.
func (p pushes) of(has func(head string) (contains, known bool)) []*github.User {
	var by []*github.User
	for _, push := range p.list {
		if push.Type == "branch_deletion" {
			continue
		}
		contains, known := has(push.After)
		if known && !contains {
			continue
		}
		by = append(by, push.Actor)
		if contains {
			return by
		}
	}
	return nil // it never came, as far as GitHub tells
}

// stillSince reports whether the head is where it was at an instant. GitHub's clock
// shows seconds, so what happened in the same one counts as later.
func (p pushes) stillSince(at time.Time, head string) bool {
	if len(p.list) == 0 || p.list[len(p.list)-1].After != head {
		return false // what is listed lags behind
	}
	for _, push := range p.list {
		if !push.At.Before(at.Truncate(time.Second)) {
			return false
		}
	}
	return true
}
