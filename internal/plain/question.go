package plain

import (
	"fmt"
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
)

// Question asks what becomes of one packet.
type Question struct {
	Packet Packet
	// From is the subnet that sends the packet: its source is an address of
	// that subnet. Empty: the packet comes from outside all modelled networks,
	// or from the platform (a health probe, source 168.63.129.16).
	From azure.ID
	// To is the subnet at which a packet from outside arrives, its destination
	// translated already to an address of that subnet (NSG-27, NSG-28). A
	// packet from a subnet has no To: its routes say where it goes. A packet from
	// outside has none if it is for a public IP address of the network.
	To azure.ID
	// Managed tells that the frontend a packet from outside comes through
	// belongs to a managed service, and so is open whatever its kind.
	Managed bool
	// NeedsGroup tells of such a frontend that it lets nothing in without a network
	// security group all the same.
	NeedsGroup bool
	// Own says whether the sender, of which no network interface is in the input, is a
	// managed service with a public address of its own; nil for any machine.
	Own *azure.OwnAddress
	// Host is the name that the client asks for, in the Host header of HTTP, the
	// SNI of TLS or as server of SQL; the destination is an address of it. Empty
	// where nobody tells.
	Host string
}

// Follow follows a packet to its destination and its reply back, under the
// twin's own reading of the open points. An error means that the question
// makes no sense in this network.
func (t *Twin) Follow(q Question) (Answer, error) {
	answer, _, err := t.follow(q, nil)
	return answer, err
}

// follow is one run under the twin's reading, changed by fixed; it also tells
// what the answer may turn on.
func (t *Twin) follow(q Question, fixed map[Option]bool) (Answer, []Option, error) {
	if err := q.Packet.check(); err != nil {
		return Answer{}, nil, err
	}
	a := &asking{Twin: t, fixed: fixed, host: q.Host, own: q.Own, hops: make([]Hop, 0, 8)}
	var answer *Answer
	var err error
	if q.From != "" {
		answer, err = a.fromSubnet(q)
	} else {
		answer, err = a.fromOutside(q)
	}
	if err != nil {
		return Answer{}, nil, err
	}
	return *answer, a.touched, nil
}

// fromSubnet follows a packet that a subnet sends.
func (a *asking) fromSubnet(q Question) (*Answer, error) {
	at, ok := a.places[q.From]
	p := q.Packet
	switch {
	case !ok:
		return nil, fmt.Errorf("there is no subnet %q", q.From)
	case q.To != "":
		return nil, fmt.Errorf("a packet from a subnet goes where its routes lead, not to %q", q.To)
	case !holdsAddress(at.subnet, p.Source):
		return nil, fmt.Errorf("%v is no address of %q", p.Source, q.From)
	case reserved(at.subnet, p.Source):
		return nil, fmt.Errorf("nobody can have the reserved address %v (FAB-4)", p.Source)
	}
	return a.send(at, p), nil
}

func holdsAddress(subnet *azure.Subnet, address netip.Addr) bool {
	for _, prefix := range subnet.Prefixes {
		if prefix.V.Contains(address) {
			return true
		}
	}
	return false
}
