package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"github.com/levee-gitops/levee/catalog/gitrepo/internal/mirror"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/remote"
)

// Repo is a mirror of a remote repository, and the way to write to that remote.
type Repo struct {
	opts    Options
	remote  *remote.Remote
	lock    *flock.Flock
	clone   bool // its folder is removed when it is closed
	mirror  *mirror.Mirror
	fetcher *mirror.Fetcher
}

// Open opens the mirror in the folder that the options name, and builds it from
// the remote if there is none, or none that is whole. A whole mirror opens without
// the remote. Another Repo on the same folder is ErrLocked.
func Open(ctx context.Context, opts Options) (*Repo, error) { return open(ctx, opts, false) }

// open is Open, also of a clone.
func open(ctx context.Context, opts Options, clone bool) (*Repo, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	rem, err := remote.New(remote.Options{URL: opts.Remote, User: opts.User, Token: opts.Token, Client: opts.Client, IdleTimeout: opts.IdleTimeout})
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(opts.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the mirror: %w", err)
	}
	lock, err := mirror.Lock(filepath.Join(opts.Dir, "lock"))
	if err != nil {
		return nil, err
	}
	of := opts.ofMirror(clone)
	m := mirror.New(of)
	r := &Repo{opts: opts, remote: rem, lock: lock, clone: clone, mirror: m, fetcher: mirror.NewFetcher(of, rem, m)}
	if err := r.fetcher.Open(ctx); err != nil {
		_ = lock.Unlock()
		return nil, err
	}
	return r, nil
}

// Close gives the folder free. Files and other values that were read stay
// readable.
func (r *Repo) Close() error {
	err := r.fetcher.Close(func() error {
		var err error
		if r.clone {
			err = os.RemoveAll(r.opts.Dir)
		}
		return errors.Join(err, r.lock.Unlock())
	})
	if err != nil {
		return fmt.Errorf("close the mirror: %w", err)
	}
	return nil
}

// Tip returns what a ref of the mirror points to, and ErrNotFound without such a
// ref.
func (r *Repo) Tip(name Ref) (ID, error) {
	if id := r.mirror.Table().Get(name); id != "" {
		return id, nil
	}
	return "", fmt.Errorf("read ref %s: %w", name, ErrNotFound)
}

// Tips returns the refs of the mirror whose names start with prefix, sorted by
// name.
func (r *Repo) Tips(prefix string) []Tip { return r.mirror.Table().Prefix(prefix) }

// Head is the default branch of the remote when the mirror last looked, or empty
// if the remote does not say.
func (r *Repo) Head() Ref { return r.mirror.Table().Head }

// RemoteTips asks the remote for its refs whose names start with prefix, and
// downloads nothing else. It is one exchange, which no mirrored state takes part
// in; Fetch without news costs the same.
func (r *Repo) RemoteTips(ctx context.Context, prefix string) ([]Tip, error) {
	refs, err := r.remote.List(ctx)
	if err != nil {
		return nil, err
	}
	return mirror.TipsOf(refs, prefix), nil
}

// Fetch brings the mirror up to date and returns the refs that moved, by name;
// refs that are gone from the remote are gone from the mirror. Without news it
// costs one exchange and writes nothing. A fetch that fails changes nothing.
//
// A mirror that was found damaged is built again beside the old one, which serves its
// readers meanwhile. One that has grown beyond its limits is built again beside calls of Fetch
// too, and used from the first call after that; see renew. One Fetch runs at a time; others wait.
func (r *Repo) Fetch(ctx context.Context) ([]Move, error) { return r.fetcher.Fetch(ctx) }
