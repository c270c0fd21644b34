package history

import (
	"context"
	"fmt"
	"net/http"
	"sort"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github/api"
)

// maxPushPages is how many pages of the base branch's pushes are read, newest first.
const maxPushPages = 10

// PushedBy lists the contributors of one commit of the base branch.
func (h *History) PushedBy(ctx context.Context, sha, self string) ([]forge.Contributor, error) {
	if !api.IsCommitID(sha) {
		return nil, fmt.Errorf("%q is no commit", forge.Cut(sha, 80))
	}
	facts, err := h.commit(ctx, sha)
	if err != nil {
		return nil, err
	}
	moves, _, err := h.listPushes(ctx, h.Owner, h.Name, h.Base, "desc", sha, maxPushPages)
	if err != nil {
		return nil, err
	}
	actor, err := h.pusherOf(ctx, sha, moves)
	if err != nil {
		return nil, err
	}
	var result contributorSet
	if !api.HasLogin(actor, self) {
		result.add(forge.Contributor{Identity: pusherIdentity(actor)}, facts)
	}
	result.addNamed(facts, self)
	return result.list(), nil
}

// pusherOf is the account whose push brought a commit to the branch; nil where the listed
// pushes do not tell. It finds it by binary search, one comparison of commits a step.
func (h *History) pusherOf(ctx context.Context, sha string, moves []push) (*github.User, error) {
	if n := len(moves); n > 0 && moves[n-1].After == sha {
		return moves[n-1].Actor, nil
	}
	var failed error
	without := sort.Search(len(moves), func(i int) bool { // newest first: heads that contain it come first
		if failed != nil {
			return true
		}
		cmp, _, err := h.Client.Repositories.CompareCommits(ctx, h.Owner, h.Name, sha, moves[i].After, &github.ListOptions{PerPage: 1})
		if err != nil && api.Status(err) != http.StatusNotFound {
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
