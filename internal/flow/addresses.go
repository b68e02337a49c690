package flow

import (
	"net/netip"
	"slices"
	"sync/atomic"
)

// AddressSet is an exact set of addresses: an IPv4 part, an IPv6 part and
// opaque points of either family. It is immutable and canonical: equal sets
// have equal contents whatever built them. The zero value is the empty set.
// Compare sets with [AddressSet.Equal], not with ==.
type AddressSet struct{ p *addresses }

// addresses is the content of a non-empty set: its ranges, its atoms or both.
type addresses struct {
	ranges atomic.Pointer[ranges] // of a set made of atoms, nil until somebody asks
	form   atomic.Pointer[form]   // nil until somebody asks; of a set made of atoms, those
	from   provenance
}

// ranges are the addresses of a set, written out. They never change.
type ranges struct {
	v4    []span[ip4] // canonical
	v6    []span[ip6] // canonical
	names [2][]string // opaque points by family; sorted, unique
}

var nowhere ranges

// newSet makes a set of its ranges, some of which there are.
func newSet(r ranges, from provenance) AddressSet {
	s := &struct {
		addresses
		own ranges
	}{own: r}
	s.from = from
	s.ranges.Store(&s.own)
	return AddressSet{&s.addresses}
}

// get returns the ranges, also of the zero value.
func (s AddressSet) get() *ranges {
	if s.p == nil {
		return &nowhere
	}
	if r := s.p.ranges.Load(); r != nil {
		return r
	}
	return s.p.write()
}

// origin returns where the set comes from.
func (s AddressSet) origin() provenance {
	if s.p == nil {
		return provenance{}
	}
	return s.p.from
}

// freeze makes a set of its parts, or returns one of the candidates if that
// has the same content: so a set keeps its identity and its provenance through
// operations that do not change it.
func freeze(v4 []span[ip4], v6 []span[ip6], names [2][]string, candidates ...AddressSet) AddressSet {
	if len(v4)+len(v6)+len(names[0])+len(names[1]) == 0 {
		return AddressSet{}
	}
	for _, c := range candidates {
		if c.get().same(v4, v6, names) {
			return c
		}
	}
	return newSet(ranges{v4, v6, names}, provenance{})
}

func (a *ranges) same(v4 []span[ip4], v6 []span[ip6], names [2][]string) bool {
	return sameList(a.v4, v4) && sameList(a.v6, v6) &&
		sameList(a.names[0], names[0]) && sameList(a.names[1], names[1])
}

func sameList[T comparable](a, b []T) bool {
	if len(a) != len(b) {
		return false
	}
	return len(a) == 0 || &a[0] == &b[0] || slices.Equal(a, b)
}

// AllAddresses returns every numeric address of both families. Opaque points
// are not in it: what is known to hold them must say so.
func AllAddresses() AddressSet { return everything }

// AllIPv4 returns every numeric IPv4 address.
func AllIPv4() AddressSet { return everything4 }

// AllIPv6 returns every numeric IPv6 address.
func AllIPv6() AddressSet { return everything6 }

var (
	everything  = newSet(ranges{v4: all4, v6: all6}, provenance{})
	everything4 = newSet(ranges{v4: all4}, provenance{})
	everything6 = newSet(ranges{v6: all6}, provenance{})
)

// Prefix returns the addresses of p. Host bits are ignored. It panics if p
// is invalid.
func Prefix(p netip.Prefix) AddressSet { return AddressSetOf(p) }

// AddressSetOf returns the addresses of all the prefixes, read as by [Prefix].
func AddressSetOf(prefixes ...netip.Prefix) AddressSet {
	var b AddressSetBuilder
	for _, p := range prefixes {
		b.AddPrefix(p)
	}
	return b.Set()
}

// Range returns the addresses from one to the other, both included. It panics
// if they are of different families or in the wrong order.
func Range(from, to netip.Addr) AddressSet {
	var b AddressSetBuilder
	b.AddRange(from, to)
	return b.Set()
}

// Host returns the set of one numeric address, read as by [AddressOf].
func Host(ip netip.Addr) AddressSet { return Points(AddressOf(ip)) }

// Opaque returns the set of one opaque point: an address of that family that
// nobody knows, under the name by which reports call it. Two points are the
// same exactly if name and family are. It panics like [OpaqueAddress].
func Opaque(name string, f Family) AddressSet { return Points(OpaqueAddress(name, f)) }

// Points returns the set of the given addresses. It panics if one of them is
// the zero value.
func Points(list ...Address) AddressSet {
	if len(list) == 1 {
		return list[0].alone()
	}
	var b AddressSetBuilder
	for _, a := range list {
		b.Add(a)
	}
	return b.Set()
}

// alone is the set of one address.
func (a Address) alone() AddressSet {
	var one ranges
	switch {
	case !a.IsValid():
		panic("flow: the zero Address is not an address")
	case a.IsOpaque():
		one.names[a.family.index()] = []string{a.name}
	case a.family == IPv4:
		one.v4 = []span[ip4]{{ip4Of(a.ip), ip4Of(a.ip)}}
	default:
		one.v6 = []span[ip6]{{ip6Of(a.ip), ip6Of(a.ip)}}
	}
	return newSet(one, provenance{})
}
