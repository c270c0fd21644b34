package packstore

import (
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog"
)

// The errors that callers tell apart. An object over a limit is catalog.ErrTooLarge.
var (
	ErrNotFound  = errors.New("not found")             // no such object, and nothing refers to it
	ErrMalformed = catalog.ErrMalformed                // the object breaks Git's own rules
	ErrCorrupt   = errors.New("the mirror is damaged") // the store lost or garbled an object; see Damaged
	ErrUnrelated = errors.New("the commits are not related in this way")
)

// An Object is the content of a stored object. It is shared: readers never change
// the bytes.
type Object struct {
	Kind plumbing.ObjectType
	Data []byte
}

// A Reader is where objects are read from: a Store, or an Overlay. Readers are safe
// for concurrent use.
type Reader interface {
	// Object returns an object of at most limit bytes, ErrNotFound or
	// catalog.ErrTooLarge.
	Object(h plumbing.Hash, limit int64) (Object, error)

	// Prefix returns the first bytes of an object, n at most, however long it is.
	Prefix(h plumbing.Hash, n int) (Object, error)

	// missing says what it means that an object is not there although another
	// object refers to it.
	missing(h plumbing.Hash) error
}

// Follow reads an object that another object refers to. If it is not there, that is
// ErrCorrupt or, where reading it from the remote again would not help, ErrMalformed or
// catalog.ErrTooLarge, but never ErrNotFound.
func Follow(src Reader, h plumbing.Hash, kind plumbing.ObjectType, limit int64) ([]byte, error) {
	o, err := src.Object(h, limit)
	if errors.Is(err, ErrNotFound) {
		return nil, src.missing(h)
	}
	if err != nil {
		return nil, err
	}
	if o.Kind != kind {
		return nil, fmt.Errorf("read object %s: %w: a %s stands where a %s should", h, ErrMalformed, o.Kind, kind)
	}
	return o.Data, nil
}

// ParseHash reads an id of forty lower-case hexadecimal digits. Upper case is refused,
// so that one object has one name. What is no id is ErrNotFound.
func ParseHash[T ~string](id T) (plumbing.Hash, error) {
	var h plumbing.Hash
	if len(id) != 2*len(h) {
		return h, fmt.Errorf("read object id %.64q: %w", id, ErrNotFound)
	}
	for _, c := range []byte(id) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return h, fmt.Errorf("read object id %q: %w", id, ErrNotFound)
		}
	}
	if _, err := hex.Decode(h[:], []byte(id)); err != nil {
		return h, fmt.Errorf("read object id %q: %w", id, ErrNotFound) // unreachable
	}
	return h, nil
}
