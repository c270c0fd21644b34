package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// maxSteps is how many commits are looked at for who contributed to held content, and
// keepHeld for how many contents that is remembered. Beyond maxSteps nobody knows,
// and so nobody can be kept from approving their own.
const maxSteps, keepHeld = 20_000, 64

// History finds out who brought content onto the catalog's branch, and remembers its
// answers. It is safe for concurrent use.
type History struct {
	repo  *gitrepo.Repo
	forge forge.Forge

	mu     sync.Mutex
	answer map[string][]forge.Contributor
}

// NewHistory returns a History that asks a forge about the commits of a repository.
func NewHistory(repo *gitrepo.Repo, f forge.Forge) *History {
	return &History{repo: repo, forge: f, answer: map[string][]forge.Contributor{}}
}

// Contributors lists who contributed to an app's folders, or without folders to
// governance, on the catalog's branch after one commit and until another: whoever brought
// content that is held cannot approve it afterwards. The zero contributor stands for
// somebody of whom nobody can tell who it was. An error means that it could not be told.
func (h *History) Contributors(ctx context.Context, since, until catalog.Commit, folders ...string) ([]forge.Contributor, error) {
	key := strings.Join([]string{string(since), string(until), strings.Join(folders, " ")}, " ")
	h.mu.Lock()
	found, known := h.answer[key]
	h.mu.Unlock()
	if known {
		return found, nil
	}
	found, err := h.find(ctx, since, until, folders)
	if err != nil {
		return nil, fmt.Errorf("find out who pushed %s: %w", until.Short(), err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.answer) == keepHeld {
		clear(h.answer)
	}
	h.answer[key] = found
	return found, nil
}

// find asks the forge about each step between two commits that touches the folders:
// which change brought it, or else who pushed it.
func (h *History) find(ctx context.Context, since, until catalog.Commit, folders []string) ([]forge.Contributor, error) {
	steps, err := h.repo.FirstParents(ctx, since, until)
	if errors.Is(err, gitrepo.ErrUnrelated) {
		steps, err = h.repo.Between(ctx, since, until) // merged the wrong way round
	}
	if errors.Is(err, gitrepo.ErrNotFound) {
		return []forge.Contributor{{}}, nil // their past was rewritten
	}
	if err != nil {
		return nil, err
	}
	var found []forge.Contributor
	if len(steps) > maxSteps {
		found = append(found, forge.Contributor{})
	}
	for _, commit := range steps[max(0, len(steps)-maxSteps):] {
		touched, err := h.touched(ctx, commit, folders)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", commit.Short(), err)
		}
		if !touched {
			continue
		}
		by, err := h.broughtBy(ctx, commit)
		if err != nil {
			return nil, err
		}
		for _, c := range by {
			if !slices.ContainsFunc(c.Paths, func(path string) bool { return belongs(path, folders) }) && len(c.Paths) > 0 {
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

// broughtBy lists who contributed to one step of the catalog's branch.
func (h *History) broughtBy(ctx context.Context, commit catalog.Commit) ([]forge.Contributor, error) {
	id, err := h.forge.Landed(ctx, commit)
	if err != nil {
		return nil, err
	}
	if id == "" {
		return h.forge.Pushed(ctx, commit)
	}
	c, err := h.forge.Change(ctx, id)
	if errors.Is(err, forge.ErrUnknown) {
		return []forge.Contributor{{}}, nil
	}
	return append(slices.Clone(c.Contributors), forge.Contributor{Identity: c.Author}), err
}

// touched reports whether a step of the catalog's branch differs in the folders from the
// one before.
func (h *History) touched(ctx context.Context, commit catalog.Commit, folders []string) (bool, error) {
	info, err := h.repo.Commit(ctx, commit)
	if err != nil {
		return false, err
	}
	before := gitrepo.EmptyTree
	if len(info.Parents) > 0 {
		parent, err := h.repo.Commit(ctx, info.Parents[0])
		if err != nil {
			return false, err
		}
		before = parent.Tree
	}
	changes, err := h.repo.Diff(ctx, before, info.Tree)
	if errors.Is(err, catalog.ErrTooLarge) || errors.Is(err, catalog.ErrMalformed) {
		return true, nil // there is no telling what it touches: everything, then
	}
	return slices.ContainsFunc(changes, func(c gitrepo.Change) bool { return belongs(c.Path, folders) }), err
}

// belongs reports whether a path is of one of an app's folders, or without folders of
// governance.
func belongs(path string, folders []string) bool {
	if len(folders) == 0 {
		return !strings.HasPrefix(path, "apps/")
	}
	return Touches([]string{path}, folders...)
}
