package azure

import (
	"strconv"
	"strings"
)

func (e *PrivateEndpoint) facts() []fact {
	services := make([]string, len(e.Services))
	for i, s := range e.Services {
		services[i] = refText(s.Service) + " " + listFact("", s.GroupIDs).text
	}
	return []fact{
		refFact("subnet", e.Subnet),
		listFact("privateIPAddresses", e.PrivateAddresses),
		{name: "connections", text: joined(services), at: e.At},
		refsFact("applicationSecurityGroups", e.ApplicationSecurityGroups),
	}
}

func (g *Gateway) facts() []fact {
	return []fact{
		optionalFact("gatewayType", g.Kind),
		optionalFact("sku", g.SKU),
		refsFact("subnets", g.Subnets),
		refsFact("publicIPAddresses", g.PublicIPAddresses),
		defaultFact("enableBgp", g.EnableBGP, false),
		optionalFact("asn", g.ASN),
		listFact("vpnClientAddressPool", g.ClientAddresses),
	}
}

func (g *LocalGateway) facts() []fact {
	return []fact{listFact("localNetworkAddressSpace", g.AddressSpace), valueFact("gatewayIpAddress", g.Address), optionalFact("asn", g.ASN)}
}

func (c *GatewayConnection) facts() []fact {
	return []fact{
		valueFact("connectionType", c.Kind), refFact("virtualNetworkGateway1", c.Gateway), refFact("peer", c.Peer),
		defaultFact("enableBgp", c.EnableBGP, false),
	}
}

func (l *LoadBalancer) facts() []fact {
	frontends := make([]string, len(l.Frontends))
	for i, f := range l.Frontends {
		frontends[i] = strings.Join([]string{strings.ToLower(f.Name), refText(f.PublicIPAddress), refText(f.PublicIPPrefix), refText(f.Subnet)}, " ")
	}
	return []fact{
		optionalFact("sku", l.SKU),
		{name: "frontendIPConfigurations", text: joined(frontends), at: l.At},
		listFact("backendAddressPools", l.BackendPools),
		{name: "rules", text: strconv.Itoa(l.Rules), at: l.At},
		{name: "outboundRules", text: strconv.Itoa(l.OutboundRules), at: l.At},
		{name: "inboundNatRules", text: strconv.Itoa(l.InboundNATRules), at: l.At},
	}
}

func (r *AdminRule) facts() []fact {
	return []fact{
		valueFact("direction", r.Direction), valueFact("access", r.Access), valueFact("priority", r.Priority), valueFact("protocol", r.Protocol),
		{name: "sources", text: adminText(r.Sources), at: r.At},
		{name: "destinations", text: adminText(r.Destinations), at: r.At},
		{name: "source ports", text: r.SourcePorts.text(), at: r.SourcePorts.At},
		{name: "destination ports", text: r.DestinationPorts.text(), at: r.DestinationPorts.At},
	}
}

func (c *AdminConfiguration) facts() []fact {
	return []fact{refFact("manager", c.Manager), listFact("applyOnNetworkIntentPolicyBasedServices", c.IntentPolicies)}
}

func (c *AdminCollection) facts() []fact {
	return []fact{refFact("configuration", c.Configuration), refsFact("appliesToGroups", c.NetworkGroups)}
}

func (g *NetworkGroup) facts() []fact { return nil }

func (m *NetworkGroupMember) facts() []fact {
	return []fact{refFact("group", m.Group), refFact("resourceId", m.Member)}
}

func adminText(list []AdminAddress) string {
	texts := make([]string, len(list))
	for i, a := range list {
		texts[i] = valueText(a.Kind) + " " + valueText(a.Text)
	}
	return joined(texts)
}
