//go:build unix

package main

import (
	"os"
	"syscall"
	"testing"
)

// locked reports whether some process holds a lock.
func locked(t *testing.T, name string) bool {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil
}
