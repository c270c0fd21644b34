//go:build unix

package remote

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// writable says why this user cannot store anything in a repository on this machine, by the
// modes of its folders: the git program says so only to a push. A repository with a work tree
// has them in .git.
func (r *Remote) writable() error {
	if r.ep.Protocol != "file" {
		return nil
	}
	for _, name := range []string{"objects", "refs"} {
		dir := filepath.Join(r.ep.Path, name)
		err := unix.Access(dir, unix.W_OK)
		if errors.Is(err, fs.ErrNotExist) {
			dir = filepath.Join(r.ep.Path, ".git", name)
			err = unix.Access(dir, unix.W_OK)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: the folder %s cannot be written to: %w", ErrUnauthorized, dir, err)
		}
	}
	return nil
}
