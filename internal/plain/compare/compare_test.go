package compare

import (
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wayleave/wayleave/internal/azure"
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

// plan is the fixed slice that every go test compares, or what the environment
// asks for.
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
	r := plan(t, 100, 100)
	var packets atomic.Uint64
	r.each(t, func(seed uint64) bool {
		n := networkOf(seed)
		p, err := newPair(n, nil)
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			return false
		}
		questions := n.Questions(seed)
		for i := range r.questions {
			q := questions.Next()
			if in, ok := questions.IntoPublic(); ok && i%12 == 0 {
				q = in
			}
			if i%5 == 1 {
				q = questions.Named(q)
			}
			q = sentBy(seed+uint64(i), q)
			packets.Add(1)
			if d, err := p.ask(q, i%4 == 0); d != nil || err != nil {
				report(t, n, seed, d, err, func(p *pair) (*disagreement, error) { return p.ask(q, i%4 == 0) })
				return false
			}
		}
		return true
	})
	t.Logf("%d packets", packets.Load())
}

// sentBy makes a machine of the sender, or a managed service with a public address of
// its own, without one, or of which that is not known.
func sentBy(n uint64, q plain.Question) plain.Question {
	if has := n % 8; has < 3 && q.From != "" {
		q.Own = &azure.OwnAddress{Has: azure.Having(has), Why: "nobody tells"}
	}
	return q
}

// networkOf is the network of a seed: every other one has names in the rules of its
// firewalls, DNS proxies and threat intelligence.
func networkOf(seed uint64) *random.Network {
	if seed%2 == 1 {
		return random.Detailed(seed)
	}
	return random.New(seed)
}

// report cuts the network down to what still shows the disagreement, and prints
// it with the packet and both ways.
func report(t *testing.T, n *random.Network, seed uint64, d *disagreement, err error, again func(*pair) (*disagreement, error)) {
	t.Helper()
	if err != nil {
		t.Errorf("seed %d: %v", seed, err)
		return
	}
	small := random.Shrink(n, func(n *random.Network) bool {
		p, err := newPair(n, nil)
		if err != nil {
			return false
		}
		now, err := again(p)
		if err != nil || now == nil || now.kind() != d.kind() {
			return false
		}
		d = now
		return true
	})
	t.Errorf("seed %d: %v\nin\n%s", seed, d, small)
}
