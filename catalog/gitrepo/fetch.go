package gitrepo

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/sideband"
	"github.com/go-git/go-git/v5/plumbing/transport"

	"github.com/levee-gitops/levee/catalog"
)

// Fetch brings the mirror up to date and returns the refs that moved, by name;
// refs that are gone from the remote are gone from the mirror. Without news it
// costs one exchange and writes nothing. A fetch that fails changes nothing.
//
// A mirror that was found damaged, or has grown beyond its limits, is built again
// beside the old one, which serves its readers meanwhile. One Fetch runs at a
// time; others wait.
func (r *Repo) Fetch(ctx context.Context) ([]Move, error) {
	r.fetching.Lock()
	defer r.fetching.Unlock()
	s := r.store.Load()
	if s.damaged.Load() || r.overgrown(s) {
		return r.rebuild(ctx)
	}
	before := r.pushCount()
	next, err := r.bring(ctx, s)
	if err != nil {
		return nil, err
	}
	moves, err := r.move(s, next, before)
	if err == nil && len(moves) > 0 {
		err = s.fold(ctx)
	}
	return moves, err
}

// overgrown reports whether a mirror costs more to search than to build again.
func (r *Repo) overgrown(s *store) bool {
	growth := r.opts.MaxBytes
	if growth <= 0 {
		growth = max(s.base, 256<<20)
	}
	return len(s.list()) > r.opts.MaxPacks || s.bytes() > s.base+growth
}

func (r *Repo) pushCount() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.pushes
}

// download asks for the refs and downloads what is missing for some of them. The refs
// are known too if that is too large.
func (r *Repo) download(ctx context.Context, s *store, some func(Tip) bool) (*refTable, error) {
	x, err := r.remote.exchange("fetch from")
	if err != nil {
		return nil, err
	}
	session, err := r.remote.client.NewUploadPackSession(x.ep, x.auth)
	if err != nil {
		return nil, x.fail(err)
	}
	defer session.Close()
	refs, err := x.advertised(ctx, session)
	if err != nil {
		return nil, err
	}
	next := tableOf(refs, r.opts.mirrors)
	var wants []plumbing.Hash
	seen := map[ID]bool{}
	for _, tip := range next.tips {
		if h, err := hashOf(tip.ID); err == nil && !seen[tip.ID] && !s.has(h) && some(tip) {
			seen[tip.ID] = true
			wants = append(wants, h)
		}
	}
	if len(wants) == 0 {
		return next, nil
	}
	req := packp.NewUploadPackRequestFromCapabilities(refs.Capabilities)
	if refs.Capabilities.Supports(capability.NoProgress) {
		if err := req.Capabilities.Set(capability.NoProgress); err != nil {
			return nil, x.fail(err)
		}
	}
	req.Wants = wants
	req.Haves = r.haves(s, next)
	if err := x.download(ctx, session, req, s, r.opts.MaxFetch); err != nil {
		return next, err
	}
	for _, h := range wants {
		if !s.has(h) {
			return nil, x.fail(fmt.Errorf("it did not send object %s", h))
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
func (r *Repo) haves(s *store, next *refTable) []plumbing.Hash {
	var haves []plumbing.Hash
	seen := map[plumbing.Hash]bool{}
	add := func(h plumbing.Hash) {
		if !seen[h] && len(haves) < maxHaves && s.has(h) {
			seen[h] = true
			haves = append(haves, h)
		}
	}
	refs := r.refs.Load()
	for _, m := range refs.moves(next) {
		if h, err := hashOf(m.Old); err == nil {
			for range 8 {
				add(h)
				n := s.graph.get(h)
				if n == nil || len(n.parents) == 0 {
					break
				}
				h = n.parents[0]
			}
		}
	}
	for _, tip := range slices.Concat(refs.tips, next.tips) {
		if h, err := hashOf(tip.ID); err == nil && strings.HasPrefix(string(tip.Ref), "refs/heads/") {
			add(h)
		}
	}
	return haves
}

// download receives one pack into a store.
func (x *exchange) download(ctx context.Context, session transport.UploadPackSession, req *packp.UploadPackRequest, s *store, limit int64) error {
	res, err := session.UploadPack(ctx, req)
	if err != nil {
		return x.fail(err)
	}
	defer res.Close()
	var in io.Reader = res
	switch {
	case req.Capabilities.Supports(capability.Sideband64k):
		in = sideband.NewDemuxer(sideband.Sideband64k, res)
	case req.Capabilities.Supports(capability.Sideband):
		in = sideband.NewDemuxer(sideband.Sideband, res)
	}
	tmp, err := os.CreateTemp(s.packDir(), "tmp-*")
	if err != nil {
		return fmt.Errorf("keep a pack: %w", err)
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	size, err := io.Copy(tmp, io.LimitReader(&stoppable{ctx, in}, limit+1))
	if err != nil {
		return x.fail(err)
	}
	if size > limit {
		return fmt.Errorf("fetch from %s: more than %d bytes: %w", x.r.name, limit, catalog.ErrTooLarge)
	}
	return s.land(ctx, tmp, size)
}

// move lets the mirror's refs follow the remote's.
func (r *Repo) move(s *store, next *refTable, before int) ([]Move, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	old := r.refs.Load()
	next = r.newest(next, before)
	moves := old.moves(next)
	if len(moves) == 0 && old.head == next.head {
		return nil, nil
	}
	if err := s.writeRefs(next, old.head != next.head); err != nil {
		return nil, err
	}
	r.refs.Store(next)
	return moves, nil
}

// newest corrects an answer of the remote by the pushes that came after the
// question. The caller holds mu.
func (r *Repo) newest(next *refTable, before int) *refTable {
	newer := map[Ref]ID{}
	for ref, n := range r.pushed {
		if n > before && r.opts.mirrors(ref) {
			newer[ref] = r.refs.Load().get(ref)
		}
	}
	if len(newer) == 0 {
		return next
	}
	return next.with(newer)
}
