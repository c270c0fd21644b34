package pulls

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
	"github.com/levee-gitops/levee/reconciler/forge/github/api"
	"github.com/levee-gitops/levee/reconciler/forge/github/history"
)

// proposalPrefix is the prefix of the branches of proposals. A branch that somebody else put
// there is overwritten.
const proposalPrefix = "levee/propose/"

// Proposals are the pull requests that the daemon opens itself.
type Proposals struct {
	*api.Repository
	account *api.Account
	history *history.History
	created *lru.Cache[string, int64]
}

// NewProposals remembers in created what it opened.
func NewProposals(r *api.Repository, account *api.Account, history *history.History, created *lru.Cache[string, int64]) *Proposals {
	return &Proposals{r, account, history, created}
}

// Propose opens a pull request with files of the daemon's. The branch is named after the
// key, and by it an earlier one is found, whether it is open or not.
func (ps *Proposals) Propose(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	p := a.Propose
	if p.Base == "" {
		return forge.Receipt{}, errors.New("no branch is named for it")
	}
	name := proposalBranch(p.Key)
	if id, err := ps.find(ctx, name, p.Base); err != nil || id != "" {
		return forge.Receipt{ID: id}, err
	}
	tip, _, err := ps.Client.Git.GetRef(ctx, ps.Owner, ps.Name, "refs/heads/"+p.Base)
	if err != nil {
		return forge.Receipt{}, fmt.Errorf("read the branch %q: %w", p.Base, api.WriteError(err))
	}
	commit, err := ps.commit(ctx, p, tip.GetObject().GetSHA())
	if err != nil {
		return forge.Receipt{}, err
	}
	if err := ps.setBranch(ctx, name, commit); err != nil {
		return forge.Receipt{}, fmt.Errorf("make the branch %s: %w", name, err)
	}
	title, body := api.Shorten(api.OneLine(p.Title), api.MaxTitle), api.FitComment(p.Text)
	if title == "" {
		title = "Proposed by the daemon"
	}
	made, _, err := ps.Client.PullRequests.Create(ctx, ps.Owner, ps.Name, &github.NewPullRequest{Title: &title, Body: &body, Head: &name, Base: &p.Base})
	if err != nil {
		if id, other := ps.find(ctx, name, p.Base); other == nil && id != "" {
			return forge.Receipt{ID: id}, nil // another replica was faster
		}
		return forge.Receipt{}, api.WriteError(err)
	}
	ps.created.Add("propose/"+p.Base+"/"+name, int64(made.GetNumber()))
	return forge.Receipt{Done: true, ID: strconv.Itoa(made.GetNumber())}, nil
}

// find returns the number of this forge's pull request from a branch; empty for none.
func (ps *Proposals) find(ctx context.Context, name, base string) (string, error) {
	if n, ok := ps.created.Get("propose/" + base + "/" + name); ok {
		return strconv.FormatInt(n, 10), nil
	}
	self, err := ps.account.Login(ctx)
	if err != nil {
		return "", err
	}
	list, err := api.ListAll(func(at github.ListOptions) ([]*github.PullRequest, *github.Response, error) {
		return ps.Client.PullRequests.List(ctx, ps.Owner, ps.Name, &github.PullRequestListOptions{
			State: "all", Head: ps.Owner + ":" + name, Base: base, Sort: "created", Direction: "asc", ListOptions: at,
		})
	})
	if err != nil {
		return "", fmt.Errorf("look for it: %w", err)
	}
	for _, p := range list {
		if api.HasLogin(p.User, self) && p.GetHead().GetRef() == name {
			return strconv.Itoa(p.GetNumber()), nil
		}
	}
	return "", nil
}

// commit creates the commit of a proposal, on top of a commit of the base branch.
func (ps *Proposals) commit(ctx context.Context, p *forge.Proposal, tip string) (string, error) {
	tree, entries := "", []*github.TreeEntry{}
	on, _, err := ps.Client.Repositories.GetCommit(ctx, ps.Owner, ps.Name, tip, &github.ListOptions{PerPage: 1})
	if err != nil {
		return "", fmt.Errorf("read the tip of %q: %w", p.Base, err)
	}
	tree = on.GetCommit().GetTree().GetSHA()
	for _, name := range slices.Sorted(maps.Keys(p.Files)) {
		entry := &github.TreeEntry{Path: github.String(name), Mode: github.String("100644"), Type: github.String("blob")}
		if p.Files[name] == nil {
			if there, err := ps.history.HasFile(ctx, tip, name); err != nil {
				return "", err
			} else if !there {
				continue // to delete what is not there is an error on GitHub
			}
		} else {
			content, encoding := base64.StdEncoding.EncodeToString(p.Files[name]), "base64"
			blob, _, err := ps.Client.Git.CreateBlob(ctx, ps.Owner, ps.Name, &github.Blob{Content: &content, Encoding: &encoding})
			if err != nil {
				return "", fmt.Errorf("write %q: %w", name, api.WriteError(err))
			}
			entry.SHA = blob.SHA
		}
		entries = append(entries, entry)
	}
	if len(entries) > 0 {
		made, _, err := ps.Client.Git.CreateTree(ctx, ps.Owner, ps.Name, tree, entries)
		if err != nil {
			return "", fmt.Errorf("write its files: %w", api.WriteError(err))
		}
		tree = made.GetSHA()
	}
	message := api.Shorten(api.OneLine(p.Title), api.MaxTitle) + "\n\n" + api.FitComment(p.Text)
	commit, _, err := ps.Client.Git.CreateCommit(ctx, ps.Owner, ps.Name, &github.Commit{
		Message: &message, Tree: &github.Tree{SHA: &tree}, Parents: []*github.Commit{{SHA: &tip}},
	}, nil)
	return commit.GetSHA(), api.WriteError(err)
}

// setBranch creates a branch at a commit, or moves it there.
func (ps *Proposals) setBranch(ctx context.Context, name, commit string) error {
	ref := "refs/heads/" + name
	to := &github.Reference{Ref: &ref, Object: &github.GitObject{SHA: &commit}}
	_, _, err := ps.Client.Git.CreateRef(ctx, ps.Owner, ps.Name, to)
	if api.Status(err) == http.StatusUnprocessableEntity {
		_, _, err = ps.Client.Git.UpdateRef(ctx, ps.Owner, ps.Name, to, true)
	}
	return api.WriteError(err)
}

// proposalBranch is the name of the branch for a key: its letters and digits, and a hash.
func proposalBranch(key string) string {
	slug := strings.Map(func(c rune) rune {
		if c < unicode.MaxASCII && (unicode.IsLetter(c) || unicode.IsDigit(c)) {
			return c
		}
		return '-'
	}, forge.Cut(key, 60))
	return proposalPrefix + strings.Trim(strings.Trim(slug, "-")+"-"+api.Hash(key)[:12], "-")
}
