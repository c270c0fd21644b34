package github

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// maxCommits is the most commits of a pull request that GitHub lists.
const maxCommits = 250

// webFlow is the account that is the committer of commits made on GitHub's web pages.
const webFlow = "web-flow"

// contributors lists who contributed to which paths. steady is false if the list of
// commits is not that of the head, because somebody pushed meanwhile. Contributors are the
// pushers of each commit and the people it names: by e-mail address, and by account where
// GitHub knows the address, since roles.yaml may list only one of the two. A merge commit
// that changes nothing by itself has no contributors.
func (h *history) contributors(ctx context.Context, p *github.PullRequest, pushed pushes, self string) ([]forge.Contributor, bool, error) {
	if p.GetCommits() > maxCommits {
		return nil, false, fmt.Errorf("it has %d commits, and GitHub lists %d; publish it in parts, or squash it", p.GetCommits(), maxCommits)
	}
	commits, err := listAll(func(at github.ListOptions) ([]*github.RepositoryCommit, *github.Response, error) {
		return h.client.PullRequests.ListCommits(ctx, h.owner, h.name, p.GetNumber(), &at)
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
			if !hasLogin(u, self) {
				result.add(forge.Contributor{Identity: pusherIdentity(u)}, facts)
			}
		}
		for _, login := range facts.logins {
			if !strings.EqualFold(login, self) {
				result.add(forge.Contributor{Identity: forge.Identity{Login: login}}, facts)
			}
		}
		for _, email := range facts.emails {
			result.add(forge.Contributor{Email: email}, facts)
		}
	}
	return result.list(), true, nil
}

// presumedPusher is the pusher of a commit for which GitHub lists no push. Where pushes to a fork
// cannot be listed and only the owner can push to it, that is the owner, if the owner is
// a person. Otherwise it is nil, which becomes the zero Identity: nobody can approve then.
func presumedPusher(p *github.PullRequest, pushed pushes) *github.User {
	if owner := p.GetHead().GetRepo().GetOwner(); owner.GetType() == personType && owner.GetLogin() != "" && !pushed.known && !p.GetMaintainerCanModify() {
		return owner
	}
	return nil
}

// pusherIdentity is the identity of an account; the zero one where the account is not known.
func pusherIdentity(u *github.User) forge.Identity {
	if u == nil {
		return forge.Identity{}
	}
	return identityOf(u)
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

// noreply matches the e-mail addresses that GitHub gives to accounts.
var noreply = regexp.MustCompile(`(?i)^(?:[0-9]+\+)?([a-z0-9](?:[a-z0-9-]{0,38})(?:\[bot\])?)@users\.noreply\.github\.com$`)

// commitAuthors lists the e-mail addresses of a commit's author, committer and co-authors,
// and the logins of the accounts that GitHub assigns them to.
func commitAuthors(c *github.RepositoryCommit) (emails, logins []string) {
	for _, side := range []struct {
		by   *github.CommitAuthor
		user *github.User
	}{{c.GetCommit().GetAuthor(), c.Author}, {c.GetCommit().GetCommitter(), c.Committer}} {
		if hasLogin(side.user, webFlow) && side.by.GetEmail() == "noreply@github.com" {
			continue
		}
		emails = append(emails, side.by.GetEmail())
		if side.user.GetLogin() != "" {
			logins = append(logins, side.user.GetLogin())
		}
	}
	emails = append(emails, gitrepo.CoAuthors(c.GetCommit().GetMessage())...)
	for _, email := range emails {
		if m := noreply.FindStringSubmatch(email); m != nil {
			logins = append(logins, m[1])
		}
	}
	return sortedUnique(emails), sortedUnique(logins)
}

func sortedUnique(list []string) []string {
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), func(s string) bool { return s == "" })
}
