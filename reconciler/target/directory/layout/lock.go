package layout

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
)

// Shard is the name of the lock that guards an app. Locks are files that stay, so
// there is a bounded number of them; two apps that share one only wait.
func Shard(app string) string {
	sum := sha256.Sum256([]byte(app))
	return fmt.Sprintf("%02x", sum[0])
}

// keyed is a lock for each key, within this process.
type keyed struct {
	mu   sync.Mutex
	keys map[string]*key
}

// key is a lock that is held or waited for.
type key struct {
	free  chan struct{} // holds one token while nobody holds the lock
	users int
}

// lock waits for a key until ctx ends.
func (k *keyed) lock(ctx context.Context, name string) (release func(), err error) {
	k.mu.Lock()
	if k.keys == nil {
		k.keys = map[string]*key{}
	}
	one := k.keys[name]
	if one == nil {
		one = &key{free: make(chan struct{}, 1)}
		one.free <- struct{}{}
		k.keys[name] = one
	}
	one.users++
	k.mu.Unlock()
	leave := func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if one.users--; one.users == 0 {
			delete(k.keys, name)
		}
	}
	select {
	case <-one.free:
		return func() { one.free <- struct{}{}; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, fmt.Errorf("wait for another call on the app: %w", ctx.Err())
	}
}
