package reach_test

import (
	"net/netip"
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
		{"10.1.5.4", "", reach.Undecided, true},
		{"10.1.5.4", "firewall.privateAddress=firstUsable", reach.Allowed, true},
		{"10.1.5.5", "firewall.privateAddress=firstUsable", reach.Blocked, true},
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
	untold := mode(azure.InspectionAlert)
	untold.AzureFirewalls[0].ThreatIntelMode = azure.NotKnown[azure.InspectionMode](&azure.Unknown{Name: "mode", Why: "known after apply"})
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
		{"P-17 a mode that nobody tells", untold, []string{listed}, reach.Undecided, true},
		{"P-17 a mode that nobody tells, not on the list", untold, nil, reach.Allowed, true},
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
// without management interface, until a user route stands before it (RT-21). With
// a management interface it is the way out, and what lies behind the gateway is
// not known.
func TestF13LearntDefaultRoute(t *testing.T) {
	own := func(routes ...Item) []Item { return []Item{Routes("rt-fw", routes...)} }
	for _, row := range []struct {
		id     string
		learnt string
		own    []Item
		fw     []Item
		want   reach.Verdict
	}{
		{"T-53", "0.0.0.0/0", nil, nil, reach.Blocked},
		{"T-53, F-13 with a user route", "0.0.0.0/0", own(Route("0.0.0.0/0", "Internet")), nil, reach.Allowed},
		{"F-13, a longer user route leaves the default to the gateway", "0.0.0.0/0", own(Route("8.0.0.0/8", "Internet")), nil, reach.Blocked},
		{"F-15 with a management interface", "0.0.0.0/0", nil, []Item{Management("mgmt", "203.0.113.12")}, reach.Undecided},
		{"RT-21, what is learnt is as long as the user route", "8.0.0.0/8", own(Route("8.0.0.0/8", "Internet")), nil, reach.Allowed},
		{"RT-21, and longer", "8.8.0.0/16", own(Route("8.0.0.0/8", "Internet")), nil, reach.Undecided},
		{"RT-21, and leads elsewhere", "9.0.0.0/8", nil, nil, reach.Allowed},
	} {
		n := Net(t,
			VNet("v", "10.1.0.0/16",
				Subnet("app", "10.1.1.0/24", NIC("vma", "10.1.1.4"), Routes("rt", Route("8.8.8.8/32", "10.1.5.4"))),
				Subnet("GatewaySubnet", "10.1.9.0/27"),
				Subnet("AzureFirewallSubnet", "10.1.5.0/26", row.own...)),
			Firewall("fw", "v", "10.1.5.4", append([]Item{Egress("pip", "203.0.113.10"), anyOut}, row.fw...)...))
		n.VirtualNetworks[0].LearnedRoutes = &azure.LearnedRoutes{Prefixes: []netip.Prefix{netip.MustParsePrefix(row.learnt)}}
		a := explore(t, compile(t, n, servicetag.Symbolic(), "defaults"), in("tcp/443", "nic:vma", "8.8.8.8"))
		broken := slices.ContainsFunc(a.Blockers(), func(h reach.Hop) bool {
			return strings.Contains(h.Note, "it needs a user route of 0.0.0.0/0 to Internet in its own subnet")
		})
		if a.Verdict() != row.want || broken != (row.want == reach.Blocked) {
			t.Errorf("%s: want %s, got %s", row.id, row.want, describe(a))
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

// P-23b: a NAT rule that names its receiver, whose address nobody tells, decides
// nothing for certain.
func TestP23bTranslatedName(t *testing.T) {
	publish := Collection("publish", 100, azure.FirewallDNAT, NATRule("web", "TCP", "*", "203.0.113.10", "443", "10.1.1.4:443"))
	for id, named := range map[string]bool{"P-23b by name": true, "P-21 by address": false} {
		n := behind(t, "10.1.5.4", "10.1.5.4", publish)
		n.VirtualNetworks[0].Subnets[0].RouteTable = azure.Reference{} // the reply goes back as it came
		rule := n.AzureFirewalls[0].RuleCollections[0].Rules[0]
		want := reach.Allowed
		if named {
			want = reach.Undecided
			rule.TranslatedAddress, rule.TranslatedFQDN = azure.Value[netip.Addr]{}, azure.Of("web.example", azure.Position{})
		}
		if a := explore(t, compile(t, n, servicetag.Symbolic(), "defaults"), in("tcp/443", "192.88.99.7", "203.0.113.10")); a.Verdict() != want {
			t.Errorf("%s: want %s, got %s", id, want, describe(a))
		}
	}
}

// U-19, R-15: what the NAT action Snat does is published nowhere, and decides
// nothing for certain.
func TestU19ActionSnat(t *testing.T) {
	for action, want := range map[azure.FirewallAction]reach.Verdict{azure.FirewallDNAT: reach.Allowed, azure.FirewallSNAT: reach.Undecided} {
		publish := Collection("publish", 100, action, NATRule("web", "TCP", "*", "203.0.113.10", "443", "10.1.1.4:443"))
		a := explore(t, compile(t, behind(t, "10.1.5.4", "10.1.5.4", publish, anyOut), servicetag.Symbolic(), "defaults"), in("tcp/443", "nic:vma", "192.88.99.7"))
		if a.Verdict() != want || want == reach.Undecided && !strings.Contains(describe(a), "Snat") {
			t.Errorf("U-19, action %s: want %s, got %s", action, want, describe(a))
		}
	}
}

// P-29c: a firewall lets some names of Azure's own domains through by itself, after
// all rules; which ones is published in part only. Others, other ports and packets
// between addresses it does not.
func TestP29cNamesOfTheInfrastructure(t *testing.T) {
	web := Collection("web", 300, azure.FirewallAllow, ApplicationRule("web", "*", "https:443", "dest.example"))
	f := compile(t, behind(t, "10.1.5.4", "10.1.5.4", web), servicetag.Symbolic(), "defaults")
	for _, row := range []struct {
		id, host, protocol string
		want               reach.Verdict
	}{
		{"P-29c one of Azure's domains", "md-1.blob.core.windows.net", "tcp/443", reach.Undecided},
		{"P-29c another name", "other.example", "tcp/443", reach.Blocked},
		{"P-29c a name that only ends alike", "notwindows.net", "tcp/443", reach.Blocked},
		{"P-29c another port", "md-1.blob.core.windows.net", "tcp/22", reach.Blocked},
	} {
		q := in(row.protocol, "nic:vma", "198.51.100.10").query(t)
		q.Host = row.host
		a, err := reach.Explore(f, q)
		if err != nil {
			t.Fatal(err)
		}
		if a.Verdict() != row.want {
			t.Errorf("%s: want %s, got %s", row.id, row.want, describe(a))
		}
	}
}

// P-41: what only names decide is a part of its own.
func TestP41NamesAreAPartOfTheirOwn(t *testing.T) {
	web := Collection("web", 300, azure.FirewallAllow, ApplicationRule("web", "*", "https:443", "dest.example"))
	ssh := Collection("ssh", 200, azure.FirewallAllow, NetworkRule("ssh", "TCP", "*", "*", "22"))
	a := explore(t, compile(t, behind(t, "10.1.5.4", "10.1.5.4", ssh, web), servicetag.Symbolic(), "defaults"), in("tcp/20-500", "nic:vma", "198.51.100.10"))
	ports := func(v reach.Verdict) string { return a.Of(v).Cubes()[0].DestinationPorts.String() }
	if ports(reach.Allowed) != "22" || ports(reach.Undecided) != "443" || len(a.Of(reach.Blocked).Cubes()) == 0 {
		t.Errorf("P-41: %s", describe(a))
	}
}

// a rule of a firewall is for every source port.
func TestR17EverySourcePort(t *testing.T) {
	q := in("tcp/443", "nic:vma", "198.51.100.10").query(t)
	q.SourcePorts = flow.AllPorts()
	a, err := reach.Explore(compile(t, behind(t, "10.1.5.4", "10.1.5.4", anyOut), servicetag.Symbolic(), "defaults"), q)
	if err != nil || a.Verdict() != reach.Allowed || len(a.Parts) != 1 {
		t.Errorf("R-17: %v, %s", err, describe(a))
	}
}

// F-17: nothing is said of a firewall in a virtual hub.
func TestF17FirewallInAHub(t *testing.T) {
	n := behind(t, "10.1.5.4", "10.1.5.4", anyOut)
	n.AzureFirewalls[0].SKU = azure.Of(azure.FirewallInHub, azure.Position{})
	a := explore(t, compile(t, n, servicetag.Symbolic(), "defaults"), in("tcp/443", "nic:vma", "198.51.100.10"))
	if a.Verdict() != reach.Undecided || !strings.Contains(strings.Join(reasons(a), ";"), "virtual hub") {
		t.Errorf("F-17: %s", describe(a))
	}
}

// T-64, F-12: with a default route to the firewall the default rules let in what
// comes from the internet; what stops it is the way back.
func TestF12DefaultRulesBehindADefaultRoute(t *testing.T) {
	n := Net(t,
		VNet("v", "10.1.0.0/16",
			Subnet("app", "10.1.1.0/24", NSG("g"), NIC("vma", "10.1.1.4", PublicIP("Standard", "20.1.2.3")), Routes("rt", Route("0.0.0.0/0", "10.1.5.4"))),
			Subnet("AzureFirewallSubnet", "10.1.5.0/26")),
		Firewall("fw", "v", "10.1.5.4", Egress("pip", "203.0.113.10"), anyOut))
	a := explore(t, compile(t, n, servicetag.Symbolic(), "defaults"), in("tcp/443", "203.0.113.9", "nic:vma"))
	let := false
	for _, h := range a.Parts[0].Trace {
		let = let || h.Name == "AllowVnetInBound" && h.Decision == fabric.Allow
	}
	if first := a.Blockers(); !let || a.Verdict() != reach.Blocked || len(first) != 1 || first[0].Kind != fabric.KindReturnPath {
		t.Errorf("T-64: %s", describe(a))
	}
}

// T-22, D-02: behind a default route to the firewall a service endpoint takes
// storage off it, and a route for the callers' tag brings the replies back.
func TestD02EndpointsAndRoutesBesideADefaultRoute(t *testing.T) {
	network := func(well bool) *azure.Network {
		app := []Item{NIC("vma", "10.1.1.4"), NSG("g", AllowIn(100, "tcp", "ApiManagement", "*", "3443"))}
		routes := []Item{Route("0.0.0.0/0", "10.1.5.4")}
		if well {
			app, routes = append(app, Endpoint("Microsoft.Storage.Global")), append(routes, Route("ApiManagement", "Internet"))
		}
		return Net(t,
			VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", append(app, Routes("rt", routes...))...), Subnet("AzureFirewallSubnet", "10.1.5.0/26")),
			Firewall("fw", "v", "10.1.5.4", Egress("pip", "203.0.113.10"), Collection("ssh", 200, azure.FirewallAllow, NetworkRule("ssh", "TCP", "*", "198.51.100.10", "22"))))
	}
	for well, want := range map[bool]reach.Verdict{true: reach.Allowed, false: reach.Blocked} {
		f := compile(t, network(well), smallCatalogue(t), "defaults")
		for what, q := range map[string]question{
			"storage":    in("tcp/443", "nic:vma", "52.239.192.10"),
			"management": {"tcp/3443", "13.69.64.1", "nic:vma", true},
		} {
			if a := explore(t, f, q); a.Verdict() != want {
				t.Errorf("T-22, D-02 %s: want %s, got %s", what, want, describe(a))
			}
		}
		if a := explore(t, f, in("tcp/22", "nic:vma", "198.51.100.10")); a.Verdict() != reach.Allowed || a.Parts[0].Seen.String() != "public 203.0.113.10" {
			t.Errorf("T-22: %s", describe(a))
		}
	}
}

// RT-23: read the older way, a user route that is as long or longer wins over the
// route of a service endpoint.
func TestRT23OlderReading(t *testing.T) {
	n := lab{app: items(Endpoint("Microsoft.Storage.Global"), Routes("rt", Route("52.239.192.0/26", "None")))}.net(t)
	for assume, want := range map[string]reach.Verdict{"always": reach.Allowed, "udrWinsIfEqualOrLonger": reach.Blocked} {
		a := explore(t, compile(t, n, smallCatalogue(t), "serviceEndpointBeatsUdr="+assume), in("tcp/443", "nic:vma", "52.239.192.10"))
		if a.Verdict() != want {
			t.Errorf("RT-23 %s: want %s, got %s", assume, want, describe(a))
		}
	}
}
