package packstore

import (
	"fmt"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"

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
	o, fresh, err := s.read(at, limit)
	if err != nil {
		return Object{}, fmt.Errorf("read object %s: %w", h, s.note(err))
	}
	if fresh && plumbing.ComputeHash(o.Kind, o.Data) != h {
		return Object{}, fmt.Errorf("read object %s: %w: its content has another id", h, s.note(ErrCorrupt))
	}
	if fresh {
		s.cache.put(at, o)
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
		if data, err = s.zip.prefix(at.pack, at.off+e.head, n); err == nil {
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

// read unpacks the object at a place, following deltas to their base. It reports
// whether the object was unpacked or came from the cache.
func (s *Store) read(at place, limit int64) (Object, bool, error) {
	var (
		o     Object
		chain []place
		heads []entry
		fresh bool
	)
	for cur := at; ; {
		var ok bool
		if o, ok = s.cache.get(cur); ok {
			break
		}
		fresh = true
		e, err := cur.pack.entryAt(cur.off)
		if err != nil {
			return Object{}, false, err
		}
		if err := s.checkSize(cur, e, len(chain), limit); err != nil {
			return Object{}, false, err
		}
		if !e.kind.IsDelta() {
			data, err := s.zip.inflate(cur.pack, cur.off+e.head, e.size)
			if err != nil {
				return Object{}, false, err
			}
			o = Object{e.kind, data}
			if len(chain) > 0 {
				s.cache.put(cur, o)
			}
			break
		}
		if len(chain) == maxChain {
			return Object{}, false, fmt.Errorf("%w: more than %d deltas in a row", ErrCorrupt, maxChain)
		}
		chain, heads = append(chain, cur), append(heads, e)
		if cur, err = cur.baseOf(e); err != nil {
			return Object{}, false, err
		}
	}
	for i := len(chain) - 1; i >= 0; i-- {
		var err error
		if o, err = s.patch(o, chain[i], heads[i]); err != nil {
			return Object{}, false, err
		}
		if i > 0 {
			s.cache.put(chain[i], o)
		}
	}
	if int64(len(o.Data)) > limit {
		return Object{}, false, catalog.ErrTooLarge
	}
	return o, fresh, nil
}

// checkSize refuses an object over the limit before it is unpacked. The objects
// it is built from only have to fit into memory.
func (s *Store) checkSize(at place, e entry, depth int, limit int64) error {
	if depth > 0 || e.kind.IsDelta() {
		if e.size > maxWhole {
			return catalog.ErrTooLarge
		}
	} else if e.size > limit {
		return catalog.ErrTooLarge
	}
	if depth > 0 || !e.kind.IsDelta() {
		return nil
	}
	start, err := s.zip.prefix(at.pack, at.off+e.head, 20)
	if err != nil {
		return err
	}
	_, result, err := deltaSizes(start)
	if err == nil && result > limit {
		return catalog.ErrTooLarge
	}
	return err
}

// baseOf finds what a delta applies to, always in the same pack.
func (p place) baseOf(e entry) (place, error) {
	if e.kind == plumbing.OFSDeltaObject {
		return place{p.pack, e.base}, nil
	}
	off, ok := p.pack.find(e.ref)
	if !ok {
		return place{}, fmt.Errorf("%w: the base of a delta is missing", ErrCorrupt)
	}
	return place{p.pack, off}, nil
}

// patch applies the delta at a place to its base.
func (s *Store) patch(base Object, at place, e entry) (Object, error) {
	delta, err := s.zip.inflate(at.pack, at.off+e.head, e.size)
	if err != nil {
		return Object{}, err
	}
	_, result, err := deltaSizes(delta)
	if err != nil {
		return Object{}, err
	}
	if result > maxWhole {
		return Object{}, catalog.ErrTooLarge
	}
	data, err := packfile.PatchDelta(base.Data, delta)
	if err != nil {
		return Object{}, fmt.Errorf("%w: %v", ErrCorrupt, err)
	}
	return Object{base.Kind, data}, nil
}
