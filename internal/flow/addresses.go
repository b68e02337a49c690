package flow

import (
	"cmp"
	"iter"
	"net/netip"
	"slices"
)

// AddressSet is an exact set of addresses: an IPv4 part, an IPv6 part and
// opaque points of either family. It is immutable and canonical: equal sets
// have equal contents whatever built them. The zero value is the empty set.
// Compare sets with [AddressSet.Equal], not with ==.
type AddressSet struct{ p *addresses }

// addresses is the content of a non-empty set; it never changes.
type addresses struct {
	v4    []span[ip4] // canonical
	v6    []span[ip6] // canonical
	names [2][]string // opaque points by family; sorted, unique
	from  provenance  // where the set comes from, if it is a set of an index
}

var nowhere addresses

// get returns the content, also of the zero value.
func (s AddressSet) get() *addresses {
	if s.p == nil {
		return &nowhere
	}
	return s.p
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
	return AddressSet{&addresses{v4: v4, v6: v6, names: names}}
}

func (a *addresses) same(v4 []span[ip4], v6 []span[ip6], names [2][]string) bool {
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
	everything  = AddressSet{&addresses{v4: all4, v6: all6}}
	everything4 = AddressSet{&addresses{v4: all4}}
	everything6 = AddressSet{&addresses{v6: all6}}
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
	var one addresses
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
	return AddressSet{&one}
}

// Union returns the addresses that are in s, in o or in both.
func (s AddressSet) Union(o AddressSet) AddressSet {
	if s.p == o.p || o.IsEmpty() {
		return s
	}
	if s.IsEmpty() {
		return o
	}
	a, b := s.get(), o.get()
	var names [2][]string
	for f := range names {
		names[f] = mergeNames(a.names[f], b.names[f])
	}
	return freeze(unite(a.v4, b.v4), unite(a.v6, b.v6), names, s, o)
}

// Intersect returns the addresses that are in both s and o.
func (s AddressSet) Intersect(o AddressSet) AddressSet {
	if s.p == o.p {
		return s
	}
	a, b := s.get(), o.get()
	var names [2][]string
	for f := range names {
		names[f] = keepNames(a.names[f], b.names[f], true)
	}
	return freeze(intersect(a.v4, b.v4), intersect(a.v6, b.v6), names, s, o)
}

// Minus returns the addresses that are in s and not in o.
func (s AddressSet) Minus(o AddressSet) AddressSet {
	if s.p == o.p {
		return AddressSet{}
	}
	a, b := s.get(), o.get()
	var names [2][]string
	for f := range names {
		names[f] = keepNames(a.names[f], b.names[f], false)
	}
	return freeze(minus(a.v4, b.v4), minus(a.v6, b.v6), names, s)
}

// Only returns the part of s that is of family f.
func (s AddressSet) Only(f Family) AddressSet {
	a := s.get()
	var names [2][]string
	names[f.index()] = a.names[f.index()]
	if f == IPv4 {
		return freeze(a.v4, nil, names, s)
	}
	return freeze(nil, a.v6, names, s)
}

// Families returns the families of which s holds an address, IPv4 first.
func (s AddressSet) Families() []Family {
	var out []Family
	for _, f := range families {
		if s.has(f) {
			out = append(out, f)
		}
	}
	return out
}

func (s AddressSet) has(f Family) bool {
	a := s.get()
	if len(a.names[f.index()]) > 0 {
		return true
	}
	if f == IPv4 {
		return len(a.v4) > 0
	}
	return len(a.v6) > 0
}

// IsEmpty reports whether s holds no address.
func (s AddressSet) IsEmpty() bool { return s.p == nil }

// Equal reports whether s and o hold the same addresses.
func (s AddressSet) Equal(o AddressSet) bool {
	b := o.get()
	return s.p == o.p || s.get().same(b.v4, b.v6, b.names)
}

// Compare orders sets by the first range in which they differ, IPv4 before IPv6
// before opaque points; it is 0 exactly for equal ones.
func (s AddressSet) Compare(o AddressSet) int {
	a, b := s.get(), o.get()
	return cmp.Or(
		slices.CompareFunc(a.v4, b.v4, span[ip4].compare), slices.CompareFunc(a.v6, b.v6, span[ip6].compare),
		slices.Compare(a.names[0], b.names[0]), slices.Compare(a.names[1], b.names[1]))
}

// SubsetOf reports whether every address of s is in o.
func (s AddressSet) SubsetOf(o AddressSet) bool {
	if s.p == o.p {
		return true
	}
	a, b := s.get(), o.get()
	for f := range a.names {
		if len(keepNames(a.names[f], b.names[f], false)) > 0 {
			return false
		}
	}
	return subset(a.v4, b.v4) && subset(a.v6, b.v6)
}

// Overlaps reports whether s and o have an address in common.
func (s AddressSet) Overlaps(o AddressSet) bool {
	return s.overlapsIn(IPv4, o) || s.overlapsIn(IPv6, o)
}

// overlapsIn is Overlaps for the addresses of one family.
func (s AddressSet) overlapsIn(f Family, o AddressSet) bool {
	a, b := s.get(), o.get()
	if len(keepNames(a.names[f.index()], b.names[f.index()], true)) > 0 {
		return true
	}
	if f == IPv4 {
		return overlap(a.v4, b.v4)
	}
	return overlap(a.v6, b.v6)
}

// Contains reports whether a is in s.
func (s AddressSet) Contains(a Address) bool {
	if !a.IsValid() {
		return false
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
	return ip.IsValid() && s.containsPlain(ip)
}

func (s AddressSet) containsPlain(ip netip.Addr) bool {
	if ip.Is4() {
		return contains(s.get().v4, ip4Of(ip))
	}
	return contains(s.get().v6, ip6Of(ip))
}

// single returns the address of a set that holds no other, or false.
func (s AddressSet) single() (Address, bool) {
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
		a := s.get()
		for _, r := range a.v4 {
			if !yield(r.lo.addr(), r.hi.addr()) {
				return
			}
		}
		for _, r := range a.v6 {
			if !yield(r.lo.addr(), r.hi.addr()) {
				return
			}
		}
	}
}

// Opaques returns the names of the opaque points of s, sorted and unique. A
// name that stands for a point in each family appears once.
func (s AddressSet) Opaques() []string {
	a := s.get()
	return slices.Clone(mergeNames(a.names[0], a.names[1]))
}

// mergeNames unites two sorted lists.
func mergeNames(a, b []string) []string {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 {
		return a
	}
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Clip(slices.Compact(out))
}

// keepNames returns the names of a that are (or, if in is false, are not) in b.
func keepNames(a, b []string, in bool) []string {
	if len(b) == 0 && !in {
		return a
	}
	var out []string
	for _, name := range a {
		if _, found := slices.BinarySearchFunc(b, name, cmp.Compare[string]); found == in {
			out = append(out, name)
		}
	}
	return out
}
