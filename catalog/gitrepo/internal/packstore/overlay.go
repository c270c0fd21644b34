package packstore

import (
	"sync"

	"github.com/go-git/go-git/v5/plumbing"
)

// An Overlay is a Reader with objects of its own on top of a Store: those of a batch or
// a proposal, which exist in memory until they are pushed. It is safe for concurrent use.
type Overlay struct {
	*Store
	mu    sync.RWMutex
	own   map[plumbing.Hash]Object
	order []plumbing.Hash // as they were added
}

// Overlay makes an Overlay without objects of its own.
func (s *Store) Overlay() *Overlay { return &Overlay{Store: s, own: map[plumbing.Hash]Object{}} }

// Object implements Reader.
func (o *Overlay) Object(h plumbing.Hash, limit int64) (Object, error) {
	if own, ok := o.get(h); ok {
		return own, nil
	}
	return o.Store.Object(h, limit)
}

// Prefix implements Reader.
func (o *Overlay) Prefix(h plumbing.Hash, n int) (Object, error) {
	if own, ok := o.get(h); ok {
		own.Data = own.Data[:min(n, len(own.Data))]
		return own, nil
	}
	return o.Store.Prefix(h, n)
}

// Has reports whether an object is there, in the Store or on top of it.
func (o *Overlay) Has(h plumbing.Hash) bool {
	_, ok := o.get(h)
	return ok || o.Store.Has(h)
}

func (o *Overlay) get(h plumbing.Hash) (Object, bool) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	own, ok := o.own[h]
	return own, ok
}

// Put keeps an object and returns its id. The data must not change afterwards.
func (o *Overlay) Put(kind plumbing.ObjectType, data []byte) plumbing.Hash {
	h := plumbing.ComputeHash(kind, data)
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, ok := o.own[h]; !ok {
		o.own[h] = Object{kind, data}
		o.order = append(o.order, h)
	}
	return h
}

// Own lists the Overlay's own objects in the order in which they were put.
func (o *Overlay) Own() []Object {
	o.mu.RLock()
	defer o.mu.RUnlock()
	list := make([]Object, len(o.order))
	for i, h := range o.order {
		list[i] = o.own[h]
	}
	return list
}
