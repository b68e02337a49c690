package fabric

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// KindPrivateEndpoint is a private endpoint.
const KindPrivateEndpoint Kind = "privateEndpoint"

// InterfaceEndpoint is the next hop of a private endpoint's own route (PE-3).
const InterfaceEndpoint NextHop = "InterfaceEndpoint"

// endpointPart is a private endpoint in one subnet that it is, or may be, in.
type endpointPart struct {
	endpoint *azure.PrivateEndpoint
	subnet   *azure.Subnet
	// at is what is known of the addresses it has there.
	at Bounds
}

// findEndpoints is the private endpoints of every subnet.
func (f *Fabric) findEndpoints() map[*azure.Subnet][]endpointPart {
	parts := map[*azure.Subnet][]endpointPart{}
	for _, e := range f.network.PrivateEndpoints {
		for _, s := range f.network.Subnets() {
			if e.Subnet.ID != "" && s.ID != e.Subnet.ID {
				continue
			}
			if at := f.endpointAddresses(e, s); !at.May.IsEmpty() {
				parts[s] = append(parts[s], endpointPart{e, s, at})
			}
		}
	}
	return parts
}

// endpointAddresses is what is known of the addresses of an endpoint in a
// subnet: those that are stated and, unless these are all, any that no
// interface has.
func (f *Fabric) endpointAddresses(e *azure.PrivateEndpoint, s *azure.Subnet) Bounds {
	var stated flow.AddressSetBuilder
	complete := len(e.PrivateAddresses) > 0
	for _, a := range e.PrivateAddresses {
		if address, ok := a.Known(); ok {
			stated.AddSet(flow.Host(address))
		} else {
			complete = false
		}
	}
	own, all := f.endpointInterfaces(e)
	stated.AddSet(own)
	subnet := f.Addresses(s)
	has := stated.Set().Intersect(f.held(s))
	if complete || all {
		return exactly(has)
	}
	var taken flow.AddressSetBuilder
	for _, c := range f.configurationsIn(s) {
		if address, ok := c.PrivateIPAddress.Known(); ok {
			taken.AddSet(flow.Host(address))
		}
	}
	free := subnet.Minus(taken.Set()).Minus(has)
	why := fmt.Sprintf("the address may be that of private endpoint %s, which Azure chooses", e.Label())
	return exactly(has).union(doubtful(free, why))
}

// endpointInterfaces is the addresses of the interfaces that Azure made for an
// endpoint, and whether they are all it has.
func (f *Fabric) endpointInterfaces(e *azure.PrivateEndpoint) (own flow.AddressSet, all bool) {
	var b flow.AddressSetBuilder
	all = len(e.NetworkInterfaces) > 0
	for _, ref := range e.NetworkInterfaces {
		nic, ok := f.network.NetworkInterface(ref.ID)
		if !ok || len(nic.IPConfigurations) == 0 {
			all = false
			continue
		}
		for _, c := range nic.IPConfigurations {
			_, known := c.PrivateIPAddress.Known()
			all = all && known
			b.AddSet(f.configuration(c).Must)
		}
	}
	return b.Set(), all
}

// privateLayers are the routes of the private endpoints in the network and
// its peers (PE-3). A user route takes them away only where it is long enough
// (PE-4).
func (p *place) privateLayers(user []*layer) []*layer {
	f := p.fabric
	layers := p.layersOf(p.vnet, nil, user)
	for _, link := range f.links(p.vnet) {
		s, remote := f.linkState(link), f.Remote(link)
		if s.is == no || remote == nil {
			continue
		}
		why := s.why
		covered := f.remoteSpace(link).Must
		for _, l := range p.layersOf(remote, link, user) {
			open := l.May.Minus(covered)
			if s.is == maybe {
				open = l.May
			} else if !open.IsEmpty() {
				why = fmt.Sprintf("whether the route of private endpoint %s comes over peering %s, which leaves the address out, is not documented", l.route.Name, link.Name)
			}
			if !open.IsEmpty() {
				l.Bounds = exactly(l.Must.Minus(open)).union(Bounds{May: l.May, Doubts: append(l.Doubts, Doubt{open, why})})
			}
			layers = append(layers, l)
		}
	}
	return layers
}

// layersOf are the routes of the private endpoints of one network, reached
// over the link or, without one, within it.
func (p *place) layersOf(v *azure.VirtualNetwork, link *azure.Peering, user []*layer) []*layer {
	f := p.fabric
	var layers []*layer
	for _, s := range v.Subnets {
		for _, part := range f.endpoints[s] {
			route := &Route{Name: part.endpoint.Name, Hop: InterfaceEndpoint, Peering: link, Endpoint: part.endpoint}
			for _, family := range part.at.May.Families() {
				only := flow.AllAddresses().Only(family).Union(f.points.own.Only(family))
				b := part.at.intersect(only)
				layers = append(layers, &layer{route: route, bits: hostBits(family), exact: true, rank: rankNetwork, Bounds: b.minus(f.overruled(part, user))})
			}
		}
	}
	return layers
}

func hostBits(f flow.Family) int {
	if f == flow.IPv6 {
		return 128
	}
	return 32
}

// overruled is what is known of the addresses of an endpoint whose own route
// gives way to a user route: with the policy for route tables to one that is at
// least as long as the prefix of the network's space, without it to one of a
// single address, which wins by the order of selection (PE-4).
func (f *Fabric) overruled(part endpointPart, user []*layer) Bounds {
	policy, why := endpointPolicy(part.subnet, "RouteTableEnabled")
	var gone Bounds
	if policy == no {
		return gone
	}
	for _, u := range user {
		for _, v := range part.subnet.VirtualNetwork.AddressSpace {
			prefix, ok := v.Known()
			within := f.anywhere().May
			if ok {
				within = flow.Prefix(prefix).Union(f.points.own)
			}
			switch here := u.Bounds.intersect(within); {
			case ok && u.exact && u.bits < prefix.Bits():
			case ok && u.exact && policy == yes:
				gone = gone.union(here)
			default:
				reason := cmp.Or(why, "whether route "+u.route.Name+" is long enough to take the route of the private endpoint away is not known")
				gone = gone.union(doubtful(here.May, reason))
			}
		}
	}
	return gone
}

// endpointPolicy tells whether a policy holds for the private endpoints of a
// subnet (PE-1).
func endpointPolicy(s *azure.Subnet, policy string) (ternary, string) {
	v := s.PrivateEndpointNetworkPolicies
	if v.Unknown != nil {
		return maybe, fmt.Sprintf("which network policies hold for the private endpoints of %s is not known: %s", s.Name, v.Unknown.Why)
	}
	switch text := strings.ToLower(v.V); text {
	case "", "disabled":
		return no, ""
	case "enabled", strings.ToLower(policy):
		return yes, ""
	case "networksecuritygroupenabled", "routetableenabled":
		return no, ""
	}
	return maybe, fmt.Sprintf("the privateEndpointNetworkPolicies %q of %s are not one of the documented values", v.V, s.Name)
}

// EndpointsIn is what is known of the addresses that the private endpoints of a
// subnet have.
func (f *Fabric) EndpointsIn(s *azure.Subnet) Bounds {
	var all Bounds
	for _, part := range f.endpoints[s] {
		all = all.union(part.at)
	}
	return all
}

// ToEndpoint is what the private endpoints of a subnet do with packets: they
// are known to take TCP and UDP only.
func (f *Fabric) ToEndpoint(s *azure.Subnet) Stage { return toEndpoint{f, s} }

type toEndpoint struct {
	fabric *Fabric
	subnet *azure.Subnet
}

func (d toEndpoint) Split(packets []flow.Cube, _ bool) []Outcome {
	var out []Outcome
	taken := d.fabric.everyPacket()
	taken.Protocols = flow.Protocols(flow.TCP, flow.UDP)
	for _, part := range d.fabric.endpoints[d.subnet] {
		var here []flow.Cube
		here, packets = ByDestination(packets, part.at.May)
		known, others := match(here, taken)
		out = append(out, Outcome{Packets: known})
		const why = "what a private endpoint does with protocols other than TCP and UDP is not documented"
		out = append(out, Outcome{Packets: others, Effect: Doubtful, Reasons: []string{why}, Hops: []Hop{endpointHop(part.endpoint, Unknown, why)}})
	}
	return nonEmpty(append(out, Outcome{Packets: packets}))
}

// EndpointAt is the hop of a private endpoint that has, or may have, an address
// of a set.
func (f *Fabric) EndpointAt(s *azure.Subnet, addresses flow.AddressSet, d Decision, why string) Hop {
	parts := f.endpoints[s]
	i := slices.IndexFunc(parts, func(p endpointPart) bool { return p.at.May.Overlaps(addresses) })
	return endpointHop(parts[max(i, 0)].endpoint, d, why)
}

func endpointHop(e *azure.PrivateEndpoint, d Decision, why string) Hop {
	return Hop{Kind: KindPrivateEndpoint, Decision: d, Resource: e.ID, Address: e.Label(), Name: e.Name, At: e.At, Note: why}
}

// Filtered tells whether security groups decide about packets to the private
// endpoints of a subnet (PE-2); it is not certain where why says so.
func (f *Fabric) Filtered(s *azure.Subnet) (filtered bool, why string) {
	is, why := endpointPolicy(s, "NetworkSecurityGroupEnabled")
	return is == yes, why
}

// InboundEndpoint are the security groups that packets to private endpoints of
// a subnet meet where its policies say so.
func (f *Fabric) InboundEndpoint(s *azure.Subnet) []Stage {
	return f.groupStages(s, azure.Inbound, atEndpoint)
}

// atEndpoint is the variant of a group that decides about private endpoints.
const atEndpoint = "private endpoint"

// compileEndpoint compiles a group as it decides about packets to private
// endpoints.
func (f *Fabric) compileEndpoint(group *azure.NetworkSecurityGroup, missing *azure.Unknown, at *place) *Policy {
	if missing != nil {
		return f.compileGroup(group, missing, azure.Inbound, at, nil)
	}
	var entries []*entry
	for _, u := range group.UnknownRules {
		entries = append(entries, f.unknownEntry(fmt.Sprintf("not all rules of %s are known: %s", group.Label(), u.Why)))
	}
	for _, r := range effectiveRules(group, azure.Inbound) {
		e := f.compileRule(f.endpointPorts(r), at)
		e.rule = r
		if severalRanges(r) {
			e.stakes.add(EndpointPortRanges, EndpointPortRanges.allValues(), f.everyPacket())
		}
		entries = append(entries, e)
	}
	return f.newPolicy(group, azure.Inbound, entries)
}

// endpointPorts are the ports of a rule that count at a private endpoint: as
// written or, as in the preview, of several ranges the first where it allows
// and every port where it denies (PE-6).
func (f *Fabric) endpointPorts(r *azure.SecurityRule) *azure.SecurityRule {
	if f.assumptions.Value(EndpointPortRanges) == "all" {
		return r
	}
	changed := *r
	for _, p := range []*azure.Ports{&changed.SourcePorts, &changed.DestinationPorts} {
		if len(p.Terms) < 2 {
			continue
		}
		if access, known := r.Access.Known(); known && access == azure.Allow {
			p.Terms = p.Terms[:1]
		} else {
			p.Terms = []azure.PortTerm{{First: 0, Last: 65535}}
		}
	}
	return &changed
}

// severalRanges reports whether a rule has several ranges of ports.
func severalRanges(r *azure.SecurityRule) bool {
	return len(r.SourcePorts.Terms) > 1 || len(r.DestinationPorts.Terms) > 1
}
