package packstore

import (
	"container/list"
	"sync"
)

// A place is where a pack holds an object.
type place struct {
	pack *pack
	off  int64
}

// A cache keeps the objects that were read last, up to a number of bytes. Trees
// are read again and again, and an object stored as a delta needs its base.
type cache struct {
	mu    sync.Mutex
	limit int64
	used  int64
	order *list.List // of *cached, most recent first
	at    map[place]*list.Element
}

type cached struct {
	place place
	Object
}

func newCache(limit int64) *cache {
	return &cache{limit: limit, order: list.New(), at: map[place]*list.Element{}}
}

func (c *cache) get(p place) (Object, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.at[p]
	if !ok {
		return Object{}, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*cached).Object, true
}

// put keeps an object unless it is so large that it would drive out many others.
func (c *cache) put(p place, o Object) {
	size := int64(len(o.Data)) + 128
	if size > c.limit/16 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.at[p]; ok {
		return
	}
	c.at[p] = c.order.PushFront(&cached{p, o})
	for c.used += size; c.used > c.limit; {
		e := c.order.Back()
		old := c.order.Remove(e).(*cached)
		delete(c.at, old.place)
		c.used -= int64(len(old.Data)) + 128
	}
}
