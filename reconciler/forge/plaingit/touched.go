package plaingit

import (
	"context"
	"slices"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
)

// touched returns the paths that a commit itself changed, sorted. Of a merge these
// are the paths at which it differs from what its parents say together, and those
// on which they do not agree, whatever it chose.
func touched(ctx context.Context, repo *gitrepo.Repo, c *gitrepo.CommitInfo) ([]string, error) {
	if len(c.Parents) == 0 {
		changes, err := repo.Diff(ctx, gitrepo.EmptyTree, c.Tree)
		return sortedPaths(changes), err
	}
	if len(c.Parents) == 2 {
		bases, err := repo.MergeBases(ctx, c.Parents[0], c.Parents[1])
		if err != nil {
			return nil, err
		}
		if 0 < len(bases) && len(bases) <= maxBases {
			return merged(ctx, repo, c, bases)
		}
	}
	return unlike(ctx, repo, c)
}

// unlike returns the paths at which a commit differs from any of its parents.
func unlike(ctx context.Context, repo *gitrepo.Repo, c *gitrepo.CommitInfo) ([]string, error) {
	var all []gitrepo.Change
	for _, id := range c.Parents {
		parent, err := repo.Commit(ctx, id)
		if err != nil {
			return nil, err
		}
		changes, err := repo.Diff(ctx, parent.Tree, c.Tree)
		if err != nil {
			return nil, err
		}
		all = append(all, changes...)
	}
	return sortedPaths(all), nil
}

// merged returns what a merge of two parents added to merging them by path. Where
// histories crossed there are several bases to measure from, and what any of them
// shows is taken.
func merged(ctx context.Context, repo *gitrepo.Repo, c *gitrepo.CommitInfo, bases []catalog.Commit) ([]string, error) {
	var own []string
	for _, base := range bases {
		p, err := repo.Propose(ctx, c.Parents[0], base, c.Parents[1])
		if err != nil {
			return nil, err
		}
		changes, err := p.Diff(ctx, c.Tree)
		if err != nil {
			return nil, err
		}
		own = slices.Concat(own, sortedPaths(changes), p.Behind, p.Conflicts)
	}
	slices.Sort(own)
	return slices.Compact(own), nil
}

func sortedPaths(changes []gitrepo.Change) []string {
	var paths []string
	for _, c := range changes {
		paths = append(paths, c.Path)
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}
