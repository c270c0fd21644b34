package directory

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"sync"
	"time"
)

// shard is the name of the lock that guards an app. Locks are files that stay, so
// there is a bounded number of them; two apps that share one only wait.
func shard(app string) string {
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

// Lock keeps other processes out. The kernel gives the lock back when its holder
// dies. It is asked for again and again, because a wait in the kernel does not
// end with ctx.
func (f folder) Lock(ctx context.Context, name string) (release func(), err error) {
	file, err := f.OpenFile(name, os.O_RDONLY|os.O_CREATE, fileMode)
	if err != nil {
		return nil, err
	}
	for pause := time.Millisecond; ; pause = min(2*pause, 20*time.Millisecond) {
		ok, err := tryLock(file)
		if ok {
			return func() { file.Close() }, nil
		}
		if err == nil {
			select {
			case <-time.After(pause):
				continue
			case <-ctx.Done():
				err = fmt.Errorf("wait for another process on the app: %w", ctx.Err())
			}
		}
		file.Close()
		return nil, err
	}
}
