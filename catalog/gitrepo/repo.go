package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"github.com/levee-gitops/levee/catalog/gitrepo/internal/remote"
)

// Repo is a mirror of a remote repository, and the way to write to that remote.
type Repo struct {
	opts      Options
	remote    *remote.Remote
	lock      *flock.Flock
	temporary bool // it is a clone, whose folder is removed when it is closed
	mirror    *mirror
	fetcher   *fetcher
}

// Open opens the mirror in the folder that the options name, and builds it from
// the remote if there is none, or none that is whole. A whole mirror opens without
// the remote. Another Repo on the same folder is ErrLocked.
func Open(ctx context.Context, opts Options) (*Repo, error) {
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
	lock, err := lockFolder(filepath.Join(opts.Dir, "lock"))
	if err != nil {
		return nil, err
	}
	m := newMirror(opts)
	r := &Repo{opts: opts, remote: rem, lock: lock, mirror: m, fetcher: newFetcher(opts, rem, m)}
	if err := r.fetcher.open(ctx); err != nil {
		_ = lock.Unlock()
		return nil, err
	}
	return r, nil
}

// lockFolder takes the lock of a mirror without waiting. The lock ends with the process,
// however that ends.
func lockFolder(name string) (*flock.Flock, error) {
	lock := flock.New(name, flock.SetPermissions(0o644))
	locked, err := lock.TryLock()
	if err == nil && !locked {
		err = ErrLocked
	}
	if err != nil {
		return nil, fmt.Errorf("lock the mirror %s: %w", name, err)
	}
	return lock, nil
}

// Close gives the folder free. Files and other values that were read stay
// readable.
func (r *Repo) Close() error {
	r.fetcher.mu.Lock()
	defer r.fetcher.mu.Unlock()
	r.fetcher.endRenewal()
	r.mirror.mu.Lock()
	defer r.mirror.mu.Unlock()
	var err error
	if r.temporary {
		err = os.RemoveAll(r.opts.Dir)
	}
	if err = errors.Join(err, r.lock.Unlock()); err != nil {
		return fmt.Errorf("close the mirror: %w", err)
	}
	return nil
}

// Tip returns what a ref of the mirror points to, and ErrNotFound without such a
// ref.
func (r *Repo) Tip(name Ref) (ID, error) {
	if id := r.mirror.refs.Load().get(name); id != "" {
		return id, nil
	}
	return "", fmt.Errorf("read ref %s: %w", name, ErrNotFound)
}

// Tips returns the refs of the mirror whose names start with prefix, sorted by
// name.
func (r *Repo) Tips(prefix string) []Tip { return r.mirror.refs.Load().prefix(prefix) }

// Head is the default branch of the remote when the mirror last looked, or empty
// if the remote does not say.
func (r *Repo) Head() Ref { return r.mirror.refs.Load().head }
