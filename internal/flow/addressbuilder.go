package flow

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
)

// AddressSetBuilder collects addresses for one [AddressSet]. The zero value is
// ready to use. It is not safe for concurrent use.
type AddressSetBuilder struct {
	v4    []span[ip4]
	v6    []span[ip6]
	names [2][]string
	atoms *Atoms // of which the sets added are unions
	in    bitmap // the atoms of these sets
}

// Add adds one address. It panics if a is the zero value.
func (b *AddressSetBuilder) Add(a Address) {
	switch {
	case a.IsOpaque():
		f := a.family.index()
		b.names[f] = append(b.names[f], a.name)
	case a.family == IPv4:
		x := ip4Of(a.ip)
		b.v4 = append(b.v4, span[ip4]{x, x})
	case a.family == IPv6:
		x := ip6Of(a.ip)
		b.v6 = append(b.v6, span[ip6]{x, x})
	default:
		panic("flow: the zero Address is not an address")
	}
}

// GrowIPv4 makes room for n more prefixes of IPv4.
func (b *AddressSetBuilder) GrowIPv4(n int) { b.v4 = slices.Grow(b.v4, n) }

// AddPrefix adds the addresses of p, read as by [Prefix].
func (b *AddressSetBuilder) AddPrefix(p netip.Prefix) {
	if !p.IsValid() {
		panic("flow: the prefix is not valid")
	}
	ip, bits := p.Addr(), p.Bits()
	if ip.Is4() {
		host := ip4(uint64(math.MaxUint32) >> bits)
		lo := ip4Of(ip) &^ host
		b.v4 = append(b.v4, span[ip4]{lo, lo | host})
		return
	}
	host := hostMask6(bits)
	lo := ip6Of(ip)
	lo.hi &^= host.hi
	lo.lo &^= host.lo
	b.v6 = append(b.v6, span[ip6]{lo, ip6{lo.hi | host.hi, lo.lo | host.lo}})
}

// AddRange adds the addresses from one to the other, read as by [Range].
func (b *AddressSetBuilder) AddRange(from, to netip.Addr) {
	from, to = plainAddr(from), plainAddr(to)
	if familyOf(from) != familyOf(to) || to.Less(from) {
		panic(fmt.Sprintf("flow: %v to %v is not a range of addresses", from, to))
	}
	if from.Is4() {
		b.v4 = append(b.v4, span[ip4]{ip4Of(from), ip4Of(to)})
	} else {
		b.v6 = append(b.v6, span[ip6]{ip6Of(from), ip6Of(to)})
	}
}

// AddSet adds the addresses of s.
func (b *AddressSetBuilder) AddSet(s AddressSet) {
	if f := s.made(); f != nil && (b.atoms == nil || b.atoms == f.atoms) {
		if b.atoms == nil {
			b.atoms, b.in = f.atoms, make(bitmap, f.atoms.words)
		}
		b.in.add(f.in)
		return
	}
	a := s.get()
	b.v4 = append(b.v4, a.v4...)
	b.v6 = append(b.v6, a.v6...)
	for f := range b.names {
		b.names[f] = append(b.names[f], a.names[f]...)
	}
}

// Set returns the addresses added so far and leaves the builder empty.
func (b *AddressSetBuilder) Set() AddressSet {
	for f := range b.names {
		slices.Sort(b.names[f])
		b.names[f] = slices.Clip(slices.Compact(b.names[f]))
	}
	s := freeze(canonical(b.v4), canonical(b.v6), b.names, everything4, everything6, everything)
	if b.atoms != nil {
		s = b.atoms.set(b.in).Union(s)
	}
	*b = AddressSetBuilder{}
	return s
}

// hostMask6 has ones in the host bits of a prefix of that length.
func hostMask6(bits int) ip6 {
	if bits >= 64 {
		return ip6{0, ^uint64(0) >> (bits - 64)}
	}
	return ip6{^uint64(0) >> bits, math.MaxUint64}
}
