package plain

import (
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
)

// asking is one question on its way through the network, under one reading.
type asking struct {
	*Twin
	// fixed are the options decided for this run; others have their value in
	// the twin's switches.
	fixed map[Option]bool
	// touched are the options on which something in this run depended, in the
	// order in which they were met.
	touched []Option
	hops    []Hop
	// host is the name that the client asks for, empty where nobody tells.
	host string
	// own is what is known of the sender's own public address if it is a managed
	// service, else nil.
	own *azure.OwnAddress
	// doubts are the hops passed of which it is not known whether they let the
	// packet go on. A packet that something further on blocks for certain is
	// blocked all the same.
	doubts []Hop
	// via is the firewall that the request has passed, or nil.
	via *passage
	// relay is the appliance of stated policy that the request has passed last, or
	// nil.
	relay *relaying
	// seen is the source address with which the request arrives.
	seen Seen
	// holder is the account in force of who has the destination.
	holder holder
	// atEndpoint is true while groups decide about a packet to a private
	// endpoint.
	atEndpoint bool
	// by is the network interface that groups decide about while it forwards packets
	// of others, nil while they are its own; favour reads what is not known there in
	// favour of the packet.
	by     *azure.NetworkInterface
	favour bool
	// wide is true while VirtualNetwork has, where service endpoints put theirs in,
	// also the prefixes of which that is not known; unsure tells that a rule has been
	// met that turned on them.
	wide, unsure bool
	// taken is the route by which the packet certainly goes on, or nil.
	taken *way
	// returning is true on the reply's way.
	returning bool
}

// on reads an option. Call it only where its value makes a difference: what is
// read is what the answer may turn on.
func (a *asking) on(o Option) bool {
	a.touch(o)
	if taken, ok := a.fixed[o]; ok {
		return taken
	}
	return a.switches.On[o]
}

// given reads an option that no answer turns on.
func (a *asking) given(o Option) bool { return a.switches.On[o] }

func (a *asking) touch(o Option) {
	if !slices.Contains(a.touched, o) {
		a.touched = append(slices.Clip(a.touched), o)
	}
}

// pass records a hop that lets the packet go on.
func (a *asking) pass(h Hop) {
	h.Return = a.returning
	a.hops = append(a.hops, h)
}

// doubt records a hop that may or may not let the packet go on.
func (a *asking) doubt(h Hop) {
	h.Return = a.returning
	a.hops = append(a.hops, h)
	a.doubts = append(a.doubts, h)
}

// end records the hop that ends the way, with its verdict.
func (a *asking) end(v Verdict, h Hop) *Answer {
	h.Return = a.returning
	a.hops = append(a.hops, h)
	if v != Deny && len(a.doubts) > 0 {
		v, h = Undecided, a.doubts[0]
	}
	return &Answer{Verdict: v, Decider: h, Hops: a.hops, Seen: a.seen, Reading: a.reading()}
}

func (a *asking) reading() map[Option]bool {
	reading := map[Option]bool{}
	for _, o := range a.touched {
		reading[o] = a.on(o)
	}
	return reading
}
