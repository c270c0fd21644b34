package github

import (
	"context"
	"fmt"
	"net/http"
	"sort"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// maxPushPages is how many pages of the base branch's pushes are read, newest first.
const maxPushPages = 10

// Pushed implements forge.Forge. GitHub lists the pushes to the base branch; the pusher of
// a commit is that of the first push after which the branch contained the commit.
func (f *Forge) Pushed(ctx context.Context, commit catalog.Commit) ([]forge.Contributor, error) {
	self, err := f.account.login(ctx)
	var list []forge.Contributor
	if err == nil {
		list, err = f.history.pushedBy(ctx, string(commit), self)
	}
	return list, f.wrapError(err, "find out who pushed %s", commit.Short())
}

// pushedBy lists the contributors of one commit of the base branch.
func (h *history) pushedBy(ctx context.Context, sha, self string) ([]forge.Contributor, error) {
	if !isCommitID(sha) {
		return nil, fmt.Errorf("%q is no commit", forge.Cut(sha, 80))
	}
	facts, err := h.commit(ctx, sha)
	if err != nil {
		return nil, err
	}
	moves, _, err := h.listPushes(ctx, h.owner, h.name, h.base, "desc", sha, maxPushPages)
	if err != nil {
		return nil, err
	}
	actor, err := h.pusherOf(ctx, sha, moves)
	if err != nil {
		return nil, err
	}
	var result contributorSet
	if !hasLogin(actor, self) {
		result.add(forge.Contributor{Identity: pusherIdentity(actor)}, facts)
	}
	for _, login := range facts.logins {
		if !strings.EqualFold(login, self) {
			result.add(forge.Contributor{Identity: forge.Identity{Login: login}}, facts)
		}
	}
	for _, email := range facts.emails {
		result.add(forge.Contributor{Email: email}, facts)
	}
	return result.list(), nil
}

// pusherOf is the account whose push brought a commit to the branch; nil where the listed
// pushes do not tell. It finds it by binary search, one comparison of commits a step.
func (r *repository) pusherOf(ctx context.Context, sha string, moves []push) (*github.User, error) {
	if n := len(moves); n > 0 && moves[n-1].After == sha {
		return moves[n-1].Actor, nil
	}
	var failed error
	without := sort.Search(len(moves), func(i int) bool { // newest first: heads that contain it come first
		if failed != nil {
			return true
		}
		cmp, _, err := r.client.Repositories.CompareCommits(ctx, r.owner, r.name, sha, moves[i].After, &github.ListOptions{PerPage: 1})
		if err != nil && statusCode(err) != http.StatusNotFound {
			failed = err
		}
		has := err == nil && (cmp.GetStatus() == "ahead" || cmp.GetStatus() == "identical")
		return !has
	})
	if failed != nil || without == 0 || without == len(moves) {
		return nil, failed // at the end of the list: an older push may have brought it
	}
	return moves[without-1].Actor, nil
}
