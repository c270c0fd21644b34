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

// withHands adds to a change those who had a hand in content that landed past the
// check and is held: whoever pushed it cannot approve it afterwards. Its commits are
// all that says who that was, and names can be forged; so they only ever exclude.
func (p *pass) withHands(ctx context.Context, change forge.Change, state ledger.App, since catalog.Commit, folder string) (forge.Change, error) {
	if state.Held == nil || since == "" {
		return change, nil
	}
	key := strings.Join([]string{string(since), string(state.Held.Commit), folder}, " ")
	found, known := p.r.hands[key]
	if !known {
		var err error
		if found, err = p.hands(ctx, since, state.Held.Commit, folder); err != nil {
			return change, fmt.Errorf("find out who pushed %s: %w", state.Held.Commit.Short(), err)
		}
		if len(p.r.hands) == keepHands {
			clear(p.r.hands)
		}
		p.r.hands[key] = found
	}
	change.Contributors = slices.Concat(change.Contributors, found)
	return change, nil
}

// hands lists those whom the commits between two name, as far as these touch a
// folder. Where there are too many commits to look at, nobody's hand is among them.
func (p *pass) hands(ctx context.Context, since, until catalog.Commit, folder string) ([]forge.Contributor, error) {
	commits, err := p.r.Repo.Between(ctx, since, until)
	if errors.Is(err, gitrepo.ErrNotFound) {
		return []forge.Contributor{{}}, nil // their past was rewritten
	}
	if err != nil {
		return nil, err
	}
	var found []forge.Contributor
	if len(commits) > maxHands {
		found = append(found, forge.Contributor{})
	}
	for _, id := range commits[max(0, len(commits)-maxHands):] {
		named, err := p.handsOf(ctx, id, folder)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", id.Short(), err)
		}
		for _, c := range named {
			if !slices.ContainsFunc(found, func(f forge.Contributor) bool { return f.Email == c.Email }) {
				found = append(found, c)
			}
		}
	}
	return found, nil
}

// handsOf lists those whom a commit names, if it touches a folder. A merge brings
// nothing that its parents do not.
func (p *pass) handsOf(ctx context.Context, id catalog.Commit, folder string) ([]forge.Contributor, error) {
	info, err := p.r.Repo.Commit(ctx, id)
	if err != nil || len(info.Parents) != 1 {
		return nil, err
	}
	parent, err := p.r.Repo.Commit(ctx, info.Parents[0])
	if err != nil {
		return nil, err
	}
	changes, err := p.r.Repo.Diff(ctx, parent.Tree, info.Tree)
	all := unusable(err) // there is no telling what it touches: everything, then
	if err != nil && !all {
		return nil, err
	}
	if !all && !slices.ContainsFunc(changes, func(c gitrepo.Change) bool { return bears(c.Path, folder) }) {
		return nil, nil
	}
	var found []forge.Contributor
	for _, email := range info.Named() {
		found = append(found, forge.Contributor{Email: email})
	}
	return found, nil
}

// bears reports whether a path belongs to an app's folder, or for an empty folder to
// governance.
func bears(path, folder string) bool {
	if folder == "" {
		return !strings.HasPrefix(path, "apps/")
	}
	return strings.HasPrefix(path, folder+"/")
}
