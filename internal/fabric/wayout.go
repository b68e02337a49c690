package fabric

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// translated divides packets by the public address that they get: a NAT
// gateway's, the sender's own, one of a load balancer, and by default one that
// Azure lends (RT-31).
func (d leaving) translated(packets []flow.Cube) []Outcome {
	gateway := d.fabric.emptyGateway(d.subnet.NATGateway)
	if gateway == nil {
		return d.translatedBy(d.subnet.NATGateway, packets)
	}
	through, others := match(packets, d.fabric.gatewayPackets())
	out := d.translatedBy(d.subnet.NATGateway, others)
	for _, o := range d.translatedBy(azure.Reference{}, through) {
		out = append(out, d.besideEmpty(gateway, o))
	}
	return out
}

// emptyGateway is the NAT gateway of a reference if it has no address, else nil.
func (f *Fabric) emptyGateway(ref azure.Reference) *azure.NATGateway {
	if g, ok := f.network.NATGateway(ref.ID); ok && g.Empty() {
		return g
	}
	return nil
}

// besideEmpty is what becomes of packets for a NAT gateway without an address, by what
// would without the gateway: where they get an address then, it is not known whether
// the gateway takes them all the same (RT-31).
func (d leaving) besideEmpty(g *azure.NATGateway, o Outcome) Outcome {
	const lacks = "NAT gateway %s has no public IP address"
	switch o.Effect {
	case Pass:
		doubt := d.doubt(o.Packets, fmt.Sprintf(lacks+", and whether what leaves subnet %s gets another one is not known (RT-31)", g.Name, d.subnet.Name))
		doubt.Touches = o.Touches
		return doubt
	case Stop:
		o.Hops = []Hop{d.hop(Drop, fmt.Sprintf(lacks+"; %s", g.Name, o.Hops[0].Note))}
	}
	return o
}

// gatewayPackets are the packets that any NAT gateway takes (RT-32).
func (f *Fabric) gatewayPackets() flow.Cube {
	carried := f.everyPacket()
	carried.Protocols, carried.Source = flow.Protocols(flow.TCP, flow.UDP), f.ipv4()
	return carried
}

// translatedBy divides packets that have the NAT gateway of the reference before them,
// or none.
func (d leaving) translatedBy(ref azure.Reference, packets []flow.Cube) []Outcome {
	f := d.fabric
	var out []Outcome
	gateway := ref.IsSet() && ref.Unknown == nil
	if gateway {
		var through []flow.Cube
		through, packets = match(packets, f.gatewayPackets())
		out = append(out, f.throughGateway(ref, through))
	}
	for _, c := range f.configurationsIn(d.subnet) {
		var own []flow.Cube
		own, packets = BySource(packets, f.configuration(c).Must)
		switch {
		case len(own) == 0:
		case c.PublicIPAddress.IsSet():
			out = append(out, Outcome{Packets: own, Seen: f.addressesSeen([]azure.Reference{c.PublicIPAddress}, "the public IP address of "+c.Interface.Name)})
		case gateway && !d.owned():
			out = append(out, d.besideGateway(own, len(c.BackendPools) > 0)...)
		case ref.Unknown != nil && !d.owned():
			out = append(out, d.unknownGateway(own))
		default:
			out = append(out, d.ofInterface(c, own)...)
		}
	}
	switch {
	case len(packets) == 0:
	case gateway && !d.owned():
		for _, o := range d.besideGateway(packets, false) {
			if _, service := d.resident(); !service && o.Effect == Stop {
				o = d.plainSender(o)
			}
			out = append(out, o)
		}
	case ref.Unknown != nil && !d.owned():
		out = append(out, d.unknownGateway(packets))
	default:
		out = append(out, d.ofNobody(packets)...)
	}
	return out
}

func (f *Fabric) throughGateway(ref azure.Reference, packets []flow.Cube) Outcome {
	seen := f.gatewaySeen(ref, "NAT gateway "+ref.ID.Name())
	hop := Hop{Kind: KindNATGateway, Decision: Translate, Resource: ref.ID, Name: ref.ID.Name(), At: ref.At, Note: seen.text()}
	if gateway, ok := f.network.NATGateway(ref.ID); ok {
		hop.Address, hop.At = gateway.Label(), gateway.At
	}
	return Outcome{Packets: packets, Seen: seen, Hops: []Hop{hop}}
}

// besideGateway are packets that a NAT gateway does not take: it carries TCP and UDP
// only (RT-32), and one of the SKU Standard IPv4 only. What one of the SKU StandardV2
// or a load balancer does with IPv6 is not known.
// https://learn.microsoft.com/azure/nat-gateway/nat-sku
func (d leaving) besideGateway(packets []flow.Cube, balanced bool) []Outcome {
	ported := d.fabric.everyPacket()
	ported.Protocols = flow.Protocols(flow.TCP, flow.UDP)
	six, others := match(packets, ported)
	out := []Outcome{d.none(others, "a NAT gateway carries TCP and UDP only (RT-32)")}
	gateway, stated := d.fabric.network.NATGateway(d.subnet.NATGateway.ID)
	if stated && !gateway.Stub && strings.EqualFold(gateway.SKU.V, "Standard") && !balanced {
		return append(out, d.none(six, fmt.Sprintf("NAT gateway %s is Standard and carries IPv4 only", gateway.Name)))
	}
	return append(out, d.doubt(six, fmt.Sprintf("whether NAT gateway %s or a load balancer carries IPv6 is not known", d.subnet.NATGateway.ID.Name())))
}

func (d leaving) unknownGateway(packets []flow.Cube) Outcome {
	return d.doubt(packets, fmt.Sprintf("whether subnet %s has a NAT gateway is not known: %s", d.subnet.Name, d.subnet.NATGateway.Unknown.Why))
}

func (d leaving) hop(decision Decision, note string) Hop {
	return Hop{Kind: KindNAT, Decision: decision, Resource: d.subnet.ID, Address: d.subnet.Label(), Name: d.subnet.Name, At: d.subnet.At, Note: note}
}

// none are packets that get no public address.
func (d leaving) none(packets []flow.Cube, why string) Outcome {
	return Outcome{Packets: packets, Effect: Stop, Hops: []Hop{d.hop(Drop, why)}}
}

func (d leaving) doubt(packets []flow.Cube, why string) Outcome {
	return Outcome{Packets: packets, Effect: Doubtful, Hops: []Hop{d.hop(Unknown, why)}, Reasons: []string{why}}
}

// ofInterface are packets of a network interface without a public IP address.
func (d leaving) ofInterface(c *azure.IPConfiguration, packets []flow.Cube) []Outcome {
	b := d.fabric.balancedOut(c)
	switch {
	case b.open != "" && !d.owned():
		return []Outcome{d.doubt(packets, b.open)}
	case len(b.addresses) > 0:
		carried := d.fabric.everyPacket()
		carried.Protocols = b.protocols
		through, others := match(packets, carried)
		seen := d.fabric.publicOfFrontends(b.addresses, "load balancer "+b.name)
		hop := Hop{Kind: KindLoadBalancer, Decision: Translate, Resource: b.id, Name: b.name, Address: b.label, At: b.at, Note: seen.text()}
		return []Outcome{{Packets: through, Seen: seen, Hops: []Hop{hop}}, d.none(others, "what load balancer "+b.name+" does not translate has no public address (RT-31)")}
	case d.owned():
		return d.ofService(packets)
	}
	lent, known := c.Interface.DefaultOutbound.Known()
	private := d.private()
	switch {
	case c.Interface.DefaultOutbound.Unknown != nil:
		return []Outcome{d.doubt(packets, fmt.Sprintf("whether Azure lends the network interface %s an address is not known: %s (RT-34)", c.Interface.Name, c.Interface.DefaultOutbound.Unknown.Why))}
	case known && !lent:
		return []Outcome{d.none(packets, "Azure lends the network interface "+c.Interface.Name+" no address (RT-34)")}
	case b.standard != "":
		return []Outcome{d.none(packets, fmt.Sprintf("%s is behind the Standard load balancer %s, which translates nothing for it, and so has no default outbound access (RT-36)", c.Interface.Name, b.standard))}
	case d.fabric.standardAddressOf(c) != "":
		return []Outcome{d.none(packets, fmt.Sprintf("the machine has the Standard public IP address %s, and so no default outbound access for its other addresses (RT-36)", d.fabric.standardAddressOf(c)))}
	case !known && private != "" && d.certainlyPrivate():
		return []Outcome{d.none(packets, d.noWay(private))}
	case !known && private != "":
		return []Outcome{d.doubt(packets, d.noWay(private))}
	}
	return d.lent(packets, nil)
}

// ofNobody are packets of which no network interface is in the input: those of a
// managed service, or of a machine with nothing of its own, as long as nothing in
// the input says otherwise.
func (d leaving) ofNobody(packets []flow.Cube) []Outcome {
	private := d.private()
	own, service := d.resident()
	change := d.plainSender
	if service {
		change = nil
	}
	var out []Outcome
	switch {
	case own.Has == azure.HasOwn:
		return d.ofService(packets)
	case private == "":
		out = d.lent(packets, change)
	case !d.certainlyPrivate() || !service && len(d.subnet.Delegations) > 0:
		out = []Outcome{d.doubt(packets, d.noWay(private))}
	case service:
		out = []Outcome{d.none(packets, d.noWay(private))}
	default:
		out = []Outcome{d.plainSender(d.none(packets, d.noWay(private)))}
	}
	if service {
		return leaving{d.fabric, d.subnet, &own}.unsure(out)
	}
	return out
}

func (d leaving) noWay(private string) string {
	return fmt.Sprintf("subnet %s %s, and nothing else gives its packets a public address", d.subnet.Name, private)
}

// plainSender rests an outcome on a sender without public address of its own, as
// long as nothing in the input may be one that has.
func (d leaving) plainSender(o Outcome) Outcome {
	f := d.fabric
	o.Touches.add(PlainSender, PlainSender.allValues())
	others := slices.ContainsFunc(f.configurationsIn(d.subnet), func(c *azure.IPConfiguration) bool { return c.PrivateIPAddress.Unknown != nil })
	if others || f.hiddenOwners || f.assumptions.Value(PlainSender) != "true" {
		why := "whether the sender, of which no network interface is in the input, has a public address of its own is not known"
		o.Effect, o.Hops, o.Reasons = Doubtful, []Hop{d.hop(Unknown, why)}, []string{why}
	}
	return o
}

// resident is what is known of the managed service whose packets these are: the
// sender, or those that the input states in the subnet; service is false for none.
func (d leaving) resident() (own azure.OwnAddress, service bool) {
	if d.sender != nil {
		return *d.sender, true
	}
	for _, m := range d.fabric.network.ManagedServices {
		if !slices.ContainsFunc(m.Subnets, func(r azure.Reference) bool { return r.ID == d.subnet.ID }) {
			continue
		}
		one := m.Own
		if len(outgoing(m)) > 0 {
			one.Has = azure.HasOwn
		}
		if one.Has == azure.MayHaveOwn && one.Why == "" {
			one.Why = "whether " + m.Name + " has a public address of its own is not known"
		}
		if service && one.Has != own.Has {
			return azure.OwnAddress{Why: "subnet " + d.subnet.Name + " holds services with a public address of their own and others"}, true
		}
		own, service = one, true
	}
	return own, service
}

// ofService are packets with the own address of a managed service, of which it is
// known that it carries TCP and UDP over IPv4.
func (d leaving) ofService(packets []flow.Cube) []Outcome {
	name := "the service"
	seen := Seen{Kind: SeenPublic, Origin: "the service's own public address, which the input does not tell"}
	if service := d.fabric.serviceIn(d.subnet); service != nil {
		name = service.Name
		seen.Origin = "the public address of " + name + " itself, which the input does not tell"
		if list := outgoing(service); len(list) > 0 {
			seen = publicSeen(list, "the public addresses of "+name+" itself")
		}
	}
	carried := d.fabric.everyPacket()
	carried.Protocols, carried.Source = flow.Protocols(flow.TCP, flow.UDP), d.fabric.ipv4()
	through, others := match(packets, carried)
	return []Outcome{{Packets: through, Seen: seen}, d.doubt(others, "whether the public address of "+name+" carries more than TCP and UDP over IPv4 is not known")}
}

// lent are packets with an address that Azure lends: IPv4, TCP and UDP (RT-33).
// What gets none rests on what the change adds.
func (d leaving) lent(packets []flow.Cube, change func(Outcome) Outcome) []Outcome {
	carried := d.fabric.everyPacket()
	carried.Protocols = flow.Protocols(flow.TCP, flow.UDP)
	carried.Source = d.fabric.ipv4()
	through, others := match(packets, carried)
	none := d.none(others, "default outbound access carries TCP and UDP over IPv4 only (RT-33)")
	if change != nil && len(others) > 0 {
		none = change(none)
	}
	seen := Seen{Kind: SeenPublic, Origin: "default outbound access: an address of Microsoft's, which is not told and may change"}
	return []Outcome{{Packets: through, Seen: seen}, none}
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

func (d leaving) certainlyPrivate() bool {
	access, known := d.subnet.DefaultOutboundAccess.Known()
	return known && !access
}
