package folder

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Create writes a new file of a catalog below a folder on disk, with the folders that it lies in. A file
// that is there already is left as it is: the error is fs.ErrExist. What fails half way leaves nothing.
func Create(root *os.Root, path string, content []byte) error {
	to := filepath.FromSlash(path)
	if err := root.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	file, err := root.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Close()); err != nil {
		_ = root.Remove(to) // half of it would pass for what somebody wrote
	}
	return err
}

// Replace writes a file of a catalog below a folder on disk, whether it is there or not. It is there as it
// was, or whole: who reads it meanwhile sees no half of it.
func Replace(root *os.Root, path string, content []byte) error {
	to := filepath.FromSlash(path)
	next := to + ".levee-new"
	if err := root.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := Create(root, filepath.ToSlash(next), content); err != nil {
		return err
	}
	if info, err := root.Stat(to); err == nil {
		if err := root.Chmod(next, info.Mode().Perm()); err != nil {
			return errors.Join(err, root.Remove(next))
		}
	}
	if err := root.Rename(next, to); err != nil {
		return errors.Join(err, root.Remove(next))
	}
	return nil
}
