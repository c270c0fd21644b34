package reconciler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// maxHands is how many commits are looked at for who had a hand in held content, and
// keepHands for how many contents that is remembered. Beyond maxHands nobody knows,
// and so nobody can be kept from approving their own.
const maxHands, keepHands = 20_000, 64

// hands lists who had a hand in content that landed past the check and is held, in an
// app's folders, or without folders in governance: whoever brought it cannot approve it
// afterwards. It is empty where nothing is held. The zero contributor stands for
// somebody of whom nobody can tell who it was.
func (p *pass) hands(ctx context.Context, state ledger.App, since catalog.Commit, folders ...string) ([]forge.Contributor, error) {
	if state.Held == nil || since == "" {
		return nil, nil
	}
	key := strings.Join([]string{string(since), string(state.Held.Commit), strings.Join(folders, " ")}, " ")
	if found, known := p.r.hands[key]; known {
		return found, nil
	}
	found, err := p.findHands(ctx, since, state.Held.Commit, folders)
	if err != nil {
		return nil, fmt.Errorf("find out who pushed %s: %w", state.Held.Commit.Short(), err)
	}
	if len(p.r.hands) == keepHands {
		clear(p.r.hands)
	}
	p.r.hands[key] = found
	return found, nil
}

// findHands asks the forge about each step of the catalog's branch between two commits
// that touches the folders: which change brought it, or else who pushed it.
func (p *pass) findHands(ctx context.Context, since, until catalog.Commit, folders []string) ([]forge.Contributor, error) {
	steps, err := p.r.Repo.FirstParents(ctx, since, until)
	if errors.Is(err, gitrepo.ErrUnrelated) {
		steps, err = p.r.Repo.Between(ctx, since, until) // merged the wrong way round
	}
	if errors.Is(err, gitrepo.ErrNotFound) {
		return []forge.Contributor{{}}, nil // their past was rewritten
	}
	if err != nil {
		return nil, err
	}
	var found []forge.Contributor
	if len(steps) > maxHands {
		found = append(found, forge.Contributor{})
	}
	for _, commit := range steps[max(0, len(steps)-maxHands):] {
		touched, err := p.stepTouches(ctx, commit, folders)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", commit.Short(), err)
		}
		if !touched {
			continue
		}
		by, err := p.broughtBy(ctx, commit)
		if err != nil {
			return nil, err
		}
		for _, c := range by {
			if !slices.ContainsFunc(c.Paths, func(path string) bool { return bears(path, folders) }) && len(c.Paths) > 0 {
				continue
			}
			c.Paths = nil
			if !slices.ContainsFunc(found, func(f forge.Contributor) bool { return f.Email == c.Email && f.Identity == c.Identity }) {
				found = append(found, c)
			}
		}
	}
	return found, nil
}

// broughtBy lists who had a hand in one step of the catalog's branch.
func (p *pass) broughtBy(ctx context.Context, commit catalog.Commit) ([]forge.Contributor, error) {
	id, err := p.r.Forge.Landed(ctx, commit)
	if err != nil {
		return nil, err
	}
	if id == "" {
		return p.r.Forge.Pushed(ctx, commit)
	}
	c, err := p.r.Forge.Change(ctx, id)
	if errors.Is(err, forge.ErrUnknown) {
		return []forge.Contributor{{}}, nil
	}
	return append(slices.Clone(c.Contributors), forge.Contributor{Identity: c.Author}), err
}

// stepTouches reports whether a step of the catalog's branch differs in the folders
// from the one before.
func (p *pass) stepTouches(ctx context.Context, commit catalog.Commit, folders []string) (bool, error) {
	info, err := p.r.Repo.Commit(ctx, commit)
	if err != nil {
		return false, err
	}
	before := gitrepo.EmptyTree
	if len(info.Parents) > 0 {
		parent, err := p.r.Repo.Commit(ctx, info.Parents[0])
		if err != nil {
			return false, err
		}
		before = parent.Tree
	}
	changes, err := p.r.Repo.Diff(ctx, before, info.Tree)
	if unusable(err) {
		return true, nil // there is no telling what it touches: everything, then
	}
	return slices.ContainsFunc(changes, func(c gitrepo.Change) bool { return bears(c.Path, folders) }), err
}

// bears reports whether a path belongs to one of an app's folders, or without folders
// to governance.
func bears(path string, folders []string) bool {
	if len(folders) == 0 {
		return !strings.HasPrefix(path, "apps/")
	}
	return touches([]string{path}, folders...)
}

// with is a change to which those are added who had a hand in what is held.
func with(c forge.Change, hands []forge.Contributor) forge.Change {
	c.Contributors = slices.Concat(c.Contributors, hands)
	return c
}

// unknownHands is the problem of content that landed past the check by somebody whom
// nobody knows: whoever that is might be the one who approves it.
func (w who) unknownHands(hands []forge.Contributor, path string) []catalog.Problem {
	if !slices.ContainsFunc(hands, func(c forge.Contributor) bool {
		named := c.Identity != forge.Identity{}
		return named && w.person(c.Identity) == "" || !named && c.Email == ""
	}) {
		return nil
	}
	return []catalog.Problem{{
		Rule: ruleUnknownPusher, Level: catalog.Deny, Path: path, Controls: []string{},
		Message: "This was put onto the catalog's branch past the check, by somebody whom `roles.yaml` does not know, or who did not sign it. Nobody can tell who must not approve it.",
		Remedy:  "Take it back there with `git revert`, and ask for it in a change whose commits are signed by somebody whom `roles.yaml` lists.",
	}}
}
