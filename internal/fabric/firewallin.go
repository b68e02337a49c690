package fabric

import (
	"fmt"
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// Translation is what a firewall makes of packets that are for itself.
type Translation struct {
	Outcome
	// To and Port are where a NAT rule sends packets that pass.
	To   netip.Addr
	Port uint16
}

// natRule is a NAT rule as compiled.
type natRule struct {
	rule *azure.FirewallRule
	// slot orders collections; those of one slot come in an order nobody knows.
	slot      int
	inherited bool
	must, may []flow.Cube
}

// PublicGates are the firewalls with the public addresses that are known of each.
func (f *Fabric) PublicGates(visit func(Gate, flow.AddressSet)) {
	for _, firewall := range f.network.AzureFirewalls {
		g := Gate{Firewall: firewall}
		var public flow.AddressSetBuilder
		for _, c := range firewall.IPConfigurations {
			if s, ok := f.network.Subnet(c.Subnet.ID); ok {
				g.Subnet, g.Address = s, f.privateAddress(c, s).Or(netip.Addr{})
			}
			if ip, ok := f.network.PublicIPAddress(c.PublicIPAddress.ID); ok {
				if address, known := ip.IPAddress.Known(); known {
					public.Add(flow.AddressOf(address))
				}
			}
		}
		if set := public.Set(); g.Subnet != nil && !set.IsEmpty() {
			visit(g, set)
		}
	}
}

// OwnGates are the firewalls in a subnet whose private address is known or taken as
// known.
func (f *Fabric) OwnGates(s *azure.Subnet) []Gate {
	var list []Gate
	for _, firewall := range f.network.AzureFirewalls {
		for _, c := range firewall.IPConfigurations {
			if address, ok := f.privateAddress(c, s).Known(); ok && c.Subnet.ID == s.ID {
				list = append(list, Gate{firewall, s, address})
			}
		}
	}
	return list
}

// MayBeProxied divides packets for a firewall's private address by whether its
// DNS proxy may answer them; where the tier decides all may be.
func (f *Fabric) MayBeProxied(g Gate, packets []flow.Cube) (maybe, others []flow.Cube) {
	if g.Firewall.Tier.Or(azure.FirewallStandard) == azure.FirewallBasic {
		return packets, nil
	}
	rules, open := f.rulesOf(g.Firewall)
	if open == "" && rules.proxy == no && rules.inherited == no {
		return nil, packets
	}
	dns := f.everyPacket()
	dns.Protocols, dns.DestinationPorts = flow.Protocols(flow.TCP, flow.UDP), flow.Ports(53)
	return match(packets, dns)
}

// TranslatedIn is the decision of a firewall about packets that are for itself:
// a NAT rule sends them on (P-21), and what no rule is for goes nowhere.
func (f *Fabric) TranslatedIn(g Gate, packets []flow.Cube) []Translation {
	rules := f.compiled(g.Firewall)
	var out []Translation
	doubt := func(packets []flow.Cube, h Hop, why string) {
		if len(packets) > 0 {
			h.Decision, h.Note = Unknown, why
			out = append(out, Translation{Outcome: Outcome{Packets: packets, Effect: Doubtful, Reasons: []string{why}, Hops: []Hop{h}}})
		}
	}
	box := firewallHop(g, KindFirewall, Unknown, "")
	if rules.open != "" {
		doubt(packets, box, rules.open)
		return out
	}
	v4, v6 := BySource(packets, f.ipv4())
	doubt(v6, box, "IPv6 through a firewall is not modelled (U-10)")
	var inherited []flow.Cube
	var list []natRule
	for _, r := range rules.translations {
		if r.inherited {
			inherited = append(inherited, r.may...)
		}
		if !r.inherited || f.assumptions.Value(ChildInheritsDNAT) != "no" {
			list = append(list, r)
		}
	}
	for _, r := range list {
		maybe := flow.SpaceOf(r.may...).Minus(flow.SpaceOf(r.must...)).Cubes()
		for _, c := range maybe {
			var hit []flow.Cube
			hit, v4 = match(v4, c)
			doubt(hit, natHop(r.rule, Unknown), fmt.Sprintf("whether NAT rule %s matches is not known", r.rule.Name))
		}
	}
	for len(list) > 0 {
		end := 0
		for end < len(list) && list[end].slot == list[0].slot {
			end++
		}
		var parts []natPart
		var both []flow.Cube
		parts, both, v4 = firstOf(list[:end], v4)
		doubt(both, natHop(list[0].rule, Unknown), "two collections of NAT rules have the same priority, and nobody says which comes first (P-12)")
		for _, p := range parts {
			out = append(out, f.sentOn(g.Firewall, p.rule, p.packets)...)
		}
		list = list[end:]
	}
	if len(v4) > 0 {
		drop := firewallHop(g, KindFirewallDefaultDeny, Deny, "no NAT rule of the firewall is for it")
		out = append(out, Translation{Outcome: Outcome{Packets: v4, Effect: Stop, Hops: []Hop{drop}}})
	}
	for i, o := range out {
		for _, c := range inherited {
			if hit, _ := match(o.Packets, c); len(hit) > 0 {
				out[i].Touches.add(ChildInheritsDNAT, ChildInheritsDNAT.allValues())
			}
		}
	}
	return out
}

// natPart is what a NAT rule matches.
type natPart struct {
	rule    *azure.FirewallRule
	packets []flow.Cube
}

// firstOf gives packets to the first rule of each collection that matches; both
// are those that several collections match, in an order that nobody knows.
func firstOf(rules []natRule, packets []flow.Cube) (parts []natPart, both, rest []flow.Cube) {
	met := map[*azure.RuleCollection]flow.Space{}
	var all, twice flow.Space
	asked := flow.SpaceOf(packets...)
	for _, r := range rules {
		hit := asked.Intersect(flow.SpaceOf(r.must...)).Minus(met[r.rule.Collection])
		if hit.IsEmpty() {
			continue
		}
		twice = twice.Union(hit.Intersect(all.Minus(met[r.rule.Collection])))
		met[r.rule.Collection] = met[r.rule.Collection].Union(hit)
		all = all.Union(hit)
		parts = append(parts, natPart{r.rule, hit.Cubes()})
	}
	if !twice.IsEmpty() {
		for i := range parts {
			parts[i].packets = flow.SpaceOf(parts[i].packets...).Minus(twice).Cubes()
		}
	}
	return parts, twice.Cubes(), asked.Minus(all).Cubes()
}

// sentOn are packets that a NAT rule matches: under the reading in which a network
// rule that denies comes first, such a rule may stop them (P-22).
func (f *Fabric) sentOn(firewall *azure.AzureFirewall, r *azure.FirewallRule, packets []flow.Cube) []Translation {
	to, known := r.TranslatedAddress.Known()
	port, alsoKnown := r.TranslatedPort.Known()
	if !known || !alsoKnown {
		h := natHop(r, Unknown)
		h.Note = fmt.Sprintf("where NAT rule %s sends packets is not known (P-23b)", r.Name)
		return []Translation{{Outcome: Outcome{Packets: packets, Effect: Doubtful, Reasons: []string{h.Note}, Hops: []Hop{h}}}}
	}
	h := natHop(r, Translate)
	h.Note = fmt.Sprintf("NAT rule, to %v port %d", to, port)
	var out []Translation
	for _, c := range packets {
		sent := c
		sent.Destination, sent.DestinationPorts = flow.Host(to), flow.Ports(uint16(port))
		for _, o := range f.compiled(firewall).network.Split([]flow.Cube{sent}, false) {
			o = o.Widen()
			t := Translation{Outcome: Outcome{Hops: []Hop{h}, Touches: o.Touches}, To: to, Port: uint16(port)}
			if o.Effect != Pass || o.Touches != (Touches{}) { // it may be denied where both readings are others
				t.Touches.add(DNATThenNetworkDeny, DNATThenNetworkDeny.allValues())
				if f.assumptions.Value(DNATThenNetworkDeny) == "denyOverrides" {
					t.Effect, t.Hops, t.Reasons = o.Effect, o.Hops, o.Reasons
				}
			}
			t.Packets = o.Packets
			for _, part := range f.detected(Gate{Firewall: firewall}, f.compiled(firewall).detection, t.Outcome) {
				own := t
				own.Outcome, own.Packets = part, nil
				for _, s := range part.Packets {
					s.Destination, s.DestinationPorts = c.Destination, c.DestinationPorts
					own.Packets = append(own.Packets, s)
				}
				out = append(out, own)
			}
		}
	}
	return out
}

func natHop(r *azure.FirewallRule, d Decision) Hop {
	return Hop{Kind: KindFirewallRule, Decision: d, Resource: r.Collection.ID, Address: r.Collection.Label(), Name: r.Name,
		Priority: r.Collection.Priority.Or(0), At: r.At, Note: "NAT rule"}
}
