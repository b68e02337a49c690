// Package flow is the packet-space kernel: packets, exact sets of packets, and
// first-match policies over them. It knows nothing about any cloud.
//
// # The vocabulary
//
// A [Packet] is a protocol, two addresses of one family and, where the
// protocol has them, two ports. An [AddressSet], [PortSet] or [ProtocolSet] is
// an exact set of values of one field. A [Cube] is the product of one set a
// field; a [Space] is any set of packets, a union of cubes. A [Policy] is a
// frozen list of [Rule]s of which the first that matches a packet decides.
//
// IPv4 and IPv6 are two separate halves of everything: an address set holds an
// IPv4 and an IPv6 part in fields of their own, and a cube means the IPv4
// sources with the IPv4 destinations and the IPv6 sources with the IPv6
// destinations. A packet from one family to the other cannot be written down.
//
// An address nobody knows yet (a prefix that a deployment will assign, a named
// list without data) is an opaque point: a named value beside the numeric
// addresses. Sets hold it like any other value, so whatever depends on it
// comes out with its name.
//
// All values are immutable once built and safe for concurrent use. The zero
// value of every set is the empty set. Every enumeration is in a fixed order.
package flow
