// Package interval is the plainest exact form of an IPv4 packet filter: every
// field of a rule is a sorted list of inclusive ranges of numbers.
//
// The workload generator thinks in it, the oracles read it, and nothing in it
// is clever: it shares no code with the packet-space kernel it helps to check.
package interval

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
)

// Interval is the values Lo to Hi, both inclusive; Lo <= Hi.
type Interval struct{ Lo, Hi uint32 }

// Size is the number of values, 1 to 2^32.
func (v Interval) Size() uint64 { return uint64(v.Hi-v.Lo) + 1 }

// Prefix is the block of 2^(32-length) addresses that holds address; bits of
// address below length are ignored. Length is 0 to 32.
func Prefix(address uint32, length int) Interval {
	host := uint32(uint64(1)<<(32-length) - 1)
	return Interval{address &^ host, address | host}
}

// Set is a set of values: sorted, no two intervals overlapping or adjacent.
// The nil Set is empty. Equal sets are equal slices. Sets are never changed
// once made and may be shared.
type Set []Interval

// Of is the union of the intervals, which may come in any order and overlap.
func Of(intervals ...Interval) Set {
	if len(intervals) == 0 {
		return nil
	}
	s := slices.Clone(intervals)
	slices.SortFunc(s, func(a, b Interval) int { return cmp.Compare(a.Lo, b.Lo) })
	last := 0
	for _, v := range s[1:] {
		if uint64(v.Lo) <= uint64(s[last].Hi)+1 {
			s[last].Hi = max(s[last].Hi, v.Hi)
			continue
		}
		last++
		s[last] = v
	}
	return s[: last+1 : last+1]
}

// Values is the set of the given single values.
func Values(values ...uint32) Set {
	s := make([]Interval, len(values))
	for i, v := range values {
		s[i] = Interval{v, v}
	}
	return Of(s...)
}

// Range is the set of the values lo to hi, both inclusive.
func Range(lo, hi uint32) Set { return Set{{lo, hi}} }

// Has reports whether x is in the set.
func (s Set) Has(x uint32) bool {
	i, _ := slices.BinarySearchFunc(s, x, func(v Interval, x uint32) int { return cmp.Compare(v.Hi, x) })
	return i < len(s) && s[i].Lo <= x
}

// Size is the number of values in the set, 0 to 2^32.
func (s Set) Size() uint64 {
	var n uint64
	for _, v := range s {
		n += v.Size()
	}
	return n
}

// Equal reports whether both sets hold the same values.
func (s Set) Equal(t Set) bool { return slices.Equal(s, t) }

// Intersect is the set of the values in both sets.
func (s Set) Intersect(t Set) Set {
	var out Set
	for i, j := 0, 0; i < len(s) && j < len(t); {
		if lo, hi := max(s[i].Lo, t[j].Lo), min(s[i].Hi, t[j].Hi); lo <= hi {
			out = append(out, Interval{lo, hi})
		}
		if s[i].Hi < t[j].Hi {
			i++
		} else {
			j++
		}
	}
	return out
}

// Complement is the set of the values 0 to top, inclusive, that are not in s.
func (s Set) Complement(top uint32) Set {
	var out Set
	next := uint64(0)
	for _, v := range s {
		if uint64(v.Lo) > next {
			out = append(out, Interval{uint32(next), v.Lo - 1})
		}
		next = uint64(v.Hi) + 1
	}
	if next <= uint64(top) {
		out = append(out, Interval{uint32(next), top})
	}
	return out
}

// Prefixes is the shortest list of CIDR blocks whose union is the set, in
// ascending order, read as IPv4 addresses.
func (s Set) Prefixes() []string {
	var out []string
	for _, v := range s {
		for lo := uint64(v.Lo); lo <= uint64(v.Hi); {
			host := min(bits.TrailingZeros64(lo|1<<32), bits.Len64(uint64(v.Hi)-lo+1)-1)
			out = append(out, fmt.Sprintf("%d.%d.%d.%d/%d", lo>>24, lo>>16&255, lo>>8&255, lo&255, 32-host))
			lo += 1 << host
		}
	}
	return out
}
