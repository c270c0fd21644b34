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

	"github.com/levee-gitops/levee/reconciler/forge"
)

// proposals is where the branches of proposals are. What others put there is not
// theirs: the daemon moves it.
const proposals = "levee/propose/"

// propose opens a pull request of the daemon's own. It is found again by its branch,
// which is named after the key, open or not.
func (f *Forge) propose(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	p := a.Propose
	if p.Base == "" {
		return forge.Receipt{}, errors.New("no branch is named for it")
	}
	name := proposalBranch(p.Key)
	if id, err := f.proposed(ctx, name, p.Base); err != nil || id != "" {
		return forge.Receipt{ID: id}, err
	}
	tip, _, err := f.client.Git.GetRef(ctx, f.owner, f.repo, "refs/heads/"+p.Base)
	if err != nil {
		return forge.Receipt{}, fmt.Errorf("read the branch %q: %w", p.Base, refused(err))
	}
	commit, err := f.draft(ctx, p, tip.GetObject().GetSHA())
	if err != nil {
		return forge.Receipt{}, err
	}
	if err := f.place(ctx, name, commit); err != nil {
		return forge.Receipt{}, fmt.Errorf("make the branch %s: %w", name, err)
	}
	title, body := first(line1(p.Title), maxTitle), fitting(p.Text)
	if title == "" {
		title = "Proposed by the daemon"
	}
	made, _, err := f.client.PullRequests.Create(ctx, f.owner, f.repo, &github.NewPullRequest{Title: &title, Body: &body, Head: &name, Base: &p.Base})
	if err != nil {
		if id, other := f.proposed(ctx, name, p.Base); other == nil && id != "" {
			return forge.Receipt{ID: id}, nil // somebody, perhaps another of us, was faster
		}
		return forge.Receipt{}, refused(err)
	}
	f.wrote("propose/"+p.Base+"/"+name, int64(made.GetNumber()))
	return forge.Receipt{Done: true, ID: strconv.Itoa(made.GetNumber())}, nil
}

// proposed finds our pull request from a branch; empty where there is none.
func (f *Forge) proposed(ctx context.Context, name, base string) (string, error) {
	if n, ok := f.made("propose/" + base + "/" + name); ok {
		return strconv.FormatInt(n, 10), nil
	}
	self, err := f.me(ctx)
	if err != nil {
		return "", err
	}
	list, err := all(func(at github.ListOptions) ([]*github.PullRequest, *github.Response, error) {
		return f.client.PullRequests.List(ctx, f.owner, f.repo, &github.PullRequestListOptions{
			State: "all", Head: f.owner + ":" + name, Base: base, Sort: "created", Direction: "asc", ListOptions: at,
		})
	})
	if err != nil {
		return "", fmt.Errorf("look for it: %w", err)
	}
	for _, p := range list {
		if is(p.User, self) && p.GetHead().GetRef() == name {
			return strconv.Itoa(p.GetNumber()), nil
		}
	}
	return "", nil
}

// draft makes the commit of a proposal on top of the base.
func (f *Forge) draft(ctx context.Context, p *forge.Proposal, tip string) (string, error) {
	tree, entries := "", []*github.TreeEntry{}
	on, _, err := f.client.Repositories.GetCommit(ctx, f.owner, f.repo, tip, &github.ListOptions{PerPage: 1})
	if err != nil {
		return "", fmt.Errorf("read the tip of %q: %w", p.Base, err)
	}
	tree = on.GetCommit().GetTree().GetSHA()
	for _, name := range slices.Sorted(maps.Keys(p.Files)) {
		entry := &github.TreeEntry{Path: github.String(name), Mode: github.String("100644"), Type: github.String("blob")}
		if p.Files[name] == nil {
			if there, err := f.holds(ctx, tip, name); err != nil {
				return "", err
			} else if !there {
				continue // GitHub deletes nothing that is not there
			}
		} else {
			content, encoding := base64.StdEncoding.EncodeToString(p.Files[name]), "base64"
			blob, _, err := f.client.Git.CreateBlob(ctx, f.owner, f.repo, &github.Blob{Content: &content, Encoding: &encoding})
			if err != nil {
				return "", fmt.Errorf("write %q: %w", name, refused(err))
			}
			entry.SHA = blob.SHA
		}
		entries = append(entries, entry)
	}
	if len(entries) > 0 {
		made, _, err := f.client.Git.CreateTree(ctx, f.owner, f.repo, tree, entries)
		if err != nil {
			return "", fmt.Errorf("write its files: %w", refused(err))
		}
		tree = made.GetSHA()
	}
	message := first(line1(p.Title), maxTitle) + "\n\n" + fitting(p.Text)
	commit, _, err := f.client.Git.CreateCommit(ctx, f.owner, f.repo, &github.Commit{
		Message: &message, Tree: &github.Tree{SHA: &tree}, Parents: []*github.Commit{{SHA: &tip}},
	}, nil)
	return commit.GetSHA(), refused(err)
}

// holds reports whether a file is there at a commit.
func (f *Forge) holds(ctx context.Context, commit, file string) (bool, error) {
	at := commit
	for rest := file; ; {
		name, below, nested := strings.Cut(rest, "/")
		entries, err := f.tree(ctx, at)
		if err != nil {
			return false, err
		}
		e, ok := entries[name]
		if !nested || !ok || !e.folder {
			return ok && !nested && !e.folder, nil
		}
		rest, at = below, e.id
	}
}

// place puts the branch of a proposal on a commit, wherever it was.
func (f *Forge) place(ctx context.Context, name, commit string) error {
	ref := "refs/heads/" + name
	to := &github.Reference{Ref: &ref, Object: &github.GitObject{SHA: &commit}}
	_, _, err := f.client.Git.CreateRef(ctx, f.owner, f.repo, to)
	if status(err) == http.StatusUnprocessableEntity {
		_, _, err = f.client.Git.UpdateRef(ctx, f.owner, f.repo, to, true)
	}
	return refused(err)
}

// proposalBranch is the branch for a key: what is readable of it, and a hash.
func proposalBranch(key string) string {
	slug := strings.Map(func(c rune) rune {
		if c < unicode.MaxASCII && (unicode.IsLetter(c) || unicode.IsDigit(c)) {
			return c
		}
		return '-'
	}, cut(key, 60))
	return proposals + strings.Trim(strings.Trim(slug, "-")+"-"+hashOf(key)[:12], "-")
}
