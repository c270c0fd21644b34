package directory

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
)

// sight is what lies under an app's name in one of the places.
type sight struct {
	what    what
	info    fs.FileInfo
	content []byte // where it was read
	err     error  // of unreadable
}

type what int

const (
	absent   what = iota
	right         // the bytes that were written
	modeless      // the bytes that were written, with another mode
	edited
	link
	directory
	strange // a pipe, a socket, a device
	unreadable
)

// ours says that the bytes are those that were written, whoever put them there.
func (s sight) ours() bool { return s.what == right || s.what == modeless }

// look says what lies under an app's name in a place, beside what was written.
func look(d disk, e entry, app, place string) sight {
	name := file(place, app)
	info, err := d.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return sight{}
	}
	s := sight{info: info, err: err}
	switch {
	case err != nil:
		s.what = unreadable
	case info.Mode()&fs.ModeSymlink != 0:
		s.what = link
	case info.IsDir():
		s.what = directory
	case !info.Mode().IsRegular():
		s.what = strange
	case info.Size() != e.Size: // however large it is now
		s.what = edited
	default:
		s.content, s.info, s.err = d.Read(name, e.Size)
		switch sum := sha256.Sum256(s.content); {
		case errors.Is(s.err, fs.ErrNotExist):
			return sight{}
		case s.err != nil:
			s.what = unreadable
		case hex.EncodeToString(sum[:]) != e.SHA256:
			s.what = edited
		case s.info.Mode() != fileMode:
			s.what = modeless
		default:
			s.what = right
		}
	}
	return s
}

// placesOf looks at all places, in their order.
func placesOf(d disk, e entry, app string) [len(places)]sight {
	var all [len(places)]sight
	for i, place := range places {
		all[i] = look(d, e, app, place)
	}
	return all
}

// words say how what lies in a place differs from what was written there.
func (s sight) words(place, app string) string {
	name := file(place, app)
	switch s.what {
	case absent:
		return name + " was deleted"
	case modeless:
		return fmt.Sprintf("the mode of %s is %v, not %v", name, s.info.Mode(), fileMode)
	case edited:
		return name + " was edited"
	case link:
		return name + " was replaced by a link"
	case directory:
		return name + " was replaced by a folder"
	case strange:
		return name + " was replaced by something that is no file"
	case unreadable:
		return fmt.Sprintf("%s cannot be read: %v", name, cause(s.err))
	}
	return ""
}

// cause is an error without the operation and path, which are said already.
func cause(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return path.Err
	}
	return err
}
