package reconciler

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// inParallel calls do for 0 … n-1 on all processors. A few goroutines take one
// after the other: evaluating rules needs deep stacks, and growing one for each
// app would cost more than some rules do.
func inParallel(n int, do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}
