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

// pushes are the pushes to the head branch of a pull request, with the pusher and the time
// as GitHub saw them. Unlike the names in commits they cannot be forged.
type pushes struct {
	known bool // false if they cannot be listed, as of a fork that may not be read
	list  []push
}

// push is one entry of GitHub's list of a repository's activities.
type push struct {
	Before string       `json:"before"`
	After  string       `json:"after"`
	At     time.Time    `json:"timestamp"`
	Type   string       `json:"activity_type"`
	Actor  *github.User `json:"actor"`
}

// pushes lists the pushes to the head branch of a pull request, oldest first.
func (f *Forge) pushes(ctx context.Context, p *github.PullRequest) (pushes, error) {
	repo := p.GetHead().GetRepo()
	owner, name := repo.GetOwner().GetLogin(), repo.GetName()
	if owner == "" || name == "" {
		return pushes{}, nil // the fork was deleted
	}
	list, err := f.listPushes(ctx, owner, name, "refs/heads/"+p.GetHead().GetRef())
	if own := strings.EqualFold(owner, f.owner) && strings.EqualFold(name, f.repo); !own && (statusCode(err) == http.StatusNotFound || statusCode(err) == http.StatusForbidden) {
		return pushes{}, nil
	}
	return pushes{true, list}, err
}

// listPushes lists the pushes to a branch, oldest first. Its pages have cursors, so one
// reading is enough.
func (f *Forge) listPushes(ctx context.Context, owner, name, ref string) ([]push, error) {
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

// pushersOf lists the possible pushers of a commit: that of the first push after which the branch
// contained it, and those of earlier pushes whose commits a force-push removed, which may
// have contained it. It returns nil if no listed push contains the commit.
func (p pushes) pushersOf(has func(head string) (contains, known bool)) []*github.User {
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
	return nil
}

// unmovedSince reports whether the head has not moved since an instant. GitHub's times are
// whole seconds, so a push in the same second counts as later.
func (p pushes) unmovedSince(at time.Time, head string) bool {
	if len(p.list) == 0 || p.list[len(p.list)-1].After != head {
		return false // the list lags behind
	}
	for _, push := range p.list {
		if !push.At.Before(at.Truncate(time.Second)) {
			return false
		}
	}
	return true
}
