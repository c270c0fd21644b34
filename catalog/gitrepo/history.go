package gitrepo

import (
	"context"

	"github.com/levee-gitops/levee/catalog"
)

// Descends reports whether tip is ancestor or has it among its ancestors, through
// any parent. It takes time for the commits between the two only. A commit that
// the mirror does not hold is ErrNotFound.
func (r *Repo) Descends(ctx context.Context, tip, ancestor catalog.Commit) (bool, error) {
	return r.mirror.Load().Descends(ctx, tip, ancestor)
}

// MergeBases returns the best common ancestors of two commits: those that no
// other common ancestor descends from, the most recent first. Histories that
// crossed each other have several, unrelated ones none.
func (r *Repo) MergeBases(ctx context.Context, a, b catalog.Commit) ([]catalog.Commit, error) {
	return r.mirror.Load().MergeBases(ctx, a, b)
}

// Between returns the commits that are reachable from head and not from base,
// through any parent, ancestors before descendants. With an empty base it is all of the
// history of head.
func (r *Repo) Between(ctx context.Context, base, head catalog.Commit) ([]catalog.Commit, error) {
	return r.mirror.Load().Between(ctx, base, head)
}

// FirstParents returns the commits from (exclusive) to (inclusive) along first
// parents only, oldest first: what landed, one landing each. An empty from starts
// at the root. When from is not on that line, as after a rewrite of history or
// a merge the wrong way round, it is ErrUnrelated.
func (r *Repo) FirstParents(ctx context.Context, from, to catalog.Commit) ([]catalog.Commit, error) {
	return r.mirror.Load().FirstParents(ctx, from, to)
}
