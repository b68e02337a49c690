package flow

import (
	"slices"
	"sync"
)

// transportBook keeps the transports cut by lists of few services, which the rules of
// many groups of one network have in common.
type transportBook struct {
	mu     sync.Mutex
	byHash map[uint64][]listed
	n      int
}

// listed is a list of services and the transport cut by it.
type listed struct {
	services []service
	*transport
}

// maxTransports bounds the transports that are kept.
const maxTransports = 1 << 10

// transport is newTransport for cubes of the atoms.
func (x *Atoms) transport(services []service, limit int) (*transport, error) {
	if x == nil || len(services) > fewSets {
		return newTransport(services, limit)
	}
	hash := hashSeed
	for _, s := range services {
		hash = spread(hash, s.hash())
	}
	b := &x.transports
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, l := range b.byHash[hash] {
		if slices.EqualFunc(l.services, services, service.Equal) {
			return l.transport, nil
		}
	}
	t, err := newTransport(services, limit)
	if err != nil || b.n >= maxTransports {
		return t, err
	}
	if b.byHash == nil {
		b.byHash = map[uint64][]listed{}
	}
	b.byHash[hash], b.n = append(b.byHash[hash], listed{slices.Clone(services), t}), b.n+1
	return t, nil
}
