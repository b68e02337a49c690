// Package plain is the slow twin: an interpreter that answers for one packet,
// one rule and one prefix at a time, written straight from the semantics
// documents over the resources of package azure.
//
// It exists to be compared with. It shares no code with the packet-space
// kernel, the compiled decisions or the tag catalogue, computes every derived
// set again for each question, and prefers a plain loop to anything clever.
// Statement ids in comments (NSG-24, TAG-12) name what a piece of code follows.
//
// A [Twin] is made from a network without unknown values: where a value is not
// known there is nothing one packet could be compared with, and [New] refuses.
// The exceptions are the addresses of an appliance and of a firewall: a path to them
// ends in [Undecided] whatever the address, but by a route that names the same value.
package plain
