package reach_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// behind is a subnet whose default route leads to a firewall with an address and
// further items.
func behind(t *testing.T, address, hop string, items ...Item) *azure.Network {
	t.Helper()
	return Net(t,
		VNet("v", "10.1.0.0/16",
			Subnet("app", "10.1.1.0/24", NIC("vma", "10.1.1.4"), Routes("rt", Route("0.0.0.0/0", hop))),
			Subnet("AzureFirewallSubnet", "10.1.5.0/26")),
		Firewall("fw", "v", address, append([]Item{Egress("pip", "203.0.113.10")}, items...)...))
}

var anyOut = Collection("any", 200, azure.FirewallAllow, NetworkRule("any", "Any", "*", "*", "*"))

// F-25: the address of a firewall that the input does not tell may be taken to be
// the first usable one; the answer then names what it rests on.
func TestF25FirstUsableAddress(t *testing.T) {
	for _, row := range []struct {
		hop, assume string
		want        reach.Verdict
		listed      bool
	}{
		{"10.1.5.4", "", reach.Undecided, false},
		{"10.1.5.4", "firewall.privateAddress=firstUsable", reach.Allowed, true},
		{"10.1.5.5", "firewall.privateAddress=firstUsable", reach.Undecided, false},
	} {
		var assume []string
		if row.assume != "" {
			assume = append(assume, row.assume)
		}
		a := explore(t, compile(t, behind(t, "?fw.address", row.hop, anyOut), servicetag.Symbolic(), assume...), in("tcp/443", "nic:vma", "8.8.8.8"))
		listed := strings.Contains(assumedNames(a), "firewall.privateAddress")
		if a.Verdict() != row.want || listed != row.listed {
			t.Errorf("next hop %s, %q: want %s (listed %v), got %s, %s", row.hop, row.assume, row.want, row.listed, describe(a), assumedNames(a))
		}
	}
}

func assumedNames(a reach.Answer) string {
	var names []string
	for _, x := range a.Assumptions {
		names = append(names, x.Name)
	}
	return strings.Join(names, " ")
}

// P-17, P-20 (T-48): what is on the list of threat intelligence is for the user to
// say. Mode Alert drops nothing.
func TestP17P20ThreatIntelligence(t *testing.T) {
	mode := func(m azure.InspectionMode) *azure.Network {
		n := behind(t, "10.1.5.4", "10.1.5.4", anyOut)
		n.AzureFirewalls[0].ThreatIntelMode = azure.Of(m, azure.Position{})
		return n
	}
	const listed = "threatIntelligence.destinations=listed"
	for _, row := range []struct {
		id      string
		network *azure.Network
		assume  []string
		want    reach.Verdict
		names   bool
	}{
		{"P-17 T-48 denied", mode(azure.InspectionDeny), []string{listed}, reach.Blocked, true},
		{"T-48 not on the list", mode(azure.InspectionDeny), nil, reach.Allowed, true},
		{"P-19 Alert", mode(azure.InspectionAlert), []string{listed}, reach.Allowed, false},
	} {
		a := explore(t, compile(t, row.network, servicetag.Symbolic(), row.assume...), in("tcp/443", "nic:vma", "8.8.8.8"))
		if named := strings.Contains(assumedNames(a), "threatIntelligence.destinations"); a.Verdict() != row.want || named != row.names {
			t.Errorf("%s: want %s, got %s, assuming %s", row.id, row.want, describe(a), assumedNames(a))
		}
	}
}

// P-18, R-32: the strictest mode of a policy and its parents holds; what is on
// their allow-lists is left alone.
func TestP18R32ThreatIntelligenceOfPolicies(t *testing.T) {
	n := Net(t,
		VNet("v", "10.1.0.0/16",
			Subnet("app", "10.1.1.0/24", NIC("vma", "10.1.1.4"), Routes("rt", Route("0.0.0.0/0", "10.1.5.4"))),
			Subnet("AzureFirewallSubnet", "10.1.5.0/26")),
		Policy("parent"), Policy("child", UsePolicy("parent"), Group("g", 100, anyOut)),
		Firewall("fw", "v", "10.1.5.4", Egress("pip", "203.0.113.10"), UsePolicy("child")))
	for _, p := range n.FirewallPolicies {
		if p.Name == "parent" {
			p.ThreatIntelMode = azure.Of(azure.InspectionDeny, azure.Position{})
			term, _ := azure.ParseFirewallTerm("9.9.9.0/24", azure.Position{})
			p.ThreatIntelAllowed = []azure.FirewallTerm{term}
		}
	}
	f := compile(t, n, servicetag.Symbolic(), "threatIntelligence.destinations=listed")
	for to, want := range map[string]reach.Verdict{"8.8.8.8": reach.Blocked, "9.9.9.9": reach.Allowed} {
		if a := explore(t, f, in("tcp/443", "nic:vma", to)); a.Verdict() != want {
			t.Errorf("P-18, R-32, to %s: want %s, got %s", to, want, describe(a))
		}
	}
}

// P-31: what Any means is selectable.
func TestP31AnyProtocol(t *testing.T) {
	rule := Collection("any", 200, azure.FirewallAllow, NetworkRule("any", "Any", "*", "10.1.2.0/24", "*"))
	n := Net(t,
		VNet("v", "10.1.0.0/16",
			Subnet("app", "10.1.1.0/24", NIC("vma", "10.1.1.4"), Routes("rt", Route("10.1.2.0/24", "10.1.5.4"))),
			Subnet("db", "10.1.2.0/24", Routes("back", Route("10.1.1.0/24", "10.1.5.4"))),
			Subnet("AzureFirewallSubnet", "10.1.5.0/26")),
		Firewall("fw", "v", "10.1.5.4", Egress("pip", "203.0.113.10"), rule))
	for _, row := range []struct {
		assume, protocol string
		want             reach.Verdict
	}{
		{"anyProtocolMeaning=allIana", "esp", reach.Allowed},
		{"anyProtocolMeaning=tcpUdpIcmp", "esp", reach.Blocked},
		{"anyProtocolMeaning=tcpUdpIcmp", "icmp", reach.Allowed},
		{"anyProtocolMeaning=tcpUdpIcmp", "tcp/22", reach.Allowed},
	} {
		a := explore(t, compile(t, n, servicetag.Symbolic(), row.assume, "defaults"), in(row.protocol, "nic:vma", "10.1.2.4"))
		if a.Verdict() != row.want {
			t.Errorf("%s, %s: want %s, got %s", row.assume, row.protocol, row.want, describe(a))
		}
	}
}

// T-53, F-13: a default route that the gateway has learnt breaks a firewall
// without management interface, until a user route stands before it. What lies
// behind the gateway stays undecided.
func TestF13LearntDefaultRoute(t *testing.T) {
	for _, row := range []struct {
		id   string
		own  []Item
		fw   []Item
		drop bool
	}{
		{"T-53", nil, nil, true},
		{"T-53, F-13 with a user route", []Item{Routes("rt-fw", Route("0.0.0.0/0", "Internet"))}, nil, false},
		{"F-15 with a management interface", nil, []Item{Management("mgmt", "203.0.113.12")}, false},
	} {
		n := Net(t,
			VNet("v", "10.1.0.0/16",
				Subnet("app", "10.1.1.0/24", NIC("vma", "10.1.1.4"), Routes("rt", Route("0.0.0.0/0", "10.1.5.4"))),
				Subnet("GatewaySubnet", "10.1.9.0/27"),
				Subnet("AzureFirewallSubnet", "10.1.5.0/26", row.own...)),
			Firewall("fw", "v", "10.1.5.4", append([]Item{Egress("pip", "203.0.113.10"), anyOut}, row.fw...)...))
		n.VirtualNetworks[0].LearnedRoutes = &azure.LearnedRoutes{Prefixes: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}}
		a := explore(t, compile(t, n, servicetag.Symbolic(), "defaults"), in("tcp/443", "nic:vma", "8.8.8.8"))
		if drops := strings.Contains(strings.Join(reasons(a), ";"), "it needs a user route of 0.0.0.0/0 to Internet"); drops != row.drop || a.Verdict() == reach.Allowed {
			t.Errorf("%s: drops %v, want %v: %s", row.id, drops, row.drop, describe(a))
		}
	}
}

// T-76, F-05: of a route for a service tag and a longer one the longer wins, and
// of equally long ones the explicit one.
func TestF05RoutesOfServiceTags(t *testing.T) {
	catalogue, err := servicetag.Parse("ServiceTags_Public_20260101.json", []byte(`{"changeNumber":1,"cloud":"Public","values":[{"name":"Storage","id":"Storage","properties":{"changeNumber":1,"region":"","addressPrefixes":["20.60.0.0/24","20.61.0.0/24"],"networkFeatures":["API","NSG","UDR","FW"]}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	n := Net(t,
		VNet("v", "10.1.0.0/16",
			Subnet("app", "10.1.1.0/24", NIC("vma", "10.1.1.4"), Routes("rt", Route("Storage", "10.1.5.4"), Route("20.60.0.7/32", "None"), Route("20.61.0.0/24", "None"))),
			Subnet("AzureFirewallSubnet", "10.1.5.0/26")),
		Firewall("fw", "v", "10.1.5.4", Egress("pip", "203.0.113.10"), anyOut))
	f := compile(t, n, catalogue, "defaults")
	for to, want := range map[string]reach.Verdict{"20.60.0.8": reach.Allowed, "20.60.0.7": reach.Blocked, "20.61.0.8": reach.Blocked} {
		if a := explore(t, f, in("tcp/443", "nic:vma", to)); a.Verdict() != want {
			t.Errorf("T-76, F-05 to %s: want %s, got %s", to, want, describe(a))
		}
	}
}

// T-47, P-34: whether a firewall takes a tag stands in the data, and so depends on
// its date.
func TestP34TagsThatFirewallsTake(t *testing.T) {
	n := behind(t, "10.1.5.4", "10.1.5.4", Collection("any", 200, azure.FirewallAllow, NetworkRule("any", "TCP", "*", "logicapps", "443")))
	for features, warned := range map[string]bool{`"API","NSG"`: true, `"API","NSG","UDR","FW"`: false} {
		catalogue, err := servicetag.Parse("ServiceTags_Public_20210405.json", []byte(`{"changeNumber":1,"cloud":"Public","values":[{"name":"LogicApps","id":"LogicApps","properties":{"changeNumber":1,"region":"","addressPrefixes":["20.60.0.0/24"],"networkFeatures":[`+features+`]}}]}`))
		if err != nil {
			t.Fatal(err)
		}
		if list := problems(n, catalogue); strings.Contains(list, "tag-not-usable") != warned {
			t.Errorf("T-47, P-34 with %s: %s", features, list)
		}
	}
}

func problems(n *azure.Network, catalogue *servicetag.Catalogue) string {
	_, list := fabric.Compile(n, catalogue, fabric.Assume())
	var all []string
	for _, d := range list {
		all = append(all, d.Code)
	}
	return strings.Join(all, " ")
}
