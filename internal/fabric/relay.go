package fabric

import (
	"fmt"
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// Relay is an appliance whose policy the user states.
type Relay struct {
	*azure.Appliance
	// Place is where it stands: one of those behind a load balancer, where the
	// policy is stated of that.
	Place Appliance
	// Shared says that there are others behind the same load balancer.
	Shared bool
}

// Name is what messages call the appliance.
func (r Relay) Name() string { return "appliance " + r.Address.String() }

// Addresses are those that the appliance gives what it translates.
func (r Relay) Addresses() flow.AddressSet { return flow.Host(r.Place.Address) }

// Hop is a decision of the appliance.
func (r Relay) Hop(d Decision, note string) Hop {
	return Hop{Kind: KindNIC, Decision: d, Resource: r.Place.Interface.ID, Address: r.Place.Interface.Label(), Name: r.Place.Interface.Name, At: r.At, Note: note}
}

// Seen is the appliance's own address, as the other end sees it.
func (r Relay) Seen() Seen {
	return Seen{Kind: SeenPrivate, Addresses: []string{r.Place.Address.String()}, Origin: r.Name()}
}

// RelayAt is the appliance at a place, if the user states its policy: by the next
// hop of the route, or by its own address.
func (f *Fabric) RelayAt(place Appliance, nextHop netip.Addr, shared bool) (Relay, bool) {
	if place.Interface == nil {
		return Relay{}, false
	}
	for _, address := range []netip.Addr{nextHop, place.Address} {
		if a := f.network.Appliance(address); a != nil {
			return Relay{Appliance: a, Place: place, Shared: shared}, true
		}
	}
	return Relay{}, false
}

// RelayRules is the decision of an appliance's own policy: the first rule that
// matches.
func (f *Fabric) RelayRules(r Relay) Stage { return relayRules{f, r} }

type relayRules struct {
	fabric *Fabric
	relay  Relay
}

func (d relayRules) Split(packets []flow.Cube, _ bool) []Outcome {
	var out []Outcome
	add := func(packets []flow.Cube, allow bool, at azure.Position, note string) {
		o := Outcome{Packets: packets, Hops: []Hop{d.relay.Hop(Forward, note)}}
		if !allow {
			o.Effect, o.Hops[0].Decision = Stop, Deny
		}
		o.Hops[0].At = at
		out = append(out, o)
	}
	for i, r := range d.relay.Rules {
		var hit []flow.Cube
		for _, c := range d.cubes(r) {
			var here []flow.Cube
			here, packets = match(packets, c)
			hit = append(hit, here...)
		}
		add(hit, r.Allow, r.At, fmt.Sprintf("rule %d of the stated policy of %s", i+1, d.relay.Name()))
	}
	add(packets, d.relay.Otherwise, d.relay.At, "no rule of the stated policy of "+d.relay.Name()+" is for it")
	return nonEmpty(out)
}

// cubes are the packets that a rule is for; one with ports is for protocols that
// have them.
func (d relayRules) cubes(r *azure.ApplianceRule) []flow.Cube {
	c := d.fabric.everyPacket()
	if len(r.Protocols) > 0 {
		c.Protocols = flow.Protocols(r.Protocols...)
	}
	if len(r.Source) > 0 {
		c.Source = flow.AddressSetOf(r.Source...)
	}
	if len(r.Destination) > 0 {
		c.Destination = flow.AddressSetOf(r.Destination...)
	}
	if len(r.Ports) == 0 {
		return []flow.Cube{c}
	}
	c.Protocols = c.Protocols.Intersect(flow.PortProtocols())
	c.DestinationPorts = flow.PortSet{}
	for _, p := range r.Ports {
		c.DestinationPorts = c.DestinationPorts.Union(flow.PortRange(p.First, p.Last))
	}
	return cubes(c)
}

// FromRelay are the security groups that what an appliance sends on meets there:
// the interface's, then the subnet's.
func (f *Fabric) FromRelay(r Relay) []Stage {
	return f.exempted(r.Place.Subnet, f.forwarderRules(r.Place.Interface, r.Place.Subnet, azure.Outbound))
}
