// Package difference compares two networks: which packets pass in the one and
// not in the other, between which endpoints, and which rules and routes cause
// it.
//
// # The method
//
// What becomes of a packet depends on the rules, routes and links on its way
// alone. So the contents of both networks are compared first, and what differs
// there tells which packets can fare differently: those a changed rule matches
// at a subnet that uses its group, all from and to a subnet whose routes or
// attachments changed, all packets where anything else did. Every other packet
// meets the same decisions in both and needs no walk; where nothing differs,
// that is the proof.
//
// The packets that remain are carried through both networks by package reach,
// as whole sets and from every endpoint at once, under every reading of the
// open points they touch. Opened are the packets that are blocked before and
// allowed after, closed the reverse, under all readings; what the input or the
// readings leave open is told apart, never counted as equal.
package difference
