package flow

import (
	"iter"
	"net/netip"
	"slices"
)

// Contains reports whether a is in s.
func (s AddressSet) Contains(a Address) bool {
	if !a.IsValid() || s.p == nil {
		return false
	}
	if f := s.unwritten(); f != nil {
		return f.atoms.has(f.in, a)
	}
	if a.IsOpaque() {
		_, found := slices.BinarySearch(s.get().names[a.family.index()], a.name)
		return found
	}
	return s.containsPlain(a.ip)
}

// ContainsAddr reports whether the numeric address ip, read as by [AddressOf],
// is in s. The zero netip.Addr is in no set.
func (s AddressSet) ContainsAddr(ip netip.Addr) bool {
	return ip.IsValid() && s.Contains(AddressOf(ip))
}

func (s AddressSet) containsPlain(ip netip.Addr) bool {
	if ip.Is4() {
		return contains(s.get().v4, ip4Of(ip))
	}
	return contains(s.get().v6, ip6Of(ip))
}

// single returns the address of a set that holds no other, or false.
func (s AddressSet) single() (Address, bool) {
	if s.unwritten() != nil && s.Count() != CountOf(1) {
		return Address{}, false
	}
	a := s.get()
	if len(a.v4)+len(a.v6)+len(a.names[0])+len(a.names[1]) != 1 {
		return Address{}, false
	}
	switch {
	case len(a.v4) == 1 && a.v4[0].lo == a.v4[0].hi:
		return AddressOf(a.v4[0].lo.addr()), true
	case len(a.v6) == 1 && a.v6[0].lo == a.v6[0].hi:
		return AddressOf(a.v6[0].lo.addr()), true
	}
	for i, f := range families {
		if len(a.names[i]) == 1 {
			return OpaqueAddress(a.names[i][0], f), true
		}
	}
	return Address{}, false
}

// Count returns the number of addresses in s. An opaque point counts as one.
func (s AddressSet) Count() Count {
	if x, in := s.inForm(); x != nil {
		return x.size(in)
	}
	a := s.get()
	few := uint64(len(a.names[0]) + len(a.names[1]))
	for _, r := range a.v4 {
		few += uint64(r.hi-r.lo) + 1
	}
	n := CountOf(few)
	for _, r := range a.v6 {
		n = n.Add(width6(r.lo, r.hi))
	}
	return n
}

// Ranges returns the numeric part of s as the fewest ranges, first and last
// address included, in ascending order, IPv4 first.
func (s AddressSet) Ranges() iter.Seq2[netip.Addr, netip.Addr] {
	return func(yield func(netip.Addr, netip.Addr) bool) {
		s.each(
			func(r span[ip4]) bool { return yield(r.lo.addr(), r.hi.addr()) },
			func(r span[ip6]) bool { return yield(r.lo.addr(), r.hi.addr()) })
	}
}

// each calls the functions with the ranges of s, those of IPv4 first, until one returns
// false. Of a set of atoms it finds them one after the other.
func (s AddressSet) each(v4 func(span[ip4]) bool, v6 func(span[ip6]) bool) {
	if f := s.unwritten(); f != nil {
		_ = f.atoms.v4.each(f.atoms.half(f.in, 0), v4) && f.atoms.v6.each(f.atoms.half(f.in, 1), v6)
		return
	}
	a := s.get()
	for _, r := range a.v4 {
		if !v4(r) {
			return
		}
	}
	for _, r := range a.v6 {
		if !v6(r) {
			return
		}
	}
}

// Opaques returns the names of the opaque points of s, sorted and unique. A
// name that stands for a point in each family appears once.
func (s AddressSet) Opaques() []string {
	return slices.Clone(mergeNames(s.opaque(IPv4), s.opaque(IPv6)))
}

// opaque returns the opaque points of one family.
func (s AddressSet) opaque(f Family) []string {
	if form := s.unwritten(); form != nil {
		return form.atoms.opaque(form.in, f)
	}
	return s.get().names[f.index()]
}
