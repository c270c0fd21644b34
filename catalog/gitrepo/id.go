package gitrepo

import (
	"encoding/hex"
	"fmt"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog"
)

// ID is the id of any Git object, forty lower-case hexadecimal digits. The empty
// ID stands for no object: a ref that does not exist.
type ID string

// Tree is the id of a Git tree. Two equal Trees hold the same paths and bytes.
type Tree string

// EmptyTree is the tree without entries.
const EmptyTree Tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

// hashOf reads an id of any of the three kinds. Upper case is refused, so that
// one object has one name.
func hashOf[T ID | Tree | catalog.Commit](id T) (plumbing.Hash, error) {
	var h plumbing.Hash
	if len(id) != 2*len(h) {
		return h, fmt.Errorf("read object id %q: %w", cut(string(id), 64), ErrNotFound)
	}
	for _, c := range []byte(id) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return h, fmt.Errorf("read object id %q: %w", string(id), ErrNotFound)
		}
	}
	if _, err := hex.Decode(h[:], []byte(id)); err != nil {
		return h, fmt.Errorf("read object id %q: %w", string(id), ErrNotFound) // unreachable
	}
	return h, nil
}

// idOf names an object, with the zero hash of the wire protocol as no object.
func idOf(h plumbing.Hash) ID {
	if h.IsZero() {
		return ""
	}
	return ID(h.String())
}

// cut shortens text that came from outside before it goes into a message.
func cut(s string, n int) string {
	if len(s) > n {
		return s[:n] + "…"
	}
	return s
}
