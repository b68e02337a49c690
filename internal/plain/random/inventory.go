package random

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
)

const scope = "/subscriptions/0/resourceGroups/g/providers/Microsoft.Network/"

// SubnetID is the id of a subnet in the inventory.
func SubnetID(vnet, subnet string) azure.ID {
	return azure.MakeID(scope + "virtualNetworks/" + vnet + "/subnets/" + subnet)
}

// Inventory states the network as a reader would. It fails on a description
// that the texts of the API cannot express.
func (n *Network) Inventory() (*azure.Inventory, error) {
	w := &writer{inventory: &azure.Inventory{Source: "random", Rank: azure.RankExport}, gateways: map[string]string{}}
	for _, f := range n.Firewalls {
		if f.Gateway.IsValid() {
			w.gateways[f.VNet+"/"+f.Subnet] = f.Name + "-nat"
		}
	}
	for _, v := range n.VNets {
		for _, s := range v.Subnets {
			if s.Gateway.IsValid() {
				w.gateway(v.Name, s)
			}
		}
		w.inventory.VirtualNetworks = append(w.inventory.VirtualNetworks, w.vnet(v))
	}
	for _, g := range n.Groups {
		w.inventory.NetworkSecurityGroups = append(w.inventory.NetworkSecurityGroups, w.group(g))
	}
	for _, t := range n.Tables {
		w.inventory.RouteTables = append(w.inventory.RouteTables, w.table(t))
	}
	for _, name := range n.ASGs {
		w.inventory.ApplicationSecurityGroups = append(w.inventory.ApplicationSecurityGroups,
			&azure.ApplicationSecurityGroup{Resource: w.resource("applicationSecurityGroups", name)})
	}
	for _, nic := range n.Interfaces {
		w.nic(nic)
	}
	for _, e := range n.Endpoints {
		w.endpoint(e)
	}
	for _, c := range n.Admin {
		w.admin(c)
	}
	for _, f := range n.Firewalls {
		w.firewall(f)
	}
	for _, b := range n.Balancers {
		w.balancer(n, b)
	}
	for _, a := range n.Appliances {
		w.appliance(a)
	}
	return w.inventory, w.problems.Err()
}

// writer counts lines, so that every resource and property has a place.
type writer struct {
	inventory *azure.Inventory
	line      int
	problems  diagnostic.List
	// gateways are the names of the NAT gateways by "network/subnet".
	gateways map[string]string
}

func (w *writer) at() azure.Position {
	w.line++
	return azure.Position{File: "random", Line: w.line, Column: 1}
}

func (w *writer) resource(kind, name string) azure.Resource {
	last := name[strings.LastIndexByte(name, '/')+1:]
	return azure.Resource{
		ID: azure.MakeID(scope + kind + "/" + name), Type: "Microsoft.Network/" + kind,
		Name: last, Address: name, At: w.at(), Rank: azure.RankExport,
	}
}

func (w *writer) reference(kind, name string) azure.Reference {
	if name == "" {
		return azure.Reference{}
	}
	return azure.Ref(scope+kind+"/"+name, w.at())
}

func (w *writer) note(list diagnostic.List) { w.problems = append(w.problems, list...) }

func values[T any](w *writer, list []T) []azure.Value[T] {
	var all []azure.Value[T]
	for _, v := range list {
		all = append(all, azure.Of(v, w.at()))
	}
	return all
}

func optional(w *writer, flag *bool) azure.Value[bool] {
	if flag == nil {
		return azure.Value[bool]{}
	}
	return azure.Of(*flag, w.at())
}

func (w *writer) vnet(v *VNet) *azure.VirtualNetwork {
	vnet := &azure.VirtualNetwork{Resource: w.resource("virtualNetworks", v.Name), AddressSpace: values(w, v.Space), DNSServers: values(w, v.DNS), Location: w.location(v.Region)}
	for _, s := range v.Subnets {
		r := w.resource("virtualNetworks", v.Name+"/subnets/"+s.Name)
		r.Type = "Microsoft.Network/virtualNetworks/subnets"
		subnet := &azure.Subnet{
			Resource: r, Prefixes: values(w, s.Prefixes),
			NetworkSecurityGroup: w.reference("networkSecurityGroups", s.Group),
			RouteTable:           w.reference("routeTables", s.Table),
			NATGateway:           w.reference("natGateways", w.gateways[v.Name+"/"+s.Name]),
		}
		if s.Private {
			subnet.DefaultOutboundAccess = azure.Of(false, w.at())
		}
		for _, service := range s.Services {
			subnet.ServiceEndpoints = append(subnet.ServiceEndpoints, w.serviceEndpoint(service))
		}
		if s.Policies != "" {
			subnet.PrivateEndpointNetworkPolicies = w.text(s.Policies)
		}
		vnet.Subnets = append(vnet.Subnets, subnet)
	}
	for _, l := range v.Links {
		vnet.Peerings = append(vnet.Peerings, w.link(v, l))
	}
	return vnet
}

// serviceEndpoint is one for every region, but for those whose text has " of" and the
// regions that are stated behind it.
func (w *writer) serviceEndpoint(text string) azure.ServiceEndpoint {
	service, regions, some := strings.Cut(text, " of")
	e := azure.ServiceEndpoint{Service: w.text(service), At: w.at()}
	if !some {
		regions = "*"
	}
	for _, region := range strings.Fields(regions) {
		e.Locations = append(e.Locations, w.location(region))
	}
	return e
}

func (w *writer) location(name string) azure.Value[string] {
	v, list := azure.ParseLocation(name, w.at())
	w.note(list)
	return v
}

func (w *writer) link(v *VNet, l *Link) *azure.Peering {
	r := w.resource("virtualNetworks", v.Name+"/virtualNetworkPeerings/"+l.Name)
	r.Type = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings"
	p := &azure.Peering{
		Resource:                  r,
		Remote:                    w.reference("virtualNetworks", l.Remote),
		AllowVirtualNetworkAccess: optional(w, l.Access),
		AllowForwardedTraffic:     optional(w, l.Forwarded),
		RemoteAddressSpace:        values(w, l.Synced),
		PeerCompleteVnets:         optional(w, l.Complete),
		LocalSubnetNames:          values(w, l.Local),
		RemoteSubnetNames:         values(w, l.RemoteNames),
	}
	if l.State != "" {
		p.State = azure.Of(l.State, w.at())
	}
	if l.OnlyIPv6 {
		p.OnlyIPv6 = azure.Of(true, w.at())
	}
	return p
}

// gateway is the NAT gateway of a subnet.
func (w *writer) gateway(vnet string, s *Subnet) {
	name := vnet + s.Name + "-nat"
	w.gateways[vnet+"/"+s.Name] = name
	w.natGateway(name, s.Gateway)
}

// natGateway is a NAT gateway with an address, or none for the unspecified one.
func (w *writer) natGateway(name string, address netip.Addr) {
	gateway := &azure.NATGateway{Resource: w.resource("natGateways", name)}
	if !address.IsUnspecified() {
		gateway.PublicIPAddresses = []azure.Reference{w.public(name+"-ip", address)}
	}
	w.inventory.NATGateways = append(w.inventory.NATGateways, gateway)
}

func (w *writer) group(g *Group) *azure.NetworkSecurityGroup {
	group := &azure.NetworkSecurityGroup{Resource: w.resource("networkSecurityGroups", g.Name)}
	for _, r := range g.Rules {
		f := azure.RuleFields{
			Resource:         w.resource("networkSecurityGroups", g.Name+"/securityRules/"+r.Name),
			Direction:        w.text(r.Direction),
			Access:           w.text(r.Access),
			Priority:         w.text(strconv.Itoa(r.Priority)),
			Protocol:         w.text(r.Protocol),
			Source:           w.side(r.Source),
			Destination:      w.side(r.Destination),
			SourcePorts:      w.ports(r.SourcePorts),
			DestinationPorts: w.ports(r.DestinationPorts),
		}
		f.Resource.Type = "Microsoft.Network/networkSecurityGroups/securityRules"
		rule, problems := azure.MakeRule(f)
		w.note(problems)
		group.Rules = append(group.Rules, rule)
	}
	return group
}

func (w *writer) text(s string) azure.Value[string] { return azure.Given(s, w.at()) }

// side puts one text into the singular property and several into the plural.
func (w *writer) side(texts []string) azure.SideFields {
	f := azure.SideFields{At: w.at()}
	for _, text := range texts {
		if name, ok := strings.CutPrefix(text, "asg:"); ok {
			f.Groups = append(f.Groups, w.reference("applicationSecurityGroups", name))
		} else if len(texts) == 1 {
			f.Singular = w.text(text)
		} else {
			f.Plural = append(f.Plural, w.text(text))
		}
	}
	return f
}

func (w *writer) ports(texts []string) azure.PortFields {
	f := azure.PortFields{At: w.at()}
	if len(texts) == 1 {
		f.Singular = w.text(texts[0])
		return f
	}
	for _, text := range texts {
		f.Plural = append(f.Plural, w.text(text))
	}
	return f
}

func (w *writer) table(t *Table) *azure.RouteTable {
	table := &azure.RouteTable{Resource: w.resource("routeTables", t.Name)}
	for _, r := range t.Routes {
		f := azure.RouteFields{
			Resource:         w.resource("routeTables", t.Name+"/routes/"+r.Name),
			AddressPrefix:    w.text(r.Destination),
			NextHopType:      w.text(r.NextHopType),
			NextHopIPAddress: w.text(r.NextHop),
		}
		f.Resource.Type = "Microsoft.Network/routeTables/routes"
		route, problems := azure.MakeRoute(f)
		w.note(problems)
		table.Routes = append(table.Routes, route)
	}
	return table
}

func (w *writer) nic(i *Interface) {
	nic := &azure.NetworkInterface{
		Resource:             w.resource("networkInterfaces", i.Name),
		NetworkSecurityGroup: w.reference("networkSecurityGroups", i.Group),
		EnableIPForwarding:   azure.Of(i.Forwarding, w.at()),
	}
	if i.Machine != "" {
		nic.VirtualMachine = w.reference("virtualMachines", i.Machine)
	}
	for k, address := range i.Addresses {
		c := &azure.IPConfiguration{
			Resource:         w.resource("networkInterfaces", fmt.Sprintf("%s/ipConfigurations/ip%d", i.Name, k)),
			PrivateIPAddress: azure.Of(address, w.at()),
			Subnet:           w.reference("virtualNetworks", i.VNet+"/subnets/"+i.Subnet),
			Primary:          azure.Of(k == 0, w.at()),
		}
		c.Type = "Microsoft.Network/networkInterfaces/ipConfigurations"
		for _, name := range i.ASGs {
			c.ApplicationSecurityGroups = append(c.ApplicationSecurityGroups, w.reference("applicationSecurityGroups", name))
		}
		if k == 0 && i.PublicIP != (netip.Addr{}) {
			c.PublicIPAddress = w.reference("publicIPAddresses", i.Name+"-ip")
			w.inventory.PublicIPAddresses = append(w.inventory.PublicIPAddresses, &azure.PublicIPAddress{
				Resource:  w.resource("publicIPAddresses", i.Name+"-ip"),
				IPAddress: azure.Of(i.PublicIP, w.at()),
				SKU:       azure.Of(i.SKU, w.at()),
			})
		}
		nic.IPConfigurations = append(nic.IPConfigurations, c)
	}
	w.inventory.NetworkInterfaces = append(w.inventory.NetworkInterfaces, nic)
}
