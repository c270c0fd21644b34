package directory

import (
	"encoding/json"
	"io/fs"
	"sync"
	"time"

	"github.com/levee-gitops/levee/reconciler/target/directory/disk"
	"github.com/levee-gitops/levee/reconciler/target/directory/inventory"
	"github.com/levee-gitops/levee/reconciler/target/directory/layout"
	"github.com/levee-gitops/levee/reconciler/target/directory/live"
)

// grain is how far apart two writes must be for a file system to give them
// different times, at the coarsest.
const grain = 2 * time.Second

// memo is what was read of one app, and of which states of its files.
type memo struct {
	entryPrint disk.Fingerprint
	entry      *inventory.Entry // nil where it is not remembered

	filePrint disk.Fingerprint
	place     string
	sum       string          // of the bytes found
	document  json.RawMessage // as it was found, which is as it was written
}

// settled returns a file's fingerprint if it stands for the bytes that were read
// since an instant: a write in the same grain of time would not show.
func settled(info fs.FileInfo, began time.Time) (disk.Fingerprint, bool) {
	p, ok := disk.FingerprintOf(info)
	old := began.Add(-grain).UnixNano()
	return p, ok && p.Written < old && p.Changed < old
}

// of returns the document of an entry, from what was just read or is remembered.
func (m memo) of(e inventory.Entry, seen [len(layout.Places)]live.Sight) json.RawMessage {
	for _, s := range seen {
		if s.Ours() && len(s.Content) > 0 {
			return json.RawMessage(s.Content[:len(s.Content)-1])
		}
	}
	if m.sum == e.SHA256 {
		return m.document
	}
	return nil
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
