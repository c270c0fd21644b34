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

// maxCommits is how many commits of a pull request GitHub lists.
const maxCommits = 250

// webFlow is the account that commits made on GitHub's pages name as committer.
const webFlow = "web-flow"

// contributors tells who had a hand in which paths, and whether the list of commits
// belongs to the head. Whoever pushed counts, and whoever a commit names: by address,
// and by account where the address is one that GitHub knows, for roles.yaml may
// know the person by that only. A merge that adds nothing is nobody's.
func (f *Forge) contributors(ctx context.Context, p *github.PullRequest, pushed pushes, self string) ([]forge.Contributor, bool, error) {
	if p.GetCommits() > maxCommits {
		return nil, false, fmt.Errorf("it has %d commits, and GitHub lists %d; publish it in parts, or squash it", p.GetCommits(), maxCommits)
	}
	commits, err := all(func(at github.ListOptions) ([]*github.RepositoryCommit, *github.Response, error) {
		return f.client.PullRequests.ListCommits(ctx, f.owner, f.repo, p.GetNumber(), &at)
	})
	if err != nil {
		return nil, false, fmt.Errorf("list its commits: %w", err)
	}
	head := p.GetHead().GetSHA()
	if len(commits) != p.GetCommits() || len(commits) > 0 && !slices.ContainsFunc(commits, func(c *github.RepositoryCommit) bool { return c.GetSHA() == head }) {
		return nil, false, nil
	}
	reach := reachOf(commits)
	var g gathering
	for _, c := range commits {
		facts, err := f.commit(ctx, c.GetSHA())
		if err != nil {
			return nil, false, fmt.Errorf("read commit %s: %w", c.GetSHA(), err)
		}
		if len(c.Parents) > 1 && !facts.all && len(facts.paths) == 0 {
			continue
		}
		by := pushed.of(func(head string) (bool, bool) { set, ok := reach[head]; return set[c.GetSHA()], ok })
		if len(by) == 0 {
			by = []*github.User{presumed(p, pushed)}
		}
		for _, u := range by {
			if !is(u, self) {
				g.add(forge.Contributor{Identity: identity(u)}, facts)
			}
		}
		for _, login := range facts.logins {
			if !strings.EqualFold(login, self) {
				g.add(forge.Contributor{Identity: forge.Identity{Login: login}}, facts)
			}
		}
		for _, email := range facts.emails {
			g.add(forge.Contributor{Email: email}, facts)
		}
	}
	return g.list(), true, nil
}

// presumed is who pushed where GitHub does not tell: a fork of a person's own is
// pushed to by that person. Of any other fork nobody is known, which the zero
// contributor says, and neither where GitHub tells, and has yet to tell this push.
func presumed(p *github.PullRequest, pushed pushes) *github.User {
	if owner := p.GetHead().GetRepo().GetOwner(); owner.GetType() == personType && owner.GetLogin() != "" && !pushed.known && !p.GetMaintainerCanModify() {
		return owner
	}
	return nil
}

// identity is who an account belongs to, and nobody where there is none.
func identity(u *github.User) forge.Identity {
	if u == nil {
		return forge.Identity{}
	}
	return person(u)
}

// reachOf tells for each commit of a pull request which others it has behind it.
func reachOf(commits []*github.RepositoryCommit) map[string]map[string]bool {
	parents := map[string][]*github.Commit{}
	for _, c := range commits {
		parents[c.GetSHA()] = c.Parents
	}
	reach := map[string]map[string]bool{}
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
		reach[sha] = set
	}
	return reach
}

// noreply is the form of the addresses that GitHub gives to accounts.
var noreply = regexp.MustCompile(`(?i)^(?:[0-9]+\+)?([a-z0-9](?:[a-z0-9-]{0,38})(?:\[bot\])?)@users\.noreply\.github\.com$`)

// named lists whom a commit names: the addresses of author, committer and co-authors,
// and the accounts that GitHub takes them for.
func named(c *github.RepositoryCommit) (emails, logins []string) {
	for _, side := range []struct {
		by   *github.CommitAuthor
		user *github.User
	}{{c.GetCommit().GetAuthor(), c.Author}, {c.GetCommit().GetCommitter(), c.Committer}} {
		if is(side.user, webFlow) && side.by.GetEmail() == "noreply@github.com" {
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
	return tidy(emails), tidy(logins)
}

func tidy(list []string) []string {
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), func(s string) bool { return s == "" })
}
