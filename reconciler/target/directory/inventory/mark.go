package inventory

import (
	"encoding/json"
	"errors"
	"io/fs"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory/disk"
	"github.com/levee-gitops/levee/reconciler/target/directory/layout"
)

const maxMark = 64 << 10

// ReadMark returns the mark of an app, or nil. A mark that says nothing is a mark,
// and one that does not say since when is as old as its file: without a time it would
// be taken for one that a release has lifted.
func ReadMark(d disk.Disk, app string) (mark *target.Mark, sound bool, err error) {
	name := layout.File(layout.Marks, app)
	info, err := d.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, true, nil
	} else if err != nil {
		return nil, false, err // could not tell; nobody goes on from here
	}
	raw, _, err := d.Read(name, maxMark)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, true, nil // released meanwhile
	}
	var read target.Mark
	if err != nil || json.Unmarshal(raw, &read) != nil {
		return &target.Mark{Reason: "its mark cannot be read, so it stays contained", At: info.ModTime()}, false, nil
	}
	if read.At.IsZero() {
		read.At = info.ModTime()
	}
	return &read, true, nil
}

// WriteMark marks an app in one call, whoever else is at work on it. It says
// whether there was no mark before.
func WriteMark(d disk.Disk, app string, mark target.Mark) (bool, error) {
	raw, err := layout.Lines(mark)
	if err != nil {
		return false, err
	}
	f, err := d.Create(layout.File(layout.Marks, app))
	if errors.Is(err, fs.ErrExist) {
		return false, d.Sync(layout.Marks) // whoever wrote it may have been killed before
	}
	if err != nil {
		return false, err
	}
	return true, errors.Join(layout.Fill(f, raw), d.Sync(layout.Marks))
}

// MendMark writes the text of a mark whose own was lost, and one that is in earnest in the
// place of a drill's. It says whether it wrote one that is new.
func MendMark(d disk.Disk, app string, mark target.Mark) (bool, error) {
	there, sound, err := ReadMark(d, app)
	if err != nil || sound && !there.GivesWayTo(mark) {
		return false, err
	}
	raw, err := layout.Lines(mark)
	if err != nil {
		return false, err
	}
	return sound, layout.Replace(d, app+".mark", layout.File(layout.Marks, app), raw)
}
