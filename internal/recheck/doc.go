// Package recheck checks what `wayleave fix --evidence` claims with nothing but
// the interpreter of one packet (package plain): it reads the network from its
// files again, makes the change itself, and asks the interpreter about the
// packets of every claim.
//
// # What is checked
//
// The inputs are those of the evidence, by their digests. Every witness has the
// verdict that is claimed. Of every cell so many packets are asked as there are
// ways in which the network can tell packets of it apart: the first address of
// each stretch that no prefix of the network, of a tag or of the platform
// divides, the first port of each range that no rule divides, each protocol. If
// these are more than the budget, every address and port among them is asked at
// least once and the rest is drawn. Packets that pass do so by the rules that
// are claimed, and are seen with the address that is claimed. Finally packets to and
// from everything that changed are asked before and after: what is not claimed to
// be opened or closed fares as before.
//
// An address that Azure chooses is an example in the evidence, and what a new
// subnet or address sends and receives is not asked.
//
// The package shares no code with the engine whose claims it checks.
package recheck
