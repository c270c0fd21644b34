package gitrepo

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"

	"github.com/levee-gitops/levee/catalog"
)

const (
	// maxWhole bounds an object that has to be held in memory as a whole because it
	// is stored as a difference, or is the base of one.
	maxWhole = 256 << 20

	// maxChain is how many differences may lead to one object; Git writes at most
	// 4095.
	maxChain = 4096

	maxCommit = 4 << 20  // bytes of a commit or tag
	maxTree   = 64 << 20 // bytes of one tree: about two million names
)

// A store is one generation of the mirror's objects, all of them in packs. Packs
// are added and joined but what was readable stays readable: whoever holds the
// store can go on reading from it after a newer generation took its place.
type store struct {
	dir   string // the bare repository
	packs atomic.Pointer[[]*pack]
	cache *cache
	zip   inflater
	graph *graph

	mu      sync.Mutex  // held while the list of packs changes
	folding sync.Mutex  // held while packs are joined
	damaged atomic.Bool // an object was lost or garbled
	gaps    atomic.Bool // objects too large to index were left out
	base    int64       // bytes of packs when the generation was made
	healed  bool        // it replaced a damaged one
}

func (s *store) packDir() string { return filepath.Join(s.dir, "objects", "pack") }

func (s *store) list() []*pack { return *s.packs.Load() }

// bytes is the size of all packs.
func (s *store) bytes() int64 {
	var n int64
	for _, p := range s.list() {
		n += p.size
	}
	return n
}

func (s *store) find(h plumbing.Hash) (place, bool) {
	for _, p := range slices.Backward(s.list()) {
		if off, ok := p.find(h); ok {
			return place{p, off}, true
		}
	}
	return place{}, false
}

// note remembers damage and returns the error.
func (s *store) note(err error) error {
	if errors.Is(err, ErrCorrupt) {
		s.damaged.Store(true)
	}
	return err
}

func (s *store) has(h plumbing.Hash) bool {
	_, ok := s.find(h)
	return ok
}

// object reads an object of at most limit bytes. What it returns was hashed and
// found to be what it is called, or comes from the cache of such objects.
func (s *store) object(h plumbing.Hash, limit int64) (object, error) {
	at, ok := s.find(h)
	if !ok {
		return object{}, fmt.Errorf("read object %s: %w", h, ErrNotFound)
	}
	o, fresh, err := s.read(at, limit)
	if err != nil {
		return object{}, fmt.Errorf("read object %s: %w", h, s.note(err))
	}
	if fresh && plumbing.ComputeHash(o.kind, o.data) != h {
		return object{}, fmt.Errorf("read object %s: %w: its content has another id", h, s.note(ErrCorrupt))
	}
	if fresh {
		s.cache.put(at, o)
	}
	return o, nil
}

// start returns the first bytes of an object. What is stored whole is unpacked that far
// and no further, so its id cannot be checked; it came in a pack that was.
func (s *store) start(h plumbing.Hash, n int) (object, error) {
	at, ok := s.find(h)
	if !ok {
		return object{}, fmt.Errorf("read object %s: %w", h, ErrNotFound)
	}
	e, err := at.pack.entryAt(at.off)
	if err == nil && !e.kind.IsDelta() {
		var data []byte
		if data, err = s.zip.prefix(at.pack, at.off+e.head, n); err == nil {
			return object{e.kind, data}, nil
		}
	}
	if err != nil {
		return object{}, fmt.Errorf("read object %s: %w", h, s.note(err))
	}
	o, err := s.object(h, maxWhole)
	o.data = o.data[:min(n, len(o.data))]
	return o, err
}

// missing is called for an object that another object refers to. Everything that
// is reachable was fetched, so the mirror must have lost it, unless it was left
// out for its size. When a new mirror does not have it either, the remote lost
// it, and building yet another would not help.
func (s *store) missing(h plumbing.Hash) error {
	if s.gaps.Load() {
		return fmt.Errorf("read object %s: %w", h, catalog.ErrTooLarge)
	}
	if s.healed {
		return fmt.Errorf("read object %s: %w: the remote does not have it", h, ErrMalformed)
	}
	return fmt.Errorf("read object %s: %w: it is missing", h, s.note(ErrCorrupt))
}

// read unpacks the object at a place, following differences to their base. It
// reports whether the object was unpacked or came from the cache.
func (s *store) read(at place, limit int64) (object, bool, error) {
	var (
		o     object
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
			return object{}, false, err
		}
		if err := s.checkSize(cur, e, len(chain), limit); err != nil {
			return object{}, false, err
		}
		if !e.kind.IsDelta() {
			data, err := s.zip.inflate(cur.pack, cur.off+e.head, e.size)
			if err != nil {
				return object{}, false, err
			}
			o = object{e.kind, data}
			if len(chain) > 0 {
				s.cache.put(cur, o)
			}
			break
		}
		if len(chain) == maxChain {
			return object{}, false, fmt.Errorf("%w: more than %d differences in a row", ErrCorrupt, maxChain)
		}
		chain, heads = append(chain, cur), append(heads, e)
		if cur, err = cur.baseOf(e); err != nil {
			return object{}, false, err
		}
	}
	for i := len(chain) - 1; i >= 0; i-- {
		var err error
		if o, err = s.patch(o, chain[i], heads[i]); err != nil {
			return object{}, false, err
		}
		if i > 0 {
			s.cache.put(chain[i], o)
		}
	}
	if int64(len(o.data)) > limit {
		return object{}, false, catalog.ErrTooLarge
	}
	return o, fresh, nil
}

// checkSize refuses an object over the limit before it is unpacked. The objects
// it is built from only have to fit into memory.
func (s *store) checkSize(at place, e entry, depth int, limit int64) error {
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

// baseOf finds what a difference applies to, always in the same pack.
func (p place) baseOf(e entry) (place, error) {
	if e.kind == plumbing.OFSDeltaObject {
		return place{p.pack, e.base}, nil
	}
	off, ok := p.pack.find(e.ref)
	if !ok {
		return place{}, fmt.Errorf("%w: the base of a difference is missing", ErrCorrupt)
	}
	return place{p.pack, off}, nil
}

func (s *store) patch(base object, at place, e entry) (object, error) {
	delta, err := s.zip.inflate(at.pack, at.off+e.head, e.size)
	if err != nil {
		return object{}, err
	}
	_, result, err := deltaSizes(delta)
	if err != nil {
		return object{}, err
	}
	if result > maxWhole {
		return object{}, catalog.ErrTooLarge
	}
	data, err := packfile.PatchDelta(base.data, delta)
	if err != nil {
		return object{}, fmt.Errorf("%w: %v", ErrCorrupt, err)
	}
	return object{base.kind, data}, nil
}
