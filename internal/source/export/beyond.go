package export

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
)

// The readers here read resources that the analysis does not follow yet; each
// is listed as not modelled besides.

func (r *reader) privateEndpoint(o *object, id azure.Resource) {
	e := &azure.PrivateEndpoint{
		Resource:                  id,
		Subnet:                    r.reference(o.get("subnet")),
		NetworkInterfaces:         o.references(o.get("networkInterfaces")),
		ApplicationSecurityGroups: o.references(o.get("applicationSecurityGroups")),
	}
	for _, c := range o.elements(o.get("ipConfigurations")) {
		e.PrivateAddresses = withAddress(e.PrivateAddresses, parsed(&c, azure.ParseAddr, "privateIPAddress"))
	}
	for _, c := range o.elements(o.get("customDnsConfigs")) {
		for _, a := range allParsed(&c, azure.ParseAddr, "ipAddresses") {
			e.PrivateAddresses = withAddress(e.PrivateAddresses, a)
		}
	}
	for _, name := range []string{"privateLinkServiceConnections", "manualPrivateLinkServiceConnections"} {
		for _, c := range o.elements(o.get(name)) {
			e.Services = append(e.Services, azure.PrivateLink{
				Service: r.reference(c.get("privateLinkServiceId")), GroupIDs: r.texts(c.get("groupIds")), At: c.at,
			})
		}
	}
	r.inventory.PrivateEndpoints = append(r.inventory.PrivateEndpoints, e)
}

// withAddress adds an address that the list does not have.
func withAddress(list []azure.Value[netip.Addr], a azure.Value[netip.Addr]) []azure.Value[netip.Addr] {
	if !a.IsSet() {
		return list
	}
	for _, have := range list {
		if have.Unknown == nil && have.V == a.V {
			return list
		}
	}
	return append(list, a)
}

func (r *reader) gateway(o *object, id azure.Resource) {
	r.notModelled(o, kind{name: azure.TypeGateway})
	g := &azure.Gateway{
		Resource:        id,
		Kind:            r.text(o.get("gatewayType")),
		SKU:             r.text(o.get("sku", "name")),
		EnableBGP:       parsed(o, azure.ParseBool, "enableBgp"),
		ASN:             parsed(o, azure.ParseWholeNumber, "bgpSettings", "asn"),
		ClientAddresses: allParsed(o, azure.ParsePrefix, "vpnClientConfiguration", "vpnClientAddressPool", "addressPrefixes"),
	}
	for _, c := range o.elements(o.get("ipConfigurations")) {
		if s := r.reference(c.get("subnet")); s.IsSet() {
			g.Subnets = append(g.Subnets, s)
		}
		if p := r.reference(c.get("publicIPAddress")); p.IsSet() {
			g.PublicIPAddresses = append(g.PublicIPAddresses, p)
		}
	}
	r.inventory.Gateways = append(r.inventory.Gateways, g)
}

func (r *reader) localGateway(o *object, id azure.Resource) {
	r.notModelled(o, kind{name: azure.TypeLocalGateway})
	r.inventory.LocalGateways = append(r.inventory.LocalGateways, &azure.LocalGateway{
		Resource:     id,
		AddressSpace: allParsed(o, azure.ParsePrefix, "localNetworkAddressSpace", "addressPrefixes"),
		Address:      parsed(o, azure.ParseAddr, "gatewayIpAddress"),
		ASN:          parsed(o, azure.ParseWholeNumber, "bgpSettings", "asn"),
	})
}

func (r *reader) connection(o *object, id azure.Resource) {
	r.notModelled(o, kind{name: azure.TypeGatewayConnection})
	c := &azure.GatewayConnection{
		Resource:  id,
		Kind:      r.text(o.get("connectionType")),
		Gateway:   r.reference(o.get("virtualNetworkGateway1")),
		EnableBGP: parsed(o, azure.ParseBool, "enableBgp"),
	}
	for _, name := range []string{"virtualNetworkGateway2", "localNetworkGateway2", "peer"} {
		if ref := r.reference(o.get(name)); ref.IsSet() {
			c.Peer = ref
		}
	}
	r.inventory.GatewayConnections = append(r.inventory.GatewayConnections, c)
}

func (r *reader) hubConnection(o *object, id azure.Resource) {
	r.notModelled(o, kind{name: azure.TypeHubConnection})
	r.inventory.HubConnections = append(r.inventory.HubConnections, &azure.HubConnection{
		Resource: id, Hub: azure.HubName(parentOf(id)), Network: r.reference(o.get("remoteVirtualNetwork")),
	})
}

func (r *reader) adminRule(o *object, id azure.Resource) {
	rule := &azure.AdminRule{
		Resource:     id,
		Collection:   parentOf(id),
		Direction:    parsed(o, azure.ParseDirection, "direction"),
		Access:       parsed(o, azure.ParseAdminAccess, "access"),
		Priority:     parsed(o, azure.ParsePriority, "priority"),
		Protocol:     r.text(o.get("protocol")),
		Sources:      r.adminAddresses(o, "sources"),
		Destinations: r.adminAddresses(o, "destinations"),
	}
	var list, more = azure.MakePorts("source ports", azure.PortFields{Plural: r.texts(o.get("sourcePortRanges")), At: o.at})
	rule.SourcePorts = list
	r.reportAll(more)
	list, more = azure.MakePorts("destination ports", azure.PortFields{Plural: r.texts(o.get("destinationPortRanges")), At: o.at})
	rule.DestinationPorts = list
	r.reportAll(more)
	r.inventory.AdminRules = append(r.inventory.AdminRules, rule)
	r.collectionInForce(o, rule.Collection)
}

// collectionInForce adds the collection of a rule in force, of which the rule says
// the network groups (NW-9). The members of a group stand in no such rule.
func (r *reader) collectionInForce(o *object, collection azure.Reference) {
	groups := o.row.GetFold("ruleCollectionAppliesToGroups")
	if groups.Kind() != document.Array || collection.ID == "" {
		return
	}
	for _, c := range r.inventory.AdminCollections {
		if c.ID == collection.ID {
			return
		}
	}
	id := azure.Resource{ID: collection.ID, Type: azure.TypeAdminCollection, Name: collection.ID.Name(), Address: collection.Text, At: o.at, Rank: azure.RankExport}
	c := &azure.AdminCollection{Resource: id, Configuration: parentOf(id)}
	for _, g := range o.elements(groups) {
		c.NetworkGroups = append(c.NetworkGroups, refer(r.text(g.get("networkGroupId"))))
	}
	r.inventory.AdminCollections = append(r.inventory.AdminCollections, c)
}

func (r *reader) adminAddresses(o *object, name string) []azure.AdminAddress {
	var list []azure.AdminAddress
	for _, a := range o.elements(o.get(name)) {
		list = append(list, azure.AdminAddress{Kind: r.text(a.get("addressPrefixType")), Text: r.text(a.get("addressPrefix")), At: a.at})
	}
	return list
}

func (r *reader) adminCollection(o *object, id azure.Resource) {
	c := &azure.AdminCollection{Resource: id, Configuration: parentOf(id)}
	for _, g := range o.elements(o.get("appliesToGroups")) {
		c.NetworkGroups = append(c.NetworkGroups, refer(r.text(g.get("networkGroupId"))))
	}
	r.inventory.AdminCollections = append(r.inventory.AdminCollections, c)
}

func (r *reader) adminConfiguration(o *object, id azure.Resource) {
	r.inventory.AdminConfigurations = append(r.inventory.AdminConfigurations, &azure.AdminConfiguration{
		Resource: id, Manager: parentOf(id), IntentPolicies: r.texts(o.get("applyOnNetworkIntentPolicyBasedServices")),
	})
}

func (r *reader) networkGroup(_ *object, id azure.Resource) {
	r.inventory.NetworkGroups = append(r.inventory.NetworkGroups, &azure.NetworkGroup{Resource: id})
}

func (r *reader) networkGroupMember(o *object, id azure.Resource) {
	r.inventory.NetworkGroupMembers = append(r.inventory.NetworkGroupMembers, &azure.NetworkGroupMember{
		Resource: id, Group: parentOf(id), Member: refer(r.text(o.get("resourceId"))),
	})
}
