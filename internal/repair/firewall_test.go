package repair_test

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/repair"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// behind is a network whose subnets send everything through a firewall.
func behind(firewall ...Item) []Item {
	return []Item{
		VNet("v", "10.1.0.0/16",
			Subnet("app", "10.1.1.0/24", Routes("rt", Route("0.0.0.0/0", "10.1.9.4"))), Subnet("db", "10.1.2.0/24", UseRoutes("rt")),
			Subnet(FirewallSubnetName, "10.1.9.0/26")),
		Firewall("fw", "v", "10.1.9.4", append([]Item{Egress("ip", "20.1.2.3")}, firewall...)...),
	}
}

func allowing(name string, priority int, rules ...Item) Item {
	return Collection(name, priority, azure.FirewallAllow, rules...)
}

func denying(name string, priority int, rules ...Item) Item {
	return Collection(name, priority, azure.FirewallDeny, rules...)
}

// What a firewall denies gets a network rule: where there is a collection for the
// same, in that; else in a new one before the one that denies (R-15, P-01, P-02).
func TestMakeFirewallRules(t *testing.T) {
	policy := func(groups ...Item) []Item {
		return append(behind(UsePolicy("p")), Policy("p", groups...))
	}
	any := NetworkRule("any", "Any", "*", "*", "*")
	for _, x := range []struct {
		name  string
		items []Item
		needs []string
		keep  []string
		want  string
	}{
		{
			"a collection of its own where there is none", behind(), []string{"out app 8.8.8.0/24 tcp 443"}, nil,
			"fw: Allow TCP 10.1.1.0/24 -> 8.8.8.0/24 port 443 (collection allow-svc, new, priority 200)",
		},
		{
			"tags stay tags, one address is written alone", behind(), []string{"out app Sql tcp 1433", "out app 8.8.8.8/32 udp 53"}, nil,
			"fw: Allow TCP 10.1.1.0/24 -> Sql port 1433 (collection allow-svc, new, priority 200)\nfw: Allow UDP 10.1.1.0/24 -> 8.8.8.8 port 53 (collection allow-svc)",
		},
		{
			"one rule for two subnets and both protocols", behind(), []string{"out app 8.8.8.0/24 tcp,udp 443", "out db 8.8.8.0/24 tcp,udp 443"}, nil,
			"fw: Allow TCP, UDP 10.1.1.0/24, 10.1.2.0/24 -> 8.8.8.0/24 port 443 (collection allow-svc, new, priority 200)",
		},
		{
			"ASY-4: replies to what comes straight from outside go back there, past the firewall", behind(), []string{"in app Sql tcp 3443"}, nil,
			"+rt internet-Sql: route Sql to Internet",
		},
		{
			"an address that another requirement needs with its neighbour stands in the rule once", behind(), []string{"out app 8.8.8.8/32 tcp 443", "out app 8.8.8.8/31 tcp 443"}, nil,
			"fw: Allow TCP 10.1.1.0/24 -> 8.8.8.8/31 port 443 (collection allow-svc, new, priority 200)",
		},
		{
			"an empty collection gets it", behind(allowing("mine", 300)), []string{"out app 8.8.8.0/24 tcp 443"}, nil,
			"fw: Allow TCP 10.1.1.0/24 -> 8.8.8.0/24 port 443 (collection mine)",
		},
		{
			"and one for the same destination", behind(allowing("other", 200, NetworkRule("r", "TCP", "10.7.0.0/16", "9.9.9.9", "443")), allowing("mine", 300, NetworkRule("r", "TCP", "10.1.1.0/25", "8.8.8.0/24", "22"))),
			[]string{"out app 8.8.8.0/24 tcp 443"}, nil,
			"fw: Allow TCP 10.1.1.0/24 -> 8.8.8.0/24 port 443 (collection mine)",
		},
		{
			"but not one that denies, and none with rules for something else", behind(denying("other", 100, NetworkRule("r", "TCP", "10.1.1.0/24", "9.9.9.9", "443")), allowing("dns", 200, NetworkRule("r", "UDP", "10.7.0.0/16", "9.9.9.9", "53")), denying("no", 400, any)),
			[]string{"out app 8.8.8.0/24 tcp 443"}, nil,
			"fw: Allow TCP 10.1.1.0/24 -> 8.8.8.0/24 port 443 (collection allow-svc, new, priority 399)",
		},
		{
			"behind the last, as far as there is a number",
			behind(allowing("dns", 200, NetworkRule("r", "UDP", "10.7.0.0/16", "9.9.9.9", "53")), allowing("ntp", 65000, NetworkRule("r", "UDP", "10.7.0.0/16", "9.9.9.9", "123"))),
			[]string{"out app 8.8.8.0/24 tcp 443"}, nil,
			"fw: Allow TCP 10.1.1.0/24 -> 8.8.8.0/24 port 443 (collection allow-svc, new, priority 64999)",
		},
		{
			"before the collection that denies", behind(denying("no", 400, any), allowing("mine", 500)), []string{"out app 8.8.8.0/24 tcp 443"}, nil,
			"fw: Allow TCP 10.1.1.0/24 -> 8.8.8.0/24 port 443 (collection allow-svc, new, priority 399)",
		},
		{
			"where there is no room before it, it makes room, and those behind it (C-11)", behind(denying("no", 100, any), denying("next", 101, any), allowing("last", 103, any)), []string{"out app 8.8.8.0/24 tcp 443"}, nil,
			"fw: collection next at priority 102, was 101\nfw: collection no at priority 101, was 100\nfw: Allow TCP 10.1.1.0/24 -> 8.8.8.0/24 port 443 (collection allow-svc, new, priority 100)",
		},
		{
			"a rule that is kept is named", behind(denying("no", 400, any)), []string{"out app 8.8.8.0/24 tcp 443"}, []string{"no/any"},
			"cannot: out-8.8.8.0/24-443 and the rule any (collection no 400) of fw, which is kept, cannot both hold: the rule denies what the requirement needs",
		},
		{
			"a group of its own in a policy without any", policy(), []string{"out app 8.8.8.0/24 tcp 443"}, nil,
			"allow-svc: Allow TCP 10.1.1.0/24 -> 8.8.8.0/24 port 443 (collection allow-svc, new, priority 200)",
		},
		{
			"the group that has network rules", policy(Group("g", 300, allowing("other", 200, NetworkRule("r", "TCP", "10.7.0.0/16", "9.9.9.9", "443")))), []string{"out app 8.8.8.0/24 tcp 443"}, nil,
			"g: Allow TCP 10.1.1.0/24 -> 8.8.8.0/24 port 443 (collection allow-svc, new, priority 300)",
		},
		{
			"before a Deny of the group", policy(Group("g", 300, denying("no", 200, any))), []string{"out app 8.8.8.0/24 tcp 443"}, nil,
			"g: Allow TCP 10.1.1.0/24 -> 8.8.8.0/24 port 443 (collection allow-svc, new, priority 199)",
		},
		{
			"a new group before that of a Deny that comes first in its own", policy(Group("g", 300, denying("no", 100, any))), []string{"out app 8.8.8.0/24 tcp 443"}, nil,
			"allow-svc: Allow TCP 10.1.1.0/24 -> 8.8.8.0/24 port 443 (collection allow-svc, new, priority 200)",
		},
		{
			"an earlier group with rules for the same", policy(Group("early", 200, allowing("mine", 900, NetworkRule("r", "TCP", "10.7.0.0/16", "8.8.8.0/24", "22"))), Group("g", 300, denying("no", 200, any))), []string{"out app 8.8.8.0/24 tcp 443"}, nil,
			"early: Allow TCP 10.1.1.0/24 -> 8.8.8.0/24 port 443 (collection mine)",
		},
		{
			"in the first group of all, what denies makes room", policy(Group("g", 100, denying("no", 100, any), allowing("next", 101, any))), []string{"out app 8.8.8.0/24 tcp 443"}, nil,
			"g: collection next at priority 102, was 101\ng: collection no at priority 101, was 100\ng: Allow TCP 10.1.1.0/24 -> 8.8.8.0/24 port 443 (collection allow-svc, new, priority 100)",
		},
		{
			"a Deny of a parent comes first whatever the child says: the rule is the parent's (R-31)",
			append(behind(UsePolicy("p")), Policy("p", UsePolicy("parent")), Policy("parent", Group("g", 300, denying("no", 200, any)))), []string{"out app 8.8.8.0/24 tcp 443"}, nil,
			"g: Allow TCP 10.1.1.0/24 -> 8.8.8.0/24 port 443 (collection allow-svc, new, priority 199, of the parent policy parent)",
		},
		{
			"one rule before a Deny for one of its ports, and another beside it (seed 850981)",
			append(behind(UsePolicy("p")), Policy("p", Group("g", 300, denying("no", 200, NetworkRule("no443", "Any", "*", "*", "443"))))), []string{"out app Sql tcp 1433", "out app 8.8.8.0/24 udp 80,443"}, nil,
			"g: Allow UDP 10.1.1.0/24 -> 8.8.8.0/24 port 80, 443 (collection allow-svc, new, priority 199)\ng: Allow TCP 10.1.1.0/24 -> Sql port 1433 (collection allow-svc)",
		},
		{
			"one rule for what the child denies and what the parent does is the parent's (P-13)",
			append(behind(UsePolicy("p")), Policy("p", UsePolicy("parent"), Group("own", 100, denying("no80", 100, NetworkRule("no80", "Any", "*", "*", "80")))),
				Policy("parent", Group("g", 300, denying("no443", 200, NetworkRule("no443", "Any", "*", "*", "443"))))), []string{"out app 8.8.8.0/24 tcp 80", "out app 8.8.8.0/24 tcp 443"}, nil,
			"g: Allow TCP 10.1.1.0/24 -> 8.8.8.0/24 port 80, 443 (collection allow-svc, new, priority 199, of the parent policy parent)",
		},
		{
			"what an application rule denies gets a network rule wherever that stands (P-01)", behind(denying("web", 100, ApplicationRule("web", "*", "Https:443", "*"))), []string{"out app 8.8.8.0/24 tcp 443"}, nil,
			"fw: Allow TCP 10.1.1.0/24 -> 8.8.8.0/24 port 443 (collection allow-svc, new, priority 200)",
		},
		{
			"with what a network rule denies, before that", behind(denying("web", 100, ApplicationRule("web", "*", "Https:443", "*")), denying("no22", 150, NetworkRule("no22", "Any", "*", "*", "22"))),
			[]string{"out app 8.8.8.0/24 tcp 443", "out app 8.8.8.0/24 tcp 22"}, nil,
			"fw: Allow TCP 10.1.1.0/24 -> 8.8.8.0/24 port 22, 443 (collection allow-svc, new, priority 149)",
		},
		{
			"a kept rule that does not deny it is in nobody's way", behind(denying("no", 400, any, NetworkRule("other", "Any", "*", "9.9.9.9", "*"))), []string{"out app 8.8.8.0/24 tcp 443"}, []string{"no/other"},
			"fw: Allow TCP 10.1.1.0/24 -> 8.8.8.0/24 port 443 (collection allow-svc, new, priority 399)",
		},
		{
			"private ranges without the destination (C-15)", behind(allowing("all", 200, any), PrivateRanges("IANAPrivateRanges,8.8.8.0/30")), []string{"out app 8.8.8.0/31 tcp 443"}, nil,
			"fw: private ranges IANAPrivateRanges, 8.8.8.2/31",
		},
	} {
		t.Run(x.name, func(t *testing.T) {
			inventories := []*azure.Inventory{Inventory(azure.RankExport, x.items...)}
			f := compile(t, inventories...)
			var needs []repair.Need
			for _, text := range x.needs {
				needs = append(needs, need(t, f, text))
			}
			plan := repair.Make(f, needs, repair.Keep{Names: x.keep})
			if got := strings.ReplaceAll(lines(plan), "~", ""); got != x.want {
				t.Errorf("got\n%s\nwant\n%s", got, x.want)
			}
			if len(plan.Unfixable) > 0 {
				return
			}
			list, err := repair.Apply(inventories, plan.Edits)
			if err != nil {
				t.Fatal(err)
			}
			after := compile(t, list...)
			for _, n := range plan.Needs {
				for _, p := range n.Parts {
					for _, c := range p.Packets {
						checkAllowed(t, after, n, c)
					}
				}
			}
		})
	}
}

// A link that drops what others forwarded is told to pass it (RT-44).
func TestMakePeering(t *testing.T) {
	f := compile(t, Inventory(azure.RankExport,
		VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24"), Peer("w")), VNet("w", "10.2.0.0/16", Subnet("far", "10.2.1.0/24"), Peer("v"))))
	link := f.Network().VirtualNetworks[0].Peerings[0]
	n := need(t, compile(t, Inventory(azure.RankExport, behind()...)), "out app 8.8.8.0/24 tcp 443")
	n.Parts[0].Blockers = []reach.Hop{{Kind: "peering", Decision: "drop", Resource: link.ID, Name: link.Name}}
	plan := repair.Make(f, []repair.Need{n}, repair.Keep{})
	if got := lines(plan); got != "~"+link.Name+": allowForwardedTraffic true, was false" {
		t.Error(got)
	}
	list, err := repair.Apply([]*azure.Inventory{Inventory(azure.RankExport,
		VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24"), Peer("w")), VNet("w", "10.2.0.0/16", Subnet("far", "10.2.1.0/24"), Peer("v")))}, plan.Edits)
	if err != nil {
		t.Fatal(err)
	}
	if on, _ := compile(t, list...).Network().VirtualNetworks[0].Peerings[0].AllowForwardedTraffic.Known(); !on {
		t.Error("the flag is not set")
	}
}

// Where a default route to a firewall takes every address out of Internet (TAG-23), a
// rule for the tag would let nothing pass: the rule lists the addresses, and where a tag
// without data may hold them it takes all.
func TestMakeNamesNoInternetThatHoldsNothing(t *testing.T) {
	network := func(route string) *azure.Inventory {
		return Inventory(azure.RankExport,
			NSG("g", DenyOut(4000, "*", "*", "*", "*")),
			VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", UseNSG("g"), Routes("rt", Route(route, "10.1.9.4"))), Subnet(FirewallSubnetName, "10.1.9.0/26")),
			Firewall("fw", "v", "10.1.9.4", Egress("ip", "20.1.2.3"), allowing("all", 200, NetworkRule("any", "Any", "*", "*", "*"))))
	}
	data, err := servicetag.Parse("tags.json", []byte(`{"changeNumber":1,"cloud":"Public","values":[{"name":"Sql","id":"Sql","properties":{"changeNumber":1,"region":"","addressPrefixes":["40.0.0.0/24"]}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		name, route string
		tags        *servicetag.Catalogue
		want        string
	}{
		{"the tag", "10.9.0.0/16", servicetag.Symbolic(), "-> Internet port 80"},
		{"all", "0.0.0.0/0", servicetag.Symbolic(), "-> * port 80"},
		{"prefixes", "0.0.0.0/0", data, "-> 1.0.0.0/8, 2.0.0.0/7, "},
	} {
		t.Run(x.name, func(t *testing.T) {
			inventory := network(x.route)
			f := compileWith(t, x.tags, inventory)
			plan := repair.Make(f, []repair.Need{need(t, f, "out app Internet tcp 80")}, repair.Keep{})
			if got := lines(plan); !strings.HasPrefix(got, "+g Outbound 3990 Allow Tcp 10.1.1.0/24 "+x.want) {
				t.Errorf("got %s\nwant %s", got, x.want)
			}
			list, err := repair.Apply([]*azure.Inventory{inventory}, plan.Edits)
			if err != nil {
				t.Fatal(err)
			}
			after := compileWith(t, x.tags, list...)
			for _, p := range plan.Needs[0].Parts {
				for _, c := range p.Packets {
					checkAllowed(t, after, plan.Needs[0], c)
				}
			}
		})
	}
}

// A hop that names no resource is no rule of the first collection without an id.
func TestMakeTakesNoCollectionForAnother(t *testing.T) {
	f := compile(t, Inventory(azure.RankExport, behind(denying("no", 100, NetworkRule("any", "Any", "*", "*", "*")))...))
	f.Network().AzureFirewalls[0].RuleCollections[0].ID = ""
	n := need(t, f, "out app 8.8.8.0/24 tcp 443")
	if got := lines(repair.Make(f, []repair.Need{n}, repair.Keep{})); got != "cannot: firewallRule any blocks it, and there is no change for that: network rule" {
		t.Error(got)
	}
}
