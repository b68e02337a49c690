package fabric

import (
	"slices"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	net "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// Whatever of a network stages divide packets by is a union of its atoms: a set that is
// none would make ranges of all packets that meet it.
func TestWhatDividesPacketsIsMadeOfAtoms(t *testing.T) {
	tags, err := servicetag.Parse("ServiceTags_Public_20251028.json", []byte(`{"cloud": "Public", "changeNumber": 1, "values": [
		{"name": "Storage", "id": "Storage", "properties": {"systemService": "AzureStorage", "addressPrefixes": ["20.60.0.0/16", "20.60.128.0/24", "52.239.0.0/17", "2603:1020::/47"]}},
		{"name": "Sql", "id": "Sql", "properties": {"systemService": "AzureSQL", "addressPrefixes": ["20.61.0.0/20", "20.60.3.0/24"]}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	network := net.Net(t,
		net.NSG("app", net.AllowOut(100, "Tcp", "*", "Storage", "443"), net.DenyOut(200, "*", "*", "Internet", "*"), net.AllowIn(100, "*", "10.9.0.0/16,192.0.2.7", "VirtualNetwork", "22"),
			net.AllowIn(110, "*", "asg:web", "10.1.1.0/28", "*"), net.AllowIn(120, "*", "AzureLoadBalancer", "*", "*"), net.AllowOut(300, "Tcp", "*", "NoData", "*")),
		net.Routes("app", net.Route("0.0.0.0/0", "10.0.0.4"), net.Route("Storage", "Internet"), net.Route("198.51.100.0/24", "None")),
		net.VNet("hub", "10.0.0.0/16", net.Subnet("AzureFirewallSubnet", "10.0.0.0/26"), net.Subnet("GatewaySubnet", "10.0.1.0/27"), net.Peer("v")),
		net.VNet("v", "10.1.0.0/16,2001:db8::/48", net.Peer("hub"), net.Peer("elsewhere", net.RemoteSpace("10.7.0.0/16")),
			net.Subnet("app", "10.1.1.0/24", net.UseNSG("app"), net.UseRoutes("app"), net.Endpoint("Microsoft.Sql"), net.NIC("web", "10.1.1.9", net.ASG("web"), net.UseNSG("app")), net.NIC("later", "?later")),
			net.Subnet("both", "10.1.2.0/24,2001:db8::/64", net.PrivateEndpoint("sql", "10.1.2.5")), net.Subnet("planned", "?prefix")),
		net.Firewall("fw", "hub", "10.0.0.4", net.Egress("fw", "20.50.1.10"), net.UsePolicy("p")),
		net.IPGroup("partners", "203.0.113.0/24,203.0.114.1-203.0.114.9"),
		net.Policy("p", net.PrivateRanges("10.0.0.0/8,192.168.0.0/17"), net.Group("g", 100, net.Collection("c", 100, azure.FirewallAllow,
			net.NetworkRule("a", "TCP", "10.1.0.0/22", "group:partners", "443"), net.NetworkRule("b", "TCP", "*", "Sql", "1433")))),
	)
	f, list := Compile(network, tags, Assumptions{})
	if f == nil {
		t.Fatal(list)
	}
	f.EveryDestination(network.Subnets()[0])
	x := f.family.atoms.found.Load()
	if x == nil {
		t.Fatal("there are no atoms")
	}
	check := func(what string, s flow.AddressSet) {
		t.Helper()
		if _, ok := x.Of(s); !ok {
			t.Errorf("%s: %v is no union of atoms", what, s.Folded(5))
		}
	}
	for _, s := range network.Subnets() {
		check("destinations of "+s.Name, f.EveryDestination(s))
		check("addresses of "+s.Name, f.Addresses(s))
		check("what "+s.Name+" holds", f.held(s))
		check("the network of "+s.Name, f.Holds(s.VirtualNetwork))
		for _, routes := range []*Routes{f.Routes(s), f.Routes(s).ToSenders(), f.UnallocatedRoutes(s.VirtualNetwork)} {
			for _, l := range routes.layers {
				check("a route of "+s.Name+" to "+l.route.Name, l.Must)
				check("a route of "+s.Name+" to "+l.route.Name, l.May)
			}
		}
		held := f.receiversIn(s)
		check("reserved in "+s.Name, held.reserved)
		check("modelled in "+s.Name, held.modelled)
		for _, d := range []azure.Direction{azure.Inbound, azure.Outbound} {
			checkPolicy(check, f.SubnetRules(s, d))
			for _, nic := range network.NetworkInterfaces {
				checkPolicy(check, f.InterfaceRules(nic, s, d))
			}
		}
	}
	for _, firewall := range network.AzureFirewalls {
		private := f.privateRanges(firewall, new(addressStakes))
		check("private ranges", private.Must)
		check("private ranges", private.May)
		rules := f.compiled(firewall)
		checkPolicy(check, rules.network)
		checkPolicy(check, rules.policy)
	}
	check("licensing", f.licensingPackets().Destination)
	check("private destinations", f.points.numeric(privateDestinations).May)
}

func checkPolicy(check func(what string, s flow.AddressSet), p *Policy) {
	if p == nil {
		return
	}
	for _, e := range p.entries {
		for _, c := range slices.Concat(e.must, e.may) {
			check("sources of "+p.label(), c.Source)
			check("destinations of "+p.label(), c.Destination)
		}
	}
	for _, k := range slices.Concat(p.open, p.settled) {
		for _, c := range k.packets {
			check("a stake of "+p.label(), c.Source)
			check("a stake of "+p.label(), c.Destination)
		}
	}
}
