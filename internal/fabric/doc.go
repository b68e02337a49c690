// Package fabric is Azure's semantics: it compiles the resources of a network
// to decisions about sets of packets. Effective rules, effective routes, what
// VirtualNetwork and Internet hold at a subnet, who owns an address, what the
// platform never filters: one file a mechanism, each statement of the
// semantics documents named by its id where it is implemented.
//
// # Three values by bounds
//
// What the input does not tell is never taken as empty or as allowed. Every
// set of addresses compiles to two: must, the addresses certainly in it, and
// may, those possibly in it, with the reasons where they differ. An address
// nobody knows (a prefix known after apply, a tag without data) is an opaque
// point of package flow with an identity of its own, so that it is still
// certain that a subnet lies in its own virtual network.
//
// A first-match list is monotone: growing allow rules only opens, growing deny
// rules only closes. A security group therefore compiles to two ordinary
// policies. What the pessimistic one (allow rules match what they must, deny
// rules what they may) permits is allowed for certain; what the optimistic one
// denies is blocked for certain; the rest is undecided, with the reasons of
// the uncertain rules that meet it. When nothing is uncertain the two are one.
//
// # Readings
//
// Points that Azure's documents leave open are values of [Assumptions]. A
// [Fabric] holds one reading; [Fabric.Reading] gives the same network under
// another. Every decision tells which switches it touched, so that the caller
// knows which readings to compare (decisions 4).
package fabric
