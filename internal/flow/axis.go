package flow

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// axis is the source or the destination of one family, cut into classes: two
// addresses are in one class exactly if the same of the sets by which the axis
// was cut hold them. Class 0 is the addresses in none of the sets; it may be
// empty, the others are not. An axis never changes.
type axis struct {
	n  int      // classes, numbered from 0
	of []bitmap // by set: its classes
	ground
	weights
}

// ground is the geometry of an axis: which addresses its classes are.
type ground interface {
	// classOf returns the class of an address.
	classOf(Address) int32
	// touch adds to b the classes of which s holds an address.
	touch(b bitmap, s AddressSet)
	// set returns the addresses of the classes in b; only those of within
	// unless that is nil.
	set(b bitmap, within *AddressSet) AddressSet
	// natural returns the preferred address of the classes in b, or false if
	// there is none. Only addresses of within count unless that is nil; if not
	// cut, all of them are in it anyway. The rank orders choices from several
	// families: the lower is preferred.
	natural(b bitmap, within *AddressSet, cut bool, want []AddressSet) (a Address, rank int, ok bool)
	// measure returns the number of addresses of each of n classes.
	measure(n int) tally
	// flat returns the same ground without a tag index under it.
	flat() ground
	// meet returns the ground cut by both, where pair names the class of values
	// of class a here and b there. The other is of the same family; both are flat.
	meet(other ground, pair func(a, b int32) int32) ground
	// splice is meet for an extension by few sets: old classes keep their
	// numbers as p has it.
	splice(other ground, p *pairing) ground
	// rename returns the flat ground with other names for the classes; to is
	// called with classes in the order of their addresses.
	rename(to func(class int32) int32) ground
	// equal reports whether a flat ground of the same family has the same
	// classes under the same numbers.
	equal(other ground) bool
	// segments returns the number of pieces of which the classes consist.
	segments() int
}

// weights are the sizes of classes, computed when first asked for.
type weights struct {
	asked atomic.Bool // for the sizes
	once  sync.Once
	short sizes   // of IPv4
	long  []Count // of IPv6
}

// weigh returns the number of addresses in the classes of b, of which the first
// word is word from of a bitmap of the axis. The axis is of IPv4.
func (x *axis) weigh(b bitmap, from int) uint64 {
	return x.sizes().sum(b, from)
}

// sizes returns the number of addresses by class. The axis is of IPv4.
func (x *axis) sizes() *sizes {
	x.once.Do(func() { x.short = newSizes(x.measure(x.n).short) })
	return &x.short
}

// weighLong is weigh for an axis of IPv6.
func (x *axis) weighLong(b bitmap, from int) Count {
	x.once.Do(func() { x.long = x.measure(x.n).long })
	var sum Count
	b.all(func(class int) bool {
		sum = sum.Add(x.long[from<<6+class])
		return true
	})
	return sum
}

// sizes are numbers by class, to be added up.
type sizes struct {
	of    []uint64 // whole words of classes
	words []uint64 // the sum for each word of classes
}

func newSizes(of []uint64) sizes {
	s := sizes{words: make([]uint64, wordsFor(len(of)))}
	s.of = append(of, make([]uint64, len(s.words)<<6-len(of))...)
	for class, n := range s.of {
		s.words[class>>6] += n
	}
	return s
}

// sum adds up the sizes of the members of b, of which the first word is word
// from of a whole bitmap.
func (s *sizes) sum(b bitmap, from int) uint64 {
	var sum uint64
	for i, w := range b {
		base := (from + i) << 6
		if bits.OnesCount64(w) > 32 { // quicker by what is missing
			sum += s.words[from+i]
			for w = ^w; w != 0; w &= w - 1 {
				sum -= s.of[base+bits.TrailingZeros64(w)]
			}
			continue
		}
		for ; w != 0; w &= w - 1 {
			sum += s.of[base+bits.TrailingZeros64(w)]
		}
	}
	return sum
}
