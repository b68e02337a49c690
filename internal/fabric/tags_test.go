package fabric_test

import (
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/servicetag"
)

func compile(t testing.TB, network *azure.Network, assumptions ...string) *fabric.Fabric {
	t.Helper()
	f, list := fabric.Compile(network, servicetag.Symbolic(), assume(t, assumptions...))
	if f == nil {
		t.Fatal(list)
	}
	return f
}

func subnet(t testing.TB, f *fabric.Fabric, vnet, name string) *azure.Subnet {
	t.Helper()
	s, ok := f.Network().Subnet(SubnetID(vnet, name))
	if !ok {
		t.Fatalf("there is no subnet %s/%s", vnet, name)
	}
	return s
}

func nets(texts ...string) flow.AddressSet {
	var b flow.AddressSetBuilder
	for _, text := range texts {
		if a, err := netip.ParseAddr(text); err == nil {
			b.Add(flow.AddressOf(a))
			continue
		}
		b.AddPrefix(netip.MustParsePrefix(text))
	}
	return b.Set()
}

// What VirtualNetwork holds at a subnet (TAG-10 to TAG-16).
func TestVirtualNetworkTag(t *testing.T) {
	host := "168.63.129.16"
	for _, row := range []struct {
		note   string
		app    []Item
		vnet   []Item
		more   []Item
		assume string
		want   []string
	}{
		{note: "TAG-11 the space and the host", want: []string{"10.1.0.0/16", host}},
		{note: "TAG-10b a peer", vnet: []Item{Peer("w")}, more: []Item{VNet("w", "10.2.0.0/16", Peer("v"))}, want: []string{"10.1.0.0/16", "10.2.0.0/16", host}},
		{note: "TAG-16 a peer without access", vnet: []Item{Peer("w", NoAccess())}, more: []Item{VNet("w", "10.2.0.0/16", Peer("v"))}, want: []string{"10.1.0.0/16", host}},
		{note: "TAG-16 access on the other side does not count", vnet: []Item{Peer("w")}, more: []Item{VNet("w", "10.2.0.0/16", Peer("v", NoAccess()))}, want: []string{"10.1.0.0/16", "10.2.0.0/16", host}},
		{note: "RT-43 what was synchronised", vnet: []Item{Peer("w", RemoteSpace("10.2.0.0/17"))}, more: []Item{VNet("w", "10.2.0.0/16", Peer("v"))}, want: []string{"10.1.0.0/16", "10.2.0.0/17", host}},
		{note: "TAG-10e a route to an appliance", app: []Item{Routes("rt", Route("172.20.0.0/16", "10.1.9.4"))}, want: []string{"10.1.0.0/16", "172.20.0.0/16", host}},
		{note: "TAG-10e a route to a gateway", app: []Item{Routes("rt", Route("172.20.0.0/16", "VirtualNetworkGateway"))}, want: []string{"10.1.0.0/16", "172.20.0.0/16", host}},
		{note: "TAG-12 a default route to an appliance", app: []Item{Routes("rt", Route("0.0.0.0/0", "10.1.9.4"))}, want: []string{"0.0.0.0/0"}},
		{note: "TAG-12 read the other way", app: []Item{Routes("rt", Route("0.0.0.0/0", "10.1.9.4"))}, assume: "vnetTag.defaultRoute=ignored", want: []string{"10.1.0.0/16", host}},
		{note: "TAG-14 a route to None", app: []Item{Routes("rt", Route("172.20.0.0/16", "None"))}, want: []string{"10.1.0.0/16", host}},
		{note: "TAG-14 read the other way", app: []Item{Routes("rt", Route("172.20.0.0/16", "None"))}, assume: "vnetTag.udrHopTypes=appliance+gateway+none", want: []string{"10.1.0.0/16", "172.20.0.0/16", host}},
		{note: "TAG-15 a service endpoint", app: []Item{Endpoint("Microsoft.Storage")}, want: []string{"10.1.0.0/16", host}},
	} {
		t.Run(row.note, func(t *testing.T) {
			v := append([]Item{Subnet("app", "10.1.1.0/24", row.app...)}, row.vnet...)
			var settle []string
			if row.assume != "" {
				settle = []string{row.assume}
			}
			f := compile(t, Net(t, append([]Item{VNet("v", "10.1.0.0/16", v...)}, row.more...)...), settle...)
			b := f.VirtualNetworkTag(subnet(t, f, "v", "app"))
			if !b.Must.Equal(nets(row.want...)) || !b.Exact() {
				t.Errorf("want %v, got %v to %v", nets(row.want...), b.Must, b.May)
			}
		})
	}
}

// What Internet holds at a subnet (TAG-20 to TAG-24).
func TestInternetTag(t *testing.T) {
	f := compile(t, Net(t,
		VNet("v", "10.1.0.0/16,20.1.0.0/16", Subnet("app", "10.1.1.0/24"), Subnet("nva", "10.1.9.0/24", Routes("rt", Route("198.51.100.0/24", "10.1.9.4"))), Peer("w", NoAccess())),
		VNet("w", "20.2.0.0/16", Peer("v"))))
	plain, routed := f.InternetTag(subnet(t, f, "v", "app")), f.InternetTag(subnet(t, f, "v", "nva"))
	for _, row := range []struct {
		id, inside, outside string
	}{
		{"TAG-20", "8.8.8.8 52.239.192.10", "10.1.1.9"},
		{"TAG-21", "168.63.129.16 198.51.100.7 203.0.113.9", "25.1.2.3 192.0.2.10 10.9.9.9 224.0.0.1"},
		{"TAG-22", "20.3.2.3", "20.1.2.3 20.2.2.3"},
		{"TAG-24", "2001:db8::1", "fd00::1"},
	} {
		for want, addresses := range map[bool]string{true: row.inside, false: row.outside} {
			for _, address := range strings.Fields(addresses) {
				if a := netip.MustParseAddr(address); plain.Must.ContainsAddr(a) != want || plain.May.ContainsAddr(a) != want {
					t.Errorf("%s: %s in Internet: want %v", row.id, address, want)
				}
			}
		}
	}
	if routed.May.Overlaps(nets("198.51.100.0/24")) { // TAG-23
		t.Error("what a user route puts into VirtualNetwork stays in Internet")
	}
	other := f.Reading(assume(t, "internet.minusVnetTag=false"))
	if !nets("198.51.100.0/24").SubsetOf(other.InternetTag(subnet(t, other, "v", "nva")).Must) {
		t.Error("read the other way it leaves Internet")
	}
}

// The words of a requirement (decisions 7 and 8).
func TestRequirementWords(t *testing.T) {
	f := compile(t, Net(t,
		VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", Routes("rt", Route("0.0.0.0/0", "10.1.9.4"))), Peer("w"), Peer("x")),
		VNet("w", "10.2.0.0/16", Subnet("far", "10.2.1.0/24"), Peer("v")),
		VNet("x", "10.3.0.0/16", Peer("v", State("Disconnected"))),
		VNet("y", "10.4.0.0/16")))
	v, _ := f.Network().VirtualNetwork(VNetID("v"))
	if got, want := f.ClientSpace(v), nets("10.1.0.0/16", "10.2.0.0/16"); !got.Equal(want) {
		t.Errorf("the space of the network and its peers is %v, want %v", got, want)
	}
	usable := nets("10.1.1.0/24", "10.2.1.0/24").Minus(nets("10.1.1.0/30", "10.1.1.255", "10.2.1.0/30", "10.2.1.255"))
	if got := f.UsableSpace(v); !got.Equal(usable) {
		t.Errorf("usable is %v, want %v", got, usable)
	}
	internet := f.PublicInternet()
	for address, want := range map[string]bool{
		"8.8.8.8": true, "203.0.113.9": true, "168.63.129.16": false, "169.254.169.254": false,
		"10.0.0.1": false, "25.1.2.3": false, "104.147.1.1": false, "40.108.1.1": false, "2001:db8::1": false,
	} {
		if internet.ContainsAddr(netip.MustParseAddr(address)) != want {
			t.Errorf("%s in the Internet of a requirement: want %v", address, want)
		}
	}
	named := f.Mention("Storage")
	if !named.PublicInternet().Contains(flow.OpaqueAddress("Storage", flow.IPv4)) {
		t.Error("a tag without data is not in the Internet of a requirement")
	}
	if s, err := named.TagSpace("storage"); err != nil || !s.Contains(flow.OpaqueAddress("Storage", flow.IPv4)) {
		t.Errorf("the addresses of storage are %v, %v", s, err)
	}
	for _, name := range []string{"VirtualNetwork", "not a tag"} {
		if s, err := f.TagSpace(name); err == nil {
			t.Errorf("%s has the addresses %v", name, s)
		}
	}
}

// A fabric may be asked by many at once.
func TestConcurrentUse(t *testing.T) {
	f := compile(t, Net(t, VNet("v", "10.1.0.0/16",
		Subnet("a", "10.1.1.0/24", NSG("g", DenyIn(100, "*", "Internet", "*", "*"))), Subnet("b", "10.1.2.0/24", UseNSG("g")))))
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			s := subnet(t, f, "v", []string{"a", "b"}[i%2])
			first := f.SubnetRules(s, azure.Inbound)
			if again := f.SubnetRules(s, azure.Inbound); again != first {
				t.Error("a group was compiled twice")
			}
			f.Routes(s).Partition(flow.AllAddresses())
			f.Reading(fabric.Assume().With(fabric.ICMPPorts, 1)).InternetTag(s)
			f.Mention("Storage").PublicInternet()
		})
	}
	wait.Wait()
}

// The effective rules of a subnet, the default rules last (NSG-19).
func TestEffectiveRules(t *testing.T) {
	f := compile(t, Net(t, VNet("v", "10.1.0.0/16", Subnet("a", "10.1.1.0/24",
		NSG("g", DenyIn(300, "*", "?later", "*", "*"), AllowIn(200, "tcp", "10.0.0.0/8", "*", "443"), AllowOut(100, "*", "*", "*", "*"))))))
	rules := f.SubnetRules(subnet(t, f, "v", "a"), azure.Inbound).Rules()
	var names []string
	for _, r := range rules {
		names = append(names, r.Rule.Name)
	}
	if got := strings.Join(names, " "); got != "allow-in-200 deny-in-300 AllowVnetInBound AllowAzureLoadBalancerInBound DenyAllInBound" {
		t.Errorf("the order is %s", got)
	}
	if r := rules[1]; len(r.Must) != 0 || len(r.May) != 1 || len(r.Doubts) != 1 {
		t.Errorf("the rule with an unknown source is %+v", r)
	}
	if r := rules[0]; len(r.Doubts) != 0 || !r.Must[0].Equal(r.May[0]) {
		t.Errorf("the rule of which all is known is %+v", r)
	}
	if f.SubnetRules(subnet(t, f, "v", "a"), azure.Inbound).Group.Name != "g" {
		t.Error("the group is not named")
	}
}
