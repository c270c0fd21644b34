package live

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory/disk"
	"github.com/levee-gitops/levee/reconciler/target/directory/inventory"
	"github.com/levee-gitops/levee/reconciler/target/directory/layout"
)

// Sight is what lies under an app's name in one of the places.
type Sight struct {
	What    What
	Info    fs.FileInfo
	Content []byte // where it was read
	Err     error  // of Unreadable
}

// What is the kind of thing that lies there.
type What int

// The kinds of things.
const (
	Absent   What = iota
	Right         // the bytes that were written
	Modeless      // the bytes that were written, with another mode
	Edited
	Link
	Directory
	Strange // a pipe, a socket, a device
	Unreadable
)

// Ours says that the bytes are those that were written, whoever put them there.
func (s Sight) Ours() bool { return s.What == Right || s.What == Modeless }

// At says what lies under an app's name in a place, beside what was written.
func At(d disk.Disk, e inventory.Entry, app, place string) Sight {
	name := layout.File(place, app)
	info, err := d.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return Sight{}
	}
	s := Sight{Info: info, Err: err}
	switch {
	case err != nil:
		s.What = Unreadable
	case info.Mode()&fs.ModeSymlink != 0:
		s.What = Link
	case info.IsDir():
		s.What = Directory
	case !info.Mode().IsRegular():
		s.What = Strange
	case info.Size() != e.Size: // however large it is now
		s.What = Edited
	default:
		s.Content, s.Info, s.Err = d.Read(name, e.Size)
		switch sum := sha256.Sum256(s.Content); {
		case errors.Is(s.Err, fs.ErrNotExist):
			return Sight{}
		case s.Err != nil:
			s.What = Unreadable
		case hex.EncodeToString(sum[:]) != e.SHA256:
			s.What = Edited
		case s.Info.Mode() != disk.FileMode:
			s.What = Modeless
		default:
			s.What = Right
		}
	}
	return s
}

// AtAll looks at all places, in their order.
func AtAll(d disk.Disk, e inventory.Entry, app string) [len(layout.Places)]Sight {
	var all [len(layout.Places)]Sight
	for i, place := range layout.Places {
		all[i] = At(d, e, app, place)
	}
	return all
}

// Words say how what lies in a place differs from what was written there.
func (s Sight) Words(place, app string) string {
	name := layout.File(place, app)
	switch s.What {
	case Absent:
		return name + " was deleted"
	case Modeless:
		return fmt.Sprintf("the mode of %s is %v, not %v", name, s.Info.Mode(), disk.FileMode)
	case Edited:
		return name + " was edited"
	case Link:
		return name + " was replaced by a link"
	case Directory:
		return name + " was replaced by a folder"
	case Strange:
		return name + " was replaced by something that is no file"
	case Unreadable:
		return fmt.Sprintf("%s cannot be read: %v", name, Cause(s.Err))
	}
	return ""
}

// Cause is an error without the operation and path, which are said already.
func Cause(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return path.Err
	}
	return err
}

// Claims says whether an app's name is ours. It is where the claim was finished,
// or where the bytes that lie there are those that were about to be written;
// anything else under the name of an app without a claim is somebody else's.
func Claims(r inventory.Record, app string, seen [len(layout.Places)]Sight) (bool, error) {
	if r.Claimed {
		return true, nil
	}
	claimed := false
	for i, place := range layout.Places {
		switch {
		case seen[i].What == Absent:
		case r.Held && seen[i].Ours():
			claimed = true
		default:
			return false, fmt.Errorf("%w: %s is there already: move it away, or give the app another name", target.ErrForeign, layout.File(place, app))
		}
	}
	return claimed, nil
}

// Fits says that a document lies where it belongs, as it was written, and
// nowhere else.
func Fits(seen [len(layout.Places)]Sight, belongs string) bool {
	for i, place := range layout.Places {
		want := Absent
		if place == belongs {
			want = Right
		}
		if seen[i].What != want {
			return false
		}
	}
	return true
}
