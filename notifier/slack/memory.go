package slack

import (
	"sync"
	"time"
)

// remembered is how long what Slack said of an address is believed.
const remembered = time.Hour

// memory keeps what was looked up: addresses of people and channels, and which app
// this is. It is safe for concurrent use.
type memory struct {
	now func() time.Time

	mu    sync.Mutex
	facts map[string]fact
}

type fact struct {
	value string
	until time.Time
}

func (m *memory) get(key string) (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.facts[key]
	return f.value, ok && m.now().Before(f.until)
}

// keep remembers a fact, and forgets those whose time is over.
func (m *memory) keep(key, value string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	for k, f := range m.facts {
		if !now.Before(f.until) {
			delete(m.facts, k)
		}
	}
	m.facts[key] = fact{value, now.Add(remembered)}
}

func (m *memory) forget(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.facts, key)
}
