package reach_test

import (
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// notCompared are the recorded answers that say nothing about packets, each
// with the reason.
var notCompared = map[string]string{
	"ifv-11":      "Azure itself answered Unknown",
	"tag-03":      "the network it was recorded in is not published, so nothing can be asked",
	"ert-03":      "the record keeps which fields the routes have, and not the routes",
	"spec-ncd-01": "an example of the form of an answer, not an answer",
	"spec-ise-01": "an example of the form of an answer, not an answer",
}

// comparedElsewhere are the kinds of cases that the tests beside this one take.
var comparedElsewhere = []string{"ifv-", "ncd-", "nh-", "tag-"}

// TestRecordedRoutesAndConnections asks what was asked of Azure about routes and
// connections; no case of the recordings is without a test or a reason (RT-28, NW-4).
func TestRecordedRoutesAndConnections(t *testing.T) {
	for id, c := range recordings(t) {
		ask := recordedQuestions[id]
		elsewhere := slices.ContainsFunc(comparedElsewhere, func(kind string) bool { return strings.HasPrefix(id, kind) })
		switch why := notCompared[id]; {
		case ask != nil:
			t.Run(id, func(t *testing.T) { ask(t, c) })
		case why != "":
			t.Logf("%s is not compared: %s", id, why)
		case !elsewhere:
			t.Errorf("%s is compared by no test", id)
		}
	}
}

// recordedQuestions asks each case: what is on record, and what decides.
var recordedQuestions = map[string]func(*testing.T, recorded){
	"ert-01":    askRoutesOf2017,
	"ert-02":    askRoutesOf2023,
	"rt-01":     routesOfSpoke(nil, "10.1.200.1 VnetLocal", "10.4.9.9 VNetPeering", "8.8.8.8 Internet", "10.2.1.4 None"),
	"rt-02":     routesOfSpoke(items(Route("10.0.0.0/8", appliance)), "10.2.1.4 user VirtualAppliance", "10.1.200.1 VnetLocal", "10.4.9.9 VNetPeering", "192.168.1.1 None"),
	"rt-03":     routesOfSpoke(items(Route("0.0.0.0/0", appliance)), "10.1.200.1 VnetLocal", "10.4.9.9 VNetPeering", "8.8.8.8 user VirtualAppliance", "10.9.1.1 user VirtualAppliance", "192.168.1.1 user VirtualAppliance", "172.16.1.1 user VirtualAppliance", "100.64.1.1 user VirtualAppliance"),
	"rt-04":     askGlobalPeering,
	"rt-05":     askNeighboursByAppliance,
	"rt-06":     askProbeUnderDeny,
	"rt-07":     askGatewayOfThePeer,
	"doc-rt-01": askDocumentedTables,
	"doc-ifv-01": func(t *testing.T, _ recorded) {
		vm := NSG("vm-nsg", AllowIn(1000, "Tcp", "*", "*", "22", Named("default-allow-ssh")))
		f := compile(t, Net(t, VNet("v", "10.0.0.0/16", Subnet("s", "10.0.0.0/24", NIC("vm", "10.0.0.4", vm)))), servicetag.Symbolic())
		wantDecided(t, f, in("tcp/80:60000", "nic:vm", "13.107.21.200"), reach.Allowed, "AllowInternetOutBound")
		wantDecided(t, f, in("tcp/80:60000", "nic:vm", "172.31.0.100"), reach.Blocked, "DenyAllOutBound")
		wantDecided(t, f, in("tcp/80:60000", "172.31.0.100", "nic:vm"), reach.Blocked, "DenyAllInBound")
	},
	"doc-nsg-01": askOrderOfGroups,
	"peer-01":    askPeers(),
	"peer-02":    askPeers(NoAccess()),
	"vpn-01":     askNetworksBehindGateways,
}

// appliance is that of the hub in the published lab.
const appliance = "10.4.2.101"

// hub is the network of the appliance, peered with v.
func hub() Item {
	return VNet("h", "10.4.0.0/16", Subnet("nva", "10.4.2.0/24", NIC("nva", appliance, Forwarding())), Peer("v"))
}

func wantDecided(t *testing.T, f *fabric.Fabric, q question, want reach.Verdict, by string) {
	t.Helper()
	if a := explore(t, f, q); a.Verdict() != want || !decided(a, by) {
		t.Errorf("%s from %s to %s: want %s by %s, got %s", q.protocol, q.from, q.to, want, by, describe(a))
	}
}

// routeTo is how a destination is routed from the subnet v/s: next hop types,
// "user" in front of what a route table states, and whether that is certain.
func routeTo(t *testing.T, f *fabric.Fabric, network *azure.Network, subnet, to string) string {
	t.Helper()
	s, ok := network.Subnet(SubnetID("v", subnet))
	if !ok {
		t.Fatalf("there is no subnet %s", subnet)
	}
	var ways []string
	for _, leg := range f.Routes(s).Partition(flow.Host(netip.MustParseAddr(to))) {
		for _, r := range leg.Routes {
			way := string(r.Hop)
			if r.User != nil {
				way = "user " + way
			}
			ways = append(ways, way)
		}
	}
	return strings.Join(ways, " or ")
}

func wantRoutes(t *testing.T, network *azure.Network, subnet string, want []string, assume ...string) {
	t.Helper()
	f := compile(t, network, servicetag.Symbolic(), assume...)
	for _, row := range want {
		to, hop, _ := strings.Cut(row, " ")
		if got := routeTo(t, f, network, subnet, to); got != hop {
			t.Errorf("from %s to %s by %s, Azure says %s", subnet, to, got, hop)
		}
	}
}

// routesOfSpoke asks a spoke with these user routes.
func routesOfSpoke(routes []Item, want ...string) func(*testing.T, recorded) {
	return func(t *testing.T, c recorded) {
		network := Net(t, VNet("v", "10.1.0.0/16", Subnet("s", "10.1.1.0/24", Routes("rt", routes...)), Peer("h")), hub())
		wantRoutes(t, network, "s", want)
	}
}

// wantTable checks both ends of every prefix of a recorded table that holds no
// longer prefix of it, and that what no prefix but the default holds goes to
// the internet.
func wantTable(t *testing.T, network *azure.Network, table map[string]string, assume ...string) {
	t.Helper()
	f := compile(t, network, servicetag.Symbolic(), assume...)
	hopOf := func(a netip.Addr) string {
		best, hop := -1, ""
		for text, h := range table {
			if p := netip.MustParsePrefix(text); p.Contains(a) && p.Bits() > best {
				best, hop = p.Bits(), h
			}
		}
		return hop
	}
	for text := range table {
		p := netip.MustParsePrefix(text)
		last := lastOf(p)
		for _, a := range []netip.Addr{p.Addr(), p.Addr().Prev(), last, last.Next()} {
			if !a.IsValid() || !flow.AllIPv4().ContainsAddr(a) || a == netip.MustParseAddr("255.255.255.255") || a.IsUnspecified() {
				continue
			}
			if got := routeTo(t, f, network, "s", a.String()); got != hopOf(a) {
				t.Errorf("to %v by %s, Azure says %s", a, got, hopOf(a))
			}
		}
	}
}

func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

func systemOnly(t *testing.T) *azure.Network {
	return Net(t, VNet("v", "10.0.0.0/16", Subnet("s", "10.0.0.0/24")))
}

// The table of 2017 holds the documented system routes and no more.
func askRoutesOf2017(t *testing.T, c recorded) {
	var rows [][]string
	if err := json.Unmarshal(c.Answer, &rows); err != nil {
		t.Fatal(err)
	}
	table := map[string]string{}
	for _, row := range rows {
		table[row[2]] = row[3]
	}
	wantTable(t, systemOnly(t), table, "platformNoneRoutes=documented")
}

// The table of 2023 is in the recording itself, with more routes to None.
func askRoutesOf2023(t *testing.T, _ recorded) {
	data, err := os.ReadFile(filepath.Join(corpus(t), "ground-truth", "ReaNAiveD__test_network_nic_convenience_commands.json"))
	if err != nil {
		t.Fatal(err)
	}
	var recording struct {
		Questions []struct {
			Answer struct {
				Value []struct {
					AddressPrefix []string
					NextHopType   string
				}
			}
		}
	}
	if err := json.Unmarshal(data, &recording); err != nil {
		t.Fatal(err)
	}
	table := map[string]string{}
	for _, r := range recording.Questions[1].Answer.Value {
		for _, prefix := range r.AddressPrefix {
			table[prefix] = r.NextHopType
		}
	}
	if len(table) != 18 {
		t.Fatalf("the recording holds %d routes, want 18", len(table))
	}
	f := compile(t, systemOnly(t), servicetag.Symbolic())
	for text, hop := range table {
		p := netip.MustParsePrefix(text)
		if p.Bits() == 0 {
			continue // what it leaves is asked below
		}
		to := lastOf(p).Prev()
		if got := routeTo(t, f, systemOnly(t), "s", to.String()); got != hop {
			t.Errorf("to %v by %s, Azure says %s", to, got, hop)
		}
	}
	if got := routeTo(t, f, systemOnly(t), "s", "8.8.8.8"); got != table["0.0.0.0/0"] {
		t.Errorf("to 8.8.8.8 by %s, Azure says %s", got, table["0.0.0.0/0"])
	}
}

// A peer in another region is reached as any peer: the model does not tell the
// two types of peering apart, which carry the same packets.
func askGlobalPeering(t *testing.T, _ recorded) {
	network := Net(t, VNet("v", "10.3.0.0/16", Subnet("s", "10.3.1.0/24", Routes("rt", Route("0.0.0.0/0", appliance))), Peer("h")), hub())
	wantRoutes(t, network, "s", []string{"10.3.200.1 VnetLocal", "8.8.8.8 user VirtualAppliance", "10.4.9.9 VNetPeering"})
}

// A route for the own subnet takes neighbours by the appliance.
func askNeighboursByAppliance(t *testing.T, _ recorded) {
	routes := Routes("rt", Route("10.0.0.0/8", appliance), Route("10.1.1.0/24", appliance))
	network := Net(t, VNet("v", "10.1.0.0/16", Subnet("s", "10.1.1.0/24", routes, NIC("a", "10.1.1.4"), NIC("b", "10.1.1.5")), Peer("h")), hub())
	wantRoutes(t, network, "s", []string{"10.1.1.5 user VirtualAppliance", "10.1.2.5 VnetLocal"})
	a := explore(t, compile(t, network, servicetag.Symbolic()), in("tcp/22", "nic:a", "nic:b"))
	if !slices.ContainsFunc(a.Parts[0].Trace, func(h reach.Hop) bool { return strings.Contains(h.Name, "10.1.1.0-24") }) {
		t.Errorf("the way to a neighbour does not name the route: %s", describe(a))
	}
}

// The probe falls under a deny that stands before the default rules.
func askProbeUnderDeny(t *testing.T, _ recorded) {
	network := Net(t, VNet("v", "10.4.0.0/16", Subnet("s", "10.4.2.0/24",
		NIC("nva", appliance, NSG("nva-nsg", DenyIn(100, "*", "*", "*", "*", Named("deny-all")))))))
	wantDecided(t, compile(t, network, servicetag.Symbolic()), in("tcp/22", "probe", "nic:nva"), reach.Blocked, "deny-all")
}

// The routes of the hub's gateway reach a spoke that uses it, and no other.
func askGatewayOfThePeer(t *testing.T, _ recorded) {
	network := func(link ...Item) *azure.Network {
		routes := Routes("rt", Route("10.0.0.0/8", "10.4.0.4"))
		return Net(t, VNet("v", "10.1.0.0/16", Subnet("s", "10.1.1.0/24", routes), Peer("h", link...)),
			VNet("h", "10.4.0.0/16", Subnet("nva", "10.4.0.0/24", NIC("nva", "10.4.0.4", Forwarding())), Subnet("GatewaySubnet", "10.4.255.0/27"), Peer("v")))
	}
	wantRoutes(t, network(), "s", []string{"10.5.0.9 user VirtualAppliance"})
	// What the gateway has learnt is not in the input, so it may be either.
	n := network(RemoteGateways())
	if got := routeTo(t, compile(t, n, servicetag.Symbolic()), n, "s", "10.5.0.9"); !strings.Contains(got, "VirtualNetworkGateway") {
		t.Errorf("the gateway of the peer is no way to 10.5.0.9: %s", got)
	}
}

// Both tables of the documented example.
func askDocumentedTables(t *testing.T, _ recorded) {
	routes := Routes("rt", Route("10.0.0.0/16", "10.0.100.4"), Route("10.0.0.0/24", "VnetLocal"), Route("10.1.0.0/16", "None"),
		Route("10.2.0.0/16", "None"), Route("10.10.0.0/16", "10.0.100.4"), Route("0.0.0.0/0", "10.0.100.4"))
	network := Net(t, VNet("v", "10.0.0.0/16",
		Subnet("one", "10.0.0.0/24", routes, Endpoint("Microsoft.Storage.Global")), Subnet("two", "10.0.1.0/24"),
		Subnet("nva", "10.0.100.0/24", NIC("nva", "10.0.100.4", Forwarding())), Peer("w")),
		VNet("w", "10.1.0.0/16,10.2.0.0/16", Peer("v")))
	wantRoutes(t, network, "one", []string{
		"10.0.5.5 user VirtualAppliance", "10.0.0.9 user VnetLocal", "10.1.5.5 user None", "10.2.5.5 user None",
		"10.10.5.5 user VirtualAppliance", "192.168.5.5 user VirtualAppliance", "10.200.5.5 user VirtualAppliance"})
	wantRoutes(t, network, "two", []string{
		"10.0.5.5 VnetLocal", "10.0.0.9 VnetLocal", "10.1.5.5 VNetPeering", "10.2.5.5 VNetPeering", "8.8.8.8 Internet",
		"10.200.5.5 None", "100.64.5.5 None", "192.168.5.5 None"})
	tags := compile(t, network, corpusCatalogue(t))
	if got := routeTo(t, tags, network, "one", "13.83.72.17"); got != "VirtualNetworkServiceEndpoint" {
		t.Errorf("to Storage by %s, the example has a service endpoint", got)
	}
	if got := routeTo(t, tags, network, "two", "13.83.72.17"); got != "Internet" {
		t.Errorf("to Storage from the other subnet by %s, the example has Internet", got)
	}
}

// Inbound the subnet's group is first, outbound the interface's; neighbours are
// filtered too, and without any group everything passes.
func askOrderOfGroups(t *testing.T, _ recorded) {
	on := func(name string) Item {
		return NSG(name, AllowIn(100, "*", "*", "*", "*", Named(name+"-in")), AllowOut(100, "*", "*", "*", "*", Named(name+"-out")))
	}
	f := compile(t, Net(t, VNet("v", "10.0.0.0/16", Subnet("s", "10.0.0.0/24", on("subnet"), NIC("a", "10.0.0.4", on("nic")), NIC("b", "10.0.0.5")))), servicetag.Symbolic())
	for from, want := range map[string][]string{"nic:b": {"subnet-out", "subnet-in", "nic-in"}} {
		if got := rulesPassed(explore(t, f, in("tcp/443", from, "nic:a"))); !slices.Equal(got, want) {
			t.Errorf("from a neighbour the rules are %v, want %v", got, want)
		}
	}
	if got := rulesPassed(explore(t, f, in("tcp/443", "nic:a", "nic:b"))); !slices.Equal(got, []string{"nic-out", "subnet-out", "subnet-in"}) {
		t.Errorf("to a neighbour the rules are %v", got)
	}
	bare := compile(t, Net(t, VNet("v", "10.0.0.0/16", Subnet("s", "10.0.0.0/24", NIC("a", "10.0.0.4"), NIC("b", "10.0.0.5")))), servicetag.Symbolic())
	if a := explore(t, bare, in("tcp/443", "nic:a", "nic:b")); a.Verdict() != reach.Allowed || len(rulesPassed(a)) != 0 {
		t.Errorf("without groups: %s", describe(a))
	}
}

func rulesPassed(a reach.Answer) []string {
	var names []string
	for _, h := range a.Parts[0].Trace {
		if h.Kind == fabric.KindNSGRule || h.Kind == fabric.KindNSGDefaultRule {
			names = append(names, h.Name)
		}
	}
	return names
}

// Two networks that are peered, with the groups that machines get.
func askPeers(flags ...Item) func(*testing.T, recorded) {
	return func(t *testing.T, _ recorded) {
		network := Net(t, VNet("v", "10.0.0.0/27", Subnet("s", "10.0.0.0/27", NIC("a", "10.0.0.8", NSG("a"))), Peer("w", flags...)),
			VNet("w", "10.1.0.0/27", Subnet("s", "10.1.0.0/27", NIC("b", "10.1.0.8", NSG("b"))), Peer("v", flags...)))
		f := compile(t, network, servicetag.Symbolic())
		if len(flags) == 0 {
			wantDecided(t, f, in("tcp/22", "nic:b", "nic:a"), reach.Allowed, "AllowVnetInBound")
			return
		}
		wantDecided(t, f, in("tcp/22", "nic:b", "nic:a"), reach.Blocked, "DenyAllOutBound")
		wantDecided(t, f, in("tcp/22", "nic:a", "nic:b"), reach.Blocked, "DenyAllOutBound")
	}
}

// Azure said that a network behind two gateways is reachable. What a gateway
// carries is not modelled, so the answer is not a verdict, and never blocked.
func askNetworksBehindGateways(t *testing.T, _ recorded) {
	gateway := func(name, space, subnet, address, gatewaySubnet string) Item {
		return VNet(name, space, Subnet("s", subnet, NIC(name+"-vm", address)), Subnet("GatewaySubnet", gatewaySubnet))
	}
	f := compile(t, Net(t, gateway("v", "10.11.0.0/16", "10.11.0.0/24", "10.11.0.4", "10.11.255.0/27"),
		gateway("w", "10.41.0.0/16", "10.41.0.0/24", "10.41.0.4", "10.41.255.0/27")), servicetag.Symbolic())
	a := explore(t, f, in("tcp/22", "nic:v-vm", "10.41.0.4"))
	if a.Verdict() == reach.Blocked || !strings.Contains(describe(a), "gateway") {
		t.Errorf("want the gateway named and no block, got %s", describe(a))
	}
}
