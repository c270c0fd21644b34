package github

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/google/go-github/v60/github"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/levee-gitops/levee/reconciler/forge"
)

// proposalPrefix is the prefix of the branches of proposals. A branch that somebody else put
// there is overwritten.
const proposalPrefix = "levee/propose/"

// proposals are the pull requests that the daemon opens itself.
type proposals struct {
	*repository
	account *account
	history *history
	created *lru.Cache[string, int64]
}

// propose opens a pull request with files of the daemon's. The branch is named after the
// key, and by it an earlier one is found, whether it is open or not.
func (ps *proposals) propose(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	p := a.Propose
	if p.Base == "" {
		return forge.Receipt{}, errors.New("no branch is named for it")
	}
	name := proposalBranch(p.Key)
	if id, err := ps.find(ctx, name, p.Base); err != nil || id != "" {
		return forge.Receipt{ID: id}, err
	}
	tip, _, err := ps.client.Git.GetRef(ctx, ps.owner, ps.name, "refs/heads/"+p.Base)
	if err != nil {
		return forge.Receipt{}, fmt.Errorf("read the branch %q: %w", p.Base, writeError(err))
	}
	commit, err := ps.commit(ctx, p, tip.GetObject().GetSHA())
	if err != nil {
		return forge.Receipt{}, err
	}
	if err := ps.setBranch(ctx, name, commit); err != nil {
		return forge.Receipt{}, fmt.Errorf("make the branch %s: %w", name, err)
	}
	title, body := shorten(oneLine(p.Title), maxTitle), fitComment(p.Text)
	if title == "" {
		title = "Proposed by the daemon"
	}
	made, _, err := ps.client.PullRequests.Create(ctx, ps.owner, ps.name, &github.NewPullRequest{Title: &title, Body: &body, Head: &name, Base: &p.Base})
	if err != nil {
		if id, other := ps.find(ctx, name, p.Base); other == nil && id != "" {
			return forge.Receipt{ID: id}, nil // another replica was faster
		}
		return forge.Receipt{}, writeError(err)
	}
	ps.created.Add("propose/"+p.Base+"/"+name, int64(made.GetNumber()))
	return forge.Receipt{Done: true, ID: strconv.Itoa(made.GetNumber())}, nil
}

// findProposal returns the number of this forge's pull request from a branch; empty for none.
func (ps *proposals) find(ctx context.Context, name, base string) (string, error) {
	if n, ok := ps.created.Get("propose/" + base + "/" + name); ok {
		return strconv.FormatInt(n, 10), nil
	}
	self, err := ps.account.login(ctx)
	if err != nil {
		return "", err
	}
	list, err := listAll(func(at github.ListOptions) ([]*github.PullRequest, *github.Response, error) {
		return ps.client.PullRequests.List(ctx, ps.owner, ps.name, &github.PullRequestListOptions{
			State: "all", Head: ps.owner + ":" + name, Base: base, Sort: "created", Direction: "asc", ListOptions: at,
		})
	})
	if err != nil {
		return "", fmt.Errorf("look for it: %w", err)
	}
	for _, p := range list {
		if hasLogin(p.User, self) && p.GetHead().GetRef() == name {
			return strconv.Itoa(p.GetNumber()), nil
		}
	}
	return "", nil
}

// commitProposal creates the commit of a proposal, on top of a commit of the base branch.
func (ps *proposals) commit(ctx context.Context, p *forge.Proposal, tip string) (string, error) {
	tree, entries := "", []*github.TreeEntry{}
	on, _, err := ps.client.Repositories.GetCommit(ctx, ps.owner, ps.name, tip, &github.ListOptions{PerPage: 1})
	if err != nil {
		return "", fmt.Errorf("read the tip of %q: %w", p.Base, err)
	}
	tree = on.GetCommit().GetTree().GetSHA()
	for _, name := range slices.Sorted(maps.Keys(p.Files)) {
		entry := &github.TreeEntry{Path: github.String(name), Mode: github.String("100644"), Type: github.String("blob")}
		if p.Files[name] == nil {
			if there, err := ps.history.hasFile(ctx, tip, name); err != nil {
				return "", err
			} else if !there {
				continue // to delete what is not there is an error on GitHub
			}
		} else {
			content, encoding := base64.StdEncoding.EncodeToString(p.Files[name]), "base64"
			blob, _, err := ps.client.Git.CreateBlob(ctx, ps.owner, ps.name, &github.Blob{Content: &content, Encoding: &encoding})
			if err != nil {
				return "", fmt.Errorf("write %q: %w", name, writeError(err))
			}
			entry.SHA = blob.SHA
		}
		entries = append(entries, entry)
	}
	if len(entries) > 0 {
		made, _, err := ps.client.Git.CreateTree(ctx, ps.owner, ps.name, tree, entries)
		if err != nil {
			return "", fmt.Errorf("write its files: %w", writeError(err))
		}
		tree = made.GetSHA()
	}
	message := shorten(oneLine(p.Title), maxTitle) + "\n\n" + fitComment(p.Text)
	commit, _, err := ps.client.Git.CreateCommit(ctx, ps.owner, ps.name, &github.Commit{
		Message: &message, Tree: &github.Tree{SHA: &tree}, Parents: []*github.Commit{{SHA: &tip}},
	}, nil)
	return commit.GetSHA(), writeError(err)
}

// setBranch creates a branch at a commit, or moves it there.
func (ps *proposals) setBranch(ctx context.Context, name, commit string) error {
	ref := "refs/heads/" + name
	to := &github.Reference{Ref: &ref, Object: &github.GitObject{SHA: &commit}}
	_, _, err := ps.client.Git.CreateRef(ctx, ps.owner, ps.name, to)
	if statusCode(err) == http.StatusUnprocessableEntity {
		_, _, err = ps.client.Git.UpdateRef(ctx, ps.owner, ps.name, to, true)
	}
	return writeError(err)
}

// proposalBranch is the name of the branch for a key: its letters and digits, and a hash.
func proposalBranch(key string) string {
	slug := strings.Map(func(c rune) rune {
		if c < unicode.MaxASCII && (unicode.IsLetter(c) || unicode.IsDigit(c)) {
			return c
		}
		return '-'
	}, forge.Cut(key, 60))
	return proposalPrefix + strings.Trim(strings.Trim(slug, "-")+"-"+hashOf(key)[:12], "-")
}
