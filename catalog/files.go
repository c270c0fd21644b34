package catalog

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
)

// Commit is the id of a Git commit, forty lower-case hexadecimal digits. The
// empty Commit stands for files that no commit holds, such as a working folder.
type Commit string

// Short is the abbreviation of a commit that people are shown.
func (c Commit) Short() string {
	if len(c) > 7 {
		return string(c[:7])
	}
	return string(c)
}

// Files is one version of a catalog's files: the tree of a commit, or a folder
// as it lies on disk. It never changes under its reader, so two reads of one
// entry give the same bytes. Implementations are safe for concurrent use and
// never follow a symbolic link.
type Files interface {
	// List returns the entries of a folder, sorted by name; "" is the root. A
	// folder that does not exist has no entries and is not an error, so an error
	// always means "could not tell" and never "empty".
	List(ctx context.Context, dir string) ([]Entry, error)

	// Read returns the content of a file entry that List returned. Content longer
	// than limit bytes is ErrTooLarge and is not read into memory.
	Read(ctx context.Context, file Entry, limit int64) ([]byte, error)
}

// Entry is one name in a folder.
type Entry struct {
	Path string // slash-separated, from the root, no leading slash
	Mode Mode
	// ID is the Git object id of the content. Two entries with equal ids have
	// equal content, folders included, whatever implementation they come from.
	// It is empty where an implementation cannot tell it cheaply (a folder on
	// disk), which means only that nothing may be skipped.
	ID string
}

// BlobID is the id that Git gives a file's content.
func BlobID(content []byte) string {
	sum := sha1.New()
	fmt.Fprintf(sum, "blob %d\x00", len(content))
	sum.Write(content)
	return hex.EncodeToString(sum.Sum(nil))
}

// Mode is what an entry is. Links and submodules are never followed.
type Mode int

// The modes.
const (
	File Mode = iota + 1
	Executable
	Folder
	Link
	Submodule
	// Odd is what Git programs read in different ways: a name that is none, a name
	// that is there twice, names out of order. Its path says in words what is wrong and
	// leads nowhere. Beside it the folder is read as far as it can be.
	Odd
)

// ErrTooLarge reports content over the limit its reader gave.
var ErrTooLarge = errors.New("the file is larger than the limit")

// ErrMalformed reports content that is there and that no reader can make sense of: a
// folder that is none. Unlike every other error it will be the same next time.
var ErrMalformed = errors.New("malformed object")
