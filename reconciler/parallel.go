package reconciler

import (
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// inParallel calls do for 0 … n-1 on all processors. A few goroutines take one
// after the other: evaluating rules needs deep stacks, and growing one for each
// app would cost more than some rules do. What breaks off in one of them breaks off in
// the caller, once the others are done: elsewhere nobody could catch it.
func inParallel(n int, do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	var broke atomic.Pointer[panicked]
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			defer func() {
				if value := recover(); value != nil {
					broke.CompareAndSwap(nil, &panicked{value, debug.Stack()})
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
