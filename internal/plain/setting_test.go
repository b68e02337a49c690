package plain_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/plain"
	"github.com/wayleave/wayleave/internal/plain/random"
)

// setting is the common setting of the trap catalogue (section 8): network V
// with subnets app, db and nva, machines A and B in app, D in db, an appliance
// in nva. Rows change it before they ask.
type setting struct{ *random.Network }

func common() setting {
	return setting{&random.Network{
		VNets: []*random.VNet{{
			Name: "V", Space: nets("10.1.0.0/16"),
			Subnets: []*random.Subnet{
				{Name: "app", Prefixes: nets("10.1.1.0/24")},
				{Name: "db", Prefixes: nets("10.1.2.0/24")},
				{Name: "nva", Prefixes: nets("10.1.9.0/24")},
			},
		}},
		Interfaces: []*random.Interface{
			{Name: "A", VNet: "V", Subnet: "app", Addresses: addrs("10.1.1.4")},
			{Name: "B", VNet: "V", Subnet: "app", Addresses: addrs("10.1.1.5")},
			{Name: "D", VNet: "V", Subnet: "db", Addresses: addrs("10.1.2.4")},
			{Name: "N", VNet: "V", Subnet: "nva", Addresses: addrs("10.1.9.4"), Forwarding: true},
		},
		ServiceTags: tagData,
	}}
}

// tagData holds the prefixes that the trap catalogue speaks of, nested as in
// the file of 2025-11-17.
var tagData = []random.ServiceTag{
	{Name: "Storage", Prefixes: nets("52.239.191.0/28", "52.239.192.0/18", "13.83.72.16/28", "135.130.0.0/24")},
	{Name: "Storage.WestUS", Region: "westus", Prefixes: nets("13.83.72.16/28", "52.239.192.0/18", "52.239.191.0/28")},
	{Name: "AzureActiveDirectory", Prefixes: nets("20.190.128.0/18")},
	{Name: "AzureActiveDirectory.ServiceEndpoint", Prefixes: nets("20.190.130.0/24")},
	{Name: "AzureConnectors", Prefixes: nets("13.65.39.0/24")},
	{Name: "Sql", Prefixes: nets("13.66.136.192/29")},
	{Name: "AzureCloud", Prefixes: nets("52.239.192.0/26", "52.239.192.128/25", "20.190.128.0/19", "13.83.72.16/28", "13.65.39.0/25")},
	{Name: "AzureCloud.westus", Region: "westus", Prefixes: nets("13.83.72.16/28")},
}

func nets(texts ...string) []netip.Prefix {
	var list []netip.Prefix
	for _, t := range texts {
		list = append(list, netip.MustParsePrefix(t))
	}
	return list
}

func addrs(texts ...string) []netip.Addr {
	var list []netip.Addr
	for _, t := range texts {
		list = append(list, netip.MustParseAddr(t))
	}
	return list
}

// group hangs a group with the given rules on a subnet, or with "nic:NAME" on
// a network interface. No rules: the six defaults only.
func (s setting) group(where string, rules ...string) setting {
	g := &random.Group{Name: "nsg-" + strings.ReplaceAll(where, ":", "-")}
	for _, text := range rules {
		g.Rules = append(g.Rules, rule(text))
	}
	s.Groups = append(s.Groups, g)
	if nic, ok := strings.CutPrefix(where, "nic:"); ok {
		s.nic(nic).Group = g.Name
		return s
	}
	s.subnet(where).Group = g.Name
	return s
}

// rule reads "100 In Allow Tcp * -> VirtualNetwork 443", the destination ports
// last, or "... Tcp *:1024-65535 -> * 443" with source ports.
func rule(text string) random.Rule {
	f := strings.Fields(text)
	source, sourcePorts, ok := strings.Cut(f[4], "#")
	if !ok {
		sourcePorts = "*"
	}
	priority := 0
	for _, c := range f[0] {
		priority = priority*10 + int(c-'0')
	}
	return random.Rule{
		Name: "rule" + f[0] + f[1], Priority: priority, Direction: map[string]string{"In": "Inbound", "Out": "Outbound"}[f[1]],
		Access: f[2], Protocol: f[3], Source: strings.Split(source, ","), SourcePorts: strings.Split(sourcePorts, ","),
		Destination: strings.Split(f[6], ","), DestinationPorts: strings.Split(f[7], ","),
	}
}

// routes hangs a table on a subnet: "0.0.0.0/0 VirtualAppliance 10.1.9.4".
func (s setting) routes(subnet string, routes ...string) setting {
	t := &random.Table{Name: "rt-" + subnet}
	for _, text := range routes {
		f := append(strings.Fields(text), "")
		t.Routes = append(t.Routes, random.Route{Name: "to-" + strings.ReplaceAll(f[0], "/", "-"), Destination: f[0], NextHopType: f[1], NextHop: f[2]})
	}
	s.Tables = append(s.Tables, t)
	s.subnet(subnet).Table = t.Name
	return s
}

// vnet adds a network with one subnet of its name in lower case.
func (s setting) vnet(name, space, subnet string) setting {
	s.VNets = append(s.VNets, &random.VNet{Name: name, Space: nets(space),
		Subnets: []*random.Subnet{{Name: strings.ToLower(name), Prefixes: nets(subnet)}}})
	return s
}

// peer joins two networks by links of default flags.
func (s setting) peer(a, b string) setting {
	s.find(a).Links = append(s.find(a).Links, &random.Link{Name: "to-" + b, Remote: b})
	s.find(b).Links = append(s.find(b).Links, &random.Link{Name: "to-" + a, Remote: a})
	return s
}

func (s setting) find(name string) *random.VNet {
	for _, v := range s.VNets {
		if v.Name == name {
			return v
		}
	}
	panic("no network " + name)
}

func (s setting) link(from, to string) *random.Link {
	for _, l := range s.find(from).Links {
		if l.Remote == to {
			return l
		}
	}
	panic("no link " + from + to)
}

func (s setting) subnet(name string) *random.Subnet {
	for _, v := range s.VNets {
		for _, subnet := range v.Subnets {
			if subnet.Name == name {
				return subnet
			}
		}
	}
	panic("no subnet " + name)
}

func (s setting) nic(name string) *random.Interface {
	for _, i := range s.Interfaces {
		if i.Name == name {
			return i
		}
	}
	panic("no interface " + name)
}

// id is the id of a subnet by its name, which is unique in these settings.
func (s setting) id(subnet string) azure.ID {
	for _, v := range s.VNets {
		for _, x := range v.Subnets {
			if x.Name == subnet {
				return random.SubnetID(v.Name, subnet)
			}
		}
	}
	panic("no subnet " + subnet)
}

// public gives machine A the public address 51.0.0.4 of a SKU.
func (s setting) public(sku string) setting {
	s.nic("A").PublicIP, s.nic("A").SKU = netip.MustParseAddr("51.0.0.4"), sku
	return s
}

func (s setting) network(t testing.TB) *azure.Network {
	t.Helper()
	inventory, err := s.Inventory()
	if err != nil {
		t.Fatal(err)
	}
	network, problems := azure.Build(inventory)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return network
}

func (s setting) twin(t testing.TB) *plain.Twin {
	t.Helper()
	twin, err := plain.New(s.network(t), s.Tags(), plain.Documented())
	if err != nil {
		t.Fatal(err)
	}
	return twin
}

// packet reads "tcp 10.1.1.4 -> 8.8.8.8:443"; a source port may be given. The
// default source port is 51000.
func packet(text string) plain.Packet {
	f := strings.Fields(text)
	p := plain.Packet{Protocol: map[string]uint8{"tcp": 6, "udp": 17, "icmp": 1, "esp": 50, "gre": 47, "icmpv6": 58, "ipip": 4}[f[0]]}
	p.Source, p.SourcePort = end(f[1])
	p.Destination, p.DestinationPort = end(f[3])
	if p.SourcePort == 0 && (p.Protocol == 6 || p.Protocol == 17) {
		p.SourcePort = 51000
	}
	return p
}

func end(text string) (netip.Addr, uint16) {
	if ap, err := netip.ParseAddrPort(text); err == nil {
		return ap.Addr(), ap.Port()
	}
	return netip.MustParseAddr(text), 0
}
