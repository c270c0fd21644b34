package layout

import (
	"encoding/json"
	"errors"
	"io/fs"
	"path"

	"github.com/levee-gitops/levee/reconciler/target/directory/disk"
)

// stage writes a file under a name of its own, synced, to be renamed or linked.
// The name belongs to who holds the app's lock; what a kill left there may share
// its bytes with a live file, so it is unlinked and never written to.
func stage(d disk.Disk, name string, content []byte) (string, error) {
	staged := path.Join(Staging, name)
	f, err := d.Create(staged)
	if errors.Is(err, fs.ErrExist) {
		if err := d.Remove(staged); err != nil {
			return "", err
		}
		f, err = d.Create(staged)
	}
	if err != nil {
		return "", err
	}
	return staged, Fill(f, content)
}

// Fill writes a new file, makes it last and closes it.
func Fill(f disk.Handle, content []byte) error {
	_, err := f.Write(content)
	if err == nil {
		err = f.Chmod(disk.FileMode) // whatever the process's mask is
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// Replace puts a file in the place of whatever file is there.
func Replace(d disk.Disk, as, name string, content []byte) error {
	staged, err := stage(d, as, content)
	if err != nil {
		return err
	}
	if err := d.Rename(staged, name); err != nil {
		return err
	}
	return d.Sync(path.Dir(name))
}

// Place puts a file where none is; fs.ErrExist if there is one after all.
func Place(d disk.Disk, as, name string, content []byte) error {
	staged, err := stage(d, as, content)
	if err != nil {
		return err
	}
	err = d.Link(staged, name)
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrPermission) {
		// No links on this file system: look, and leave a moment in between.
		if _, err = d.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			err = d.Rename(staged, name)
		} else if err == nil {
			err = fs.ErrExist
		}
	}
	if unstaged := Unstage(d, as); err == nil {
		err = unstaged
	}
	if err != nil {
		return err
	}
	return d.Sync(path.Dir(name))
}

// Unstage takes away what was staged and is not needed, or was left by a kill.
func Unstage(d disk.Disk, as string) error {
	if err := d.Remove(path.Join(Staging, as)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Tidy takes away what a kill left of an app. It comes before anything is made
// right: once all is right, nobody has a reason to come again.
func Tidy(d disk.Disk, app string) error {
	return errors.Join(Unstage(d, app+".entry"), Unstage(d, app+".json"), Unstage(d, app+".mark"))
}

// Lines is a value as it is written into the inventory, for people to read.
func Lines(v any) ([]byte, error) {
	raw, err := json.MarshalIndent(v, "", "  ")
	return append(raw, '\n'), err
}
