package terraform

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

const (
	inlineSubnets = "subnet"
	policyIDs     = "service_endpoint_policy_ids"
	policyType    = "azurerm_subnet_service_endpoint_storage_policy"
)

// virtualNetwork reads azurerm_virtual_network, as a resource or as a data
// source. Its subnet list is like the security_rule list of a group: written
// inline, or last read from Azure.
func (r *reader) virtualNetwork(i *instance) {
	v := &azure.VirtualNetwork{
		Resource:     r.resource(i, azure.TypeVirtualNetwork),
		AddressSpace: prefixes(i, i.values, "address_space"),
		DNSServers:   parsedList(i.given("dns_servers"), azure.ParseAddr),
	}
	v.Location, _ = azure.Parsed(i.get("location").text(), azure.ParseLocation)
	r.inventory.VirtualNetworks = append(r.inventory.VirtualNetworks, v)
	if i.data {
		r.lookedUp(i, v)
		return
	}
	complete := r.ownsList(i, inlineSubnets) || !r.claimOf(v.ID, "azurerm_subnet").hasSeparate()
	for _, s := range r.inlineSubnets(i) {
		subnet := r.inlineSubnet(i, s)
		if complete {
			v.Subnets = append(v.Subnets, subnet)
			continue
		}
		if r.perhapsGone(subnet.Resource) != nil && r.overlapsSeparate(v.ID, subnet.Prefixes) {
			continue
		}
		r.inventory.Subnets = append(r.inventory.Subnets, azure.Child[*azure.Subnet]{Parent: ref(v.Resource), Resource: subnet})
	}
}

// overlapsSeparate reports whether a separate subnet of the network has some of
// the prefixes. Azure refuses overlapping subnets in one network, so a subnet
// that only the network's own list has is gone then.
func (r *reader) overlapsSeparate(network azure.ID, prefixes []azure.Value[netip.Prefix]) bool {
	for _, i := range r.instancesOf("azurerm_subnet") {
		if r.parentOf(i).ID != network {
			continue
		}
		for _, p := range subnetPrefixes(i, i.values) {
			separate, ok := p.Known()
			if ok && slices.ContainsFunc(prefixes, func(old azure.Value[netip.Prefix]) bool {
				known, ok := old.Known()
				return ok && known.Overlaps(separate)
			}) {
				return true
			}
		}
	}
	return false
}

// prefixes reads a list of prefixes. A network or subnet that takes its
// prefixes from a pool shows none: they are in the pool's block, or unknown.
func prefixes(i *instance, f field, attribute string) []azure.Value[netip.Prefix] {
	list := f.get(attribute)
	pool := f.get("ip_address_pool")
	if list.isSet() || !pool.isSet() {
		return parsedList(list, azure.ParsePrefix)
	}
	var values []azure.Value[netip.Prefix]
	for _, p := range pool.elements() {
		values = append(values, parsedList(p.get("allocated_ip_address_prefixes"), azure.ParsePrefix)...)
	}
	if len(values) == 0 {
		values = append(values, azure.NotKnown[netip.Prefix](list.openBecause("it comes from an address pool")))
	}
	return values
}

// inlined is a subnet in the list of its network.
type inlined struct {
	id     azure.ID
	name   string
	values field
}

// inlineSubnets lists the subnets of a network's own list that are not copies
// of separate or deleted subnets.
func (r *reader) inlineSubnets(i *instance) []inlined {
	claim := r.claimOf(i.id, "azurerm_subnet")
	owned := r.ownsList(i, inlineSubnets)
	var list []inlined
	for _, f := range i.given(inlineSubnets).elements() {
		name := f.get("name").known()
		if claim.deleted[fold(name)] || claim.covers(name) && !owned {
			continue
		}
		f.name = childAddress(i, inlineSubnets, name, f)
		id := childID(i.id, "subnets", name, f)
		if known := f.get("id").known(); known != "" {
			id = azure.MakeID(known)
		}
		list = append(list, inlined{id: id, name: name, values: f})
	}
	return list
}

func (r *reader) inlineSubnet(i *instance, s inlined) *azure.Subnet {
	f := s.values
	subnet := &azure.Subnet{
		Resource: azure.Resource{ID: s.id, Type: azure.TypeSubnet, Name: s.name, Address: f.name, At: f.at(), Rank: r.inventory.Rank},
		Prefixes: subnetPrefixes(i, f),
	}
	r.subnetSettings(subnet, f)
	subnet.RestrictEndpoints(r.references(i, f.get(policyIDs), inlineSubnets, policyType))
	subnet.NetworkSecurityGroup = r.inlineReference(i, s, azure.SubnetToNetworkSecurityGroup, "security_group", "azurerm_network_security_group")
	subnet.RouteTable = r.inlineReference(i, s, azure.SubnetToRouteTable, "route_table_id", "azurerm_route_table")
	subnet.NATGateway = r.attached(i, s.id, azure.SubnetToNATGateway, field{})
	if f.isUnknown() {
		subnet.Name = f.name
	}
	return subnet
}

// inlineReference is the group or table of a subnet in its network's list.
func (r *reader) inlineReference(i *instance, s inlined, kind azure.AssociationKind, attribute, want string) azure.Reference {
	own := s.values.get(attribute)
	if own.isUnknown() && !r.attachments.attached[end{kind, s.id}] {
		return r.reference(i, own, inlineSubnets, want)
	}
	own.unknown = s.values.unknown.Get(attribute)
	return r.attached(i, s.id, kind, own)
}

func subnetPrefixes(i *instance, f field) []azure.Value[netip.Prefix] {
	// Older providers have one prefix, in a scalar beside the list.
	if !f.get("address_prefixes").isSet() && f.get("address_prefix").isSet() {
		return parsedList(f.get("address_prefix"), azure.ParsePrefix)
	}
	return prefixes(i, f, "address_prefixes")
}

// subnetSettings reads what a subnet states of itself alone.
func (r *reader) subnetSettings(s *azure.Subnet, f field) {
	for _, e := range f.get("service_endpoint").elements() {
		s.ServiceEndpoints = append(s.ServiceEndpoints, azure.ServiceEndpoint{Service: e.get("service").text(), At: e.at()})
	}
	for _, e := range f.get("service_endpoints").elements() {
		if v := e.text(); v.IsSet() {
			s.ServiceEndpoints = append(s.ServiceEndpoints, azure.ServiceEndpoint{Service: v, At: e.at()})
		}
	}
	for _, d := range f.get("delegation").elements() {
		for _, e := range d.get("service_delegation").elements() {
			if v := e.get("name").text(); v.IsSet() {
				s.Delegations = append(s.Delegations, v)
				s.DelegationNames = append(s.DelegationNames, d.get("name").text())
			}
		}
	}
	s.Settings = subnetExtras(f)
	s.PrivateEndpointNetworkPolicies = endpointPolicies(f)
	s.DefaultOutboundAccess = f.get("default_outbound_access_enabled").boolean()
}

// endpointPolicies is privateEndpointNetworkPolicies (PE-1): a text since
// version 4 of the provider, a boolean in 3, its opposite in 2.
func endpointPolicies(f field) azure.Value[string] {
	if v := f.get("private_endpoint_network_policies").text(); v.IsSet() {
		return v
	}
	words := func(name, yes, no string) azure.Value[string] {
		b := f.get(name).boolean()
		switch v, known := b.Known(); {
		case known && v:
			return azure.Of(yes, b.At)
		case known:
			return azure.Of(no, b.At)
		case b.IsSet():
			return azure.NotKnown[string](b.Unknown)
		}
		return azure.Value[string]{}
	}
	if v := words("private_endpoint_network_policies_enabled", "Enabled", "Disabled"); v.IsSet() {
		return v
	}
	return words("enforce_private_link_endpoint_network_policies", "Disabled", "Enabled")
}

// subnet reads azurerm_subnet, as a resource or as a data source.
func (r *reader) subnet(i *instance) {
	s := &azure.Subnet{Resource: r.resource(i, azure.TypeSubnet), Prefixes: subnetPrefixes(i, i.values)}
	r.subnetSettings(s, i.values)
	s.RestrictEndpoints(r.references(i, i.get(policyIDs), policyIDs, policyType))
	if !s.DefaultOutboundAccess.IsSet() && !i.data {
		// Providers without the attribute make subnets that are not private (RT-34).
		s.DefaultOutboundAccess = azure.Of(true, i.at)
	}
	s.NetworkSecurityGroup = r.subnetReference(i, azure.SubnetToNetworkSecurityGroup, "network_security_group_id", "azurerm_network_security_group")
	s.RouteTable = r.subnetReference(i, azure.SubnetToRouteTable, "route_table_id", "azurerm_route_table")
	s.NATGateway = r.attached(i, s.ID, azure.SubnetToNATGateway, field{})
	r.inventory.Subnets = append(r.inventory.Subnets, azure.Child[*azure.Subnet]{Parent: r.parentOf(i), Resource: s})
}

// subnetReference is the group or table of a subnet. A write-only argument is
// null everywhere but in the configuration.
func (r *reader) subnetReference(i *instance, kind azure.AssociationKind, attribute, want string) azure.Reference {
	written := i.expression(attribute + "_wo")
	if !written.Exists() || r.attachments.attached[end{kind, i.id}] {
		return r.attached(i, i.id, kind, i.get(attribute))
	}
	f := i.get(attribute + "_wo")
	if v := written.Get("constant_value"); v.Exists() {
		id, _ := v.String()
		if id == "" {
			return r.attached(i, i.id, kind, i.get(attribute))
		}
		return azure.Ref(id, v.Position())
	}
	found := r.search(r.scopeOf(i), written, "id", true, want)
	if !found.exact() && len(found.targets) == 0 {
		return azure.Reference{Unknown: f.openBecause("a write-only argument; a plan does not hold its value"), At: f.at()}
	}
	return r.referenceTo(f, found)
}

// peering reads azurerm_virtual_network_peering.
func (r *reader) peering(i *instance) {
	p := &azure.Peering{
		Resource:                  r.resource(i, azure.TypePeering),
		Remote:                    r.reference(i, i.get("remote_virtual_network_id"), "remote_virtual_network_id", "azurerm_virtual_network"),
		AllowVirtualNetworkAccess: i.get("allow_virtual_network_access").boolean(),
		AllowForwardedTraffic:     i.get("allow_forwarded_traffic").boolean(),
		AllowGatewayTransit:       i.get("allow_gateway_transit").boolean(),
		UseRemoteGateways:         i.get("use_remote_gateways").boolean(),
		PeerCompleteVnets:         i.get("peer_complete_virtual_networks_enabled").boolean(),
		LocalSubnetNames:          i.get("local_subnet_names").texts(),
		RemoteSubnetNames:         i.get("remote_subnet_names").texts(),
		OnlyIPv6:                  i.get("only_ipv6_peering_enabled").boolean(),
	}
	r.inventory.Peerings = append(r.inventory.Peerings, azure.Child[*azure.Peering]{Parent: r.parentOf(i), Resource: p})
}

func fold(name string) string { return strings.ToLower(name) }
