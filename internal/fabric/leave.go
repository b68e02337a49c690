package fabric

import (
	"fmt"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// Leaving is the decision about packets whose next hop is Internet. Which
// public address they get is not modelled here; what is known to get none, or
// may get none, is told apart. Subnets of a managed service always have one
// (decisions 14).
func (f *Fabric) Leaving(s *azure.Subnet, managed bool) Stage { return leaving{f, s, managed} }

type leaving struct {
	fabric  *Fabric
	subnet  *azure.Subnet
	managed bool
}

func (d leaving) Split(packets []flow.Cube, _ bool) []Outcome {
	f := d.fabric
	out := f.unreceived(&packets, nil)
	if !d.managed {
		out = append(out, d.untranslated(&packets)...)
	}
	mail := f.everyPacket()
	mail.Protocols, mail.DestinationPorts = flow.Protocols(flow.TCP), flow.Ports(25)
	port25, packets := match(packets, mail)
	var t Touches
	t.add(OutboundTCP25, OutboundTCP25.allValues())
	blocked := Outcome{Packets: port25, Touches: t}
	if f.assumptions.Value(OutboundTCP25) == "blocked" {
		blocked.Effect = Stop
		blocked.Hops = []Hop{{Kind: KindPlatform, Decision: Drop, Name: "FAB-6", Note: "the subscription does not let TCP 25 out"}}
	}
	out = append(out, d.addressed(blocked)...)
	return nonEmpty(append(out, d.addressed(Outcome{Packets: packets})...))
}

// addressed divides what leaves by the public address it gets.
func (d leaving) addressed(o Outcome) []Outcome {
	if o.Effect != Pass || len(o.Packets) == 0 {
		return []Outcome{o}
	}
	out := d.ownAddress(o.Packets)
	for i := range out {
		out[i].Touches = o.Touches
	}
	return out
}

// unreceived takes out the packets to the internet that have no receiver there,
// or none that is known; via is the firewall they come from, if any.
func (f *Fabric) unreceived(packets *[]flow.Cube, via *azure.AzureFirewall) []Outcome {
	space := f.points.numeric(privateDestinations)
	private, rest := ByDestination(*packets, space.Must)
	maybePrivate, rest := ByDestination(rest, space.May)
	own := Hop{Kind: KindPlatform, Decision: Drop, Name: "Internet", Note: "the internet carries no packets to private addresses"}
	out := []Outcome{{Packets: private, Effect: Stop, Hops: []Hop{own}}}
	own.Decision = Unknown
	out = append(out, Outcome{Packets: maybePrivate, Effect: Doubtful, Hops: []Hop{own}, Reasons: space.reasons(Destinations(maybePrivate))})
	*packets = rest
	return append(out, f.toOwnPublicAddress(packets, via)...)
}

// privateDestinations are the reserved blocks (RT-2).
var privateDestinations = set("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")

// untranslated takes out the packets that may have no public source address: a
// private subnet has none of its own (RT-33), and a NAT gateway carries TCP
// and UDP only (RT-32).
func (d leaving) untranslated(packets *[]flow.Cube) []Outcome {
	f := d.fabric
	own := Hop{Kind: KindNAT, Resource: d.subnet.ID, Address: d.subnet.Label(), Name: d.subnet.Name, At: d.subnet.At}
	var public flow.AddressSetBuilder
	for _, c := range f.configurationsIn(d.subnet) {
		if c.PublicIPAddress.IsSet() {
			public.AddSet(f.configuration(c).Must)
		}
	}
	translated, rest := BySource(*packets, public.Set())
	switch {
	case d.subnet.NATGateway.IsSet() && d.subnet.NATGateway.Unknown == nil:
		carried := f.everyPacket()
		carried.Protocols = flow.Protocols(flow.TCP, flow.UDP)
		through, others := match(rest, carried)
		*packets = append(translated, through...)
		own.Decision, own.Note = Drop, "a NAT gateway carries TCP and UDP only (RT-32)"
		return []Outcome{{Packets: others, Effect: Stop, Hops: []Hop{own}}}
	case d.subnet.NATGateway.Unknown != nil || d.private() != "":
		*packets = translated
		own.Decision = Unknown
		own.Note = fmt.Sprintf("subnet %s %s, and whether a load balancer translates instead is not modelled", d.subnet.Name, d.private())
		if d.private() == "" {
			own.Note = fmt.Sprintf("whether subnet %s has a NAT gateway is not known: %s", d.subnet.Name, d.subnet.NATGateway.Unknown.Why)
		}
		return []Outcome{{Packets: rest, Effect: Doubtful, Hops: []Hop{own}, Reasons: []string{own.Note}}}
	}
	return nil
}

// noDefaultSince is the first API version whose new subnets have no default
// outbound access unless they ask for it (RT-34).
const noDefaultSince = "2025-07-01"

// private says in words that a subnet has, or may have, no default outbound
// access; it is empty for one that has.
func (d leaving) private() string {
	access, known := d.subnet.DefaultOutboundAccess.Known()
	switch {
	case known && !access:
		return "has no default outbound access (RT-33)"
	case d.subnet.DefaultOutboundAccess.Unknown != nil:
		return "may have no default outbound access (" + d.subnet.DefaultOutboundAccess.Unknown.Why + ")"
	case !known && d.subnet.VirtualNetwork.APIVersion >= noDefaultSince:
		return "may have no default outbound access, as is the default since " + noDefaultSince + " (RT-34)"
	}
	return ""
}
