package live

import (
	"context"
	"errors"
	"sync"
)

// each calls do with 0 to n-1, at most limit calls at a time, and waits for
// all. After an error no further call starts and the context of the others
// ends. It returns the error of the smallest number, those that only say that
// the context has ended left out where there is another.
func each(ctx context.Context, limit, n int, do func(context.Context, int) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make([]error, n)
	work := make(chan int)
	var workers sync.WaitGroup
	for range min(limit, n) {
		workers.Go(func() {
			for i := range work {
				if errs[i] = ctx.Err(); errs[i] == nil {
					errs[i] = do(ctx, i)
				}
				if errs[i] != nil {
					cancel()
				}
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	workers.Wait()
	var ended error
	for _, err := range errs {
		switch {
		case err == nil:
		case errors.Is(err, context.Canceled):
			ended = err
		default:
			return err
		}
	}
	return ended
}
