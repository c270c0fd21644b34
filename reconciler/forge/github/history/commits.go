package history

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"github.com/google/go-github/v60/github"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/reconciler/forge/github/api"
)

const maxFiles = 3_000 // GitHub lists no more files of a commit

// commitFacts is what is remembered of a commit.
type commitFacts struct {
	paths          []string // the files it changed, sorted
	all            bool     // it may have changed any file
	emails, logins []string // of its author, committer and co-authors
	parents        []string
}

// History tells what the commits of a repository changed, and who brought them. What it read
// of a commit or tree it keeps: neither can change.
type History struct {
	*api.Repository
	commits *lru.Cache[string, *commitFacts]
	trees   *lru.Cache[string, map[string]entry]
}

// New asks nothing of GitHub yet.
func New(r *api.Repository) *History {
	return &History{Repository: r, commits: api.NewLRU[*commitFacts](20_000), trees: api.NewLRU[map[string]entry](2_000)}
}

// commit reads a commit, from GitHub the first time and then from memory.
func (h *History) commit(ctx context.Context, sha string) (*commitFacts, error) {
	if facts, ok := h.commits.Get(sha); ok {
		return facts, nil
	}
	facts := &commitFacts{}
	at := github.ListOptions{PerPage: 100}
	for read := 0; ; {
		c, resp, err := h.Client.Repositories.GetCommit(ctx, h.Owner, h.Name, sha, &at)
		if err != nil {
			return nil, err
		}
		if c.GetSHA() != sha {
			return nil, fmt.Errorf("GitHub answers with another commit, %s", c.GetSHA())
		}
		if at.Page == 0 {
			facts.emails, facts.logins = commitAuthors(c)
			for _, p := range c.Parents {
				facts.parents = append(facts.parents, p.GetSHA())
			}
			if len(facts.parents) > 1 {
				break
			}
		}
		for _, file := range c.Files {
			facts.paths = append(facts.paths, file.GetFilename())
			if old := file.GetPreviousFilename(); old != "" {
				facts.paths = append(facts.paths, old)
			}
		}
		read += len(c.Files)
		if resp.NextPage == 0 || read >= maxFiles {
			facts.all = read >= maxFiles
			break
		}
		at.Page = resp.NextPage
	}
	if len(facts.parents) > 1 {
		var err error
		if facts.paths, facts.all, err = h.mergePaths(ctx, sha, facts.parents); err != nil {
			return nil, err
		}
	}
	facts.paths = sortedUnique(facts.paths)
	h.commits.Add(sha, facts)
	return facts, nil
}

// commitAuthors lists the e-mail addresses of a commit's author, committer and co-authors,
// and the logins of the accounts that GitHub assigns them to.
func commitAuthors(c *github.RepositoryCommit) (emails, logins []string) {
	for _, side := range []struct {
		by   *github.CommitAuthor
		user *github.User
	}{{c.GetCommit().GetAuthor(), c.Author}, {c.GetCommit().GetCommitter(), c.Committer}} {
		if api.HasLogin(side.user, webFlow) && side.by.GetEmail() == "noreply@github.com" {
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

// noreply matches the e-mail addresses that GitHub gives to accounts.
var noreply = regexp.MustCompile(`(?i)^(?:[0-9]+\+)?([a-z0-9](?:[a-z0-9-]{0,38})(?:\[bot\])?)@users\.noreply\.github\.com$`)

// webFlow is the account that is the committer of commits made on GitHub's web pages.
const webFlow = "web-flow"

func sortedUnique(list []string) []string {
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), func(s string) bool { return s == "" })
}
