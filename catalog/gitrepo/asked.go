package gitrepo

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
)

// bring follows the remote's refs and downloads what is missing for them. Anybody can
// ask for a change on a forge, and nobody can take its ref away again: one that is too
// large stays where it was, and holds up neither the repository nor other changes.
func (r *Repo) bring(ctx context.Context, s *store) (*refTable, error) {
	next, err := r.download(ctx, s, func(tip Tip) bool { return r.tooLarge[tip.Ref] != tip.ID })
	if errors.Is(err, catalog.ErrTooLarge) && slices.ContainsFunc(next.tips, func(tip Tip) bool { return asked(tip) && !s.hasTip(tip) }) {
		next, err = r.apart(ctx, s)
	}
	if err != nil {
		return nil, err
	}
	return r.held(s, next), nil
}

// apart brings what is the repository's own first, and then each change by itself.
func (r *Repo) apart(ctx context.Context, s *store) (*refTable, error) {
	next, err := r.download(ctx, s, func(tip Tip) bool { return !asked(tip) })
	if err != nil {
		return nil, err
	}
	for _, tip := range next.tips {
		if s.hasTip(tip) || r.tooLarge[tip.Ref] == tip.ID {
			continue
		}
		if _, err := r.download(ctx, s, func(other Tip) bool { return other == tip }); errors.Is(err, catalog.ErrTooLarge) {
			r.tooLarge[tip.Ref] = tip.ID
		} else if err != nil {
			return nil, err
		}
	}
	return next, nil
}

// asked reports whether a ref is not the repository's own.
func asked(tip Tip) bool {
	return !slices.ContainsFunc([]string{"refs/heads/", "refs/tags/", "refs/levee/"}, func(own string) bool { return strings.HasPrefix(string(tip.Ref), own) })
}

// held is a table in which refs whose objects were not brought are where they were.
func (r *Repo) held(s *store, next *refTable) *refTable {
	back := map[Ref]ID{}
	for ref, id := range r.tooLarge {
		if next.get(ref) != id {
			delete(r.tooLarge, ref) // it has moved, or is gone
			continue
		}
		if back[ref] = r.refs.Load().get(ref); !s.hasTip(Tip{ref, back[ref]}) {
			back[ref] = ""
		}
	}
	if len(back) == 0 {
		return next
	}
	return next.with(back)
}

// hasTip reports whether a tip can be read.
func (s *store) hasTip(tip Tip) bool {
	h, err := hashOf(tip.ID)
	return err == nil && s.has(h)
}
