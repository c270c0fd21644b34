package disk

import (
	"io/fs"
	"syscall"
)

// FingerprintOf is what tells one state of a file from another without reading it. The
// time of change is part of it: the time of writing can be set back.
func FingerprintOf(info fs.FileInfo) (Fingerprint, bool) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return Fingerprint{}, false
	}
	return Fingerprint{s.Ino, s.Mode, s.Size, s.Mtim.Nano(), s.Ctim.Nano()}, true
}
