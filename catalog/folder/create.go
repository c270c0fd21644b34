package folder

import (
	"errors"
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
