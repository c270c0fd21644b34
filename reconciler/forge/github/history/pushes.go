package history

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github/api"
)

// Pushes are the pushes to the head branch of a pull request, with the pusher and the time
// as GitHub saw them. Unlike the names in commits they cannot be forged.
type Pushes struct {
	Known bool // false if they cannot be listed, as of a fork that may not be read
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

// Pushes lists the pushes to the head branch of a pull request, oldest first.
func (h *History) Pushes(ctx context.Context, p *github.PullRequest) (Pushes, error) {
	repo := p.GetHead().GetRepo()
	owner, name := repo.GetOwner().GetLogin(), repo.GetName()
	if owner == "" || name == "" {
		return Pushes{}, nil // the fork was deleted
	}
	branch := p.GetHead().GetRef()
	list, all, err := h.listPushes(ctx, owner, name, branch, "asc", "", api.MaxPages)
	if own := strings.EqualFold(owner, h.Owner) && strings.EqualFold(name, h.Name); !own && (api.Status(err) == http.StatusNotFound || api.Status(err) == http.StatusForbidden) {
		return Pushes{}, nil
	}
	if err == nil && !all {
		err = fmt.Errorf("read who pushed to %s: more than %d pages; start the change again on a new branch", forge.Cut(branch, api.MaxTitle), api.MaxPages)
	}
	return Pushes{true, list}, err
}

// listPushes lists the pushes to a branch, oldest first ("asc") or newest first ("desc"),
// up to the one that ended at a commit. all is false if there are more than a number of
// pages. The pages have cursors, so one reading is enough.
func (h *History) listPushes(ctx context.Context, owner, repo, branch, direction, until string, pages int) (list []push, all bool, err error) {
	query := url.Values{"ref": {"refs/heads/" + branch}, "direction": {direction}, "per_page": {"100"}}
	for range pages {
		req, err := h.Client.NewRequest(http.MethodGet, fmt.Sprintf("repos/%s/%s/activity?%s", owner, repo, query.Encode()), nil)
		if err != nil {
			return nil, false, err
		}
		var page []push
		resp, err := h.Client.Do(ctx, req, &page)
		if err != nil {
			return nil, false, fmt.Errorf("read who pushed to %s: %w", forge.Cut(branch, api.MaxTitle), err)
		}
		for _, p := range page {
			if list = append(list, p); p.After == until {
				return list, true, nil
			}
		}
		if resp.After == "" {
			return list, true, nil
		}
		query.Set("after", resp.After)
	}
	return list, false, nil
}

// pushersOf lists the possible pushers of a commit: that of the first push after which the branch
// contained it, and those of earlier pushes whose commits a force-push removed, which may
// have contained it. It returns nil if no listed push contains the commit.
func (p Pushes) pushersOf(has func(head string) (contains, known bool)) []*github.User {
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

// UnmovedSince reports whether the head has not moved since an instant. GitHub's times are
// whole seconds, so a push in the same second counts as later.
func (p Pushes) UnmovedSince(at time.Time, head string) bool {
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
