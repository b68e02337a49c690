package azure

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// firewallAt is a firewall in the AzureFirewallSubnet of a virtual network.
func firewallAt(id, network string) *AzureFirewall {
	f := &AzureFirewall{Resource: resource("azureFirewalls/" + id)}
	f.IPConfigurations = []*FirewallIPConfiguration{{Resource: Resource{Name: "c"}, Subnet: Ref(network+"/subnets/AzureFirewallSubnet", Position{})}}
	return f
}

func networkAt(id string) *VirtualNetwork {
	v := &VirtualNetwork{Resource: Resource{ID: MakeID(id), Name: MakeID(id).Name()}, AddressSpace: []Value[netip.Prefix]{Of(netip.MustParsePrefix("10.0.0.0/16"), Position{})}}
	v.Subnets = []*Subnet{{Resource: Resource{ID: MakeID(id + "/subnets/AzureFirewallSubnet"), Name: "AzureFirewallSubnet"}, Prefixes: []Value[netip.Prefix]{Of(netip.MustParsePrefix("10.0.0.0/24"), Position{})}}}
	return v
}

// codes are the codes and severities of problems.
func codes(list diagnostic.List) string {
	var all []string
	for _, d := range list {
		all = append(all, d.Severity.String()+" "+d.Code)
	}
	return strings.Join(all, ", ")
}

// names of firewalls and of the groups of policies, on both sides of
// the edge; a name that an expression makes is not known.
func TestFirewallNames(t *testing.T) {
	const refused, warned = "error firewall-name", "warning firewall-name"
	for _, row := range []struct {
		id, name string
		group    bool
		rank     Rank
		want     string
	}{
		{"R-03 fifty", strings.Repeat("f", 50), false, RankTemplate, ""},
		{"R-03 one more", strings.Repeat("f", 51), false, RankTemplate, refused},
		{"R-03 one more that exists", strings.Repeat("f", 51), false, RankExport, warned},
		{"R-03 ends like this", "fw-1_", false, RankTemplate, ""},
		{"R-03 does not end like this", "fw-1-", false, RankTemplate, refused},
		{"R-03 does not begin like this", "_fw", false, RankPlan, refused},
		{"R-03 an expression", "[format('{0}-fw', parameters('prefix'))]", false, RankTemplate, ""},
		{"R-30 eighty", strings.Repeat("g", 80), true, RankTemplate, ""},
		{"R-30 one more", strings.Repeat("g", 81), true, RankTemplate, refused},
		{"R-30 begins like this", "0g", true, RankTemplate, ""},
		{"R-30 does not begin like this", ".g", true, RankTemplate, refused},
		{"R-30 does not end like this", "g.", true, RankExport, warned},
	} {
		inventory := &Inventory{Rank: row.rank}
		if row.group {
			inventory.FirewallPolicies = []*FirewallPolicy{{Resource: resource("firewallPolicies/p")}}
			inventory.RuleCollectionGroups = []Child[*RuleCollectionGroup]{{Parent: Ref(hubID+"firewallPolicies/p", Position{}), Resource: &RuleCollectionGroup{
				Resource: Resource{ID: MakeID(hubID + "firewallPolicies/p/ruleCollectionGroups/g"), Name: row.name}, Priority: Of(100, Position{})}}}
		} else {
			inventory.AzureFirewalls = []*AzureFirewall{{Resource: Resource{ID: MakeID(hubID + "azureFirewalls/f"), Name: row.name}}}
		}
		_, list := Build(inventory)
		if got := codes(list); got != row.want || row.want != "" && list[0].Hint == "" {
			t.Errorf("%s: %q, want %q", row.id, got, row.want)
		}
	}
}

// one firewall a virtual network. A second one is followed as it stands.
func TestR08OneFirewallANetwork(t *testing.T) {
	one, two := hubID+"virtualNetworks/v", hubID+"virtualNetworks/w"
	for network, want := range map[string]string{one: "warning second-firewall", two: ""} {
		_, list := Build(&Inventory{Rank: RankTemplate, VirtualNetworks: []*VirtualNetwork{networkAt(one), networkAt(two)},
			AzureFirewalls: []*AzureFirewall{firewallAt("f", one), firewallAt("g", network)}})
		if got := codes(list); got != want {
			t.Errorf("R-08, the second in %s: %q, want %q", network, got, want)
		}
	}
}

// U-14: what a firewall and its policy hold at most, on both sides of
// the edge. An IP group counts as one address, and so does what is named twice.
func TestR40R41FirewallLimits(t *testing.T) {
	terms := func(n int) (list []FirewallTerm) {
		for i := range n {
			term, _ := ParseFirewallTerm(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255), Position{})
			list = append(list, term)
		}
		return list
	}
	names := func(n int) (list []FirewallTerm) {
		for i := range n {
			list = append(list, FirewallTerm{Kind: FirewallName, Name: fmt.Sprint("host", i, ".example")})
		}
		return list
	}
	rule := func(source, destination []FirewallTerm) []*FirewallRule {
		return []*FirewallRule{{Resource: Resource{Name: "r"}, Kind: NetworkRule, Source: FirewallSide{Terms: source}, Destination: FirewallSide{Terms: destination}}}
	}
	nat := func(first, last int) (list []*FirewallRule) {
		for port := first; port <= last; port++ {
			to, _ := ParseFirewallTerm("20.1.2.3", Position{})
			list = append(list, &FirewallRule{Resource: Resource{Name: "n"}, Kind: NATRule, Protocols: []Value[FirewallProtocol]{Of(FirewallTCP, Position{})},
				Destination: FirewallSide{Terms: []FirewallTerm{to}}, DestinationPorts: Ports{Terms: []PortTerm{{First: uint16(port), Last: uint16(port)}}}})
		}
		return list
	}
	group := FirewallTerm{Kind: FirewallIPGroup, Group: Ref(hubID+"ipGroups/g", Position{})}
	const warned = "warning limit"
	for _, row := range []struct {
		id    string
		kind  FirewallRuleKind
		rules []*FirewallRule
		rank  Rank
		want  string
	}{
		{"R-41 20,000", NetworkRule, rule(terms(100), terms(200)), RankTemplate, ""},
		{"R-41 the sum of two rules", NetworkRule, append(rule(terms(100), terms(200)), rule(terms(1), terms(1))...), RankTemplate, warned},
		{"R-41 twice the same address", NetworkRule, rule(append(terms(100), terms(1)...), terms(200)), RankTemplate, ""},
		{"R-41 an IP group is one", NetworkRule, rule(append(terms(99), group), terms(200)), RankExport, ""},
		{"R-40 1,000 names", NetworkRule, rule(terms(1), names(1000)), RankTemplate, ""},
		{"R-40 one name more", NetworkRule, rule(terms(1), names(1001)), RankExport, warned},
		{"R-40 250 translations", NATRule, nat(1, 250), RankTemplate, ""},
		{"R-40 one translation more", NATRule, nat(1, 251), RankTemplate, warned},
		{"U-14 for certain", NATRule, nat(63999, 63999), RankTemplate, ""},
		{"U-14 by some pages", NATRule, nat(64000, 64000), RankTemplate, "warning nat-port"},
		{"U-14 by none", NATRule, nat(64001, 64001), RankTemplate, "error nat-port"},
		{"U-14 by none, and yet it exists", NATRule, nat(64001, 64001), RankExport, "warning nat-port"},
	} {
		k := collectionOf("c", row.kind, 100)
		k.Rules = row.rules
		ipGroup := &IPGroup{Resource: resource("ipGroups/g"), Addresses: terms(1)}
		classic := &AzureFirewall{Resource: resource("azureFirewalls/f"), RuleCollections: []*RuleCollection{k}}
		_, list := Build(&Inventory{Rank: row.rank, AzureFirewalls: []*AzureFirewall{classic}, IPGroups: []*IPGroup{ipGroup}})
		if got := codes(list); got != row.want {
			t.Errorf("%s: %q, want %q", row.id, got, row.want)
		}
		parent := &FirewallPolicy{Resource: resource("firewallPolicies/parent")}
		child := &FirewallPolicy{Resource: resource("firewallPolicies/child"), Base: Ref(string(parent.ID), Position{})}
		g := Child[*RuleCollectionGroup]{Parent: Ref(string(parent.ID), Position{}), Resource: &RuleCollectionGroup{Resource: resource("firewallPolicies/parent/ruleCollectionGroups/g"), Priority: Of(100, Position{}), Collections: []*RuleCollection{k}}}
		f := &AzureFirewall{Resource: resource("azureFirewalls/f"), Policy: Ref(string(child.ID), Position{})}
		_, list = Build(&Inventory{Rank: row.rank, AzureFirewalls: []*AzureFirewall{f}, FirewallPolicies: []*FirewallPolicy{parent, child}, RuleCollectionGroups: []Child[*RuleCollectionGroup]{g}, IPGroups: []*IPGroup{ipGroup}})
		if got := codes(list); got != row.want {
			t.Errorf("%s, of the parent's policy: %q, want %q", row.id, got, row.want)
		}
	}
}

// how many groups a policy has, by the year.
func TestR40GroupsOfAPolicy(t *testing.T) {
	for n, want := range map[int]string{60: "", 61: "warning limit", 90: "warning limit", 91: "error limit"} {
		inventory := &Inventory{Rank: RankTemplate, FirewallPolicies: []*FirewallPolicy{{Resource: resource("firewallPolicies/p")}}}
		for i := range n {
			inventory.RuleCollectionGroups = append(inventory.RuleCollectionGroups, Child[*RuleCollectionGroup]{Parent: Ref(hubID+"firewallPolicies/p", Position{}),
				Resource: &RuleCollectionGroup{Resource: resource(fmt.Sprintf("firewallPolicies/p/ruleCollectionGroups/g%d", i)), Priority: Of(100+i, Position{})}})
		}
		_, list := Build(inventory)
		if got := codes(list); got != want {
			t.Errorf("R-40, %d groups: %q, want %q", n, got, want)
		}
	}
}

// a policy that follows SQL redirection has no rule for the ports that it
// goes to. One for every port names none.
func TestR35SQLRedirect(t *testing.T) {
	for _, row := range []struct {
		id          string
		first, last uint16
		follows     bool
		want        string
	}{
		{"R-35 below", 1433, 10999, true, ""},
		{"R-35 the first", 11000, 11000, true, "error sql-redirect"},
		{"R-35 the last", 11999, 12500, true, "error sql-redirect"},
		{"R-35 above", 12000, 12500, true, ""},
		{"R-35 every port", 0, 65535, true, ""},
		{"R-35 no redirection", 11000, 11999, false, ""},
	} {
		k := collectionOf("c", NetworkRule, 100)
		k.Rules = []*FirewallRule{{Resource: Resource{Name: "r"}, Kind: NetworkRule, DestinationPorts: Ports{Terms: []PortTerm{{First: row.first, Last: row.last}}}}}
		p := &FirewallPolicy{Resource: resource("firewallPolicies/p"), AllowSQLRedirect: Of(row.follows, Position{})}
		g := Child[*RuleCollectionGroup]{Parent: Ref(string(p.ID), Position{}), Resource: &RuleCollectionGroup{Resource: resource("firewallPolicies/p/ruleCollectionGroups/g"), Priority: Of(100, Position{}), Collections: []*RuleCollection{k}}}
		_, list := Build(&Inventory{Rank: RankTemplate, FirewallPolicies: []*FirewallPolicy{p}, RuleCollectionGroups: []Child[*RuleCollectionGroup]{g}})
		if got := codes(list); got != row.want {
			t.Errorf("%s: %q, want %q", row.id, got, row.want)
		}
	}
}
