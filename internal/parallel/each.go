// Package parallel shares work among the processors.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls do with every number from 0 to n-1, once, as many at once as there are
// processors, and returns when all calls have. Calls begin in the order of the
// numbers; those of one Each must not wait for each other.
func Each(n int, do func(int)) {
	if n == 1 || runtime.GOMAXPROCS(0) == 1 { // the stack of a new goroutine has to grow
		for i := range n {
			do(i)
		}
		return
	}
	var wait sync.WaitGroup
	var next atomic.Int64
	for range min(runtime.GOMAXPROCS(0), n) {
		wait.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				do(int(i))
			}
		})
	}
	wait.Wait()
}
