package flow

import (
	"fmt"
	"iter"
	"math/bits"
	"net/netip"
	"strings"
)

// Prefixes returns the numeric part of s as the fewest prefixes, in ascending
// order, IPv4 first.
func (s AddressSet) Prefixes() iter.Seq[netip.Prefix] {
	return func(yield func(netip.Prefix) bool) {
		s.each(func(r span[ip4]) bool { return prefixes4(r, yield) }, func(r span[ip6]) bool { return prefixes6(r, yield) })
	}
}

// prefixes4 cuts one range into prefixes; it returns false if told to stop.
func prefixes4(r span[ip4], yield func(netip.Prefix) bool) bool {
	for lo := uint64(r.lo); lo <= uint64(r.hi); {
		size := min(bits.TrailingZeros64(lo|1<<32), bits.Len64(uint64(r.hi)-lo+1)-1)
		if !yield(netip.PrefixFrom(ip4(lo).addr(), 32-size)) {
			return false
		}
		lo += 1 << size
	}
	return true
}

// prefixes6 is prefixes4 for IPv6.
func prefixes6(r span[ip6], yield func(netip.Prefix) bool) bool {
	for lo := r.lo; ; {
		size := trailingZeros6(lo)
		last := lo
		for ; ; size-- { // the largest aligned block that ends inside the range
			host := hostMask6(128 - size)
			last = ip6{lo.hi | host.hi, lo.lo | host.lo}
			if last.compare(r.hi) <= 0 {
				break
			}
		}
		if !yield(netip.PrefixFrom(lo.addr(), 128-size)) {
			return false
		}
		if last == r.hi {
			return true
		}
		lo = last.succ()
	}
}

func trailingZeros6(a ip6) int {
	if a.lo != 0 {
		return bits.TrailingZeros64(a.lo)
	}
	return 64 + bits.TrailingZeros64(a.hi)
}

// String returns the whole set in a reader's notation: prefixes (a single
// address without its length) and the names of opaque points, separated by
// commas; "*" for all numeric addresses of both families; "none" for the empty
// set.
func (s AddressSet) String() string { return s.Folded(0) }

// Folded is String with at most limit items; "and 17 more" stands for the
// rest. A limit below 1 means no limit.
func (s AddressSet) Folded(limit int) string {
	f := folder{limit: limit, separator: ", "}
	if everything.SubsetOf(s) {
		f.add("*")
	} else {
		for p := range s.Prefixes() {
			if f.full() {
				f.more++
			} else if p.IsSingleIP() {
				f.add(p.Addr().String())
			} else {
				f.add(p.String())
			}
		}
	}
	for _, name := range s.Opaques() {
		f.add(name)
	}
	return f.String()
}

// folder joins items to a list of bounded length.
type folder struct {
	limit     int // no limit if below 1
	separator string
	items     []string
	more      int // items left out
}

func (f *folder) full() bool { return f.limit > 0 && len(f.items) >= f.limit }

func (f *folder) add(item string) {
	if f.full() {
		f.more++
	} else {
		f.items = append(f.items, item)
	}
}

func (f *folder) String() string {
	if len(f.items) == 0 {
		return "none"
	}
	list := strings.Join(f.items, f.separator)
	if f.more > 0 {
		list += fmt.Sprintf(" and %d more", f.more)
	}
	return list
}
