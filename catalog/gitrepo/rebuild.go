package gitrepo

import (
	"context"
	"fmt"
	"os"
)

// rebuild makes a new generation from nothing but the remote and swaps it in. The
// old one stays until the new one is complete, and longer for its readers.
func (r *Repo) rebuild(ctx context.Context) ([]Move, error) {
	before := r.startRebuild()
	defer r.endRebuild()
	s, err := newGeneration(r.opts)
	if err != nil {
		return nil, err
	}
	moves, err := r.fill(ctx, s, before)
	if err != nil {
		os.RemoveAll(s.dir)
		return nil, err
	}
	r.sweep()
	return moves, nil
}

func (r *Repo) startRebuild() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rebuilding = true
	return r.pushes
}

func (r *Repo) endRebuild() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rebuilding, r.landed = false, nil
}

// fill downloads everything into an empty generation and makes it the current
// one.
func (r *Repo) fill(ctx context.Context, s *store, before int) ([]Move, error) {
	if err := s.publish(func(list []*pack) []*pack { return list }); err != nil {
		return nil, err
	}
	next, err := r.bring(ctx, s)
	if err != nil {
		return nil, err
	}
	s.base = s.bytes()
	if old := r.store.Load(); old != nil {
		s.healed = old.damaged.Load()
	}
	return r.swap(ctx, s, next, before)
}

// swap lets a generation take the place of the current one. What was pushed while
// it was filled is added first: the remote's answer may be older than that.
func (r *Repo) swap(ctx context.Context, s *store, next *refTable, before int) ([]Move, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, pack := range r.landed {
		if err := s.landBytes(ctx, pack); err != nil {
			return nil, fmt.Errorf("catch up with pushes: %w", err)
		}
	}
	next = r.newest(next, before)
	if err := s.writeRefs(next, true); err != nil {
		return nil, err
	}
	if err := makeCurrent(r.opts.Dir, s); err != nil {
		return nil, err
	}
	moves := r.refs.Load().moves(next)
	r.store.Store(s)
	r.refs.Store(next)
	return moves, nil
}
