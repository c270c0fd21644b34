// Package parallel runs work for many apps side by side, such that what breaks off for
// one of them stops no other.
package parallel

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// Panic is an error that stands for what broke off in the middle. It is that app's, or
// that change's, and could not be told.
type Panic struct {
	value any
	stack []byte // where it did
}

func (p Panic) Error() string { return fmt.Sprintf("it broke off: %v", p.value) }

// IsPanic reports whether an error stands for what broke off.
func IsPanic(err error) bool { return errors.As(err, new(Panic)) }

// Each calls do for 0 … n-1 on all processors. A few goroutines take one after the
// other: evaluating rules needs deep stacks, and growing one for each app would cost more
// than some rules do. What breaks off in one of them breaks off in the caller, once the
// others are done: elsewhere nobody could catch it.
func Each(n int, do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	var broke atomic.Pointer[Panic]
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			defer func() {
				if value := recover(); value != nil {
					broke.CompareAndSwap(nil, &Panic{value, debug.Stack()})
				}
			}()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
	if p := broke.Load(); p != nil {
		panic(*p)
	}
}

// Guard does something for one app or change. What breaks off is logged with where it
// did, and is a Panic then: the daemon goes on with everything else.
func Guard(log *slog.Logger, what, name string, do func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			broke, ok := value.(Panic) // elsewhere, on another processor
			if !ok {
				broke = Panic{value, debug.Stack()}
			}
			log.Error(what+" broke off", "of", name, "panic", fmt.Sprint(broke.value), "stack", string(broke.stack))
			err = broke
		}
	}()
	return do()
}
