package live

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// How often and how long a request is repeated. Azure refills a subscription's
// reads at 25 a second (request-limits-and-throttling, read 2026-11), so its
// pauses are short; one longer than longestPause is left to the user.
const (
	firstPause   = time.Second
	lastPause    = 30 * time.Second
	longestPause = 5 * time.Minute
	// tryTimeout bounds one try, from the request to the last byte.
	tryTimeout = 5 * time.Minute
)

// pace holds all requests of a client back while Azure asks one of them to
// wait.
type pace struct {
	now   func() time.Time
	sleep func(context.Context, time.Duration) error

	mu    sync.Mutex
	until time.Time
}

func newPace(now func() time.Time, sleep func(context.Context, time.Duration) error) *pace {
	p := &pace{now: now, sleep: sleep}
	if p.now == nil {
		p.now = time.Now
	}
	if p.sleep == nil {
		p.sleep = sleepFor
	}
	return p
}

func sleepFor(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// hold keeps every request back for d from now on.
func (p *pace) hold(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t := p.now().Add(d); t.After(p.until) {
		p.until = t
	}
}

// wait returns when a request may be sent.
func (p *pace) wait(ctx context.Context) error {
	for {
		p.mu.Lock()
		d := p.until.Sub(p.now())
		p.mu.Unlock()
		if d <= 0 {
			return ctx.Err()
		}
		if err := p.sleep(ctx, d); err != nil {
			return err
		}
	}
}

// backOff is the pause after a try, counted from 1: it doubles, a fifth more or
// less so that parallel requests part.
func backOff(try int) time.Duration {
	d := lastPause
	if try < 6 {
		d = min(firstPause<<(try-1), lastPause)
	}
	return time.Duration(float64(d) * (0.8 + 0.4*rand.Float64()))
}

// retryAfter is what an answer asks for, in seconds, as a date or, as some
// providers of Azure write it, in milliseconds; 0 where it says nothing.
func retryAfter(h http.Header, now time.Time) time.Duration {
	for _, name := range []string{"Retry-After-Ms", "X-Ms-Retry-After-Ms"} {
		if ms, err := strconv.Atoi(h.Get(name)); err == nil && ms > 0 {
			return time.Duration(ms) * time.Millisecond
		}
	}
	text := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if t, err := http.ParseTime(text); err == nil {
		return max(0, t.Sub(now))
	}
	return 0
}
