package azure

import "strings"

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

func (h *HubConnection) facts() []fact {
	return []fact{{name: "virtualHub", text: strings.ToLower(h.Hub), at: h.At}, refFact("remoteVirtualNetwork", h.Network)}
}

func (l *LoadBalancer) facts() []fact {
	part := func(name string, texts []string) fact { return fact{name: name, text: joined(texts), at: l.At} }
	return []fact{
		optionalFact("sku", l.SKU),
		part("frontendIPConfigurations", texts(l.Frontends, func(f *Frontend) []string {
			return []string{f.Name, refText(f.PublicIPAddress), refText(f.PublicIPPrefix), refText(f.Subnet)}
		})),
		part("backendAddressPools", texts(l.BackendPools, func(p *BackendPool) []string {
			return []string{p.Name, listFact("", p.Addresses).text}
		})),
		part("loadBalancingRules", texts(l.Rules, (*BalancerRule).texts)),
		part("inboundNatRules", texts(l.InboundNATRules, (*BalancerRule).texts)),
		part("outboundRules", texts(l.OutboundRules, func(r *OutboundRule) []string {
			return []string{r.Name, refText(r.Pool), refsFact("", r.Frontends).text, valueText(r.Protocol)}
		})),
		part("probes", texts(l.Probes, func(p *Probe) []string { return []string{p.Name, valueText(p.Protocol), valueText(p.Port)} })),
	}
}

func (r *BalancerRule) texts() []string {
	return []string{
		r.Name, refText(r.Frontend), valueText(r.Protocol), valueText(r.FrontendPort), valueText(r.LastFrontendPort), valueText(r.BackendPort),
		valueText(r.FloatingIP), valueText(r.DisableOutboundSNAT), refsFact("", r.Pools).text, refText(r.Probe),
	}
}

// texts is the text of each part of a resource.
func texts[T any](list []T, of func(T) []string) []string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = strings.ToLower(strings.Join(of(e), " "))
	}
	return out
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
