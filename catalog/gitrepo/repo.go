package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"

	"github.com/levee-gitops/levee/catalog/gitrepo/internal/packstore"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/remote"
)

// Repo is a mirror of a remote repository, and the way to write to that remote.
type Repo struct {
	opts      Options
	remote    *remote.Remote
	lock      *flock.Flock
	temporary bool // it is a clone, whose folder is removed when it is closed
	current   atomic.Pointer[generation]
	refs      atomic.Pointer[refTable]

	fetching  sync.Mutex // one Fetch at a time
	oversize  map[Ref]ID // changes that are not brought, until they move; of who fetches
	renewal   *renewal   // of an overgrown mirror; of who fetches, nil for none
	unrenewed time.Time  // when that failed last

	// mu is held while the state of the mirror changes: refs, or the store.
	mu         sync.Mutex
	pushes     int         // how many pushes succeeded
	pushed     map[Ref]int // by which of them a ref moved last
	rebuilding bool
	landed     []*packstore.Pack // packs that were pushed while the mirror is rebuilt
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
	r := &Repo{opts: opts, remote: rem, lock: lock, pushed: map[Ref]int{}, oversize: map[Ref]ID{}}
	r.refs.Store(&refTable{})
	if err := r.open(ctx); err != nil {
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

func (r *Repo) open(ctx context.Context) error {
	g, refs, err := openGeneration(ctx, filepath.Join(r.opts.Dir, currentLink), r.opts)
	if err != nil {
		// Whatever is wrong with it, the remote has the truth.
		if _, berr := r.rebuild(ctx); berr != nil {
			return fmt.Errorf("build the mirror: %w", berr)
		}
		return nil
	}
	r.current.Store(g)
	r.refs.Store(refs)
	r.sweep()
	return nil
}

// Close gives the folder free. Files and other values that were read stay
// readable.
func (r *Repo) Close() error {
	r.fetching.Lock()
	defer r.fetching.Unlock()
	r.endRenewal()
	r.mu.Lock()
	defer r.mu.Unlock()
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
	if id := r.refs.Load().get(name); id != "" {
		return id, nil
	}
	return "", fmt.Errorf("read ref %s: %w", name, ErrNotFound)
}

// Tips returns the refs of the mirror whose names start with prefix, sorted by
// name.
func (r *Repo) Tips(prefix string) []Tip { return r.refs.Load().prefix(prefix) }

// Head is the default branch of the remote when the mirror last looked, or empty
// if the remote does not say.
func (r *Repo) Head() Ref { return r.refs.Load().head }
