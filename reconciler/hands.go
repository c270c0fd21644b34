package reconciler

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// maxHands is how many commits are looked at for who had a hand in held content.
const maxHands = 200

// withHands adds to a change those who had a hand in content that landed past the
// check and is held: whoever pushed it cannot approve it afterwards. Its commits are
// all that says who that was, and names can be forged; so they only ever exclude.
func (p *pass) withHands(ctx context.Context, change forge.Change, state ledger.App, since catalog.Commit, folder string) (forge.Change, error) {
	if state.Held == nil || since == "" {
		return change, nil
	}
	commits, err := p.r.Repo.Between(ctx, since, state.Held.Commit)
	if err != nil {
		return change, fmt.Errorf("find out who pushed %s: %w", state.Held.Commit.Short(), err)
	}
	hands := slices.Clone(change.Contributors)
	for _, id := range commits[:min(len(commits), maxHands)] {
		found, err := p.handsOf(ctx, id, folder)
		if err != nil {
			return change, fmt.Errorf("find out who pushed %s: %w", id.Short(), err)
		}
		hands = append(hands, found...)
	}
	change.Contributors = hands
	return change, nil
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
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(changes, func(c gitrepo.Change) bool { return bears(c.Path, folder) }) {
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
