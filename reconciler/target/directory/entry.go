package directory

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
)

// entry is what the inventory keeps of one app.
type entry struct {
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

// same says that two entries describe the same files, whenever they were written.
func (e entry) same(other entry) bool {
	e.Since, other.Since = time.Time{}, time.Time{}
	return e == other
}

const (
	entryVersion = 1
	maxEntry     = 64 << 10
)

// record is an entry as it was found.
type record struct {
	entry
	held   bool  // there is one, sound or not
	broken error // why it says nothing; its name is claimed all the same
	// unread says that what is broken is not the entry but the reading of it.
	unread bool
	info   fs.FileInfo
}

// entryOf is the entry of an object about to be written.
func entryOf(o target.Object, content []byte) entry {
	sum := sha256.Sum256(content)
	return entry{
		Version: entryVersion, App: o.App, Render: o.Render, Fence: o.Fence, Disabled: o.Disabled,
		Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:]),
	}
}

// place is where the app's document belongs.
func (e entry) place(marked bool) string {
	switch {
	case marked:
		return quarantined
	case e.Disabled:
		return disabled
	}
	return apps
}

// readEntry finds an app's entry. It cannot fail: what is wrong is for the caller
// to weigh, since it concerns this app alone.
func readEntry(d disk, app string) record {
	raw, info, err := d.Read(file(inventory, app), maxEntry)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return record{}
	case err != nil:
		return record{entry: entry{Claimed: true}, held: true, broken: err, unread: true}
	}
	var e entry
	if err := json.Unmarshal(raw, &e); err != nil {
		return record{entry: entry{Claimed: true}, held: true, broken: fmt.Errorf("it is no JSON: %v", err)}
	}
	if sum, err := hex.DecodeString(e.SHA256); e.Version != entryVersion || e.App != app || e.Render == "" || err != nil || len(sum) != sha256.Size {
		return record{entry: entry{Claimed: true}, held: true, broken: errors.New("its fields are not those of an entry")}
	}
	return record{entry: e, held: true, info: info}
}

// writeEntry replaces an app's entry.
func writeEntry(d disk, e entry) error {
	raw, err := lines(e)
	if err != nil {
		return err
	}
	return replace(d, e.App+".entry", file(inventory, e.App), raw)
}
