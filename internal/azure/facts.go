package azure

import (
	"fmt"
	"slices"
	"strings"
)

// fact is one modelled field of a resource in a form that can be compared
// between two statements of it, whatever input they come from. Positions and
// spelling are no part of it; etag, provisioning state and the like are not
// modelled (decisions 29).
type fact struct {
	name string
	// text is the canonical form of the value, empty when it is not set.
	text string
	at   Position
	// optional marks a field whose absence says nothing about its value:
	// read-only fields, and those that older API versions do not have.
	optional bool
}

// thing is a resource that several inputs may state.
type thing interface {
	base() *Resource
	facts() []fact
}

func (r *Resource) base() *Resource { return r }

// difference finds the first field in which two statements of one resource
// disagree.
func difference(a, b thing) (left, right fact, differ bool) {
	fa, fb := a.facts(), b.facts()
	for i := range fa {
		left, right = fa[i], fb[i]
		if left.text == right.text || left.optional && (left.text == "" || right.text == "") {
			continue
		}
		return left, right, true
	}
	return fact{}, fact{}, false
}

func (v *VirtualNetwork) facts() []fact {
	return []fact{
		listFact("addressSpace", v.AddressSpace),
		listFact("dnsServers", v.DNSServers),
		{name: "location", text: v.Location.Or(""), at: v.Location.At, optional: true},
	}
}

func (s *Subnet) facts() []fact {
	endpoints := make([]string, len(s.ServiceEndpoints))
	for i, e := range s.ServiceEndpoints {
		endpoints[i] = valueText(e.Service) + "@" + listFact("locations", e.Locations).text
		if policies := refsFact("", e.Policies).text; policies != "" {
			endpoints[i] += " by " + policies
		}
	}
	return []fact{
		listFact("addressPrefixes", s.Prefixes),
		refFact("networkSecurityGroup", s.NetworkSecurityGroup),
		refFact("routeTable", s.RouteTable),
		refFact("natGateway", s.NATGateway),
		{name: "serviceEndpoints", text: joined(endpoints), at: s.At},
		listFact("delegations", s.Delegations),
		optionalFact("privateEndpointNetworkPolicies", s.PrivateEndpointNetworkPolicies),
		optionalFact("defaultOutboundAccess", s.DefaultOutboundAccess),
	}
}

func (p *Peering) facts() []fact {
	space := listFact("remoteAddressSpace", p.RemoteAddressSpace)
	space.optional = true
	return []fact{
		refFact("remoteVirtualNetwork", p.Remote),
		defaultFact("allowVirtualNetworkAccess", p.AllowVirtualNetworkAccess, true),
		defaultFact("allowForwardedTraffic", p.AllowForwardedTraffic, false),
		defaultFact("allowGatewayTransit", p.AllowGatewayTransit, false),
		defaultFact("useRemoteGateways", p.UseRemoteGateways, false),
		optionalFact("peeringState", p.State),
		space,
		defaultFact("peerCompleteVnets", p.PeerCompleteVnets, true),
		listFact("localSubnetNames", p.LocalSubnetNames),
		listFact("remoteSubnetNames", p.RemoteSubnetNames),
		defaultFact("enableOnlyIPv6Peering", p.OnlyIPv6, false),
	}
}

func (g *NetworkSecurityGroup) facts() []fact {
	return []fact{optionalFact("flushConnection", g.FlushConnection)}
}

func (r *SecurityRule) facts() []fact {
	return []fact{
		valueFact("direction", r.Direction),
		valueFact("access", r.Access),
		valueFact("priority", r.Priority),
		valueFact("protocol", r.Protocol),
		{name: "source", text: r.Source.text(), at: r.Source.At},
		{name: "source ports", text: r.SourcePorts.text(), at: r.SourcePorts.At},
		{name: "destination", text: r.Destination.text(), at: r.Destination.At},
		{name: "destination ports", text: r.DestinationPorts.text(), at: r.DestinationPorts.At},
	}
}

func (t *RouteTable) facts() []fact {
	return []fact{defaultFact("disableBgpRoutePropagation", t.DisableBGPRoutePropagation, false)}
}

func (r *Route) facts() []fact {
	return []fact{
		{name: "addressPrefix", text: r.Destination.key(), at: r.Destination.At},
		valueFact("nextHopType", r.NextHopType),
		valueFact("nextHopIpAddress", r.NextHopIPAddress),
		optionalFact("hasBgpOverride", r.HasBGPOverride),
	}
}

func (n *NetworkInterface) facts() []fact {
	configs := make([]string, len(n.IPConfigurations))
	for i, c := range n.IPConfigurations {
		configs[i] = c.text()
	}
	return []fact{
		refFact("networkSecurityGroup", n.NetworkSecurityGroup),
		defaultFact("enableIPForwarding", n.EnableIPForwarding, false),
		defaultFact("disableTcpStateTracking", n.DisableTCPStateTracking, false),
		{name: "ipConfigurations", text: joined(configs), at: n.At},
		{name: "virtualMachine", text: refText(n.VirtualMachine), at: n.VirtualMachine.At, optional: true},
		optionalFact("defaultOutboundConnectivityEnabled", n.DefaultOutbound),
	}
}

func (c *IPConfiguration) text() string {
	groups := make([]string, len(c.ApplicationSecurityGroups))
	for i, g := range c.ApplicationSecurityGroups {
		groups[i] = refText(g)
	}
	return strings.Join([]string{
		strings.ToLower(c.Name), valueText(c.PrivateIPAddress), refText(c.Subnet), refText(c.PublicIPAddress), joined(groups),
		refsFact("", c.BackendPools).text, refsFact("", c.InboundNATRules).text,
	}, " ")
}

func (g *ApplicationSecurityGroup) facts() []fact { return nil }

func (p *PublicIPAddress) facts() []fact {
	return []fact{optionalFact("ipAddress", p.IPAddress), optionalFact("sku", p.SKU), optionalFact("publicIPAllocationMethod", p.Allocation)}
}

func (m *ManagedService) facts() []fact {
	subnets := make([]string, len(m.Subnets))
	for i, s := range m.Subnets {
		subnets[i] = refText(s)
	}
	properties := make([]string, 0, len(m.Properties))
	for name, v := range m.Properties {
		properties = append(properties, strings.ToLower(name)+"="+strings.ToLower(valueText(v)))
	}
	return []fact{
		{name: "subnets", text: joined(subnets), at: m.At},
		{name: "properties", text: joined(properties), at: m.At},
	}
}

func valueFact[T any](name string, v Value[T]) fact {
	return fact{name: name, text: valueText(v), at: v.At}
}

func optionalFact[T any](name string, v Value[T]) fact {
	return fact{name: name, text: valueText(v), at: v.At, optional: true}
}

// defaultFact is a field that means its default when it is not set.
func defaultFact[T any](name string, v Value[T], otherwise T) fact {
	if !v.IsSet() {
		return fact{name: name, text: fmt.Sprint(otherwise)}
	}
	return valueFact(name, v)
}

func listFact[T any](name string, values []Value[T]) fact {
	f := fact{name: name}
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = valueText(v)
		if f.at.IsZero() {
			f.at = v.At
		}
	}
	f.text = joined(texts)
	return f
}

func refFact(name string, r Reference) fact { return fact{name: name, text: refText(r), at: r.At} }

func valueText[T any](v Value[T]) string {
	switch {
	case !v.IsSet():
		return ""
	case v.Unknown != nil:
		return unknownText(v.Unknown)
	}
	return strings.ToLower(fmt.Sprint(v.V))
}

func refText(r Reference) string {
	if r.Unknown != nil {
		return unknownText(r.Unknown)
	}
	return string(r.ID)
}

// joined is the canonical form of a list whose order has no meaning.
func joined(texts []string) string {
	sorted := slices.Clone(texts)
	slices.Sort(sorted)
	return strings.ToLower(strings.Join(sorted, ", "))
}

// key is the canonical form of one term.
func (t AddressTerm) key() string {
	switch t.Kind {
	case AnyAddress:
		return "*"
	case PrefixAddress:
		return t.Prefix.String()
	case TagAddress:
		return strings.ToLower(t.Tag)
	case GroupAddress:
		return string(t.Group.ID)
	}
	return unknownText(t.Unknown)
}

// unknownText names an unknown; a term that names none is like no other.
func unknownText(u *Unknown) string {
	if u == nil {
		return "unknown"
	}
	return "unknown " + u.Name
}

func (s Side) text() string {
	keys := make([]string, s.Len())
	for i, t := range s.Terms() {
		keys[i] = t.key()
	}
	return joined(keys)
}

func (p Ports) text() string {
	keys := make([]string, len(p.Terms))
	for i, t := range p.Terms {
		if t.Unknown != nil {
			keys[i] = unknownText(t.Unknown)
			continue
		}
		keys[i] = fmt.Sprintf("%d-%d", t.First, t.Last)
	}
	return joined(keys)
}
