package mirror

import (
	"errors"
	"fmt"

	"github.com/gofrs/flock"
)

// ErrLocked reports a folder that another process, or another mirror of this one, has open.
var ErrLocked = errors.New("the mirror is in use")

// Lock takes the lock of a mirror without waiting. The lock ends with the process,
// however that ends.
func Lock(name string) (*flock.Flock, error) {
	lock := flock.New(name, flock.SetPermissions(0o644))
	locked, err := lock.TryLock()
	if err == nil && !locked {
		err = ErrLocked
	}
	if err != nil {
		return nil, fmt.Errorf("lock the mirror %s: %w", name, err)
	}
	return lock, nil
}
