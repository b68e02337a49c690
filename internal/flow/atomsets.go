package flow

import "slices"

// form is a set as a union of atoms.
type form struct {
	atoms *Atoms
	in    bitmap     // the atoms; nil if the set is no union of them
	made  *addresses // the same set made of atoms, of a set that is not
}

// set returns the set of some atoms, of which it takes the memory. Its ranges are
// written out when somebody asks for them.
func (x *Atoms) set(in bitmap) AddressSet {
	if in.isEmpty() {
		return AddressSet{}
	}
	return AddressSet{x.content(in)}
}

func (x *Atoms) content(in bitmap) *addresses {
	a := &struct {
		addresses
		own form
	}{own: form{atoms: x, in: in}}
	a.from.number = madeOfAtoms
	a.form.Store(&a.own)
	return &a.addresses
}

// as returns a set that is a union of atoms as one made of them.
func (x *Atoms) as(s AddressSet, in bitmap) AddressSet {
	f := s.p.form.Load()
	switch {
	case s.p.from.number == madeOfAtoms:
		return s
	case f != nil && f.atoms == x: // and not asked about others meanwhile
		return AddressSet{f.made}
	}
	return x.set(in)
}

// result is as for what is computed: a set of few ranges is quicker to go on with as
// it is.
func (x *Atoms) result(s AddressSet, in bitmap) AddressSet {
	if s.few() {
		return s
	}
	return x.as(s, in)
}

// made returns the form of a set made of atoms, or nil.
func (s AddressSet) made() *form {
	if s.p == nil || s.p.from.number != madeOfAtoms {
		return nil
	}
	return s.p.form.Load()
}

// unwritten returns the form of a set made of atoms that is not written out, or nil.
func (s AddressSet) unwritten() *form {
	if f := s.made(); f != nil && s.p.ranges.Load() == nil {
		return f
	}
	return nil
}

// write writes out the ranges of a set made of atoms. Two who ask at once may both do
// so; they get the same.
func (a *addresses) write() *ranges {
	f := a.form.Load()
	if known := a.ranges.Load(); known != nil {
		return known
	}
	r := new(ranges)
	r.v4, r.names[0] = f.atoms.v4.write(f.atoms.half(f.in, 0))
	r.v6, r.names[1] = f.atoms.v6.write(f.atoms.half(f.in, 1))
	a.ranges.CompareAndSwap(nil, r)
	return a.ranges.Load()
}

// write returns the ranges and the opaque points of some atoms.
func (x *atomsOf[T]) write(in bitmap) ([]span[T], []string) {
	if in.isEmpty() {
		return nil, nil
	}
	least := x.starts[0]
	return slices.Clip(x.spansOf(in, []span[T]{{least, least.pred()}})), x.namesIn(in)
}

// each calls f with the ranges of some atoms, in order; f returns false to stop. It
// returns false if stopped.
func (x *atomsOf[T]) each(in bitmap, f func(span[T]) bool) bool {
	if in.isEmpty() {
		return true
	}
	for i := 0; i < len(x.class); i++ {
		if !in.has(int(x.class[i])) {
			continue
		}
		first := i
		for i+1 < len(x.class) && in.has(int(x.class[i+1])) {
			i++
		}
		if !f(span[T]{x.starts[first], x.last(i)}) {
			return false
		}
	}
	return true
}

// inAtoms returns two sets, none of them empty, as unions of the atoms of which one of
// them is made, if they are that. What is computed of two others is made of ranges: the
// atoms of a network are for the packets in it, and not for the next one, which has
// sets of the first in common.
func inAtoms(s, o AddressSet) (x *Atoms, a, b bitmap) {
	f := s.made()
	if f == nil {
		f = o.made()
	}
	if f == nil {
		return nil, nil, nil
	}
	x = f.atoms
	a, ok := x.bitmap(s.p)
	if !ok {
		return nil, nil, nil
	}
	b, ok = x.bitmap(o.p)
	if !ok {
		return nil, nil, nil
	}
	return x, a, b
}

// inAtomsAlready is inAtoms for a question that is so quick about single addresses, as
// example packets have, that to find out whether they are atoms is not worth it.
func inAtomsAlready(s, o AddressSet) (x *Atoms, a, b bitmap) {
	if s.isAddress() || o.isAddress() {
		return nil, nil, nil
	}
	return inAtoms(s, o)
}

// isAddress reports whether the numeric part of a set is a single address of which it is
// not known whether it is an atom.
func (s AddressSet) isAddress() bool {
	r := s.p.ranges.Load()
	return r != nil && s.p.form.Load() == nil && len(r.v4)+len(r.v6) == 1 &&
		(len(r.v4) == 1 && r.v4[0].lo == r.v4[0].hi || len(r.v6) == 1 && r.v6[0].lo == r.v6[0].hi)
}

// isShort reports whether a set has so few ranges that one question about it is quicker
// answered by them than by finding out whether it is a union of atoms, which is not known.
func (s AddressSet) isShort() bool {
	r := s.p.ranges.Load()
	return r != nil && s.p.form.Load() == nil && len(r.v4)+len(r.v6) <= 4
}

// few reports whether a set that is written out has few ranges.
func (s AddressSet) few() bool {
	if s.p == nil {
		return true
	}
	r := s.p.ranges.Load()
	return r != nil && len(r.v4)+len(r.v6) <= 2
}

// inForm returns a set as a union of the atoms about which it was asked last.
func (s AddressSet) inForm() (*Atoms, bitmap) {
	if s.p != nil {
		if f := s.p.form.Load(); f != nil && f.in != nil {
			return f.atoms, f.in
		}
	}
	return nil, nil
}

// holds reports whether a set has an address of the family f that is in the atoms of
// the form or, unless in, one that is not.
func (m *form) holds(f Family, s AddressSet, in bool) bool {
	if in && m.atoms.half(m.in, f.index()).isEmpty() {
		return false
	}
	r := s.get()
	if f == IPv4 {
		return m.atoms.v4.holds(m.atoms.half(m.in, 0), r.v4, r.names[0], in)
	}
	return m.atoms.v6.holds(m.atoms.half(m.in, 1), r.v6, r.names[1], in)
}

func (x *atomsOf[T]) holds(b bitmap, spans []span[T], names []string, in bool) bool {
	last := 0
	for _, r := range spans {
		i := x.findFrom(last, r.lo)
		for last = x.findFrom(i, r.hi); i <= last; i++ {
			if i&63 == 0 && i+63 <= last {
				if block := x.blocks[i>>6]; in && block.meets(b) || !in && !block.in(b) {
					return true
				}
				i += 63
			} else if b.has(int(x.class[i])) == in {
				return true
			}
		}
	}
	return slices.ContainsFunc(names, func(name string) bool { return b.has(int(x.classOfName(name))) == in })
}

// part returns what of a set is in the atoms of the form or, unless in, what is not.
func (m *form) part(s AddressSet, in bool) AddressSet {
	r := s.get()
	v4, names4 := m.atoms.v4.part(m.atoms.half(m.in, 0), r.v4, r.names[0], in)
	v6, names6 := m.atoms.v6.part(m.atoms.half(m.in, 1), r.v6, r.names[1], in)
	return freeze(v4, v6, [2][]string{names4, names6}, s)
}

func (x *atomsOf[T]) part(b bitmap, spans []span[T], names []string, in bool) ([]span[T], []string) {
	var out []span[T]
	at := 0
	for _, r := range spans {
		for at = x.findFrom(at, r.lo); ; at++ {
			end := least(x.last(at), r.hi)
			if b.has(int(x.class[at])) == in {
				out = appendSpan(out, span[T]{r.lo, end})
			}
			if end == r.hi {
				break
			}
			r.lo = end.succ()
		}
	}
	var kept []string
	for _, name := range names {
		if b.has(int(x.classOfName(name))) == in {
			kept = append(kept, name)
		}
	}
	return out, kept
}
