package disk

import (
	"context"
	"io"
	"io/fs"
)

// Disk is every system call that the target makes, on one folder. It is an
// interface so that tests can stop the world at each of them.
type Disk interface {
	Lstat(name string) (fs.FileInfo, error)
	// Read returns a regular file and its state, which did not change meanwhile.
	Read(name string, limit int64) ([]byte, fs.FileInfo, error)
	List(name string) ([]string, error)
	// Folder opens a folder that is no link.
	Folder(name string) (Disk, error)
	Lock(ctx context.Context, name string) (release func(), err error)
	Close() error

	Mkdir(name string) error
	// Create makes a new file; it fails where there is one.
	Create(name string) (Handle, error)
	Rename(from, to string) error
	Link(from, to string) error
	Remove(name string) error
	// Sync makes what was named in a folder outlive a loss of power.
	Sync(name string) error
}

// Handle is a new file being written.
type Handle interface {
	io.WriteCloser
	Chmod(mode fs.FileMode) error
	Sync() error
}

// FileMode is the mode of every file: what is written holds no secret, and
// whatever watches need not be the same user.
const FileMode fs.FileMode = 0o644
