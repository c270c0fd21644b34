package packstore

import (
	"fmt"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog"
)

const (
	// maxWhole bounds an object that has to be held in memory as a whole because it
	// is stored as a delta, or is the base of one.
	maxWhole = 256 << 20

	// maxChain is how many deltas may lead to one object; Git writes at most 4095.
	maxChain = 4096

	// MaxCommit is how many bytes of a commit or tag are read.
	MaxCommit = 4 << 20
)

// Object implements Reader. What it returns was hashed and found to be what it is
// called, or comes from the cache of such objects. What does not unpack or has another
// id is ErrCorrupt, and the store is damaged from then on.
func (s *Store) Object(h plumbing.Hash, limit int64) (Object, error) {
	at, ok := s.find(h)
	if !ok {
		return Object{}, fmt.Errorf("read object %s: %w", h, ErrNotFound)
	}
	o, fresh, err := s.objects.read(at, limit)
	if err != nil {
		return Object{}, fmt.Errorf("read object %s: %w", h, s.note(err))
	}
	if fresh && plumbing.ComputeHash(o.Kind, o.Data) != h {
		return Object{}, fmt.Errorf("read object %s: %w: its content has another id", h, s.note(ErrCorrupt))
	}
	if fresh {
		s.objects.cache.put(at, o)
	}
	return o, nil
}

// Prefix implements Reader. What is stored whole is unpacked that far and no further, so
// its id cannot be checked; it came in a pack that was.
func (s *Store) Prefix(h plumbing.Hash, n int) (Object, error) {
	at, ok := s.find(h)
	if !ok {
		return Object{}, fmt.Errorf("read object %s: %w", h, ErrNotFound)
	}
	e, err := at.pack.entryAt(at.off)
	if err == nil && !e.kind.IsDelta() {
		var data []byte
		if data, err = s.objects.zip.prefix(at.pack, at.off+e.head, n); err == nil {
			return Object{e.kind, data}, nil
		}
	}
	if err != nil {
		return Object{}, fmt.Errorf("read object %s: %w", h, s.note(err))
	}
	o, err := s.Object(h, maxWhole)
	o.Data = o.Data[:min(n, len(o.Data))]
	return o, err
}

// missing implements Reader. Everything that is reachable was fetched, so the store must
// have lost the object, unless it was left out for its size, or the remote lost it.
func (s *Store) missing(h plumbing.Hash) error {
	if s.gaps.Load() {
		return fmt.Errorf("read object %s: %w", h, catalog.ErrTooLarge)
	}
	if s.rebuilt {
		return fmt.Errorf("read object %s: %w: the remote does not have it", h, ErrMalformed)
	}
	return fmt.Errorf("read object %s: %w: it is missing", h, s.note(ErrCorrupt))
}

// noCommit is why a commit that another one names is not in the graph.
func (s *Store) noCommit(h plumbing.Hash) error {
	if s.Has(h) {
		return fmt.Errorf("read commit %s: %w", h, ErrMalformed)
	}
	return s.missing(h)
}
