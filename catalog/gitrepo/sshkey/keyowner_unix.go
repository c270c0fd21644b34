//go:build unix

package sshkey

import (
	"io/fs"
	"os"
	"syscall"
)

// ownedByOther reports whether a file belongs to another user than the one that runs this program.
// The superuser reads every file, so that for them the group of one says nothing.
func ownedByOther(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	self := os.Geteuid()
	return ok && self != 0 && int64(stat.Uid) != int64(self)
}
