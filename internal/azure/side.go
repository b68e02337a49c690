package azure

import (
	"encoding/binary"
	"iter"
	"net/netip"
	"slices"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// Side is the source or the destination of a rule: the union of its terms, in
// the order written. A side without terms was not given; it is never "any"
// (NSG-14). A side is not written to once it is made, so that copies share
// their terms.
type Side struct {
	terms []AddressTerm
	plain plainPrefixes // in place of terms
	At    Position
}

// NewSide is the side with these terms, at the place of the first one.
func NewSide(terms ...AddressTerm) Side {
	s := Side{terms: terms}
	if len(terms) > 0 {
		s.At = terms[0].At
	}
	return s
}

// Len is the number of terms.
func (s Side) Len() int { return len(s.terms) + len(s.plain.list) }

// Term is the term i, from 0 to Len, exclusive.
func (s Side) Term(i int) AddressTerm {
	if len(s.plain.list) > 0 {
		return s.plain.term(i)
	}
	return s.terms[i]
}

// Terms are the terms with their indices.
func (s Side) Terms() iter.Seq2[int, AddressTerm] {
	return func(yield func(int, AddressTerm) bool) {
		for i := range s.Len() {
			if !yield(i, s.Term(i)) {
				return
			}
		}
	}
}

// OtherThanPrefixes are the terms that are no prefix, with their indices: what
// is quick to visit where a list has tens of thousands of prefixes.
func (s Side) OtherThanPrefixes() iter.Seq2[int, *AddressTerm] {
	return func(yield func(int, *AddressTerm) bool) {
		for i := range s.terms {
			if t := &s.terms[i]; t.Kind != PrefixAddress && !yield(i, t) {
				return
			}
		}
	}
}

// Prefixes are the terms that are prefixes, in order.
func (s Side) Prefixes() iter.Seq[netip.Prefix] {
	return func(yield func(netip.Prefix) bool) {
		for i := range s.plain.list {
			if !yield(s.plain.list[i].prefix()) {
				return
			}
		}
		for i := range s.terms {
			if t := &s.terms[i]; t.Kind == PrefixAddress && !yield(t.Prefix) {
				return
			}
		}
	}
}

// PlainList returns the digest of a list of IPv4 prefixes alone, or false if the side is
// none: sides that [Side.SamePlainList] says to be alike have one digest.
func (s Side) PlainList() (digest uint64, ok bool) {
	for _, p := range s.plain.list {
		digest = (digest ^ uint64(p.address)<<8 ^ uint64(p.bits)) * 0x9e3779b97f4a7c15
		digest ^= digest >> 29
	}
	return digest, len(s.plain.list) > 0
}

// SamePlainList reports whether two sides are lists of the same IPv4 prefixes in the
// same order.
func (s Side) SamePlainList(o Side) bool {
	a, b := s.plain.list, o.plain.list
	if len(a) > 0 && len(a) == len(b) && &a[0] == &b[0] {
		return true
	}
	return slices.EqualFunc(a, b, func(a, b plainPrefix) bool { return a.address == b.address && a.bits == b.bits })
}

// PrefixCount is the number of terms that are prefixes.
func (s Side) PrefixCount() int {
	n := len(s.plain.list)
	for i := range s.terms {
		if s.terms[i].Kind == PrefixAddress {
			n++
		}
	}
	return n
}

// AddressTerms are the terms of both ends of the rule, the source's first.
func (r *SecurityRule) AddressTerms() iter.Seq[AddressTerm] {
	return func(yield func(AddressTerm) bool) {
		for _, side := range []Side{r.Source, r.Destination} {
			for _, t := range side.Terms() {
				if !yield(t) {
					return
				}
			}
		}
	}
}

// Places tells where in a text something stands.
type Places interface {
	// Position is the place of a byte offset from 0.
	Position(offset int) diagnostic.Position
}

// plainPrefixes are a list in which all terms are IPv4 prefixes without
// anything to say about them. Security groups that spell out service tags have
// hundreds of thousands: without pointers they cost the garbage collector
// nothing and a tenth of the memory of terms.
type plainPrefixes struct {
	list   []plainPrefix
	places Places
	begin  int // offset of the whole list in the text
}

type plainPrefix struct {
	address, offset uint32 // offset from the begin of the list
	bits            uint8
	bare            bool // written without its length: one address
}

func (p plainPrefix) prefix() netip.Prefix {
	var bytes [4]byte
	binary.BigEndian.PutUint32(bytes[:], p.address)
	return netip.PrefixFrom(netip.AddrFrom4(bytes), int(p.bits))
}

func (p plainPrefixes) place(i int) Position {
	return p.places.Position(p.begin + int(p.list[i].offset))
}

func (p plainPrefixes) term(i int) AddressTerm {
	plain := p.list[i]
	t := AddressTerm{Kind: PrefixAddress, Prefix: plain.prefix(), At: p.place(i)}
	if t.Text = t.Prefix.String(); plain.bare {
		t.Text = t.Prefix.Addr().String()
	}
	return t
}

// terms are the same list as terms, with room for more.
func (p plainPrefixes) terms() []AddressTerm {
	terms := make([]AddressTerm, len(p.list), max(len(p.list)+1, cap(p.list)))
	for i := range p.list {
		terms[i] = p.term(i)
	}
	return terms
}

// With is s with each term changed by change.
func (s Side) With(change func(AddressTerm) AddressTerm) Side {
	own := Side{terms: make([]AddressTerm, s.Len()), At: s.At}
	for i, t := range s.Terms() {
		own.terms[i] = change(t)
	}
	return own
}

// withGroups is s with groups of its own, to be completed by whoever calls,
// who gets each of them.
func (s Side) withGroups(each func(*Reference)) Side {
	own := s.terms
	for i := range s.terms {
		if s.terms[i].Kind != GroupAddress {
			continue
		}
		if &own[0] == &s.terms[0] {
			own = slices.Clone(s.terms)
		}
		own[i].groupAddress = &groupAddress{s.terms[i].Group}
		each(&own[i].Group)
	}
	s.terms = own
	return s
}
