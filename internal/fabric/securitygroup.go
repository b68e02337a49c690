package fabric

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// entry is one rule of a group as compiled for a place and direction. It
// matches all packets of must and none outside may.
type entry struct {
	// rule is nil for the entry that stands for rules of which nothing is
	// known.
	rule *azure.SecurityRule
	// firewallRule is set instead for a rule of a firewall.
	firewallRule *azure.FirewallRule
	// adminRule is set beside rule for a security admin rule.
	adminRule *azure.AdminRule
	must, may []flow.Cube
	access    azure.Access // empty when not known
	priority  int
	anywhere  bool // the priority is not known
	doubts    []cubeDoubt
	stakes    Stakes
}

// cubeDoubt says why it is not known whether a rule decides about packets.
type cubeDoubt struct {
	where flow.Cube
	why   string
}

func (e *entry) certain() bool { return len(e.doubts) == 0 }

// effectiveRules lists the rules of a group for one direction in the order in
// which they are evaluated: by priority, smaller first, the default rules last
// (NSG-4, NSG-19, NSG-21). Rules of unknown priority come first, those of
// unknown direction are in both lists.
func effectiveRules(group *azure.NetworkSecurityGroup, direction azure.Direction) []*azure.SecurityRule {
	var rules []*azure.SecurityRule
	for _, r := range group.Rules {
		if d, ok := r.Direction.Known(); !ok || d == direction {
			rules = append(rules, r)
		}
	}
	rules = append(rules, azure.DefaultRules(direction)...)
	slices.SortStableFunc(rules, func(a, b *azure.SecurityRule) int {
		return cmp.Compare(a.Priority.Or(0), b.Priority.Or(0))
	})
	return rules
}

// compileGroup compiles a group for a place and direction. A group that is
// missing has unknown rules only. The network interface is one that forwards packets
// of others, nil where all are its own.
func (f *Fabric) compileGroup(group *azure.NetworkSecurityGroup, missing *azure.Unknown, direction azure.Direction, at *place, by *azure.NetworkInterface) *Policy {
	var entries []*entry
	if missing != nil {
		why := "the security group " + missing.Name + " is not known: " + missing.Why
		entries = append(entries, f.unknownEntry(why))
		return f.newPolicy(nil, direction, entries)
	}
	for _, u := range group.UnknownRules {
		entries = append(entries, f.unknownEntry(fmt.Sprintf("not all rules of %s are known: %s", group.Label(), u.Why)))
	}
	for _, r := range effectiveRules(group, direction) {
		e := f.compileRuleAt(r, at, f.forwarderSide(r, direction, by))
		if e.certain() && !e.anywhere && e.access == azure.Deny {
			for _, k := range e.stakes {
				k.denier = r
			}
		}
		entries = append(entries, e)
	}
	return f.newPolicy(group, direction, entries)
}

// unknownEntry stands for rules of which nothing is known, which may be none.
func (f *Fabric) unknownEntry(why string) *entry {
	every := f.everyPacket()
	return &entry{may: []flow.Cube{every}, anywhere: true, doubts: []cubeDoubt{{every, why}}}
}

// EveryAddress is every address of both families, known or not: the points of
// the network and of the tags without data are in it.
func (f *Fabric) EveryAddress() flow.AddressSet { return f.points.everything }

// everyPacket is every packet, between known addresses or not.
func (f *Fabric) everyPacket() flow.Cube {
	all := f.EveryAddress()
	return flow.Cube{Source: all, Destination: all, Protocols: flow.AllProtocols(), SourcePorts: flow.AllPorts(), DestinationPorts: flow.AllPorts()}
}

// compileRule compiles one rule (NSG-16): every field is bounded apart, and
// the rule is their product.
func (f *Fabric) compileRule(r *azure.SecurityRule, at *place) *entry {
	return f.compileRuleAt(r, at, nil)
}

// compileRuleAt compiles a rule of which one side, if not nil, is another one than
// its text says.
func (f *Fabric) compileRuleAt(r *azure.SecurityRule, at *place, near *nearSide) *entry {
	e := &entry{rule: r}
	var open addressStakes
	source := f.side(r.Source, at, &open)
	destination := f.side(r.Destination, at, &open)
	switch {
	case near != nil && near.end == &r.Source:
		source = near.Bounds
	case near != nil:
		destination = near.Bounds
	}
	f.noteStakes(e, r, f.match(e, r, source, destination), open)
	f.licensing(e, r)

	access, ok := r.Access.Known()
	e.access = access
	if !ok {
		e.doubt(fmt.Sprintf("whether rule %s allows or denies is not known: %s", r.Name, whyUnknown(r.Access.Unknown)))
	}
	e.priority, ok = r.Priority.Known()
	if !ok {
		e.anywhere = true
		e.doubt(fmt.Sprintf("the priority of rule %s is not known: %s", r.Name, whyUnknown(r.Priority.Unknown)))
	}
	if _, ok := r.Direction.Known(); !ok {
		e.must = nil
		e.doubt(fmt.Sprintf("the direction of rule %s is not known: %s", r.Name, whyUnknown(r.Direction.Unknown)))
	}
	return e
}

// match fills in the packets an entry matches, for these addresses and the
// rule's protocol and ports, and returns those that its text may match.
func (f *Fabric) match(e *entry, r *azure.SecurityRule, source, destination Bounds) (may flow.Cube) {
	protocols, maybeProtocols := f.protocols(r)
	sourcePorts, maybeSourcePorts := ports(r.SourcePorts)
	destinationPorts, maybeDestinationPorts := ports(r.DestinationPorts)
	must := flow.Cube{Source: source.Must, Destination: destination.Must, Protocols: protocols, SourcePorts: sourcePorts, DestinationPorts: destinationPorts}
	may = flow.Cube{Source: source.May, Destination: destination.May, Protocols: maybeProtocols, SourcePorts: maybeSourcePorts, DestinationPorts: maybeDestinationPorts}
	e.must = cubes(must)
	if source.plain() && destination.plain() && protocols.Equal(maybeProtocols) && sourcePorts.Equal(maybeSourcePorts) && destinationPorts.Equal(maybeDestinationPorts) {
		e.may = e.must
	} else {
		e.may = cubes(may)
	}
	f.icmpTypes(e, r, must, may)
	for _, d := range source.open() {
		e.doubtWhere(func(c *flow.Cube) { c.Source = d.Where }, d.Why)
	}
	for _, d := range destination.open() {
		e.doubtWhere(func(c *flow.Cube) { c.Destination = d.Where }, d.Why)
	}
	if u := r.Protocol.Unknown; u != nil {
		e.doubt(fmt.Sprintf("the protocol of rule %s is not known: %s", r.Name, u.Why))
	}
	for _, list := range []azure.Ports{r.SourcePorts, r.DestinationPorts} {
		for _, term := range list.Terms {
			if term.Unknown != nil {
				e.doubt(fmt.Sprintf("the ports of rule %s are not known: %s", r.Name, term.Unknown.Why))
			}
		}
	}
	return may
}

// protocols is what is known of the protocols a rule matches (NSG-5). "*" is
// every protocol (NSG-6); Icmp is not ICMPv6 (NSG-31).
func (f *Fabric) protocols(r *azure.SecurityRule) (must, may flow.ProtocolSet) {
	p, ok := r.Protocol.Known()
	if !ok {
		return flow.ProtocolSet{}, flow.AllProtocols()
	}
	if n, named := p.Number(); named {
		return flow.Protocols(n), flow.Protocols(n)
	}
	set := flow.AllProtocols()
	if f.assumptions.Value(StarIncludesESPAH) == "false" {
		set = set.Minus(flow.Protocols(flow.ESP, flow.AH))
	}
	return set, set
}

// ports is what is known of a list of ports (NSG-7). A cube with ports holds
// no packet without ports, which is how NSG-17 (a) and NSG-18 come out.
func ports(p azure.Ports) (must, may flow.PortSet) {
	for _, term := range p.Terms {
		if term.Unknown != nil {
			may = flow.AllPorts()
			continue
		}
		must = must.Union(flow.PortRange(term.First, term.Last))
	}
	return must, may.Union(must)
}

// icmpTypes adds the ICMP packets that a rule with ports matches where its
// destination port is read as the ICMP type (NSG-17 b). The type is no part of
// a set of packets, so only a rule for every type matches for certain.
func (f *Fabric) icmpTypes(e *entry, r *azure.SecurityRule, must, may flow.Cube) {
	if !readsTypes(may) || f.assumptions.Value(ICMPPorts) != "type" {
		return
	}
	e.may = appendCube(slices.Clip(e.may), typed(may))
	if must.SourcePorts.IsAll() && allTypes.SubsetOf(must.DestinationPorts) {
		e.must = appendCube(slices.Clip(e.must), typed(must))
		return
	}
	why := fmt.Sprintf("the ports of rule %s are compared with the ICMP type, which is not part of the question", r.Name)
	e.doubts = append(e.doubts, cubeDoubt{typed(may), why})
}

// allTypes are the ICMP types as ports.
var allTypes = flow.PortRange(0, 255)

// readsTypes reports whether icmp.ports matters for a rule of these fields: it
// is about ICMP and its destination ports can be types.
func readsTypes(c flow.Cube) bool {
	return c.Protocols.Contains(flow.ICMP) && c.SourcePorts.IsAll() && !c.DestinationPorts.IsAll() && c.DestinationPorts.Overlaps(allTypes)
}

// typed is the ICMP packets of a rule, whatever their type.
func typed(c flow.Cube) flow.Cube {
	c.Protocols, c.DestinationPorts = c.Protocols.Intersect(flow.Protocols(flow.ICMP)), flow.AllPorts()
	return c
}

// noteStakes notes for which packets the open points that the rule meets
// matter. Several may matter only together, so each is taken under the widest
// reading of the others.
func (f *Fabric) noteStakes(e *entry, r *azure.SecurityRule, may flow.Cube, open addressStakes) {
	any := may
	any.Source, any.Destination = f.points.everything, f.points.everything
	star := r.Protocol.V == azure.AnyProtocol
	if star {
		any.Protocols = flow.AllProtocols()
	}
	var widest flow.Cube
	if star || readsTypes(any) {
		widest = any
		widest.Source, widest.Destination = may.Source, may.Destination
		for _, k := range open {
			widest.Source, widest.Destination = f.union(widest.Source, k.where), f.union(widest.Destination, k.where)
		}
	}
	if star {
		secured := widest
		secured.Protocols = flow.Protocols(flow.ESP, flow.AH)
		e.stakes.add(StarIncludesESPAH, StarIncludesESPAH.allValues(), secured)
	}
	readings := []flow.Cube{any}
	if readsTypes(any) {
		e.stakes.add(ICMPPorts, ICMPPorts.allValues(), typed(widest))
		readings = append(readings, typed(any))
	}
	for _, k := range open {
		opposite := f.opposite(k.where)
		for _, c := range readings {
			from, to := c, c
			from.Source, from.Destination = k.where, opposite
			to.Source, to.Destination = opposite, k.where
			e.stakes.add(k.change, k.values, from)
			e.stakes.add(k.change, k.values, to)
		}
	}
}

// opposite is every address of the families of a set.
func (f *Fabric) opposite(s flow.AddressSet) flow.AddressSet {
	families := s.Families()
	if len(families) != 1 {
		return f.points.everything
	}
	return f.only(families[0])
}

// union is that of two sets, the same for the many rules that have both.
func (f *Fabric) union(a, b flow.AddressSet) flow.AddressSet {
	if b.SubsetOf(a) { // without the cost of a copy
		return a
	}
	return f.unions.of([2]flow.AddressSet{a, b}, func() flow.AddressSet { return a.Union(b) })
}

// doubt notes that it is not known what the whole rule does.
func (e *entry) doubt(why string) { e.doubtWhere(func(*flow.Cube) {}, why) }

// doubtWhere notes that it is not known what a part of the rule does, ICMP
// packets that it matches by type included.
func (e *entry) doubtWhere(narrow func(*flow.Cube), why string) {
	for _, c := range e.may {
		if narrow(&c); !c.Normal().IsEmpty() {
			e.doubts = append(e.doubts, cubeDoubt{c.Normal(), why})
		}
	}
}

// cubes is a list of the cube, none if it is empty.
func cubes(c flow.Cube) []flow.Cube { return appendCube(nil, c) }

// appendCube adds a cube unless it is empty.
func appendCube(list []flow.Cube, c flow.Cube) []flow.Cube {
	if c = c.Normal(); c.IsEmpty() {
		return list
	}
	return append(list, c)
}
