package policies

import (
	"crypto/sha256"
	"sync"
)

// findingCache caches the findings of one rule. It has two generations: when the young one is
// full it becomes the old one, and findings that were not used since are dropped. With
// hundreds of thousands of findings this takes a third of the memory of an LRU list.
type findingCache struct {
	mu         sync.Mutex
	young, old map[findingKey]*finding
}

func (m *findingCache) get(k findingKey) (*finding, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f, ok := m.young[k]; ok {
		return f, true
	}
	f, ok := m.old[k]
	if ok {
		m.put(k, f)
	}
	return f, ok
}

func (m *findingCache) add(k findingKey, f *finding) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(k, f)
}

func (m *findingCache) put(k findingKey, f *finding) {
	if len(m.young) >= maxFindings/2 {
		m.old, m.young = m.young, nil
	}
	if m.young == nil {
		m.young = map[findingKey]*finding{}
	}
	m.young[k] = f
}

// findingKey is the digest of the values at the input paths that a rule depends on.
type findingKey [sha256.Size]byte
