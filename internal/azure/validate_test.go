package azure

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// refused checks one rule that is an input error whatever the input is.
func refused(t *testing.T, code, says string, rules ...string) diagnostic.Diagnostic {
	t.Helper()
	var d diagnostic.Diagnostic
	for _, rank := range []Rank{RankPlan, RankTemplate, RankState, RankLive, RankExport} {
		w := input(rank, "nsg.json")
		w.group("web", rules...)
		d = mustFail(t, code, says, w)
	}
	return d
}

func accepted(t *testing.T, rules ...string) {
	t.Helper()
	for _, rank := range []Rank{RankPlan, RankExport} {
		w := input(rank, "nsg.json")
		w.group("web", rules...)
		mustBuild(t, "", w)
	}
}

func TestT09T10NSG3OnePriorityADirection(t *testing.T) {
	accepted(t, "a 100 Inbound Allow Tcp * * * 443", "b 100 Outbound Allow Tcp * * * 443")                                // T09
	d := refused(t, "duplicate-priority", `"a"`, "a 200 Inbound Allow Tcp * * * 443", "b 200 Inbound Deny Tcp * * * 443") // T10
	if len(d.Related) != 1 || d.Related[0].At.Line >= d.At.Line {
		t.Errorf("the first must be named as the first: %+v", d)
	}
	refused(t, "duplicate-priority", "", "a 200 Outbound Allow Tcp * * * 443", "b 200 outbound Deny Tcp * * * 443")
}

func TestNSG3AnUnknownPriorityIsNotADuplicate(t *testing.T) {
	w := input(RankPlan, "plan.json")
	g := w.group("web", "a 200 Inbound Allow Tcp * * * 443", "b 200 Inbound Deny Tcp * * * 443")
	g.Rules[1].Priority = NotKnown[int](&Unknown{Name: "var.priority"})
	mustBuild(t, "", w)
}

func TestT11NSG2PriorityRange(t *testing.T) {
	for _, p := range []int{100, 4096} {
		accepted(t, fmt.Sprintf("a %d Inbound Allow Tcp * * * 443", p))
	}
	for _, p := range []int{99, 4097, 0, -1, 65000} { // T11
		refused(t, "priority-range", fmt.Sprint(p), fmt.Sprintf("a %d Inbound Allow Tcp * * * 443", p))
	}
}

func TestT12T13T14NSG10NSG11NSG12NSG13MalformedSidesAreRefused(t *testing.T) {
	refused(t, "tag-in-list", "Internet", "a 100 Inbound Allow Tcp 10.0.0.0/8,Internet * * 443")  // T12
	refused(t, "host-bits", "10.1.1.4/24", "a 100 Inbound Allow Tcp 10.1.1.4/24 * * 443")         // T13
	refused(t, "mixed-families", "fd00::/8", "a 100 Inbound Allow Tcp 10.0.0.0/8,fd00::/8 * * 1") // T14
	refused(t, "mixed-families", "source", "a 100 Inbound Allow Tcp fd00::/8,10.0.0.0/8 * * 1")
	refused(t, "address-range", "", "a 100 Inbound Allow Tcp 10.0.0.1-10.0.0.9 * * 443")
	accepted(t, "a 100 Inbound Allow Tcp 10.0.0.0/8,10.1.0.0/16 * fd00::/8,fd01::/16 443") // one family a side
	accepted(t, "a 100 Inbound Allow Tcp 10.0.0.0/8 * * 443", "b 101 Inbound Allow Tcp fd00::/8 * * 443")
}

func TestNSG14EverythingMustBeGiven(t *testing.T) {
	for what, rule := range map[string]string{
		"no priority":         "a - Inbound Allow Tcp * * * 443",
		"no direction":        "a 100 - Allow Tcp * * * 443",
		"no access":           "a 100 Inbound - Tcp * * * 443",
		"no protocol":         "a 100 Inbound Allow - * * * 443",
		"no source":           "a 100 Inbound Allow Tcp - * * 443",
		"no source port":      "a 100 Inbound Allow Tcp * - * 443",
		"no destination":      "a 100 Inbound Allow Tcp * * - 443",
		"no destination port": "a 100 Inbound Allow Tcp * * * -",
	} {
		refused(t, "missing-property", what, rule)
	}
}

func TestNSG15OneTagASide(t *testing.T) {
	w := input(RankPlan, "plan.json")
	g := w.group("web", "a 100 Inbound Allow Tcp Storage * * 443")
	second, _ := ParseAddressTerm("Sql", w.at(), false)
	g.Rules[0].Source = NewSide(g.Rules[0].Source.Term(0), second)
	mustFail(t, "several-tags", `"Storage" and "Sql"`, w)
	accepted(t, "a 100 Inbound Allow Tcp 10.0.0.0/8,192.168.0.1 * Storage 443")
}

func TestNSG1RuleNames(t *testing.T) {
	for _, name := range []string{"a", "A-b.c_d", "9lives", "ends_", strings.Repeat("n", 80)} {
		accepted(t, name+" 100 Inbound Allow Tcp * * * 443")
	}
	for _, name := range []string{"-a", "_a", ".a", "a-", "a.", "a+b", "grün", strings.Repeat("n", 81)} {
		severities(t, "rule-name", func(w *writer) { w.group("web", name+" 100 Inbound Allow Tcp * * * 443") })
	}
	severities(t, "description-length", func(w *writer) {
		w.group("web", "a 100 Inbound Allow Tcp * * * 443").Rules[0].Description = strings.Repeat("ü", 141)
	})
	w := input(RankPlan, "plan.json")
	w.group("web", "a 100 Inbound Allow Tcp * * * 443").Rules[0].Description = strings.Repeat("ü", 140)
	mustBuild(t, "", w)
}

func TestNSG20NSG21EchoedDefaultRulesMustBeTheSix(t *testing.T) {
	write := func(echo string) *writer {
		w := input(RankExport, "nsg.json")
		g := w.group("web")
		r := w.rule("web", echo)
		r.Default = true
		g.EchoedDefaults = []*SecurityRule{r}
		return w
	}
	for _, same := range []string{
		"AllowVnetInBound 65000 Inbound Allow * VirtualNetwork * VirtualNetwork *",
		"AllowVNetInBound 65000 inbound Allow All VIRTUALNETWORK 0-65535 VirtualNetwork *",
		"DenyAllOutBound 65500 Outbound Deny * * * * *",
		"DefaultRule_AllowInternetOutBound 65001 Outbound Allow * * * Internet *",
	} {
		n := mustBuild(t, "", write(same))
		if len(n.NetworkSecurityGroups[0].Rules) != 0 {
			t.Error("an echoed default rule is none of the user's rules")
		}
	}
	for _, other := range []string{
		"AllowVnetInBound 65000 Inbound Deny * VirtualNetwork * VirtualNetwork *",
		"DenyAllInBound 65499 Inbound Deny * * * * *",
		"AllowAzureLoadBalancerInBound 65001 Inbound Allow * Internet * * *",
		"AllowEverything 65000 Inbound Allow * * * * *",
	} {
		mustBuild(t, "warning default-rules", write(other))
	}
}

func TestASG3MembersAreInOneVirtualNetwork(t *testing.T) {
	write := func(w *writer, second string) {
		w.inline(w.vnet("v 10.1.0.0/16"), "app 10.1.1.0/24")
		w.inline(w.vnet("w 10.2.0.0/16"), "app 10.2.1.0/24")
		w.nic("one", sub("v", "app"), "10.1.1.4").IPConfigurations[0].ApplicationSecurityGroups = []Reference{Ref("/asg/web", w.at())}
		w.nic("two", sub(second, "app"), "").IPConfigurations[0].ApplicationSecurityGroups = []Reference{Ref("/asg/web", w.at())}
	}
	w := input(RankPlan, "plan.json")
	write(w, "v")
	mustBuild(t, "", w)
	severities(t, "group-members", func(w *writer) { write(w, "w") })

	sides := func(w *writer, second string) {
		w.inline(w.vnet("v 10.1.0.0/16"), "app 10.1.1.0/24")
		w.inline(w.vnet("w 10.2.0.0/16"), "app 10.2.1.0/24")
		w.nic("one", sub("v", "app"), "10.1.1.4").IPConfigurations[0].ApplicationSecurityGroups = []Reference{Ref("/asg/web", w.at())}
		w.nic("two", sub(second, "app"), "").IPConfigurations[0].ApplicationSecurityGroups = []Reference{Ref("/asg/db", w.at())}
		r := w.group("web", "a 100 Inbound Allow Tcp * * * 443").Rules[0]
		r.Source, _ = MakeSide("source", SideFields{Groups: []Reference{Ref("/asg/web", w.at())}})
		r.Destination, _ = MakeSide("destination", SideFields{Groups: []Reference{Ref("/ASG/db", w.at())}})
	}
	w = input(RankPlan, "plan.json")
	sides(w, "v")
	mustBuild(t, "", w)
	severities(t, "group-members", func(w *writer) { sides(w, "w") })
}

func TestLIM1LimitsAreWarnings(t *testing.T) {
	rules := make([]string, 1001)
	for i := range rules {
		rules[i] = fmt.Sprintf("r%d %d Inbound Allow Tcp 10.0.0.0/8,10.1.0.0/16,10.2.0.0/16,10.3.0.0/16 * * 443", i, 100+i)
	}
	w := input(RankPlan, "plan.json")
	w.group("web", rules[:1000]...)
	mustBuild(t, "", w)
	w = input(RankPlan, "plan.json")
	w.group("web", rules...)
	mustBuild(t, "warning limit, warning limit", w)

	asgs := func(n int) *writer {
		w := input(RankPlan, "plan.json")
		r := w.group("web", "a 100 Inbound Allow Tcp * * * 443").Rules[0]
		var groups []Reference
		for i := range n {
			groups = append(groups, Ref(fmt.Sprintf("/asg/%d", i), w.at()))
		}
		r.Source, _ = MakeSide("source", SideFields{Groups: groups})
		return w
	}
	mustBuild(t, "", asgs(10))
	mustBuild(t, "warning limit", asgs(11))
}

// --- virtual networks and subnets ---------------------------------------------

func TestFAB5ForbiddenAddressSpace(t *testing.T) {
	for _, space := range []string{"224.0.0.0/4", "239.1.0.0/16", "127.0.0.0/16", "169.254.0.0/24", "168.63.129.0/24", "168.63.0.0/16", "255.255.255.0/24"} {
		severities(t, "forbidden-space", func(w *writer) { w.vnet("v " + space) })
	}
	for _, space := range []string{"10.0.0.0/8", "223.0.0.0/8", "126.0.0.0/8", "169.253.0.0/16", "168.63.128.0/24", "20.1.0.0/16", "fd00::/48", "100.64.0.0/10"} {
		w := input(RankPlan, "plan.json")
		w.vnet("v " + space)
		mustBuild(t, "", w)
	}
}

func TestFAB5SubnetSizes(t *testing.T) {
	write := func(w *writer, prefix string) { w.inline(w.vnet("v 10.0.0.0/7 fd00::/48"), "app "+prefix) }
	for _, prefix := range []string{"10.0.0.0/29", "10.0.0.0/8", "fd00::/64"} {
		w := input(RankPlan, "plan.json")
		write(w, prefix)
		mustBuild(t, "", w)
	}
	for _, prefix := range []string{"10.0.0.0/30", "10.0.0.0/32", "10.0.0.0/7", "fd00::/63", "fd00::/65"} {
		severities(t, "subnet-size", func(w *writer) { write(w, prefix) })
	}
}

func TestSubnetsLieInTheirNetworkAndApart(t *testing.T) {
	for _, row := range []struct{ space, subnets, code string }{
		{"10.1.0.0/16", "10.1.0.0/24 10.1.1.0/24", ""},
		{"10.1.0.0/16", "10.1.0.0/16", ""},
		{"10.1.0.0/17 10.1.128.0/17", "10.1.0.0/16", ""}, // the union covers it
		{"10.1.0.0/17 10.1.128.0/18", "10.1.0.0/16", "subnet-outside"},
		{"10.1.0.0/16", "10.2.0.0/24", "subnet-outside"},
		{"10.1.0.0/16", "10.0.0.0/15", "subnet-outside"},
		{"10.1.0.0/16 fd00::/48", "fd01::/64", "subnet-outside"},
		{"10.1.0.0/16", "10.1.0.0/24 10.1.0.0/25", "overlapping-prefixes"},
		{"10.1.0.0/16", "10.1.0.0/24 10.1.0.0/24", "overlapping-prefixes"},
		{"10.1.0.0/16", "10.1.0.0/17 10.1.64.0/24 10.1.128.0/24", "overlapping-prefixes"},
		{"10.1.0.0/16 10.1.5.0/24", "", "overlapping-prefixes"},
	} {
		write := func(w *writer) {
			v := w.vnet("v " + row.space)
			for i, p := range strings.Fields(row.subnets) {
				w.inline(v, fmt.Sprintf("s%d %s", i, p))
			}
		}
		refusedAs(t, row.code, write)
	}
}

// refusedAs builds what is written: a topology that Azure refuses for that reason, or
// one that it takes where there is none.
func refusedAs(t *testing.T, code string, write func(w *writer)) {
	t.Helper()
	if code != "" {
		severities(t, code, write)
		return
	}
	w := input(RankPlan, "plan.json")
	write(w)
	mustBuild(t, "", w)
}

func TestOverlapsAreFoundBeyondTheNeighbour(t *testing.T) {
	w := input(RankExport, "v.json")
	v := w.vnet("v 10.0.0.0/8")
	for i, p := range []string{"10.1.2.0/24", "10.1.0.0/16", "10.1.1.0/24", "10.2.0.0/16"} {
		w.inline(v, fmt.Sprintf("s%d %s", i, p))
	}
	mustBuild(t, "warning overlapping-prefixes, warning overlapping-prefixes", w)
}

func TestAnUnstatedPrefixIsUnknownNotEmpty(t *testing.T) {
	w := input(RankExport, "v.json")
	w.inline(w.vnet("v"), "app")
	n := mustBuild(t, "warning missing-property, warning missing-property", w)
	if n.VirtualNetworks[0].AddressSpace[0].Unknown == nil || n.Subnets()[0].Prefixes[0].Unknown == nil {
		t.Error("want unknowns")
	}
}

func TestAnUnknownPrefixIsNotRefused(t *testing.T) {
	u := NotKnown[netip.Prefix](&Unknown{Name: "var.space"})
	w := input(RankPlan, "plan.json")
	v := w.vnet("v 10.1.0.0/16")
	v.AddressSpace = append(v.AddressSpace, u)
	w.inline(v, "app 10.2.0.0/24")
	w.inline(v, "db").Prefixes = []Value[netip.Prefix]{u}
	mustBuild(t, "", w)
}

func TestJSON6BothPrefixPropertiesMustAgree(t *testing.T) {
	one, two := Given("10.1.0.0/24", here), Given("fd00::/64", here)
	for _, row := range []struct {
		name     string
		singular Value[string]
		plural   []Value[string]
		want     int
		code     string
	}{
		{"singular", one, nil, 1, ""},
		{"plural", Value[string]{}, []Value[string]{one, two}, 2, ""},
		{"both alike", one, []Value[string]{one}, 1, ""},
		{"one of several", one, []Value[string]{two, one}, 2, ""},
		{"empty plural", one, []Value[string]{Given("", here)}, 1, ""},
		{"unlike", one, []Value[string]{two}, 1, "given-twice"},
		{"neither", Value[string]{}, nil, 0, ""},
		{"malformed", Given("10.1.0.0", here), nil, 1, "invalid-prefix"},
	} {
		got, list := MakePrefixes(row.singular, row.plural)
		wantOne(t, row.name, list, row.code)
		if len(got) != row.want {
			t.Errorf("%s: got %+v", row.name, got)
		}
	}
}

func TestT88SUB1SUB2SUB3SUB4SUB5RT13SpecialSubnets(t *testing.T) {
	write := func(w *writer, name string, group bool, routes ...string) {
		s := w.inline(w.vnet("v 10.1.0.0/16"), name+" 10.1.0.0/26")
		if group {
			s.NetworkSecurityGroup = Ref(nsg("web"), w.at())
		}
		if len(routes) > 0 {
			w.table("t", routes...)
			s.RouteTable = Ref(table("t"), w.at())
		}
	}
	for _, row := range []struct {
		name   string
		group  bool
		routes []string
		code   string
		always bool // a warning whatever the input
	}{
		{"GatewaySubnet", false, []string{"r 10.2.0.0/16 VirtualAppliance 10.1.9.4"}, "", false},
		{"GatewaySubnet", true, nil, "special-subnet", false},
		{"gatewaysubnet", false, []string{"r 0.0.0.0/0 VirtualAppliance 10.1.9.4"}, "special-subnet", false}, // T88
		{"AzureFirewallSubnet", true, nil, "group-ignored", true},                                            // T87
		{"AzureFirewallSubnet", false, []string{"r 0.0.0.0/0 Internet"}, "", false},
		{"AzureFirewallManagementSubnet", false, []string{"r 0.0.0.0/0 Internet"}, "", false}, // SUB-3
		{"AzureFirewallManagementSubnet", false, []string{"r 10.2.0.0/16 None"}, "special-subnet", false},
		{"AzureFirewallManagementSubnet", false, []string{"r 0.0.0.0/0 VirtualAppliance 10.1.9.4"}, "special-subnet", false},
		{"AzureBastionSubnet", true, nil, "", false},
		{"AzureBastionSubnet", false, []string{"r 10.2.0.0/16 None"}, "special-subnet", false},
		{"RouteServerSubnet", true, nil, "special-subnet", true},
		{"RouteServerSubnet", false, []string{"r 10.2.0.0/16 None"}, "special-subnet", true},
		{"app", true, []string{"r 0.0.0.0/0 None"}, "", false},
	} {
		one := func(w *writer) { write(w, row.name, row.group, row.routes...) }
		if row.code != "" && !row.always {
			severities(t, row.code, one)
			continue
		}
		w := input(RankPlan, "plan.json")
		one(w)
		codes := ""
		if row.always {
			codes = "warning " + row.code
		}
		mustBuild(t, codes, w)
	}
	severities(t, "special-subnet", func(w *writer) {
		write(w, "GatewaySubnet", false, "r 10.2.0.0/16 None")
		w.inv.RouteTables[0].DisableBGPRoutePropagation = Of(true, w.at())
	})
}

// RT-32: a NAT gateway is not supported on GatewaySubnet, and is on others. What may be
// attached for all that is known is not reported.
func TestRT32NATGatewayOnGatewaySubnet(t *testing.T) {
	severities(t, "special-subnet", func(w *writer) {
		w.inline(w.vnet("v 10.1.0.0/16"), "GatewaySubnet 10.1.0.0/26").NATGateway = Ref("/nat/x", w.at())
	})
	w := input(RankPlan, "plan.json")
	v := w.vnet("v 10.1.0.0/16")
	w.inline(v, "app 10.1.1.0/24").NATGateway = Ref("/nat/x", w.at())
	for i, name := range []string{"GatewaySubnet", "AzureFirewallSubnet", "AzureBastionSubnet", "RouteServerSubnet"} {
		s := w.inline(v, fmt.Sprintf("%s 10.1.%d.0/26", name, i+2))
		open := Reference{Unknown: &Unknown{Name: name, Why: "the data source does not describe it", At: w.at()}}
		s.NetworkSecurityGroup, s.RouteTable, s.NATGateway = open, open, open
	}
	mustBuild(t, "", w)
}

// Networks that peer as a whole have no addresses in common; those of which subnets
// alone peer may (RT-47).
func TestRT47SpacesOfPeeredNetworks(t *testing.T) {
	write := func(w *writer, spaces [2]string, change func(there, back *Peering)) {
		var links [2]*Peering
		for i, name := range []string{"a", "b"} {
			v := w.vnet(name + " " + spaces[i])
			links[i] = &Peering{Resource: w.resource(net(name) + "/virtualNetworkPeerings/p"), Remote: Ref(net([]string{"b", "a"}[i]), w.at())}
			v.Peerings = []*Peering{links[i]}
		}
		change(links[0], links[1])
		if links[1].Remote.ID == "" {
			w.inv.VirtualNetworks[1].Peerings = []*Peering{}
		}
	}
	yes, no, open := Of(true, Position{}), Of(false, Position{}), NotKnown[bool](&Unknown{Name: "x"})
	for _, row := range []struct {
		note   string
		spaces [2]string
		change func(there, back *Peering)
		code   string
	}{
		{"apart", [2]string{"10.1.0.0/16", "10.2.0.0/16"}, func(_, _ *Peering) {}, ""},
		{"one in the other", [2]string{"10.1.0.0/16 10.9.0.0/16", "10.8.0.0/15"}, func(_, _ *Peering) {}, "overlapping-prefixes"},
		{"without a link back", [2]string{"10.1.0.0/16", "10.1.0.0/16"}, func(_, back *Peering) { back.Remote = Reference{} }, "overlapping-prefixes"},
		{"whole, stated", [2]string{"10.1.0.0/16", "10.1.0.0/16"}, func(there, back *Peering) { there.PeerCompleteVnets, back.PeerCompleteVnets = yes, yes }, "overlapping-prefixes"},
		{"of subnets", [2]string{"10.1.0.0/16", "10.1.0.0/16"}, func(there, back *Peering) { there.PeerCompleteVnets, back.PeerCompleteVnets = no, no }, ""},
		{"of subnets on the other side", [2]string{"10.1.0.0/16", "10.1.0.0/16"}, func(_, back *Peering) { back.PeerCompleteVnets = no }, ""},
		{"perhaps of subnets", [2]string{"10.1.0.0/16", "10.1.0.0/16"}, func(there, _ *Peering) { there.PeerCompleteVnets = open }, ""},
		{"for IPv6 alone", [2]string{"10.1.0.0/16 fd00:1::/64", "10.1.0.0/16 fd00:2::/64"}, func(there, _ *Peering) { there.OnlyIPv6 = yes }, ""},
		{"for IPv6 alone, perhaps", [2]string{"10.1.0.0/16", "10.1.0.0/16"}, func(_, back *Peering) { back.OnlyIPv6 = open }, ""},
		{"the same IPv6 for IPv6 alone", [2]string{"10.1.0.0/16 fd00:1::/48", "10.1.0.0/16 fd00:1::/48"}, func(there, _ *Peering) { there.OnlyIPv6 = yes }, "overlapping-prefixes"},
		{"left over from another network", [2]string{"10.1.0.0/16", "10.1.0.0/16"}, func(there, _ *Peering) { there.State = Of("Disconnected", Position{}) }, ""},
		{"perhaps left over", [2]string{"10.1.0.0/16", "10.1.0.0/16"}, func(_, back *Peering) { back.State = NotKnown[string](&Unknown{Name: "x"}) }, ""},
		{"connected", [2]string{"10.1.0.0/16", "10.1.0.0/16"}, func(_, back *Peering) { back.State = Of("Connected", Position{}) }, "overlapping-prefixes"},
	} {
		t.Run(row.note, func(t *testing.T) {
			refusedAs(t, row.code, func(w *writer) { write(w, row.spaces, row.change) })
		})
	}
	w := input(RankPlan, "plan.json")
	write(w, [2]string{"10.1.0.0/16", "10.1.0.0/16"}, func(_, _ *Peering) {})
	w.inv.VirtualNetworks[1].AddressSpace = []Value[netip.Prefix]{NotKnown[netip.Prefix](&Unknown{Name: "space"})}
	mustBuild(t, "", w)
}

// --- routes ---------------------------------------------------------------------

func TestRT14NextHopAddress(t *testing.T) {
	for _, row := range []struct {
		route, code string
		lost        bool // an error whatever the input
	}{
		{"r 0.0.0.0/0 VirtualAppliance 10.1.9.4", "", false},
		{"r 0.0.0.0/0 Internet", "", false},
		{"r 0.0.0.0/0 VirtualAppliance", "next-hop", true},
		{"r 0.0.0.0/0", "missing-property", true},
		{"r 0.0.0.0/0 Internet 10.1.9.4", "next-hop", false},
		{"r 0.0.0.0/0 None 10.1.9.4", "next-hop", false},
	} {
		switch {
		case row.code == "":
			w := input(RankPlan, "plan.json")
			w.table("t", row.route)
			mustBuild(t, "", w)
		case row.lost:
			w := input(RankExport, "rt.json")
			w.table("t", row.route)
			mustFail(t, row.code, "", w)
		default:
			severities(t, row.code, func(w *writer) { w.table("t", row.route) })
		}
	}
}

func TestRT14AnUnknownHopIsNotRefused(t *testing.T) {
	w := input(RankPlan, "plan.json")
	rt := w.table("t", "r 0.0.0.0/0 VirtualAppliance 10.1.9.4", "q 10.0.0.0/8 VNetPeering")
	rt.Routes[0].NextHopIPAddress = NotKnown[netip.Addr](&Unknown{Name: "azurerm_firewall.fw.ip"})
	n := mustBuild(t, "warning unknown-value", w)
	if len(n.RouteTables[0].Routes) != 2 {
		t.Error("a route was lost")
	}
}

func TestRT16OneRouteAPrefix(t *testing.T) {
	w := input(RankExport, "rt.json")
	w.table("t", "a 0.0.0.0/0 Internet", "b 0.0.0.0/0 None")
	d := mustFail(t, "duplicate-route", `"a"`, w)
	if len(d.Related) != 1 || d.Related[0].At.Line >= d.At.Line {
		t.Errorf("the first must be named: %+v", d)
	}
	w = input(RankExport, "rt.json")
	w.table("t", "a Storage Internet", "b STORAGE None")
	mustFail(t, "duplicate-route", "", w)
	w = input(RankExport, "rt.json")
	w.table("t", "a 0.0.0.0/0 Internet", "b ::/0 None", "c 0.0.0.0/1 None", "d Storage None", "e Storage.WestUS Internet")
	mustBuild(t, "", w)
}

func TestRT15TheTagsOfRoutes(t *testing.T) {
	routes := make([]string, 26)
	for i := range routes {
		routes[i] = fmt.Sprintf("r%d Tag%d Internet", i, i)
	}
	w := input(RankPlan, "plan.json")
	w.table("t", routes[:25]...)
	mustBuild(t, "", w)
	w = input(RankPlan, "plan.json")
	w.table("t", routes...)
	mustBuild(t, "warning limit", w)
	w = input(RankExport, "rt.json")
	w.table("t", "r Internet VirtualAppliance 10.1.9.4") // T57
	mustFail(t, "route-destination", "Internet", w)
}
