package flow

import "net/netip"

// place is a numeric address of one family: ip4 or ip6. The methods that need
// no value use the zero value as the name of the family.
type place[T point[T]] interface {
	point[T]
	family() Family
	addr() netip.Addr
	from(netip.Addr) T
	spansIn(*ranges) []span[T]
	set(spans []span[T], names []string) AddressSet
	sortEdges([]edge[T]) []edge[T]
	// edges is a hash of where the range from the receiver to last begins and ends.
	// Of ranges that touch, what one adds to an exclusive or the other takes away.
	edges(last T) uint64
	// locate returns for each of the starts, which are sorted, the last place
	// in a sorted list that is not above it, and whether it is the same value.
	// The first values of both are the same.
	locate(starts, list []T) (at []int32, same []bool)
	// nextHost returns the lowest address from the receiver on that looks like
	// a host, or one below it if there is none.
	nextHost() T
	// addTo adds the number of addresses from the receiver to last, both included,
	// to that of a class; takeFrom takes it away. The receiver is not above last.
	addTo(t *tally, class int32, last T)
	takeFrom(t *tally, class int32, last T)
}

func (ip4) family() Family                      { return IPv4 }
func (ip6) family() Family                      { return IPv6 }
func (ip4) from(ip netip.Addr) ip4              { return ip4Of(ip) }
func (ip6) from(ip netip.Addr) ip6              { return ip6Of(ip) }
func (ip4) spansIn(a *ranges) []span[ip4]       { return a.v4 }
func (ip6) spansIn(a *ranges) []span[ip6]       { return a.v6 }
func (ip4) sortEdges(e []edge[ip4]) []edge[ip4] { return sortNumbers(e, 32) }
func (ip6) sortEdges(e []edge[ip6]) []edge[ip6] { return sortEdges6(e) }

func (a ip4) edges(last ip4) uint64 {
	return spread(hashSeed, uint64(a)) ^ spread(hashSeed, uint64(last)+1)
}

func (a ip6) edges(last ip6) uint64 {
	next := last.succ()
	return spread(spread(hashSeed, a.hi), a.lo) ^ spread(spread(hashSeed, next.hi), next.lo)
}

func (a ip4) addTo(t *tally, class int32, last ip4)    { t.short[class] += uint64(last-a) + 1 }
func (a ip4) takeFrom(t *tally, class int32, last ip4) { t.short[class] -= uint64(last-a) + 1 }

func (a ip6) addTo(t *tally, class int32, last ip6) {
	t.long[class] = t.long[class].Add(width6(a, last))
}

func (a ip6) takeFrom(t *tally, class int32, last ip6) {
	t.long[class] = t.long[class].Sub(width6(a, last))
}

func (ip4) set(spans []span[ip4], names []string) AddressSet {
	return freeze(spans, nil, [2][]string{names, nil})
}

func (ip6) set(spans []span[ip6], names []string) AddressSet {
	return freeze(nil, spans, [2][]string{nil, names})
}

func (a ip4) nextHost() ip4 {
	switch {
	case a>>24 == 0:
		a = 1 << 24
	case a>>24 == 127:
		a = 128 << 24
	case a>>29 == 7:
		return 0
	}
	switch {
	case a&7 < 4:
		return a&^7 + 4
	case a&7 == 7:
		return (a + 5).nextHost()
	}
	return a
}

func (a ip6) nextHost() ip6 {
	switch top := a.hi >> 56; {
	case top < 0x20:
		a = ip6{0x20 << 56, 0}
	case top >= 0x40 && top < 0xfc:
		a = ip6{0xfc << 56, 0}
	case top >= 0xfe:
		return ip6{}
	}
	switch {
	case a.lo&7 < 4:
		a.lo = a.lo&^7 + 4
	case a.lo&7 == 7:
		a.lo += 5
		if a.lo < 8 {
			a.hi++
		}
		return a.nextHost()
	}
	return a
}

func (ip4) locate(starts, list []ip4) (at []int32, same []bool) {
	at, same = make([]int32, len(starts)), make([]bool, len(starts))
	j := 0
	for i, x := range starts {
		if len(list)-j > 16 && list[j+16] <= x { // far away
			j += x.after(list[j:]) - 1
		}
		for j+1 < len(list) && list[j+1] <= x {
			j++
		}
		at[i], same[i] = int32(j), list[j] == x
	}
	return at, same
}

func (ip6) locate(starts, list []ip6) (at []int32, same []bool) {
	at, same = make([]int32, len(starts)), make([]bool, len(starts))
	j := 0
	for i, x := range starts {
		if len(list)-j > 16 && list[j+16].compare(x) <= 0 {
			j += x.after(list[j:]) - 1
		}
		for j+1 < len(list) && list[j+1].compare(x) <= 0 {
			j++
		}
		at[i], same[i] = int32(j), list[j] == x
	}
	return at, same
}
