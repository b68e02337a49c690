package flow

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"sort"
	"strconv"
)

// PortSet is an exact set of ports 0 to 65535. It is immutable and canonical;
// the zero value is the empty set. Compare sets with [PortSet.Equal].
type PortSet struct{ spans []span[port] }

type port uint16

func (p port) compare(q port) int { return cmp.Compare(p, q) }
func (p port) succ() port         { return p + 1 }
func (p port) pred() port         { return p - 1 }

func (p port) after(list []port) int {
	return sort.Search(len(list), func(i int) bool { return list[i] > p })
}

var allPorts = []span[port]{{0, math.MaxUint16}}

// AllPorts returns every port, 0 included.
func AllPorts() PortSet { return PortSet{allPorts} }

// Ports returns the set of the given ports.
func Ports(list ...uint16) PortSet {
	spans := make([]span[port], len(list))
	for i, p := range list {
		spans[i] = span[port]{port(p), port(p)}
	}
	return PortSet{canonical(spans)}
}

// PortRange returns the ports from lo to hi, both included. It panics if hi is
// less than lo.
func PortRange(lo, hi uint16) PortSet {
	if hi < lo {
		panic(fmt.Sprintf("flow: %d to %d is not a range of ports", lo, hi))
	}
	if lo == 0 && hi == math.MaxUint16 {
		return AllPorts()
	}
	return PortSet{[]span[port]{{port(lo), port(hi)}}}
}

// Union returns the ports that are in s, in o or in both.
func (s PortSet) Union(o PortSet) PortSet { return PortSet{unite(s.spans, o.spans)} }

// Intersect returns the ports that are in both s and o.
func (s PortSet) Intersect(o PortSet) PortSet {
	switch {
	case s.IsAll():
		return o
	case o.IsAll():
		return s
	}
	return PortSet{intersect(s.spans, o.spans)}
}

// Minus returns the ports that are in s and not in o.
func (s PortSet) Minus(o PortSet) PortSet { return PortSet{minus(s.spans, o.spans)} }

// IsEmpty reports whether s holds no port.
func (s PortSet) IsEmpty() bool { return len(s.spans) == 0 }

// IsAll reports whether s holds every port.
func (s PortSet) IsAll() bool { return len(s.spans) == 1 && s.spans[0] == allPorts[0] }

// Equal reports whether s and o hold the same ports.
func (s PortSet) Equal(o PortSet) bool { return sameList(s.spans, o.spans) }

// SubsetOf reports whether every port of s is in o.
func (s PortSet) SubsetOf(o PortSet) bool { return subset(s.spans, o.spans) }

// Overlaps reports whether s and o have a port in common.
func (s PortSet) Overlaps(o PortSet) bool { return overlap(s.spans, o.spans) }

// Contains reports whether p is in s.
func (s PortSet) Contains(p uint16) bool { return contains(s.spans, port(p)) }

// Count returns the number of ports in s.
func (s PortSet) Count() int {
	n := 0
	for _, r := range s.spans {
		n += int(r.hi) - int(r.lo) + 1
	}
	return n
}

// Ranges returns s as the fewest ranges, first and last port included, in
// ascending order.
func (s PortSet) Ranges() iter.Seq2[uint16, uint16] {
	return func(yield func(uint16, uint16) bool) {
		for _, r := range s.spans {
			if !yield(uint16(r.lo), uint16(r.hi)) {
				return
			}
		}
	}
}

// First returns the lowest port of s, or false if s is empty.
func (s PortSet) First() (uint16, bool) {
	if s.IsEmpty() {
		return 0, false
	}
	return uint16(s.spans[0].lo), true
}

// String returns the whole set: "443, 8080-8090"; "*" for all ports; "none"
// for the empty set.
func (s PortSet) String() string { return s.Folded(0) }

// Folded is String with at most limit items; "and 17 more" stands for the
// rest. A limit below 1 means no limit.
func (s PortSet) Folded(limit int) string {
	if s.IsAll() {
		return "*"
	}
	f := folder{limit: limit, separator: ", "}
	for lo, hi := range s.Ranges() {
		item := strconv.Itoa(int(lo))
		if hi != lo {
			item += "-" + strconv.Itoa(int(hi))
		}
		f.add(item)
	}
	return f.String()
}
