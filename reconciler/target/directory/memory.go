package directory

import (
	"encoding/json"
	"io/fs"
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

// recall returns what is remembered of an app.
func (t *Target) recall(environment, app string) memo {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.memory[environment][app]
}

// remember keeps what was read of an app.
func (t *Target) remember(environment, app string, m memo) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.memory[environment] == nil {
		t.memory[environment] = map[string]memo{}
	}
	t.memory[environment][app] = m
}

// forget drops the apps of an environment that are no longer there.
func (t *Target) forget(environment string, held map[string]bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for app := range t.memory[environment] {
		if !held[app] {
			delete(t.memory[environment], app)
		}
	}
}
