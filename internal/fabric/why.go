package fabric

import (
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// Skipped is a rule that comes before the one that decided, with what of it does
// not fit the packet.
type Skipped struct {
	Name     string
	Priority int
	At       azure.Position
	// Misses are the fields that do not fit, as the rule has them: "destination
	// port 443".
	Misses []string
	// Unknown says that it is not known whether the rule matches.
	Unknown bool
}

// Why lists the rules that a hop's security group or firewall asks about a packet
// before the one that decides, in order. It is empty for hops of other kinds. The
// packet is as the group sees it, and the host the name that its client asks for,
// if somebody tells.
func (f *Fabric) Why(h Hop, p flow.Packet, host string) []Skipped {
	policy := f.policyOf(h, p, host)
	if policy == nil {
		return nil
	}
	entries := slices.Clone(policy.entries)
	slices.SortStableFunc(entries, func(a, b *entry) int { return a.priority - b.priority })
	var list []Skipped
	for _, e := range entries {
		name, priority, at := e.told()
		if decided(h, e, name) {
			return list
		}
		if name == "" {
			continue
		}
		s := Skipped{Name: name, Priority: priority, At: at, Misses: e.misses(p)}
		if r := e.firewallRule; r != nil && host != "" && r.Kind == azure.ApplicationRule && (Named{Host: host}).hit(r) == no {
			s.Misses = []string{"name " + namesText(r)}
		}
		if may := slices.ContainsFunc(e.may, func(c flow.Cube) bool { return c.Contains(p) }); len(s.Misses) == 0 && !may {
			s.Misses = []string{"protocol and port together"}
		}
		s.Unknown = len(s.Misses) == 0
		list = append(list, s)
	}
	return list
}

// Translated is a packet behind a hop that translates it, as the groups there see
// it: a NAT rule's receiver, and one address of a firewall's instances for all
// that the firewall can give it (S-01).
func (f *Fabric) Translated(h Hop, p flow.Packet) flow.Packet {
	if h.Decision != Translate {
		return p
	}
	for _, firewall := range f.network.AzureFirewalls {
		for _, r := range f.compiled(firewall).translations {
			if h.Kind == KindFirewallRule && r.rule.Collection.ID == h.Resource && r.rule.Name == h.Name {
				to, _ := r.rule.TranslatedAddress.Known()
				port, _ := r.rule.TranslatedPort.Known()
				p.Destination, p.DestinationPort = flow.AddressOf(to), uint16(port)
				return f.fromInstance(firewall, p)
			}
		}
		if h.Kind == KindNAT && firewall.ID == h.Resource {
			return f.fromInstance(firewall, p)
		}
	}
	return p
}

// fromInstance gives a packet an address that an instance of a firewall can have.
func (f *Fabric) fromInstance(firewall *azure.AzureFirewall, p flow.Packet) flow.Packet {
	for _, c := range firewall.IPConfigurations {
		s, ok := f.network.Subnet(c.Subnet.ID)
		if !ok {
			continue
		}
		address, _ := c.PrivateIPAddress.Known()
		for first := range f.Instances(Gate{Firewall: firewall, Subnet: s, Address: address}).Ranges() {
			p.Source = flow.AddressOf(first)
			return p
		}
	}
	return p
}

// decided reports whether an entry is the rule of a hop.
func decided(h Hop, e *entry, name string) bool {
	if e.firewallRule != nil {
		return h.Name == name && h.Resource == e.firewallRule.Collection.ID
	}
	return h.Name == name
}

// told is how an entry is called.
func (e *entry) told() (name string, priority int, at azure.Position) {
	switch {
	case e.firewallRule != nil:
		return e.firewallRule.Name, e.firewallRule.Collection.Priority.Or(0), e.firewallRule.At
	case e.rule != nil:
		return e.rule.Name, e.rule.Priority.Or(0), e.rule.At
	}
	return "", 0, azure.Position{}
}

// policyOf finds the policy that a hop comes from, as far as the packet tells
// where it was asked.
func (f *Fabric) policyOf(h Hop, p flow.Packet, host string) *Policy {
	switch h.Kind {
	case KindFirewallRule, KindFirewallDefaultDeny:
		for _, firewall := range f.network.AzureFirewalls {
			rules := f.compiled(firewall)
			if rules.policy == nil {
				continue
			}
			if firewall.ID == h.Resource || slices.ContainsFunc(rules.policy.entries, func(e *entry) bool { return e.firewallRule.Collection.ID == h.Resource }) {
				return f.namedPolicy(firewall, Named{Host: host})
			}
		}
	case KindNSGRule, KindNSGDefaultRule, KindReturnPath:
		group, ok := f.network.NetworkSecurityGroup(h.Resource)
		if !ok {
			return nil
		}
		local := p.Source
		if h.Note == string(azure.Inbound) {
			local = p.Destination
		}
		if s := f.asked(group, local); s != nil {
			return f.policy(group, nil, azure.Direction(h.Note), f.placeOf(s), "")
		}
	}
	return nil
}

// asked is the subnet where a group is asked about packets from or to an address:
// the one that holds it, or at an appliance on the way, which no packet names, the
// only one the group is attached in.
func (f *Fabric) asked(group *azure.NetworkSecurityGroup, local flow.Address) *azure.Subnet {
	var only *azure.Subnet
	attached := 0
	for _, s := range f.network.Subnets() {
		if !f.attaches(s, group) {
			continue
		}
		if f.held(s).Contains(local) {
			return s
		}
		only, attached = s, attached+1
	}
	if attached == 1 {
		return only
	}
	return nil
}

// attaches reports whether a subnet or an interface in it has the group.
func (f *Fabric) attaches(s *azure.Subnet, group *azure.NetworkSecurityGroup) bool {
	if s.NetworkSecurityGroup.ID == group.ID {
		return true
	}
	return slices.ContainsFunc(f.network.NetworkInterfaces, func(nic *azure.NetworkInterface) bool {
		return nic.NetworkSecurityGroup.ID == group.ID && slices.ContainsFunc(nic.IPConfigurations, func(c *azure.IPConfiguration) bool { return c.Subnet.ID == s.ID })
	})
}

// misses are the fields of a rule that do not fit a packet. A field that the rule's
// text alone settles is judged by that: a side that holds nothing leaves no packets
// to judge the others by.
func (e *entry) misses(p flow.Packet) []string {
	fits := func(of func(flow.Cube) bool) bool { return slices.ContainsFunc(e.may, of) }
	w := e.written(p)
	var list []string
	miss := func(what, text string, fit bool) {
		if !fit {
			list = append(list, strings.TrimSpace(what+" "+text))
		}
	}
	miss("protocol", w.protocol, w.fits.protocol || fits(func(c flow.Cube) bool { return c.Protocols.Contains(p.Protocol) }))
	miss("source", w.source, w.fits.source || fits(func(c flow.Cube) bool { return c.Source.Contains(p.Source) }))
	miss("destination", w.destination, w.fits.destination || fits(func(c flow.Cube) bool { return c.Destination.Contains(p.Destination) }))
	if flow.HasPorts(p.Protocol) {
		miss("source port", w.sourcePorts, w.fits.sourcePorts || fits(func(c flow.Cube) bool { return c.SourcePorts.Contains(p.SourcePort) }))
		miss("destination port", w.ports, w.fits.ports || fits(func(c flow.Cube) bool { return c.DestinationPorts.Contains(p.DestinationPort) }))
	}
	return list
}

// written is a rule as its text has it, and which fields of the text fit a packet
// wherever the rule stands.
type written struct {
	protocol, source, destination, sourcePorts, ports string
	fits                                              struct{ protocol, source, destination, sourcePorts, ports bool }
}

func (e *entry) written(p flow.Packet) (w written) {
	in := func(list azure.Ports, port uint16) bool {
		must, _ := ports(list)
		return must.Contains(port)
	}
	switch r := e.firewallRule; {
	case e.rule != nil:
		r := e.rule
		w.protocol, w.source, w.destination = string(r.Protocol.V), sideText(r.Source), sideText(r.Destination)
		w.sourcePorts, w.ports = portsText(r.SourcePorts), portsText(r.DestinationPorts)
		n, named := r.Protocol.V.Number()
		w.fits.protocol = !named || n == p.Protocol
		w.fits.source, w.fits.destination = sideNames(r.Source, p.Source), sideNames(r.Destination, p.Destination)
		w.fits.sourcePorts, w.fits.ports = in(r.SourcePorts, p.SourcePort), in(r.DestinationPorts, p.DestinationPort)
	case r != nil:
		w.source, w.destination, w.ports = termsText(r.Source), termsText(r.Destination), portsText(r.DestinationPorts)
		var protocols []string
		for _, v := range r.Protocols {
			protocols = append(protocols, string(v.V))
		}
		if r.Kind == azure.ApplicationRule {
			protocols, w.ports = []string{string(azure.FirewallTCP)}, applicationPortsText(r)
		}
		w.protocol = strings.Join(protocols, " ")
		w.fits.source, w.fits.destination = termsName(r.Source, p.Source), termsName(r.Destination, p.Destination)
		w.fits.ports = in(r.DestinationPorts, p.DestinationPort)
		w.fits.sourcePorts = true // no rule of a firewall has any
	}
	return w
}

// sideNames reports whether a side holds an address by what is written there.
func sideNames(s azure.Side, a flow.Address) bool {
	for _, t := range s.Terms() {
		if t.Kind == azure.AnyAddress || t.Kind == azure.PrefixAddress && flow.Prefix(t.Prefix).Contains(a) {
			return true
		}
	}
	return false
}

// termsName is sideNames for a firewall.
func termsName(s azure.FirewallSide, a flow.Address) bool {
	return slices.ContainsFunc(s.Terms, func(t azure.FirewallTerm) bool {
		return t.Kind == azure.FirewallAnyAddress || t.Kind == azure.FirewallRange && flow.Range(t.First, t.Last).Contains(a)
	})
}

// applicationPortsText are the ports of an application rule.
func applicationPortsText(r *azure.FirewallRule) string {
	var set flow.PortSet
	_, may := applicationPorts(r)
	for _, t := range may {
		set = set.Union(t.ports)
	}
	return set.Folded(most)
}

// most is how many elements of a list a text names.
const most = 3

func listText(items []string) string {
	if len(items) > most {
		items = append(slices.Clone(items[:most]), "...")
	}
	return strings.Join(items, ",")
}

func sideText(s azure.Side) string {
	var items []string
	for _, t := range s.Terms() {
		items = append(items, t.Text)
	}
	return listText(items)
}

func termsText(s azure.FirewallSide) string {
	var items []string
	for _, t := range s.Terms {
		items = append(items, t.Text)
	}
	return listText(items)
}

func namesText(r *azure.FirewallRule) string {
	var items []string
	for _, v := range r.TargetFQDNs {
		items = append(items, v.Or("?"))
	}
	return listText(items)
}

func portsText(p azure.Ports) string {
	certain, _ := ports(p)
	return certain.Folded(most)
}
