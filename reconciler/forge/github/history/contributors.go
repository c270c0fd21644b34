package history

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github/api"
)

// maxCommits is the most commits of a pull request that GitHub lists.
const maxCommits = 250

// Contributors lists who contributed to which paths. steady is false if the list of
// commits is not that of the head, because somebody pushed meanwhile. Contributors are the
// pushers of each commit and the people it names: by e-mail address, and by account where
// GitHub knows the address, since roles.yaml may list only one of the two. A merge commit
// that changes nothing by itself has no contributors.
func (h *History) Contributors(ctx context.Context, p *github.PullRequest, pushed Pushes, self string) ([]forge.Contributor, bool, error) {
	if p.GetCommits() > maxCommits {
		return nil, false, fmt.Errorf("it has %d commits, and GitHub lists %d; publish it in parts, or squash it", p.GetCommits(), maxCommits)
	}
	commits, err := api.ListAll(func(at github.ListOptions) ([]*github.RepositoryCommit, *github.Response, error) {
		return h.Client.PullRequests.ListCommits(ctx, h.Owner, h.Name, p.GetNumber(), &at)
	})
	if err != nil {
		return nil, false, fmt.Errorf("list its commits: %w", err)
	}
	head := p.GetHead().GetSHA()
	if len(commits) != p.GetCommits() || len(commits) > 0 && !slices.ContainsFunc(commits, func(c *github.RepositoryCommit) bool { return c.GetSHA() == head }) {
		return nil, false, nil
	}
	ancestors := ancestorsOf(commits)
	var result contributorSet
	for _, c := range commits {
		facts, err := h.commit(ctx, c.GetSHA())
		if err != nil {
			return nil, false, fmt.Errorf("read commit %s: %w", c.GetSHA(), err)
		}
		if len(c.Parents) > 1 && !facts.all && len(facts.paths) == 0 {
			continue
		}
		by := pushed.pushersOf(func(head string) (bool, bool) { set, ok := ancestors[head]; return set[c.GetSHA()], ok })
		if len(by) == 0 {
			by = []*github.User{presumedPusher(p, pushed)}
		}
		for _, u := range by {
			if !api.HasLogin(u, self) {
				result.add(forge.Contributor{Identity: pusherIdentity(u)}, facts)
			}
		}
		result.addNamed(facts, self)
	}
	return result.list(), true, nil
}

// presumedPusher is the pusher of a commit for which GitHub lists no push. Where pushes to a fork
// cannot be listed and only the owner can push to it, that is the owner, if the owner is
// a person. Otherwise it is nil, which becomes the zero Identity: nobody can approve then.
func presumedPusher(p *github.PullRequest, pushed Pushes) *github.User {
	if owner := p.GetHead().GetRepo().GetOwner(); owner.GetType() == api.PersonType && owner.GetLogin() != "" && !pushed.Known && !p.GetMaintainerCanModify() {
		return owner
	}
	return nil
}

// pusherIdentity is the identity of an account; the zero one where the account is not known.
func pusherIdentity(u *github.User) forge.Identity {
	if u == nil {
		return forge.Identity{}
	}
	return api.IdentityOf(u)
}

// ancestorsOf returns, for each commit of a pull request, itself and its ancestors among them.
func ancestorsOf(commits []*github.RepositoryCommit) map[string]map[string]bool {
	parents := map[string][]*github.Commit{}
	for _, c := range commits {
		parents[c.GetSHA()] = c.Parents
	}
	ancestors := map[string]map[string]bool{}
	for sha := range parents {
		set, todo := map[string]bool{}, []string{sha}
		for len(todo) > 0 {
			at := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if set[at] {
				continue
			}
			set[at] = true
			for _, parent := range parents[at] {
				if _, ours := parents[parent.GetSHA()]; ours {
					todo = append(todo, parent.GetSHA())
				}
			}
		}
		ancestors[sha] = set
	}
	return ancestors
}
