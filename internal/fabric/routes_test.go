package fabric_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// way is how a leg prints: its routes and hops.
func way(l fabric.Leg) string {
	var parts []string
	for _, r := range l.Routes {
		text := string(r.Hop)
		if r.Appliance.IsValid() {
			text += " " + r.Appliance.String()
		}
		if r.User != nil {
			text = "user " + text
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " or ")
}

// Which route packets take (RT-1 to RT-28), as recorded lab tables show it
// too.
func TestRoutes(t *testing.T) {
	peer := VNet("h", "10.4.0.0/16", Subnet("nva", "10.4.2.0/24", NIC("nva", "10.4.2.101")), Peer("v"))
	for _, row := range []struct {
		note   string
		routes []Item
		vnet   []Item
		assume string
		want   map[string]string
	}{
		{note: "RT-2 system routes", want: map[string]string{
			"10.1.200.1": "VnetLocal", "10.2.1.4": "None", "172.16.0.1": "None", "192.168.1.1": "None", "100.64.0.1": "None", "8.8.8.8": "Internet"}},
		{note: "RT-3 the platform's own", want: map[string]string{"198.18.0.1": "None", "40.108.0.1": "None", "25.30.0.1": "Internet"}},
		{note: "RT-3 of newer tables", assume: "platformNoneRoutes=observedLater", want: map[string]string{"25.30.0.1": "None"}},
		{note: "RT-3 the documented ones", assume: "platformNoneRoutes=documented", want: map[string]string{"198.18.0.1": "Internet", "10.2.1.4": "None"}},
		{note: "RT-7 a peering", vnet: []Item{Peer("h")}, want: map[string]string{"10.4.9.9": "VNetPeering", "10.2.1.4": "None"}},
		{note: "RT-2 a user route replaces None (rt-02)", routes: []Item{Route("10.0.0.0/8", "10.4.2.101")}, vnet: []Item{Peer("h")}, want: map[string]string{
			"10.2.1.4": "user VirtualAppliance 10.4.2.101", "10.1.5.5": "VnetLocal", "10.4.5.5": "VNetPeering", "192.168.1.1": "None"}},
		{note: "RT-5 a default route removes None (rt-03)", routes: []Item{Route("0.0.0.0/0", "10.4.2.101")}, vnet: []Item{Peer("h")}, want: map[string]string{
			"10.2.1.4": "user VirtualAppliance 10.4.2.101", "192.168.1.1": "user VirtualAppliance 10.4.2.101", "8.8.8.8": "user VirtualAppliance 10.4.2.101", "10.1.5.5": "VnetLocal", "10.4.5.5": "VNetPeering"}},
		{note: "RT-6 one to None leaves them", routes: []Item{Route("0.0.0.0/0", "None")}, want: map[string]string{"10.2.1.4": "None", "8.8.8.8": "user None"}},
		{note: "RT-6 one to Internet by default", routes: []Item{Route("0.0.0.0/0", "Internet")}, want: map[string]string{"10.2.1.4": "None", "8.8.8.8": "user Internet"}},
		{note: "RT-6 read the other way", routes: []Item{Route("0.0.0.0/0", "Internet")}, assume: "noneRoutes.removedBy=appliance+gateway+internet", want: map[string]string{"10.2.1.4": "user Internet"}},
		{note: "RT-48 its own subnet (rt-05)", routes: []Item{Route("10.1.1.0/24", "10.4.2.101")}, vnet: []Item{Peer("h")}, want: map[string]string{"10.1.1.5": "user VirtualAppliance 10.4.2.101", "10.1.2.5": "VnetLocal"}},
		{note: "RT-21 a tie goes to the user", routes: []Item{Route("10.1.0.0/16", "None"), Route("10.1.1.0/24", "VnetLocal")}, want: map[string]string{"10.1.2.5": "user None", "10.1.1.5": "user VnetLocal"}},
		{note: "RT-22 what a gateway has learnt never beats a peering", vnet: []Item{Peer("h"), Subnet("GatewaySubnet", "10.1.255.0/27")}, want: map[string]string{
			"10.4.5.9": "VNetPeering", "10.1.5.5": "VnetLocal", "172.20.1.1": "None or VirtualNetworkGateway", "8.8.8.8": "Internet"}},
		{note: "RT-8 which effective routes tell", vnet: []Item{Learned("172.20.0.0/16"), Subnet("GatewaySubnet", "10.1.255.0/27")}, want: map[string]string{
			"10.1.5.5": "VnetLocal", "172.20.1.1": "None or VirtualNetworkGateway", "172.21.1.1": "None", "192.168.1.1": "None", "8.8.8.8": "Internet"}},
		{note: "RT-8 of a gateway that no input states", vnet: []Item{Learned("172.20.0.0/16")}, want: map[string]string{
			"172.20.1.1": "None or VirtualNetworkGateway", "172.21.1.1": "None"}},
	} {
		t.Run(row.note, func(t *testing.T) {
			v := append([]Item{Subnet("app", "10.1.1.0/24", Routes("rt", row.routes...))}, row.vnet...)
			var settle []string
			if row.assume != "" {
				settle = []string{row.assume}
			}
			f := compile(t, Net(t, VNet("v", "10.1.0.0/16", v...), peer), settle...)
			routes := f.Routes(subnet(t, f, "v", "app"))
			for to, want := range row.want {
				legs := routes.Partition(nets(to))
				if len(legs) != 1 || way(legs[0]) != want {
					t.Errorf("to %s: want %s, got %v", to, want, legs)
				}
			}
		})
	}
}

// RT-4: a network that equals or contains a reserved block takes it over.
func TestRT4ReservedBlocks(t *testing.T) {
	for space, want := range map[string]string{"10.0.0.0/8": "VnetLocal", "10.0.0.0/7": "VnetLocal", "10.1.0.0/16": "None"} {
		f := compile(t, Net(t, VNet("v", space, Subnet("app", "10.1.1.0/24"))))
		if legs := f.Routes(subnet(t, f, "v", "app")).Partition(nets("10.200.0.1")); way(legs[0]) != want {
			t.Errorf("space %s: want %s, got %s", space, want, way(legs[0]))
		}
	}
}

// Legs are disjoint and together are all destinations.
func TestPartitionIsAPartition(t *testing.T) {
	f := compile(t, Net(t,
		VNet("v", "10.1.0.0/16,?more", Subnet("app", "?app", Routes("rt", Route("0.0.0.0/0", "10.1.9.4"), Route("?later", "None"), Route("Storage", "Internet"), Route("10.1.0.0/20", "None"))),
			Subnet("GatewaySubnet", "10.1.255.0/27"), Peer("w"), Peer("elsewhere")),
		VNet("w", "10.2.0.0/16", Peer("v", State("?state")))))
	all := flow.AllAddresses().Union(f.PublicInternet()).Union(f.Addresses(subnet(t, f, "v", "app")))
	var seen flow.AddressSet
	for _, l := range f.Routes(subnet(t, f, "v", "app")).Partition(all) {
		if l.Destinations.Overlaps(seen) {
			t.Errorf("%v overlaps the legs before it", l.Destinations)
		}
		if len(l.Routes) == 0 || len(l.Routes) > 1 && len(l.Why) == 0 {
			t.Errorf("%v has the routes %v and no reason", l.Destinations, l.Routes)
		}
		seen = seen.Union(l.Destinations)
	}
	if !seen.Equal(all) {
		t.Errorf("the legs lack %v", all.Minus(seen))
	}
}

// RT-17: whom a next hop belongs to.
func TestAppliance(t *testing.T) {
	f := compile(t, Net(t,
		VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", Routes("rt",
			Route("8.0.0.0/8", "10.1.9.4"), Route("9.0.0.0/8", "10.1.9.77"), Route("11.0.0.0/8", "10.4.2.101"), Route("12.0.0.0/8", "10.5.0.4"), Route("13.0.0.0/8", "?fw"), Route("14.0.0.0/8", "10.6.0.4"))),
			Subnet("nva", "10.1.9.0/24", NIC("nva", "10.1.9.4")), Peer("h"), Peer("x"), Peer("elsewhere")),
		VNet("h", "10.4.0.0/16", Subnet("nva", "10.4.2.0/24", NIC("far", "10.4.2.101")), Peer("v")),
		VNet("x", "10.5.0.0/16", Subnet("nva", "10.5.0.0/24", NIC("off", "10.5.0.4")), Peer("v", State("Disconnected")))))
	s := subnet(t, f, "v", "app")
	for to, want := range map[string]fabric.Effect{
		"8.8.8.8": fabric.Pass, "9.9.9.9": fabric.Stop, "11.1.1.1": fabric.Pass,
		"12.1.1.1": fabric.Doubtful, // elsewhere may hold it
		"13.1.1.1": fabric.Doubtful, "14.1.1.1": fabric.Doubtful,
	} {
		r := f.Routes(s).Partition(nets(to))[0].Routes[0]
		if a := f.Appliance(s.VirtualNetwork, s, r); a.Effect != want {
			t.Errorf("to %s by %v: %+v, want effect %d", to, r.Appliance, a, want)
		}
	}
}

func ExampleFabric_Routes() {
	network, _ := Build(VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", Routes("rt", Route("198.51.100.10/32", "10.1.9.4")))))
	f, _ := fabric.Compile(network, servicetag.Symbolic(), fabric.Assume())
	s, _ := network.Subnet(SubnetID("v", "app"))
	for _, leg := range f.Routes(s).Partition(flow.Range(netip.MustParseAddr("198.51.100.9"), netip.MustParseAddr("198.51.100.11"))) {
		fmt.Println(leg.Destinations, way(leg))
	}
	// Output:
	// 198.51.100.10 user VirtualAppliance 10.1.9.4
	// 198.51.100.9, 198.51.100.11 Internet
}

// Service endpoints for one region leave open where packets to others go; next to a
// subnet whose endpoint is for all regions as well.
func TestServiceEndpointsForOtherRegionsAreOthers(t *testing.T) {
	f := compile(t, Net(t, VNet("v", "10.1.0.0/16",
		Subnet("all", "10.1.1.0/24", Endpoint("Microsoft.Storage", "*")),
		Subnet("one", "10.1.2.0/24", Endpoint("Microsoft.Storage", "westeurope")))))
	for name, want := range map[string]bool{"all": true, "one": false} {
		s, _ := f.Network().Subnet(SubnetID("v", name))
		certain := slices.ContainsFunc(f.Routes(s).Partition(f.EveryAddress()), func(l fabric.Leg) bool {
			return l.Certain() && l.Routes[0].Hop == fabric.ServiceEndpoint
		})
		if certain != want {
			t.Errorf("%s: some packets certainly take the endpoint is %v", name, certain)
		}
	}
}
