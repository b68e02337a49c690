package azure

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

const hubID = "/subscriptions/s/resourceGroups/hub/providers/Microsoft.Network/"

func resource(name string) Resource { return Resource{ID: MakeID(hubID + name)} }

func collectionOf(name string, kind FirewallRuleKind, priority int) *RuleCollection {
	return &RuleCollection{Resource: Resource{Name: name}, Kind: kind, Priority: Of(priority, Position{}), Action: Of(FirewallAllow, Position{})}
}

func apart[T any](parent string, resource T) Child[T] {
	return Child[T]{Parent: Ref(hubID+parent, Position{}), Resource: resource}
}

// classic collections that stand apart find their firewall, and are
// sorted by kind, then priority.
func TestClassicCollectionsFindTheirFirewall(t *testing.T) {
	hub := &Inventory{AzureFirewalls: []*AzureFirewall{{Resource: resource("azureFirewalls/fw")}}}
	rules := &Inventory{RuleCollections: []Child[*RuleCollection]{
		apart("azureFirewalls/FW", collectionOf("web", ApplicationRule, 100)),
		apart("azureFirewalls/FW", collectionOf("late", NetworkRule, 300)),
		apart("azureFirewalls/FW", collectionOf("early", NetworkRule, 200)),
		apart("azureFirewalls/FW", collectionOf("web", NetworkRule, 400)),
	}}
	network := built(t, hub, rules)
	f := network.AzureFirewalls[0]
	if got, want := collectionNames(f.RuleCollections), "early late web web"; got != want {
		t.Errorf("collections %s, want %s", got, want)
	}
	if f.RuleCollections[0].Firewall != f {
		t.Error("the collection does not know its firewall")
	}
}

// A firewall that only its collections name has a policy, addresses and more
// collections that nobody knows.
func TestCollectionsWithoutFirewallMakeAStub(t *testing.T) {
	network := built(t, &Inventory{RuleCollections: []Child[*RuleCollection]{apart("azureFirewalls/fw", collectionOf("a", NATRule, 100))}})
	f, ok := network.AzureFirewall(MakeID(hubID + "azureFirewalls/fw"))
	if !ok || !f.Stub || f.Policy.Unknown == nil || len(f.UnknownIPConfigurations) != 1 || len(f.UnknownCollections) != 1 {
		t.Fatalf("stub is %+v", f)
	}
}

// groups find their policy; one the policy lists and nobody states
// is a stub whose collections are not known.
func TestGroupsFindTheirPolicy(t *testing.T) {
	const id = "firewallPolicies/p/ruleCollectionGroups/"
	policy := &FirewallPolicy{Resource: resource("firewallPolicies/p"), GroupReferences: []Reference{
		Ref(hubID+id+"stated", Position{}), Ref(hubID+id+"elsewhere", Position{}),
	}}
	group := &RuleCollectionGroup{Resource: resource(id + "stated"), Priority: Of(200, Position{}), Collections: []*RuleCollection{
		collectionOf("second", NetworkRule, 200), collectionOf("first", NATRule, 100),
	}}
	network := built(t, &Inventory{
		FirewallPolicies:     []*FirewallPolicy{policy},
		RuleCollectionGroups: []Child[*RuleCollectionGroup]{{Resource: group}},
	})
	p := network.FirewallPolicies[0]
	if len(p.Groups) != 2 {
		t.Fatalf("%d groups, want 2", len(p.Groups))
	}
	stub, stated := p.Groups[0], p.Groups[1]
	if !stub.Stub || stub.Name != "elsewhere" || len(stub.UnknownCollections) != 1 || stub.Priority.Unknown == nil {
		t.Errorf("the group nobody states is %+v", stub)
	}
	if got := collectionNames(stated.Collections); got != "first second" || stated.Collections[0].Group != stated {
		t.Errorf("collections %s", got)
	}
}

// A group whose policy is not known may belong to any policy.
func TestGroupOfUnknownPolicy(t *testing.T) {
	u := &Unknown{Name: "policy id"}
	network := built(t, &Inventory{
		FirewallPolicies: []*FirewallPolicy{{Resource: resource("firewallPolicies/p")}},
		RuleCollectionGroups: []Child[*RuleCollectionGroup]{{
			Parent: Reference{Unknown: u}, Resource: &RuleCollectionGroup{Resource: Resource{Name: "g"}, Priority: Of(100, Position{})},
		}},
	})
	if got := network.FirewallPolicies[0].UnknownGroups; len(got) != 1 || got[0] != u {
		t.Errorf("unknown groups %v", got)
	}
}

// a firewall with a policy and classic rules is refused where it shall be
// deployed, and a warning where it exists.
func TestR12PolicyAndClassicRules(t *testing.T) {
	for rank, wantError := range map[Rank]bool{RankPlan: true, RankTemplate: true, RankState: false, RankExport: false} {
		_, list := Build(&Inventory{Rank: rank, AzureFirewalls: []*AzureFirewall{{
			Resource: resource("azureFirewalls/fw"), Policy: Ref(hubID+"firewallPolicies/p", Position{}),
			RuleCollections: []*RuleCollection{collectionOf("a", NetworkRule, 100)},
		}}})
		if len(list) != 1 || list[0].Code != "policy-and-classic-rules" || list.HasErrors() != wantError {
			t.Errorf("T-17, %s: %v", rank, list)
		}
	}
}

// priorities are 100 to 65000, both included.
func TestFirewallPriorities(t *testing.T) {
	for priority, wantError := range map[int]bool{99: true, 100: false, 65000: false, 65001: true} {
		_, list := Build(&Inventory{AzureFirewalls: []*AzureFirewall{{
			Resource: resource("azureFirewalls/fw"), RuleCollections: []*RuleCollection{collectionOf("a", NetworkRule, priority)},
		}}})
		if list.HasErrors() != wantError {
			t.Errorf("priority %d: %v", priority, list)
		}
	}
}

// TAG-52, PLAT-5, P-34: a firewall takes service tags as destination only, and
// not those of security groups.
func TestTAG52PLAT5TagsOfFirewallRules(t *testing.T) {
	for _, row := range []struct{ source, destination, says string }{
		{"10.1.0.0/16", "Storage.WestEurope", ""},
		{"*", "AzureActiveDirectory", ""},
		{"AzureConnectors", "10.1.1.0/24", `source "AzureConnectors"`},
		{"10.1.0.0/16", "AzurePlatformDNS", `destination "AzurePlatformDNS"`},
		{"10.1.0.0/16", "azureplatformlkm", "security groups alone"},
		{"10.1.0.0/16", "Internet", `destination "Internet"`},
		{"10.1.0.0/16", "VirtualNetwork", "security groups alone"},
	} {
		for rank, planned := range map[Rank]bool{RankPlan: true, RankTemplate: true, RankExport: false} {
			from, _ := ParseFirewallTerm(row.source, Position{})
			to, _ := ParseFirewallTerm(row.destination, Position{})
			k := collectionOf("a", NetworkRule, 100)
			k.Rules = []*FirewallRule{{Resource: Resource{Name: "r"}, Kind: NetworkRule, Source: FirewallSide{Terms: []FirewallTerm{from}}, Destination: FirewallSide{Terms: []FirewallTerm{to}}}}
			classic := &AzureFirewall{Resource: resource("azureFirewalls/fw"), RuleCollections: []*RuleCollection{k}}
			group := &RuleCollectionGroup{Resource: resource("firewallPolicies/p/ruleCollectionGroups/g"), Priority: Of(100, Position{}), Collections: []*RuleCollection{k}}
			_, list := Build(&Inventory{Rank: rank, AzureFirewalls: []*AzureFirewall{classic}})
			_, same := Build(&Inventory{Rank: rank, RuleCollectionGroups: []Child[*RuleCollectionGroup]{{Resource: group}}})
			if len(list) != len(same) {
				t.Errorf("of a firewall %v, of a policy %v", list, same)
			}
			switch {
			case row.says == "" && len(list) > 0:
				t.Errorf("T-44, T-45: %s to %s: %v", row.source, row.destination, list)
			case row.says != "" && (len(list) != 1 || list[0].Code != "firewall-tag" || list.HasErrors() != planned || !strings.Contains(list[0].Summary, row.says) || list[0].Hint == ""):
				t.Errorf("%s, %s to %s: %v, want one that says %s", rank, row.source, row.destination, list, row.says)
			}
		}
	}
}

// T-73, P-29a: FQDN tags are for application rules.
func TestFirewallFQDNTags(t *testing.T) {
	for kind, want := range map[FirewallRuleKind]int{NetworkRule: 1, NATRule: 1, ApplicationRule: 0} {
		k := collectionOf("a", kind, 100)
		k.Rules = []*FirewallRule{{Resource: Resource{Name: "r"}, Kind: kind, FQDNTags: []Value[string]{Of("WindowsUpdate", Position{})}}}
		network, list := Build(&Inventory{Rank: RankTemplate, AzureFirewalls: []*AzureFirewall{{Resource: resource("azureFirewalls/fw"), RuleCollections: []*RuleCollection{k}}}})
		if len(list) != want || (network == nil) != (want > 0) || want > 0 && list[0].Code != "firewall-tag" {
			t.Errorf("T-73, kind %d: %v", kind, list)
		}
	}
}

// an address stated apart joins its group once.
func TestAddressesApartJoinTheirIPGroup(t *testing.T) {
	term := func(text string) FirewallTerm {
		one, list := ParseFirewallTerm(text, Position{})
		if len(list) > 0 {
			t.Fatal(list)
		}
		return one
	}
	ref := Ref(hubID+"ipGroups/g", Position{})
	network := built(t, &Inventory{
		IPGroups: []*IPGroup{{Resource: resource("ipGroups/g"), Addresses: []FirewallTerm{term("10.0.0.0/24")}}},
		IPGroupAddresses: []IPGroupAddress{
			{Group: ref, Term: term("10.0.1.4")}, {Group: ref, Term: term("10.0.0.0-10.0.0.255")},
		},
	})
	if got := len(network.IPGroups[0].Addresses); got != 2 {
		t.Errorf("%d addresses, want 2", got)
	}
}

// associations give a NAT gateway its addresses, also across inputs.
func TestNATGatewayGetsItsAddresses(t *testing.T) {
	gateway := Ref(hubID+"natGateways/n", Position{})
	network := built(t,
		&Inventory{NATGateways: []*NATGateway{{Resource: resource("natGateways/n")}}},
		&Inventory{Associations: []Association{
			{Kind: NATGatewayToPublicIPAddress, From: gateway, To: Ref(hubID+"publicIPAddresses/a", Position{})},
			{Kind: NATGatewayToPublicIPPrefix, From: gateway, To: Ref(hubID+"publicIPPrefixes/p", Position{})},
		}})
	g := network.NATGateways[0]
	if len(g.PublicIPAddresses) != 1 || g.PublicIPAddresses[0].ID.Name() != "a" || len(g.PublicIPPrefixes) != 1 || g.PublicIPPrefixes[0].ID.Name() != "p" {
		t.Errorf("addresses %v, prefixes %v", g.PublicIPAddresses, g.PublicIPPrefixes)
	}
}

func TestParseFirewallTerm(t *testing.T) {
	for text, want := range map[string]string{
		"*":                         "*",
		"10.0.0.4":                  "10.0.0.4-10.0.0.4",
		"10.0.0.7/24":               "10.0.0.0-10.0.0.255",
		"10.0.0.4-10.0.1.3":         "10.0.0.4-10.0.1.3",
		"2001:db8::/126":            "2001:db8::-2001:db8::3",
		"AzureActiveDirectory":      "azureactivedirectory",
		"Storage.WestEurope":        "storage.westeurope",
		"IANAPrivateRanges":         "ianaprivateranges",
		"0.0.0.0/0":                 "0.0.0.0-255.255.255.255",
		"10.0.1.3-10.0.0.4":         "error",
		"10.0.0.4-2001:db8::1":      "error",
		"10.0.0.4,10.0.0.5":         "error",
		"[parameters('addresses')]": "error",
		"10.0.0.0/33":               "error",
	} {
		term, list := ParseFirewallTerm(text, Position{})
		got := term.key()
		if list.HasErrors() {
			got = "error"
		}
		if got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

func built(t *testing.T, inventories ...*Inventory) *Network {
	t.Helper()
	network, list := Build(inventories...)
	if list.HasErrors() {
		t.Fatal(list)
	}
	return network
}

func collectionNames(collections []*RuleCollection) string {
	var names []string
	for _, k := range collections {
		names = append(names, k.Name)
	}
	return strings.Join(names, " ")
}

// what Azure would refuse of a firewall itself is an error
// in a template and a warning in what exists.
func TestFirewallLimits(t *testing.T) {
	ip := func(sku, allocation string) *PublicIPAddress {
		return &PublicIPAddress{Resource: resource("publicIPAddresses/ip"), SKU: Of(sku, Position{}), Allocation: Of(allocation, Position{})}
	}
	for _, row := range []struct {
		id, name     string
		tier, policy FirewallTier
		ip           *PublicIPAddress
		addresses    int
		code         string
	}{
		{"R-09 Standard and Static", "f", FirewallStandard, FirewallStandard, ip("Standard", "Static"), 1, ""},
		{"R-09 Basic", "f", FirewallStandard, FirewallStandard, ip("Basic", "Static"), 1, "firewall-address"},
		{"R-09 Dynamic", "f", FirewallStandard, FirewallStandard, ip("Standard", "Dynamic"), 1, "firewall-address"},
		{"R-10 as many as there can be", "f", FirewallStandard, FirewallStandard, nil, 250, ""},
		{"R-10 one more", "f", FirewallStandard, FirewallStandard, nil, 251, "firewall-address"},
		{"R-33 a lower policy", "f", FirewallPremium, FirewallStandard, nil, 1, ""},
		{"R-33 a higher one", "f", FirewallStandard, FirewallPremium, nil, 1, "firewall-tier"},
	} {
		for rank, severity := range map[Rank]diagnostic.Severity{RankTemplate: diagnostic.Error, RankExport: diagnostic.Warning} {
			f := &AzureFirewall{Resource: resource("azureFirewalls/" + row.name), Tier: Of(row.tier, Position{}), Policy: Ref("/p", Position{})}
			for range row.addresses {
				c := &FirewallIPConfiguration{}
				if row.ip != nil {
					c.PublicIPAddress = Ref(string(row.ip.ID), Position{})
				}
				f.IPConfigurations = append(f.IPConfigurations, c)
			}
			inventory := &Inventory{Rank: rank, AzureFirewalls: []*AzureFirewall{f}, FirewallPolicies: []*FirewallPolicy{{Resource: Resource{ID: "/p", Name: "p"}, Tier: Of(row.policy, Position{})}}}
			if row.ip != nil {
				inventory.PublicIPAddresses = []*PublicIPAddress{row.ip}
			}
			_, list := Build(inventory)
			if row.code == "" && len(list) > 0 || row.code != "" && (len(list) != 1 || list[0].Code != row.code || list[0].Severity != severity) {
				t.Errorf("%s, %s: %v", row.id, rank, list)
			}
		}
	}
}
