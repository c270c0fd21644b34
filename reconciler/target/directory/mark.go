package directory

import (
	"encoding/json"
	"errors"
	"io/fs"

	"github.com/levee-gitops/levee/reconciler/target"
)

const maxMark = 64 << 10

// readMark returns the mark of an app, or nil. A mark that says nothing is a mark,
// and one that does not say since when is as old as its file: without a time it would
// be taken for one that a release has lifted.
func readMark(d disk, app string) (mark *target.Mark, sound bool, err error) {
	name := file(marks, app)
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

// writeMark marks an app in one call, whoever else is at work on it. It says
// whether there was no mark before.
func writeMark(d disk, app string, mark target.Mark) (bool, error) {
	raw, err := lines(mark)
	if err != nil {
		return false, err
	}
	f, err := d.Create(file(marks, app))
	if errors.Is(err, fs.ErrExist) {
		return false, d.Sync(marks) // whoever wrote it may have been killed before
	}
	if err != nil {
		return false, err
	}
	return true, errors.Join(fill(f, raw), d.Sync(marks))
}
