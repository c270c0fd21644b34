package github

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sort"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// pushPages is how many pages of movements of the base branch are read, newest first.
const pushPages = 10

// Pushed implements forge.Forge. GitHub lists who moved the base branch: whoever first
// moved it to something that has the commit pushed it.
func (f *Forge) Pushed(ctx context.Context, commit catalog.Commit) ([]forge.Contributor, error) {
	list, err := f.pushed(ctx, string(commit))
	return list, f.problem(err, "find out who pushed %s", commit.Short())
}

func (f *Forge) pushed(ctx context.Context, sha string) ([]forge.Contributor, error) {
	if !commitForm(sha) {
		return nil, fmt.Errorf("%q is no commit", cut(sha, 80))
	}
	facts, err := f.commit(ctx, sha)
	if err != nil {
		return nil, err
	}
	self, err := f.me(ctx)
	if err != nil {
		return nil, err
	}
	moves, err := f.movements(ctx, sha)
	if err != nil {
		return nil, err
	}
	actor, err := f.bringer(ctx, sha, moves)
	if err != nil {
		return nil, err
	}
	var g gathering
	if !is(actor, self) {
		g.add(forge.Contributor{Identity: identity(actor)}, facts)
	}
	for _, login := range facts.logins {
		if !strings.EqualFold(login, self) {
			g.add(forge.Contributor{Identity: forge.Identity{Login: login}}, facts)
		}
	}
	for _, email := range facts.emails {
		g.add(forge.Contributor{Email: email}, facts)
	}
	return g.list(), nil
}

// movements lists the movements of the base branch, newest first, back to the one that
// ended at a commit, as far as a few pages tell.
func (f *Forge) movements(ctx context.Context, sha string) ([]push, error) {
	var list []push
	query := url.Values{"ref": {"refs/heads/" + f.base}, "per_page": {"100"}}
	for range pushPages {
		req, err := f.client.NewRequest(http.MethodGet, fmt.Sprintf("repos/%s/%s/activity?%s", f.owner, f.repo, query.Encode()), nil)
		if err != nil {
			return nil, err
		}
		var page []push
		resp, err := f.client.Do(ctx, req, &page)
		if err != nil {
			return nil, fmt.Errorf("read who pushed to %s: %w", cut(f.base, maxTitle), err)
		}
		for _, p := range page {
			list = append(list, p)
			if p.After == sha {
				return list, nil
			}
		}
		if resp.After == "" {
			break
		}
		query.Set("after", resp.After)
	}
	return list, nil
}

// bringer is who first moved the branch to something that has a commit; nil where
// GitHub does not tell.
func (f *Forge) bringer(ctx context.Context, sha string, moves []push) (*github.User, error) {
	if n := len(moves); n > 0 && moves[n-1].After == sha {
		return moves[n-1].Actor, nil
	}
	var failed error
	without := sort.Search(len(moves), func(i int) bool { // newest first: those that have it come before
		if failed != nil {
			return true
		}
		cmp, _, err := f.client.Repositories.CompareCommits(ctx, f.owner, f.repo, sha, moves[i].After, &github.ListOptions{PerPage: 1})
		if err != nil && status(err) != http.StatusNotFound {
			failed = err
		}
		has := err == nil && (cmp.GetStatus() == "ahead" || cmp.GetStatus() == "identical")
		return !has
	})
	if failed != nil || without == 0 || without == len(moves) {
		return nil, failed // at the end of the list an older movement may have brought it
	}
	return moves[without-1].Actor, nil
}
