package policies

import (
	"crypto/sha256"
	"sync"
)

// memory is what one rule answered, by all that it could look at. It holds two
// generations: when the young one is full it becomes the old one, and what was not
// asked for again meanwhile is forgotten. That takes a third of the room of a list
// of what was used last, and there are hundreds of thousands of answers.
type memory struct {
	mu         sync.Mutex
	young, old map[key]*finding
}

func (m *memory) get(k key) (*finding, bool) {
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

func (m *memory) add(k key, f *finding) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(k, f)
}

func (m *memory) put(k key, f *finding) {
	if len(m.young) >= rememberedAnswers/2 {
		m.old, m.young = m.young, nil
	}
	if m.young == nil {
		m.young = map[key]*finding{}
	}
	m.young[k] = f
}

// key is what an answer is remembered by: a digest of places of an input.
type key [sha256.Size]byte
