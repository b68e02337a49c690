package flow

import (
	"fmt"
	"iter"
	"maps"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// Protocol numbers of the IP header that have a name here (IANA, Assigned
// Internet Protocol Numbers).
const (
	ICMP    uint8 = 1
	TCP     uint8 = 6
	UDP     uint8 = 17
	DCCP    uint8 = 33
	GRE     uint8 = 47
	ESP     uint8 = 50
	AH      uint8 = 51
	ICMPv6  uint8 = 58
	SCTP    uint8 = 132
	UDPLite uint8 = 136
)

var protocolNames = map[uint8]string{
	ICMP: "icmp", TCP: "tcp", UDP: "udp", DCCP: "dccp", GRE: "gre", ESP: "esp",
	AH: "ah", ICMPv6: "icmpv6", SCTP: "sctp", UDPLite: "udplite",
}

// HasPorts reports whether packets of that protocol have ports: TCP, UDP,
// DCCP, SCTP and UDP-Lite do.
func HasPorts(protocol uint8) bool { return portProtocols.Contains(protocol) }

// ProtocolName returns the lower-case name of a protocol, or "protocol 89" for
// one without a name here.
func ProtocolName(protocol uint8) string {
	if name, ok := protocolNames[protocol]; ok {
		return name
	}
	return fmt.Sprintf("protocol %d", protocol)
}

// ProtocolNamed finds the protocol that ProtocolName calls so, case folded.
func ProtocolNamed(name string) (protocol uint8, ok bool) {
	name = strings.ToLower(name)
	for p, n := range protocolNames {
		if n == name {
			return p, true
		}
	}
	text, ok := strings.CutPrefix(name, "protocol ")
	number, err := strconv.ParseUint(text, 10, 8)
	return uint8(number), ok && err == nil
}

// ProtocolNames lists the names of protocols, by number.
func ProtocolNames() []string {
	var names []string
	for _, p := range slices.Sorted(maps.Keys(protocolNames)) {
		names = append(names, protocolNames[p])
	}
	return names
}

// ProtocolSet is an exact set of protocol numbers 0 to 255. Sets are
// comparable with ==; the zero value is the empty set.
type ProtocolSet struct{ w [4]uint64 }

var (
	allProtocols  = ProtocolSet{[4]uint64{math.MaxUint64, math.MaxUint64, math.MaxUint64, math.MaxUint64}}
	portProtocols = Protocols(TCP, UDP, DCCP, SCTP, UDPLite)
)

// AllProtocols returns every protocol number.
func AllProtocols() ProtocolSet { return allProtocols }

// PortProtocols returns the protocols that have ports.
func PortProtocols() ProtocolSet { return portProtocols }

// Protocols returns the set of the given protocols.
func Protocols(list ...uint8) ProtocolSet {
	var s ProtocolSet
	for _, p := range list {
		s.w[p>>6] |= 1 << (p & 63)
	}
	return s
}

// Union returns the protocols that are in s, in o or in both.
func (s ProtocolSet) Union(o ProtocolSet) ProtocolSet {
	for i := range s.w {
		s.w[i] |= o.w[i]
	}
	return s
}

// Intersect returns the protocols that are in both s and o.
func (s ProtocolSet) Intersect(o ProtocolSet) ProtocolSet {
	for i := range s.w {
		s.w[i] &= o.w[i]
	}
	return s
}

// Minus returns the protocols that are in s and not in o.
func (s ProtocolSet) Minus(o ProtocolSet) ProtocolSet {
	for i := range s.w {
		s.w[i] &^= o.w[i]
	}
	return s
}

// IsEmpty reports whether s holds no protocol.
func (s ProtocolSet) IsEmpty() bool { return s == ProtocolSet{} }

// IsAll reports whether s holds every protocol.
func (s ProtocolSet) IsAll() bool { return s == allProtocols }

// Equal reports whether s and o hold the same protocols; it is ==.
func (s ProtocolSet) Equal(o ProtocolSet) bool { return s == o }

// SubsetOf reports whether every protocol of s is in o.
func (s ProtocolSet) SubsetOf(o ProtocolSet) bool { return s.Minus(o).IsEmpty() }

// Overlaps reports whether s and o have a protocol in common.
func (s ProtocolSet) Overlaps(o ProtocolSet) bool { return !s.Intersect(o).IsEmpty() }

// Contains reports whether p is in s.
func (s ProtocolSet) Contains(p uint8) bool { return s.w[p>>6]>>(p&63)&1 != 0 }

// Count returns the number of protocols in s.
func (s ProtocolSet) Count() int {
	n := 0
	for _, w := range s.w {
		n += bits.OnesCount64(w)
	}
	return n
}

// All returns the protocols of s in ascending order.
func (s ProtocolSet) All() iter.Seq[uint8] {
	return func(yield func(uint8) bool) {
		for i, w := range s.w {
			for ; w != 0; w &= w - 1 {
				if !yield(uint8(i<<6 + bits.TrailingZeros64(w))) {
					return
				}
			}
		}
	}
}

// String returns the names of the protocols, "*" for all, "none" for the empty
// set. A set of more than half of all protocols is written "* except tcp, udp".
func (s ProtocolSet) String() string {
	switch {
	case s.IsAll():
		return "*"
	case s.Count() > 128:
		return "* except " + allProtocols.Minus(s).String()
	}
	f := folder{separator: ", "}
	for p := range s.All() {
		f.add(ProtocolName(p))
	}
	return f.String()
}
