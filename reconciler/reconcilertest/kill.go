package reconcilertest

import (
	"errors"
	"sync"
)

// ErrKilled stands for the end of the process: nothing happens after it.
var ErrKilled = errors.New("killed")

// Killer counts the effects of a story and ends the process at one of them.
type Killer struct {
	At    int  // which one to stop at, from 1; 0 for none
	After bool // after it was done, instead of before

	mu     sync.Mutex
	Seen   []string // every effect so far
	Dead   bool
	Struck bool
}

// Intercept is a reconciler.Intercept.
func (k *Killer) Intercept(what string, effect func() error) error {
	k.mu.Lock()
	if k.Dead {
		k.mu.Unlock()
		return ErrKilled
	}
	k.Seen = append(k.Seen, what)
	strike := k.At == len(k.Seen)
	if strike && !k.After {
		k.Dead, k.Struck = true, true
	}
	dead := k.Dead
	k.mu.Unlock() // an effect may be made of others
	if dead {
		return ErrKilled
	}
	err := effect()
	if !strike {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.Dead, k.Struck = true, true
	return ErrKilled
}
