package disk

import (
	"context"
	"fmt"
	"os"
	"time"
)

// Lock keeps other processes out. The kernel gives the lock back when its holder
// dies. It is asked for again and again, because a wait in the kernel does not
// end with ctx.
func (f folder) Lock(ctx context.Context, name string) (release func(), err error) {
	file, err := f.OpenFile(name, os.O_RDONLY|os.O_CREATE, FileMode)
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
