package flow

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"
	"sort"
	"strings"
)

// Family is an address family. The zero value is no family.
type Family uint8

// The two families.
const (
	IPv4 Family = 4
	IPv6 Family = 6
)

// String returns "IPv4" or "IPv6".
func (f Family) String() string {
	switch f {
	case IPv4:
		return "IPv4"
	case IPv6:
		return "IPv6"
	}
	return fmt.Sprintf("Family(%d)", uint8(f))
}

// families lists both, in the order in which everything is enumerated.
var families = [2]Family{IPv4, IPv6}

// index is the place of a family in a pair of halves. It panics on a value
// that is no family: such a value cannot come from input.
func (f Family) index() int {
	switch f {
	case IPv4:
		return 0
	case IPv6:
		return 1
	}
	panic("flow: " + f.String() + " is not an address family")
}

// Address is one value of the address field of a packet: a numeric address or
// an opaque point, the name of an address nobody knows. Addresses are
// comparable; the zero value is no address.
type Address struct {
	ip     netip.Addr // invalid for an opaque point
	name   string     // empty for a numeric address
	family Family
}

// AddressOf returns the numeric address ip. An IPv4 address mapped into IPv6
// stays the IPv6 address it is written as, as for package netip; whoever reads
// addresses decides what such a spelling means. A zone is dropped. It panics
// if ip is the zero netip.Addr.
func AddressOf(ip netip.Addr) Address {
	ip = plainAddr(ip)
	return Address{ip: ip, family: familyOf(ip)}
}

// OpaqueAddress returns the opaque point of that name and family. It panics if
// the name is empty or f is no family.
func OpaqueAddress(name string, f Family) Address {
	f.index()
	if name == "" {
		panic("flow: an opaque address needs a name")
	}
	return Address{name: name, family: f}
}

// IsValid reports whether a is an address at all, that is, not the zero value.
func (a Address) IsValid() bool { return a.family != 0 }

// IsOpaque reports whether a is an opaque point.
func (a Address) IsOpaque() bool { return a.name != "" }

// Addr returns the numeric address, or the invalid netip.Addr for an opaque
// point.
func (a Address) Addr() netip.Addr { return a.ip }

// Name returns the name of an opaque point, or "" for a numeric address.
func (a Address) Name() string { return a.name }

// Family returns the family of a, or 0 for the zero value.
func (a Address) Family() Family { return a.family }

// Compare orders addresses: IPv4 before IPv6, within a family numeric
// addresses by value before opaque points by name.
func (a Address) Compare(b Address) int {
	if c := cmp.Compare(a.family, b.family); c != 0 {
		return c
	}
	if a.IsOpaque() || b.IsOpaque() {
		return strings.Compare(a.name, b.name)
	}
	return a.ip.Compare(b.ip)
}

// String returns the address, or the name of an opaque point.
func (a Address) String() string {
	switch {
	case !a.IsValid():
		return "no address"
	case a.IsOpaque():
		return a.name
	}
	return a.ip.String()
}

// plainAddr drops the zone.
func plainAddr(ip netip.Addr) netip.Addr {
	if !ip.IsValid() {
		panic("flow: the zero netip.Addr is not an address")
	}
	return ip.WithZone("")
}

func familyOf(ip netip.Addr) Family {
	if ip.Is4() {
		return IPv4
	}
	return IPv6
}

// ip4 is a numeric IPv4 address.
type ip4 uint32

func (a ip4) compare(b ip4) int { return cmp.Compare(a, b) }
func (a ip4) succ() ip4         { return a + 1 }
func (a ip4) pred() ip4         { return a - 1 }

func (a ip4) after(list []ip4) int {
	lo, hi := 0, len(list)
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); list[mid] <= a {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

func (a ip4) addr() netip.Addr {
	return netip.AddrFrom4([4]byte{byte(a >> 24), byte(a >> 16), byte(a >> 8), byte(a)})
}

func ip4Of(ip netip.Addr) ip4 {
	b := ip.As4()
	return ip4(binary.BigEndian.Uint32(b[:]))
}

// ip6 is a numeric IPv6 address.
type ip6 struct{ hi, lo uint64 }

func (a ip6) compare(b ip6) int {
	if a.hi != b.hi {
		return cmp.Compare(a.hi, b.hi)
	}
	return cmp.Compare(a.lo, b.lo)
}

func (a ip6) succ() ip6 {
	a.lo++
	if a.lo == 0 {
		a.hi++
	}
	return a
}

func (a ip6) pred() ip6 {
	if a.lo == 0 {
		a.hi--
	}
	a.lo--
	return a
}

func (a ip6) after(list []ip6) int {
	return sort.Search(len(list), func(i int) bool { return list[i].compare(a) > 0 })
}

func (a ip6) addr() netip.Addr {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], a.hi)
	binary.BigEndian.PutUint64(b[8:], a.lo)
	return netip.AddrFrom16(b)
}

func ip6Of(ip netip.Addr) ip6 {
	b := ip.As16()
	return ip6{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

var (
	all4 = []span[ip4]{{0, math.MaxUint32}}
	all6 = []span[ip6]{{ip6{}, ip6{math.MaxUint64, math.MaxUint64}}}
)
