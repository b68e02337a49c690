package recheck

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// changeKinds make a change of a kind; false where no input states what it is of.
var changeKinds = map[string]func([]*azure.Inventory, *edit) (bool, error){
	"securityRule":   changeRule,
	"route":          addRoute,
	"routeChange":    changeRoute,
	"routeRemoval":   removeRoute,
	"subnet":         addSubnet,
	"publicAddress":  addPublicAddress,
	"firewall":       addFirewall,
	"allocation":     allocate,
	"routeTable":     addRouteTable,
	"securityGroup":  addSecurityGroup,
	"association":    associate,
	"detachment":     detach,
	"addressRemoval": removeAddress,
	"forwarding":     forward,
	"peering":        passForwarded,
	"privateRanges":  setPrivateRanges,
	"networkRule":    addNetworkRule,
	"collectionMove": moveCollection,
}

// made is a new resource, of the rank of what is in an inventory.
func (e *edit) made(inv *azure.Inventory, typ string) azure.Resource {
	return azure.Resource{ID: azure.MakeID(e.id), Type: typ, Name: e.name, Address: e.resource, At: e.Position(), Rank: inv.Rank}
}

func reference(id string, at azure.Position) azure.Reference {
	return azure.Reference{ID: azure.MakeID(id), Text: id, At: at}
}

func addSubnet(inventories []*azure.Inventory, e *edit) (bool, error) {
	prefix, err := netip.ParsePrefix(e.value("prefix"))
	if err != nil {
		return false, e.Get("set").Mismatch("a prefix")
	}
	for _, inv := range inventories {
		for _, v := range inv.VirtualNetworks {
			if !strings.EqualFold(string(v.ID), e.refers("network")) {
				continue
			}
			s := &azure.Subnet{Resource: e.made(inv, azure.TypeSubnet), Prefixes: []azure.Value[netip.Prefix]{azure.Of(prefix, e.Position())}}
			if v.Subnets != nil {
				v.Subnets = append(slices.Clone(v.Subnets), s)
			} else {
				inv.Subnets = append(inv.Subnets, azure.Child[*azure.Subnet]{Parent: reference(string(v.ID), v.At), Resource: s})
			}
			return true, nil
		}
	}
	return false, nil
}

// home is the inventory that new resources go to: any, for Build joins them.
func home(inventories []*azure.Inventory) *azure.Inventory { return inventories[0] }

func addPublicAddress(inventories []*azure.Inventory, e *edit) (bool, error) {
	address, err := netip.ParseAddr(e.value("address"))
	if err != nil {
		return false, e.Get("set").Mismatch("an address")
	}
	inv := home(inventories)
	inv.PublicIPAddresses = append(inv.PublicIPAddresses, &azure.PublicIPAddress{
		Resource: e.made(inv, azure.TypePublicIPAddress), IPAddress: azure.Of(address, e.Position()), SKU: azure.Of("Standard", e.Position()),
	})
	return true, nil
}

// configuration is the address that an edit gives a firewall.
func (e *edit) configuration(inv *azure.Inventory) (*azure.FirewallIPConfiguration, error) {
	address, err := netip.ParseAddr(e.value("privateAddress"))
	if err != nil {
		return nil, e.Get("set").Mismatch("an address")
	}
	c := &azure.FirewallIPConfiguration{Resource: e.made(inv, azure.TypeFirewallIPConfiguration), PrivateIPAddress: azure.Of(address, e.Position())}
	c.ID, c.Name = azure.MakeID(e.id+"/azureFirewallIpConfigurations/ipconfig"), "ipconfig"
	c.Subnet, c.PublicIPAddress = reference(e.refers("subnet"), e.Position()), reference(e.refers("publicAddress"), e.Position())
	return c, nil
}

func addFirewall(inventories []*azure.Inventory, e *edit) (bool, error) {
	inv := home(inventories)
	c, err := e.configuration(inv)
	if err != nil {
		return false, err
	}
	at := e.Position()
	inv.AzureFirewalls = append(inv.AzureFirewalls, &azure.AzureFirewall{
		Resource: e.made(inv, azure.TypeAzureFirewall), SKU: azure.Of(azure.FirewallInNetwork, at), Tier: azure.Of(azure.FirewallStandard, at),
		ThreatIntelMode: azure.Of(azure.InspectionAlert, at), IPConfigurations: []*azure.FirewallIPConfiguration{c}, RuleCollections: []*azure.RuleCollection{},
	})
	return true, nil
}

func allocate(inventories []*azure.Inventory, e *edit) (bool, error) {
	done := false
	for _, inv := range inventories {
		c, err := e.configuration(inv)
		if err != nil {
			return false, err
		}
		for _, f := range inv.AzureFirewalls {
			if e.is(&f.Resource) {
				f.IPConfigurations, done = append(slices.Clone(f.IPConfigurations), c), true
			}
		}
	}
	return done, nil
}

func addRouteTable(inventories []*azure.Inventory, e *edit) (bool, error) {
	inv := home(inventories)
	inv.RouteTables = append(inv.RouteTables, &azure.RouteTable{Resource: e.made(inv, azure.TypeRouteTable), Routes: []*azure.Route{}})
	return true, nil
}

func addSecurityGroup(inventories []*azure.Inventory, e *edit) (bool, error) {
	inv := home(inventories)
	g := &azure.NetworkSecurityGroup{Resource: e.made(inv, azure.TypeNetworkSecurityGroup), Rules: []*azure.SecurityRule{}}
	for v := range e.Get("body").Get("properties").Get("securityRules").Elements() {
		rule, err := ruleOf(g, v)
		if err != nil {
			return false, err
		}
		g.Rules = append(g.Rules, rule)
	}
	inv.NetworkSecurityGroups = append(inv.NetworkSecurityGroups, g)
	return true, nil
}

// eachSubnet does something with a subnet wherever it is stated.
func eachSubnet(inventories []*azure.Inventory, e *edit, do func(*azure.Subnet)) (done bool) {
	visit := func(s *azure.Subnet) {
		if e.is(&s.Resource) {
			do(s)
			done = true
		}
	}
	for _, inv := range inventories {
		for _, v := range inv.VirtualNetworks {
			for _, s := range v.Subnets {
				visit(s)
			}
		}
		for _, c := range inv.Subnets {
			visit(c.Resource)
		}
	}
	return done
}

func associate(inventories []*azure.Inventory, e *edit) (bool, error) {
	return eachSubnet(inventories, e, func(s *azure.Subnet) {
		if id := e.refers("routeTable"); id != "" {
			s.RouteTable = reference(id, e.Position())
		}
		if id := e.refers("securityGroup"); id != "" {
			s.NetworkSecurityGroup = reference(id, e.Position())
		}
	}), nil
}

// detach takes away what a subnet uses, stated with it or as an association of its
// own.
func detach(inventories []*azure.Inventory, e *edit) (bool, error) {
	kind := azure.SubnetToRouteTable
	if e.refers("natGateway") != "" {
		kind = azure.SubnetToNATGateway
	}
	done := eachSubnet(inventories, e, func(s *azure.Subnet) {
		if kind == azure.SubnetToRouteTable {
			s.RouteTable = azure.Reference{}
		} else {
			s.NATGateway = azure.Reference{}
		}
		for _, inv := range inventories {
			inv.Associations = slices.DeleteFunc(inv.Associations, func(a azure.Association) bool { return a.Kind == kind && a.From.ID == s.ID })
		}
	})
	return done, nil
}

func removeAddress(inventories []*azure.Inventory, e *edit) (done bool, err error) {
	for _, inv := range inventories {
		for _, f := range inv.AzureFirewalls {
			if e.is(&f.Resource) {
				had := len(f.IPConfigurations)
				f.IPConfigurations = slices.DeleteFunc(f.IPConfigurations, func(c *azure.FirewallIPConfiguration) bool {
					return strings.EqualFold(c.Name, e.value("configuration"))
				})
				done = done || len(f.IPConfigurations) < had
			}
		}
	}
	return done, nil
}

func forward(inventories []*azure.Inventory, e *edit) (done bool, err error) {
	for _, inv := range inventories {
		for _, nic := range inv.NetworkInterfaces {
			if e.is(&nic.Resource) {
				nic.EnableIPForwarding, done = azure.Of(true, nic.At), true
			}
		}
	}
	return done, nil
}

func passForwarded(inventories []*azure.Inventory, e *edit) (done bool, err error) {
	visit := func(p *azure.Peering) {
		if e.is(&p.Resource) {
			p.AllowForwardedTraffic, done = azure.Of(true, p.At), true
		}
	}
	for _, inv := range inventories {
		for _, v := range inv.VirtualNetworks {
			for _, p := range v.Peerings {
				visit(p)
			}
		}
		for _, c := range inv.Peerings {
			visit(c.Resource)
		}
	}
	return done, nil
}
