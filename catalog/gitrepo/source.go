package gitrepo

import (
	"errors"
	"fmt"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"
)

// A source is where objects are read from: the mirror, or the mirror with the
// unsent objects of a batch on top. Sources are safe for concurrent use.
type source interface {
	// object returns an object of at most limit bytes, ErrNotFound or
	// catalog.ErrTooLarge.
	object(h plumbing.Hash, limit int64) (object, error)

	// start returns the first bytes of an object, n at most, however long it is.
	start(h plumbing.Hash, n int) (object, error)

	// missing says what it means that an object is not there although another
	// object refers to it.
	missing(h plumbing.Hash) error
}

// follow reads an object that another object refers to.
func follow(src source, h plumbing.Hash, kind plumbing.ObjectType, limit int64) ([]byte, error) {
	o, err := src.object(h, limit)
	if errors.Is(err, ErrNotFound) {
		return nil, src.missing(h)
	}
	if err != nil {
		return nil, err
	}
	if o.kind != kind {
		return nil, fmt.Errorf("read object %s: %w: a %s stands where a %s should", h, ErrMalformed, o.kind, kind)
	}
	return o.data, nil
}

// An overlay is a source with objects of its own, which nobody else has seen yet.
type overlay struct {
	*store
	mu    sync.RWMutex
	own   map[plumbing.Hash]object
	order []plumbing.Hash // as they were added
}

func newOverlay(s *store) *overlay {
	return &overlay{store: s, own: map[plumbing.Hash]object{}}
}

func (o *overlay) object(h plumbing.Hash, limit int64) (object, error) {
	o.mu.RLock()
	own, ok := o.own[h]
	o.mu.RUnlock()
	if ok {
		return own, nil
	}
	return o.store.object(h, limit)
}

func (o *overlay) start(h plumbing.Hash, n int) (object, error) {
	o.mu.RLock()
	own, ok := o.own[h]
	o.mu.RUnlock()
	if ok {
		own.data = own.data[:min(n, len(own.data))]
		return own, nil
	}
	return o.store.start(h, n)
}

// add keeps an object and returns its id.
func (o *overlay) add(kind plumbing.ObjectType, data []byte) plumbing.Hash {
	h := plumbing.ComputeHash(kind, data)
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, ok := o.own[h]; !ok {
		o.own[h] = object{kind, data}
		o.order = append(o.order, h)
	}
	return h
}

// addAll takes over the objects of another overlay.
func (o *overlay) addAll(other *overlay) {
	for _, own := range other.all() {
		o.add(own.kind, own.data)
	}
}

// all lists the own objects as they were added.
func (o *overlay) all() []object {
	o.mu.RLock()
	defer o.mu.RUnlock()
	var list []object
	for _, h := range o.order {
		list = append(list, o.own[h])
	}
	return list
}

// holds reports whether the object can be read here.
func (o *overlay) holds(h plumbing.Hash) bool {
	o.mu.RLock()
	defer o.mu.RUnlock()
	_, ok := o.own[h]
	return ok || o.store.has(h)
}
