package directory

import (
	"encoding/json"
	"io/fs"
	"sync"
	"time"
)

// fingerprint is the state of a file as the system tells it.
type fingerprint struct {
	inode            uint64
	mode             uint32
	size             int64
	written, changed int64 // in nanoseconds
}

// grain is how far apart two writes must be for a file system to give them
// different times, at the coarsest.
const grain = 2 * time.Second

// memo is what was read of one app, and of which states of its files.
type memo struct {
	entryPrint fingerprint
	entry      *entry // nil where it is not remembered

	filePrint fingerprint
	place     string
	sum       string          // of the bytes found
	document  json.RawMessage // as it was found, which is as it was written
}

// settled returns a file's fingerprint if it stands for the bytes that were read
// since an instant: a write in the same grain of time would not show.
func settled(info fs.FileInfo, began time.Time) (fingerprint, bool) {
	p, ok := printOf(info)
	old := began.Add(-grain).UnixNano()
	return p, ok && p.written < old && p.changed < old
}

// memory is what was read of apps, so that what has not changed is not read again.
type memory struct {
	mu   sync.Mutex
	apps map[string]map[string]memo // environment, app
}

func newMemory() *memory { return &memory{apps: map[string]map[string]memo{}} }

// recall returns what is remembered of an app.
func (m *memory) recall(environment, app string) memo {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.apps[environment][app]
}

// remember keeps what was read of an app.
func (m *memory) remember(environment, app string, read memo) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.apps[environment] == nil {
		m.apps[environment] = map[string]memo{}
	}
	m.apps[environment][app] = read
}

// forget drops the apps of an environment that are no longer there.
func (m *memory) forget(environment string, held map[string]bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for app := range m.apps[environment] {
		if !held[app] {
			delete(m.apps[environment], app)
		}
	}
}
