package mirror

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog/gitrepo/internal/object"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/packstore"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/remote"
)

// downloads bring what the remote has and a generation lacks.
type downloads struct {
	remote *remote.Remote
	mirror *Mirror // as it is now: from there the remote is asked for what is new
	max    int64   // bytes of one download
}

// download asks for the refs and downloads what is missing for some of them. The refs
// are known too if that is too large.
func (d *downloads) download(ctx context.Context, g *Generation, some func(Tip) bool) (*Table, error) {
	session, err := d.remote.Fetch(ctx)
	if err != nil {
		return nil, err
	}
	defer session.Close()
	next := tableOf(session.Refs, d.mirror.mirrors)
	var wants []plumbing.Hash
	seen := map[object.ID]bool{}
	for _, tip := range next.tips {
		if h, err := packstore.ParseHash(tip.ID); err == nil && !seen[tip.ID] && !g.Has(h) && some(tip) {
			seen[tip.ID] = true
			wants = append(wants, h)
		}
	}
	if len(wants) == 0 {
		return next, nil
	}
	haves := d.haves(g, next)
	err = g.Add(ctx, func(w io.Writer) error { return session.Pack(ctx, w, wants, haves, d.max) })
	if err != nil {
		return next, err
	}
	for _, h := range wants {
		if !g.Has(h) {
			return nil, fmt.Errorf("fetch from %s: it did not send object %s", d.remote.Name, h)
		}
	}
	return next, nil
}

// maxHaves bounds how many commits a fetch tells the server about. It does not
// need all: they are where the search for common history starts.
const maxHaves = 256

// haves picks commits that the server most likely has too: where the refs that
// moved were, with some of their ancestors, in case they were rewritten, and
// branches.
func (d *downloads) haves(g *Generation, next *Table) []plumbing.Hash {
	var haves []plumbing.Hash
	seen := map[plumbing.Hash]bool{}
	add := func(h plumbing.Hash) {
		if !seen[h] && len(haves) < maxHaves && g.Has(h) {
			seen[h] = true
			haves = append(haves, h)
		}
	}
	refs := d.mirror.refs.Load()
	for _, m := range refs.moves(next) {
		if h, err := packstore.ParseHash(m.Old); err == nil {
			for _, ancestor := range g.Ancestry(h, 8) {
				add(ancestor)
			}
		}
	}
	for _, tip := range slices.Concat(refs.tips, next.tips) {
		if h, err := packstore.ParseHash(tip.ID); err == nil && strings.HasPrefix(string(tip.Ref), "refs/heads/") {
			add(h)
		}
	}
	return haves
}

// tableOf takes the refs that are wanted. Names that Git would not take for a ref
// are not refs.
func tableOf(refs remote.Refs, want func(Ref) bool) *Table {
	t := &Table{}
	if ValidRef(refs.Head) {
		t.Head = Ref(refs.Head)
	}
	for name, h := range refs.Tips {
		if ValidRef(name) && want(Ref(name)) && !h.IsZero() {
			t.tips = append(t.tips, Tip{Ref(name), object.IDOf(h)})
		}
	}
	t.sort()
	return t
}

// TipsOf are the refs of a remote's answer whose names start with prefix, by name.
func TipsOf(refs remote.Refs, prefix string) []Tip {
	return tableOf(refs, func(Ref) bool { return true }).Prefix(prefix)
}
