package slack

import (
	"sync"
	"time"
)

// cacheTime is how long a lookup is used.
const cacheTime = time.Hour

// lookupCache caches lookups: the conversations of people and channels, and the id of this app.
// It is safe for concurrent use.
type lookupCache struct {
	now func() time.Time

	mu      sync.Mutex
	lookups map[string]lookup
}

type lookup struct {
	value string
	until time.Time
}

func (m *lookupCache) get(key string) (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.lookups[key]
	return f.value, ok && m.now().Before(f.until)
}

// put adds an entry, and removes those that are too old.
func (m *lookupCache) put(key, value string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	for k, f := range m.lookups {
		if !now.Before(f.until) {
			delete(m.lookups, k)
		}
	}
	m.lookups[key] = lookup{value, now.Add(cacheTime)}
}

func (m *lookupCache) forget(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.lookups, key)
}
