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
//
// # The idea
//
// Rules name few distinct sets, however many prefixes the sets have. So each
// field is cut into classes: two values are in one class exactly if the same
// of the sets in use hold them (classifier, sweep.go). From then on a set is a
// short bitmap over classes and the prefixes no longer matter. Sets of a
// [TagIndex] do not even take part in the cutting: the index was cut once, and
// a policy only joins its classes (refine.go, overlay.go). Protocol and ports
// are one field (transport.go), because rules rarely use more than a few
// hundred combinations of them. A rule is thus three bitmaps a family: sources,
// destinations, transports.
//
// Who carries sets of thousands of ranges through many policies can do the same
// once for all of them: [Atoms] are the classes of all addresses by everything
// that is named anywhere (atoms.go). Sets that are unions of atoms are bitmaps,
// and so is what is made of them, until somebody asks for ranges (atomsets.go); a
// policy of such sets joins atoms to its classes (atomground.go).
//
// Nothing rests on hashes being different: where a table finds an equal hash,
// it compares the whole key.
//
// Questions about a policy are answered by one of two methods. The sliced
// search (sliced.go) keeps what is asked as a list of boxes, products of three
// class sets, and takes away the rules that meet them, broad ones first; it
// stops at the first packet that settles the question, where one does. The
// canonical method (canonical.go) goes through columns: one transport class,
// one source class, all destinations; columns in which the same rules match
// are decided once. Each is bad at something: pieces can multiply, columns can
// be many. The sliced search has a head start, after that both work in turns
// until one has the answer (meter.go), so the work is within a small factor of
// the better of the two, whatever the input. Past stated [Limits] a question
// ends with [ErrTooFragmented], never with a guess.
//
// A [Space] is kept in a canonical form (layer.go): the coarsest classes, in
// the order of their first values, and over them a tree from transport classes
// to source classes to a set of destination classes in which equal parts are
// one. Equal sets of packets are equal trees, and are written alike.
package flow
