package mirror

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/object"
)

// bring follows the remote's refs and downloads what is missing for them; Fetch, a rebuild
// and a renewal call it. Anybody can open a change on a forge, and nobody can remove its ref
// again: a change that is over Options.MaxFetch stays where it was, and holds up neither
// the repository nor other changes. Branches and tags that are too large are an error. What
// is oversize is not asked for again until it moves; what is found is added.
func (d *downloads) bring(ctx context.Context, g *Generation, oversize map[Ref]object.ID) (*Table, error) {
	next, err := d.download(ctx, g, func(tip Tip) bool { return oversize[tip.Ref] != tip.ID })
	if errors.Is(err, catalog.ErrTooLarge) && slices.ContainsFunc(next.tips, func(tip Tip) bool { return isChange(tip) && !g.hasTip(tip) }) {
		next, err = d.bringOneByOne(ctx, g, oversize)
	}
	if err != nil {
		return nil, err
	}
	return d.withoutOversize(g, next, oversize), nil
}

// bringOneByOne brings what is the repository's own first, and then each change by itself,
// to find out which of them are too large.
func (d *downloads) bringOneByOne(ctx context.Context, g *Generation, oversize map[Ref]object.ID) (*Table, error) {
	next, err := d.download(ctx, g, func(tip Tip) bool { return !isChange(tip) })
	if err != nil {
		return nil, err
	}
	for _, tip := range next.tips {
		if g.hasTip(tip) || oversize[tip.Ref] == tip.ID {
			continue
		}
		if _, err := d.download(ctx, g, func(other Tip) bool { return other == tip }); errors.Is(err, catalog.ErrTooLarge) {
			oversize[tip.Ref] = tip.ID
		} else if err != nil {
			return nil, err
		}
	}
	return next, nil
}

// isChange reports whether a ref is not the repository's own, but what somebody proposes
// on a forge.
func isChange(tip Tip) bool {
	return !slices.ContainsFunc([]string{"refs/heads/", "refs/tags/", "refs/levee/"}, func(own string) bool { return strings.HasPrefix(string(tip.Ref), own) })
}

// withoutOversize is a table in which refs whose objects were not brought are where they
// were before.
func (d *downloads) withoutOversize(g *Generation, next *Table, oversize map[Ref]object.ID) *Table {
	back := map[Ref]object.ID{}
	for ref, id := range oversize {
		if next.Get(ref) != id {
			delete(oversize, ref) // it has moved, or is gone
			continue
		}
		if back[ref] = d.mirror.refs.Load().Get(ref); !g.hasTip(Tip{ref, back[ref]}) {
			back[ref] = ""
		}
	}
	if len(back) == 0 {
		return next
	}
	return next.with(back)
}
