package flow

import (
	"cmp"
	"slices"
)

// Union returns the addresses that are in s, in o or in both.
func (s AddressSet) Union(o AddressSet) AddressSet {
	if s.p == o.p || o.IsEmpty() {
		return s
	}
	if s.IsEmpty() {
		return o
	}
	if x, a, b := inAtoms(s, o); x != nil {
		switch {
		case b.in(a):
			return x.result(s, a)
		case a.in(b):
			return x.result(o, b)
		}
		return x.set(a.or(b))
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
	if s.p == o.p || s.IsEmpty() {
		return s
	}
	if o.IsEmpty() {
		return o
	}
	if x, a, b := inAtoms(s, o); x != nil {
		switch {
		case a.in(b):
			return x.result(s, a)
		case b.in(a):
			return x.result(o, b)
		}
		return x.set(a.and(b))
	}
	if f := s.unwritten(); f != nil {
		return f.part(o, true)
	}
	if f := o.unwritten(); f != nil {
		return f.part(s, true)
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
	if s.IsEmpty() || o.IsEmpty() {
		return s
	}
	if x, a, b := inAtoms(s, o); x != nil {
		switch {
		case !a.meets(b):
			return x.result(s, a)
		case a.in(b):
			return AddressSet{}
		}
		return x.set(a.without(b))
	}
	if f := o.unwritten(); f != nil {
		return f.part(s, false)
	}
	if o.few() && s.SubsetOf(o) { // without the cost of a copy
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
	if !s.has(families[1-f.index()]) {
		return s
	}
	if form := s.made(); form != nil {
		x, own := form.atoms, make(bitmap, len(form.in))
		copy(x.half(own, f.index()), x.half(form.in, f.index()))
		return x.set(own)
	}
	a := s.get()
	var names [2][]string
	names[f.index()] = a.names[f.index()]
	if f == IPv4 {
		return freeze(a.v4, nil, names)
	}
	return freeze(nil, a.v6, names)
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
	if x, in := s.inForm(); x != nil {
		return !x.half(in, f.index()).isEmpty()
	}
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
	if s.p == o.p || s.p == nil || o.p == nil {
		return s.p == o.p
	}
	if x, a, b := inAtoms(s, o); x != nil {
		return a.equal(b)
	}
	b := o.get()
	return s.get().same(b.v4, b.v6, b.names)
}

// Compare orders sets by the first address that is in one of them alone: that one
// comes first. IPv4 is before IPv6, and in each family opaque points come last. It is
// 0 exactly for equal sets.
func (s AddressSet) Compare(o AddressSet) int {
	if s.p == o.p || s.p == nil || o.p == nil {
		return cmp.Compare(asInt(s.p == nil), asInt(o.p == nil))
	}
	if x, a, b := inAtoms(s, o); x != nil {
		return a.compare(b) // atoms are numbered in that order
	}
	a, b := s.get(), o.get()
	return cmp.Or(
		compareSpans(a.v4, b.v4), compareNames(a.names[0], b.names[0]),
		compareSpans(a.v6, b.v6), compareNames(a.names[1], b.names[1]))
}

func asInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// compareNames orders sorted lists by the first name that is in one of them alone.
func compareNames(a, b []string) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		if a[i] != b[i] {
			return cmp.Compare(a[i], b[i])
		}
	}
	return cmp.Compare(len(b), len(a))
}

// SubsetOf reports whether every address of s is in o.
func (s AddressSet) SubsetOf(o AddressSet) bool {
	if s.p == o.p || s.p == nil || o.p == nil {
		return s.p == nil || s.p == o.p
	}
	if !s.isShort() {
		if x, a, b := inAtoms(s, o); x != nil {
			return a.in(b)
		}
	}
	if f := o.unwritten(); f != nil {
		return !f.holds(IPv4, s, false) && !f.holds(IPv6, s, false)
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
	if s.p == nil || o.p == nil {
		return false
	}
	if x, a, b := inAtomsAlready(s, o); x != nil {
		return a.meets(b)
	}
	return s.overlapsIn(IPv4, o) || s.overlapsIn(IPv6, o)
}

// meets is Overlaps for the addresses of each family that is asked about.
func (s AddressSet) meets(o AddressSet, ask4, ask6 bool) (v4, v6 bool) {
	if s.p == nil || o.p == nil {
		return false, false
	}
	if x, a, b := inAtomsAlready(s, o); x != nil {
		return ask4 && x.half(a, 0).meets(x.half(b, 0)), ask6 && x.half(a, 1).meets(x.half(b, 1))
	}
	return ask4 && s.overlapsIn(IPv4, o), ask6 && s.overlapsIn(IPv6, o)
}

// overlapsIn is Overlaps for the addresses of one family of sets that are not asked
// about by their atoms.
func (s AddressSet) overlapsIn(f Family, o AddressSet) bool {
	if form := s.unwritten(); form != nil {
		return form.holds(f, o, true)
	}
	if form := o.unwritten(); form != nil {
		return form.holds(f, s, true)
	}
	a, b := s.get(), o.get()
	if len(keepNames(a.names[f.index()], b.names[f.index()], true)) > 0 {
		return true
	}
	if f == IPv4 {
		return overlap(a.v4, b.v4)
	}
	return overlap(a.v6, b.v6)
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
