package check_test

import (
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// nodes is a service that calls a cloud and talks inside of its subnet.
const nodes = `schema: wayleave.profile/v1
service: nodes
edition: "1"
title: Nodes
sources: [{id: page, title: Page, path: somewhere, date: "2020-01-01"}]
requirements:
  - {id: cloud, row: "1", purpose: Control plane, direction: outbound, protocols: [tcp], sourcePorts: ["*"], source: {text: nodes, is: subnet}, destination: {text: AzureCloud, tag: AzureCloud}, destinationPorts: ["9000"], capability: management}
  - {id: web, row: "3", purpose: Web, direction: outbound, protocols: [tcp], sourcePorts: ["*"], source: {text: nodes, is: subnet}, destination: {text: Internet, tag: Internet}, destinationPorts: ["80"], capability: management}
  - {id: within, row: "2", purpose: Neighbours, direction: outbound, protocols: [tcp], sourcePorts: ["*"], source: {text: nodes, is: subnet}, destination: {text: other nodes, is: subnet}, destinationPorts: ["7000"], capability: runtime-outbound}
`

func nodesOn(t *testing.T, network *azure.Network, tags *servicetag.Catalogue, id string) *result.Requirement {
	t.Helper()
	p, problems := service.Parse("nodes.yaml", []byte(nodes))
	if p == nil {
		t.Fatal(problems)
	}
	s, err := service.FindSubnet(network, "s")
	if err != nil {
		t.Fatal(err)
	}
	b, err := service.Bind(p, nil, []*azure.Subnet{s}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return entry(t, runOn(t, b, network, tags), id, "s")
}

// AzureCloud holds the addresses that Azure lends, those of the network's own
// firewall too: who asks for the cloud does not ask for them.
func TestRowsTowardsTagsLeaveOutTheNetworksOwnAddresses(t *testing.T) {
	tags, err := servicetag.Parse("ServiceTags_Public.json", []byte(`{"changeNumber":1,"cloud":"Public","values":[{"name":"AzureCloud","id":"AzureCloud","properties":{"changeNumber":1,"region":"","addressPrefixes":["20.103.0.0/16"],"networkFeatures":["API","NSG","UDR","FW"]}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	network := func(rule string) *azure.Network {
		return Net(t, VNet("v", "10.0.0.0/16",
			Subnet("s", "10.0.0.0/24", Routes("rt", Route("0.0.0.0/0", "10.0.8.4"), Route("20.103.7.7/32", "Internet"))),
			Subnet("AzureFirewallSubnet", "10.0.8.0/26")),
			Firewall("fw", "v", "10.0.8.4", Egress("out", "20.103.7.7"),
				Collection("c", 100, azure.FirewallAllow, NetworkRule("cloud", "TCP", "10.0.0.0/24", rule, "9000"))))
	}
	for _, with := range []*servicetag.Catalogue{tags, servicetag.Symbolic()} {
		if got := nodesOn(t, network("AzureCloud"), with, "cloud"); got.Verdict != result.Allowed {
			t.Errorf("verdict %s, want allowed: %v", got.Verdict, got.Reasons)
		}
	}
	if got := nodesOn(t, network("20.103.0.0/17"), tags, "cloud"); got.Verdict != result.Partial {
		t.Errorf("verdict %s, want partial: the firewall lets half of the cloud through", got.Verdict)
	}
}

// A group at the far end lets in: without the source its rule would be for everybody.
func TestFixAtTheFarEndNamesBothEnds(t *testing.T) {
	for _, test := range []struct {
		name string
		rule Item
		want string
	}{
		{"its own end", DenyOut(200, "*", "*", "*", "7000"), "in g allow outbound tcp 7000 to other nodes before priority 200 (deny-out-200)"},
		{"the far end", DenyIn(200, "*", "*", "*", "7000"), "in g allow inbound tcp 7000 from nodes to other nodes before priority 200 (deny-in-200)"},
	} {
		network := Net(t, VNet("v", "10.0.0.0/16", Subnet("s", "10.0.0.0/24", NSG("g", test.rule))))
		if got := nodesOn(t, network, servicetag.Symbolic(), "within").Fix; got != test.want {
			t.Errorf("%s: fix %q, want %q", test.name, got, test.want)
		}
	}
}

// What a group and a firewall block takes a rule in both; a firewall does not know the
// tag Internet, and behind its default route the tag holds nothing in a group either.
func TestFixNamesFirewallsAndNoTagThatHoldsNothing(t *testing.T) {
	behind := func(route string, rules []Item, collections ...Item) *azure.Network {
		return Net(t, VNet("v", "10.0.0.0/16",
			Subnet("s", "10.0.0.0/24", NSG("g", rules...), Routes("rt", Route(route, "10.0.8.4"))), Subnet("AzureFirewallSubnet", "10.0.8.0/26")),
			Firewall("fw", "v", "10.0.8.4", append([]Item{Egress("out", "20.103.7.7")}, collections...)...))
	}
	closed, open := []Item{DenyOut(200, "*", "*", "*", "*")}, []Item(nil)
	no := Collection("no", 100, azure.FirewallDeny, NetworkRule("any", "Any", "*", "*", "*"))
	inPolicies := func(base, own []Item) *azure.Network {
		return Net(t, VNet("v", "10.0.0.0/16", Subnet("s", "10.0.0.0/24", Routes("rt", Route("0.0.0.0/0", "10.0.8.4"))), Subnet("AzureFirewallSubnet", "10.0.8.0/26")),
			Firewall("fw", "v", "10.0.8.4", Egress("out", "20.103.7.7"), UsePolicy("p")), Policy("p", append(own, UsePolicy("base"))...), Policy("base", base...))
	}
	for _, test := range []struct {
		name    string
		network *azure.Network
		row     string
		want    string
	}{
		{"a firewall", behind("0.0.0.0/0", open), "cloud", "in firewall fw allow tcp 9000 to AzureCloud"},
		{"its rule", behind("0.0.0.0/0", open, no), "cloud", "allow tcp 9000 to AzureCloud before rule any of no"},
		{"its policy's rule", inPolicies(nil, []Item{Group("g", 300, no)}), "cloud", "allow tcp 9000 to AzureCloud before rule any of no"},
		{"the base policy's rule", inPolicies([]Item{Group("g", 300, no)}, nil), "cloud", "allow tcp 9000 to AzureCloud before rule any of no, in the base policy base"},
		{"both", behind("0.0.0.0/0", closed), "cloud", "in g allow outbound tcp 9000 to AzureCloud before priority 200 (deny-out-200); in firewall fw allow tcp 9000 to AzureCloud"},
		{"the internet behind both", behind("0.0.0.0/0", closed), "web", "in g allow outbound tcp 80 to Internet before priority 200 (deny-out-200), by prefixes: the routes of the subnet leave none of these addresses in the tag Internet; in firewall fw allow tcp 80 to every address"},
		{"the internet without", behind("198.51.100.0/24", closed), "web", "in g allow outbound tcp 80 to Internet before priority 200 (deny-out-200); in firewall fw allow tcp 80 to every address"},
	} {
		if got := nodesOn(t, test.network, servicetag.Symbolic(), test.row).Fix; got != test.want {
			t.Errorf("%s: fix %q\nwant %q", test.name, got, test.want)
		}
	}
}
