package plain

import (
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// fromOutside follows a packet that comes from the internet or the platform.
func (a *asking) fromOutside(q Question) (*Answer, error) {
	if q.To == "" {
		return a.toPublic(q)
	}
	at, ok := a.places[q.To]
	p := q.Packet
	switch {
	case !ok:
		return nil, fmt.Errorf("there is no subnet %q", q.To)
	case !holdsAddress(at.subnet, p.Destination):
		return nil, fmt.Errorf("%v is no address of %q", p.Destination, q.To)
	}
	if answer := a.fabric(p); answer != nil {
		return answer, nil
	}
	for _, e := range a.network.PrivateEndpoints {
		if a.hasAddress(e, at, p.Destination) == yes {
			return a.end(Undecided, Hop{Kind: PrivateEndpoint, Name: e.Name, Resource: e.ID, Decision: Unknowable, Why: "no public frontend that leads to a private endpoint is known"}), nil
		}
	}
	// Nobody at a reserved address has a frontend, nor a firewall at its private
	// one; probes need none (PIP-2).
	if !q.Managed && p.Source != hostAddress && !reserved(at.subnet, p.Destination) && !a.hasFirewall(at) {
		if answer := a.throughFrontend(at, p); answer != nil {
			return answer, nil
		}
	}
	return a.arrive(at, p, nil), nil
}

// throughFrontend carries a packet in through the public frontend of its
// destination: the public IP address of a network interface, else one that the
// model does not hold. A Standard one is closed where no group stands behind
// it (PIP-1).
func (a *asking) throughFrontend(at place, p Packet) *Answer {
	guarded := at.group != nil || a.interfaceGroup(at, p.Destination) != nil
	c := a.configuration(at, p.Destination)
	if c == nil || !c.PublicIPAddress.IsSet() {
		if !guarded {
			a.doubt(Hop{Kind: Platform, Name: "PIP-1", Decision: Unknowable, Why: "whether the frontend is closed without a network security group is not known"})
		}
		return nil
	}
	ip, _ := a.network.PublicIPAddress(c.PublicIPAddress.ID)
	if closedFrontend(ip) && !guarded {
		return a.end(Deny, Hop{Kind: Platform, Name: "PIP-1", Resource: ip.ID, Decision: Drops, Why: "a Standard public IP address is closed without a network security group"})
	}
	a.pass(Hop{Kind: PublicIP, Name: ip.Name, Resource: ip.ID, Decision: Translates, Why: "to " + p.Destination.String()})
	return nil
}

// closedFrontend reports whether a public IP address lets nothing in unless a
// group allows it: all but Basic do (PIP-1).
func closedFrontend(ip *azure.PublicIPAddress) bool { return !strings.EqualFold(ip.SKU.V, "Basic") }
