//go:build !unix

package gitrepo

import (
	"fmt"
	"os"
)

// lockFolder cannot lock here; two processes must not share a mirror.
func lockFolder(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("lock the mirror: %w", err)
	}
	return f, nil
}

func unlockFolder(f *os.File) error { return f.Close() }
