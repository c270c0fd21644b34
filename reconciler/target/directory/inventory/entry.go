package inventory

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory/disk"
	"github.com/levee-gitops/levee/reconciler/target/directory/layout"
)

// Entry is what the inventory keeps of one app.
type Entry struct {
	Version  int            `json:"version"`
	App      string         `json:"app"`
	Render   catalog.Digest `json:"render"`
	Fence    target.Fence   `json:"fence"`
	Disabled bool           `json:"disabled"`
	Size     int64          `json:"size"`
	SHA256   string         `json:"sha256"` // of the bytes written
	// Claimed says that a document of ours stood under the app's name. Until then
	// only the bytes tell ours from somebody else's.
	Claimed bool `json:"claimed"`
	// Since is when the document was last written, and not only found to be right.
	Since time.Time `json:"since"`
}

// Same says that two entries describe the same files, whenever they were written.
func (e Entry) Same(other Entry) bool {
	e.Since, other.Since = time.Time{}, time.Time{}
	return e == other
}

const (
	entryVersion = 1
	maxEntry     = 64 << 10
)

// Record is an entry as it was found.
type Record struct {
	Entry
	Held   bool  // there is one, sound or not
	Broken error // why it says nothing; its name is claimed all the same
	// Unread says that what is broken is not the entry but the reading of it.
	Unread bool
	Info   fs.FileInfo
}

// EntryOf is the entry of an object about to be written.
func EntryOf(o target.Object, content []byte) Entry {
	sum := sha256.Sum256(content)
	return Entry{
		Version: entryVersion, App: o.App, Render: o.Render, Fence: o.Fence, Disabled: o.Disabled,
		Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:]),
	}
}

// Place is where the app's document belongs.
func (e Entry) Place(marked bool) string {
	switch {
	case marked:
		return layout.Quarantined
	case e.Disabled:
		return layout.Disabled
	}
	return layout.Apps
}

// Admits refuses a fence that is lower than an entry's. A damaged entry has none:
// the ledger knows better, and the next apply repairs it.
func (r Record) Admits(fence target.Fence) error {
	if fence.Admission < r.Fence.Admission {
		return fmt.Errorf("%w: it holds admission %d, and this is %d", target.ErrFenced, r.Fence.Admission, fence.Admission)
	}
	return nil
}

// Read finds an app's entry. It cannot fail: what is wrong is for the caller
// to weigh, since it concerns this app alone.
func Read(d disk.Disk, app string) Record {
	raw, info, err := d.Read(layout.File(layout.Inventory, app), maxEntry)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Record{}
	case err != nil:
		return Record{Entry: Entry{Claimed: true}, Held: true, Broken: err, Unread: true}
	}
	var e Entry
	if err := json.Unmarshal(raw, &e); err != nil {
		return Record{Entry: Entry{Claimed: true}, Held: true, Broken: fmt.Errorf("it is no JSON: %v", err)}
	}
	if sum, err := hex.DecodeString(e.SHA256); e.Version != entryVersion || e.App != app || e.Render == "" || err != nil || len(sum) != sha256.Size {
		return Record{Entry: Entry{Claimed: true}, Held: true, Broken: errors.New("its fields are not those of an entry")}
	}
	return Record{Entry: e, Held: true, Info: info}
}

// Write replaces an app's entry.
func Write(d disk.Disk, e Entry) error {
	raw, err := layout.Lines(e)
	if err != nil {
		return err
	}
	return layout.Replace(d, e.App+".entry", layout.File(layout.Inventory, e.App), raw)
}
