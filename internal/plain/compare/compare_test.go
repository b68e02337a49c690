package compare

import (
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wayleave/wayleave/internal/plain"
	"github.com/wayleave/wayleave/internal/plain/random"
)

// run is how much is compared: a number of networks from a seed on, or as many
// as fit in a time.
type run struct {
	seed     uint64
	networks int
	time     time.Duration
	// questions asked one by one in each network.
	questions int
}

// slice is what every go test compares; soak is what the environment asks for.
func plan(t *testing.T, networks, questions int) run {
	t.Helper()
	r := run{seed: 1, networks: networks, questions: questions}
	if text := os.Getenv("WAYLEAVE_SOAK"); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil {
			t.Fatalf("WAYLEAVE_SOAK is %q, expected a duration such as 10m", text)
		}
		r.time, r.seed = d, uint64(time.Now().UnixNano())
	}
	if text := os.Getenv("WAYLEAVE_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("WAYLEAVE_SEED is %q, expected a number", text)
		}
		r.seed = seed
	}
	return r
}

// each runs a comparison for the seed of every network on two workers, until
// one fails.
func (r run) each(t *testing.T, compare func(seed uint64) bool) {
	t.Helper()
	var next, done atomic.Uint64
	var failed atomic.Bool
	start := time.Now()
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			for !failed.Load() {
				i := next.Add(1) - 1
				if r.time > 0 && time.Since(start) > r.time || r.time == 0 && i >= uint64(r.networks) {
					return
				}
				if !compare(r.seed + i) {
					failed.Store(true)
				}
				done.Add(1)
			}
		})
	}
	wait.Wait()
	t.Logf("%d networks from seed %d in %v", done.Load(), r.seed, time.Since(start).Round(time.Millisecond))
}

// TestSoakEngineEqualsInterpreter compares the verdict and the first blocker of
// packet after packet.
func TestSoakEngineEqualsInterpreter(t *testing.T) {
	r := plan(t, 300, 100)
	var packets atomic.Uint64
	r.each(t, func(seed uint64) bool {
		d, err := r.compare(seed, &packets)
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			return false
		}
		if d == nil {
			return true
		}
		small := random.Shrink(random.New(seed), func(n *random.Network) bool {
			p, err := newPair(n, nil)
			if err != nil {
				return false
			}
			for _, open := range []bool{false, true} {
				again, err := p.ask(d.question, open)
				if err == nil && again != nil && (d.what == again.what || len(d.what) > 10 && len(again.what) > 10 && d.what[:10] == again.what[:10]) {
					return true
				}
			}
			return false
		})
		t.Errorf("seed %d: %v\nin\n%s", seed, shown(small, d), small)
		return false
	})
	t.Logf("%d packets", packets.Load())
}

// shown is the disagreement as it is in the cut-down network.
func shown(n *random.Network, d *disagreement) *disagreement {
	p, err := newPair(n, nil)
	if err != nil {
		return d
	}
	for _, open := range []bool{false, true} {
		if again, err := p.ask(d.question, open); err == nil && again != nil {
			return again
		}
	}
	return d
}

// compare asks the questions of one seed.
func (r run) compare(seed uint64, packets *atomic.Uint64) (*disagreement, error) {
	n := random.New(seed)
	p, err := newPair(n, nil)
	if err != nil {
		return nil, err
	}
	questions := n.Questions(seed)
	var q plain.Question
	for i := range r.questions {
		q = questions.Next()
		if q.Packet.Protocol == 58 {
			continue // TEMPORARY F2
		}
		packets.Add(1)
		if d, err := p.ask(q, i%2 == 0); d != nil || err != nil {
			return d, err
		}
	}
	return nil, nil
}
