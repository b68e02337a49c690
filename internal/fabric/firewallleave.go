package fabric

import (
	"fmt"
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// FirewallLeaving is the decision about packets that a firewall sends to the
// internet: TCP and UDP leave with a public address of the firewall or of the
// NAT gateway of its subnet, others not at all (S-01 rows 3, 4, 6 and 9).
// What an application rule let through is translated in any case (row 10).
func (f *Fabric) FirewallLeaving(g Gate, application bool) Stage {
	return firewallLeaving{fabric: f, gate: g, application: application}
}

// TranslatedLeaving is the decision about packets that a NAT rule of a firewall
// sends to the internet: those to private addresses have no receiver there, and
// what becomes of the others is not known (S-01 row 2).
func (f *Fabric) TranslatedLeaving(g Gate) Stage {
	return firewallLeaving{fabric: f, gate: g, inward: true}
}

type firewallLeaving struct {
	fabric      *Fabric
	gate        Gate
	application bool
	inward      bool
}

func (d firewallLeaving) Split(packets []flow.Cube, _ bool) []Outcome {
	f, g := d.fabric, d.gate
	out := f.unreceived(&packets, g.Firewall)
	if d.inward {
		return nonEmpty(append(out, d.doubt(packets, []string{"a NAT rule of the firewall sends the packets to a public address, which is not followed (S-01 row 2)"}, nil)))
	}
	carried := f.everyPacket()
	carried.Protocols = flow.Protocols(flow.TCP, flow.UDP)
	packets, others := match(packets, carried)
	drop := TranslationHop(g, Drop, "through a firewall only TCP and UDP reach the internet (P-32)")
	out = append(out, Outcome{Packets: others, Effect: Stop, Hops: []Hop{drop}})

	var open addressStakes
	private := Bounds{}
	if !d.application {
		private = f.privateRanges(g.Firewall, &open)
	}
	gateway := g.Subnet.NATGateway
	kept, packets := ByDestination(packets, private.Must)
	maybeKept, packets := ByDestination(packets, private.May)
	untranslated := Outcome{Packets: kept, Effect: Stop, Touches: open.touches(kept, destination), Seen: Seen{Kind: SeenNone, Origin: "untranslated"}}
	untranslated.Hops = []Hop{TranslationHop(g, Drop, "untranslated: the destination is one of the firewall's private ranges, so the source stays a private address that nobody on the internet can answer (C-15)")}
	if gateway.IsSet() && f.emptyGateway(gateway) == nil {
		why := "whether the NAT gateway translates what the firewall leaves as it is, is not known"
		untranslated.Effect, untranslated.Reasons = Doubtful, []string{why}
		untranslated.Hops = []Hop{TranslationHop(g, Unknown, why)}
	}
	out = append(out, untranslated, d.doubt(maybeKept, private.reasons(Destinations(maybeKept)), open))
	return nonEmpty(append(out, d.translate(packets, open)))
}

func (d firewallLeaving) doubt(packets []flow.Cube, why []string, open addressStakes) Outcome {
	if len(why) == 0 {
		why = []string{"whether the firewall translates them is not known"}
	}
	return Outcome{Packets: packets, Effect: Doubtful, Reasons: why, Touches: open.touches(packets, destination), Hops: []Hop{TranslationHop(d.gate, Unknown, why[0])}}
}

// translate gives packets a public address. What a NAT gateway without one does to
// those of the firewall is not known.
func (d firewallLeaving) translate(packets []flow.Cube, open addressStakes) Outcome {
	o := d.translateBy(packets, open)
	if g := d.fabric.emptyGateway(d.gate.Subnet.NATGateway); g != nil && o.Effect == Pass {
		why := fmt.Sprintf("NAT gateway %s of the firewall's subnet has no public IP address, and whether the packets get one of the firewall's is not known (S-23)", g.Name)
		return d.doubt(packets, []string{why}, open)
	}
	return o
}

func (d firewallLeaving) translateBy(packets []flow.Cube, open addressStakes) Outcome {
	f, g := d.fabric, d.gate
	o := Outcome{Packets: packets, Touches: open.touches(packets, destination)}
	if g.Subnet.NATGateway.IsSet() && f.emptyGateway(g.Subnet.NATGateway) == nil {
		o.Seen = f.gatewaySeen(g.Subnet.NATGateway, "the NAT gateway of the firewall's subnet")
		o.Hops = []Hop{{Kind: KindNATGateway, Decision: Translate, Resource: g.Subnet.NATGateway.ID, Name: g.Subnet.NATGateway.ID.Name(), At: g.Subnet.NATGateway.At, Note: o.Seen.text()}}
		return o
	}
	var all []azure.Reference
	for _, c := range g.Firewall.IPConfigurations {
		if c.PublicIPAddress.IsSet() {
			all = append(all, c.PublicIPAddress)
		}
	}
	switch {
	case len(g.Firewall.UnknownIPConfigurations) > 0:
		o.Seen = Seen{Kind: SeenUnknown, Origin: "the firewall, whose public addresses are not all known"}
	case len(all) == 0:
		o.Effect, o.Hops = Stop, []Hop{TranslationHop(g, Drop, "the firewall has no public address")}
		return o
	default:
		if o.Seen = f.addressesSeen(all, "firewall "+g.Firewall.Name); o.Seen.Kind == SeenUnpredictable {
			o.Touches.add(PublicChoice, PublicChoice.allValues())
		}
	}
	o.Hops = []Hop{TranslationHop(g, Translate, o.Seen.text())}
	return o
}

// text says in words what the other end sees.
func (s Seen) text() string {
	list := ""
	for i, a := range s.Addresses {
		if i == 3 {
			list += fmt.Sprintf(" and %d more", len(s.Addresses)-i)
			break
		}
		if i > 0 {
			list += ", "
		}
		list += a
	}
	switch s.Kind {
	case SeenPublic:
		return "the source becomes " + list
	case SeenUnpredictable:
		return "the source becomes any of " + list
	}
	return "the source becomes a public address that is not known"
}

// addressesSeen is any of the public IP addresses of a list.
func (f *Fabric) addressesSeen(refs []azure.Reference, origin string) Seen {
	var list []string
	for _, ref := range refs {
		list = append(list, f.publicText(ref))
	}
	return publicSeen(list, origin)
}

// publicText is a public IP address, or in angle brackets what the input calls
// one that is not known.
func (f *Fabric) publicText(ref azure.Reference) string {
	ip, ok := f.network.PublicIPAddress(ref.ID)
	switch {
	case ref.Unknown != nil:
		return "<" + ref.Unknown.Name + ">"
	case !ok:
		return "<" + ref.ID.Name() + ">"
	}
	if address, known := ip.IPAddress.Known(); known {
		return address.String()
	}
	return "<" + ip.Label() + ">"
}

// gatewaySeen is what a NAT gateway translates to: any of its addresses (R-53,
// S-24).
func (f *Fabric) gatewaySeen(ref azure.Reference, origin string) Seen {
	gateway, ok := f.network.NATGateway(ref.ID)
	if !ok || gateway.Stub {
		return Seen{Kind: SeenUnknown, Origin: origin + ", which no input states"}
	}
	var list []string
	for _, ip := range gateway.PublicIPAddresses {
		list = append(list, f.publicText(ip))
	}
	for _, p := range gateway.PublicIPPrefixes {
		prefix, stated := f.network.PublicIPPrefix(p.ID)
		known, ok := netip.Prefix{}, false
		if stated {
			known, ok = prefix.Prefix.Known()
		}
		switch {
		case !ok:
			return Seen{Kind: SeenUnpredictable, Addresses: append(list, "<"+p.ID.Name()+">"), Origin: origin}
		case known.Bits() == known.Addr().BitLen():
			list = append(list, known.Addr().String())
		default:
			return Seen{Kind: SeenUnpredictable, Addresses: append(list, known.String()), Origin: origin}
		}
	}
	return publicSeen(list, origin)
}

// InstanceSeen is the source address of what a firewall translates inside the
// network: one of its subnet (F-25).
func (f *Fabric) InstanceSeen(g Gate) Seen {
	s := Seen{Kind: SeenPrivate, Origin: "firewall " + g.Firewall.Name}
	for _, v := range g.Subnet.Prefixes {
		if p, ok := v.Known(); ok {
			s.Addresses = append(s.Addresses, p.String())
		} else {
			s.Addresses = append(s.Addresses, "<"+v.Unknown.Name+">")
		}
	}
	return s
}

// Kept divides packets that a firewall sends on inside the network by whether
// it leaves their source as it is (S-01 rows 6 to 8).
func (f *Fabric) Kept(g Gate, packets []flow.Cube) (kept, open, translated []flow.Cube, why []string, touches Touches) {
	var stakes addressStakes
	private := f.privateRanges(g.Firewall, &stakes)
	touches = stakes.touches(packets, destination)
	ported := f.everyPacket()
	ported.Protocols = flow.Protocols(flow.TCP, flow.UDP)
	packets, kept = match(packets, ported)
	in, packets := ByDestination(packets, private.Must)
	open, translated = ByDestination(packets, private.May)
	why = private.reasons(Destinations(open))
	if len(why) == 0 {
		why = []string{"whether the firewall translates them is not known"}
	}
	return append(kept, in...), open, translated, why, touches
}

// Forwarded is the decision of the receiving side of a peering about packets
// from an appliance of one network to another, whose source, or with back whose
// destination, is the far end: without allowForwardedTraffic it takes none of
// which the source lies in neither network (RT-44, RT-45).
func (f *Fabric) Forwarded(link *azure.Peering, back bool) Stage { return forwarded{f, link, back} }

type forwarded struct {
	fabric *Fabric
	link   *azure.Peering
	back   bool
}

func (d forwarded) Split(packets []flow.Cube, _ bool) []Outcome {
	f := d.fabric
	by := BySource
	if d.back {
		by = ByDestination
	}
	own := f.space(d.link.VirtualNetwork)
	in, packets := by(packets, own.Must)
	out := []Outcome{{Packets: in}}
	receiving := d.link
	known := false
	if remote := f.Remote(d.link); remote != nil {
		for _, back := range remote.Peerings {
			if back.Remote.ID == d.link.VirtualNetwork.ID {
				receiving, known = back, true
			}
		}
	}
	flag, stated := receiving.AllowForwardedTraffic.Known()
	o := Outcome{Packets: packets, Effect: Doubtful}
	switch {
	case known && stated && flag:
		return nonEmpty(append(out, Outcome{Packets: packets}))
	case !known, receiving.AllowForwardedTraffic.Unknown != nil:
		o.Reasons = []string{fmt.Sprintf("whether %s takes forwarded traffic from peering %s is not known (RT-44)", remoteName(d.link), d.link.Name)}
		o.Hops = []Hop{peeringHop(receiving, Unknown, o.Reasons[0])}
		return nonEmpty(append(out, o))
	}
	o.Touches.add(ForwardedFalse, ForwardedFalse.allValues())
	if f.assumptions.Value(ForwardedFalse) != "drop" {
		o.Effect = Pass
		return nonEmpty(append(out, o))
	}
	o.Effect = Stop
	o.Hops = []Hop{peeringHop(receiving, Drop, fmt.Sprintf("allowForwardedTraffic of peering %s is false, so what an appliance forwards over it is dropped (RT-44)", receiving.Name))}
	maybe, packets := by(packets, own.May)
	doubt := Outcome{Packets: maybe, Effect: Doubtful, Touches: o.Touches, Reasons: own.reasons(own.May), Hops: []Hop{peeringHop(receiving, Unknown, "whether the source lies in the peered network is not known")}}
	if len(doubt.Reasons) == 0 {
		doubt.Reasons = []string{doubt.Hops[0].Note}
	}
	o.Packets = packets
	return nonEmpty(append(out, doubt, o))
}
