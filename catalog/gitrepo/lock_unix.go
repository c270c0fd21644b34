//go:build unix

package gitrepo

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lockFolder takes the lock of a mirror without waiting. The lock ends with the
// process, however that ends.
func lockFolder(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("lock the mirror: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, fmt.Errorf("lock the mirror %s: %w", name, ErrLocked)
	}
	return nil, fmt.Errorf("lock the mirror %s: %w", name, err)
}

// unlockFolder gives the lock free at once. Closing alone would not: a process that
// is just being started may hold a copy of the file for a moment.
func unlockFolder(f *os.File) error {
	return errors.Join(syscall.Flock(int(f.Fd()), syscall.LOCK_UN), f.Close())
}
