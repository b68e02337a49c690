package lint_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/lint"
	"github.com/wayleave/wayleave/internal/servicetag"
)

var update = flag.Bool("update", false, "rewrite docs/lint.md")

// rules is a network of one subnet, 10.1.1.0/24, with these rules.
func rules(list ...Item) []Item {
	return []Item{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NSG("g", list...)), Subnet("db", "10.1.2.0/24"))}
}

// nva is an appliance at 10.1.9.4.
var nva = Subnet("nva", "10.1.9.0/24", NIC("nva", "10.1.9.4", Forwarding()))

func run(t *testing.T, items []Item, assume ...string) (lint.Answer, *fabric.Fabric) {
	t.Helper()
	var settings []fabric.Setting
	for _, text := range assume {
		s, err := fabric.ParseAssumption(text)
		if err != nil {
			t.Fatal(err)
		}
		settings = append(settings, s)
	}
	f, problems := fabric.Compile(Net(t, items...), servicetag.Symbolic(), fabric.Assume(settings...))
	if f == nil {
		t.Fatal(problems)
	}
	return lint.Run(f), f
}

// told prints findings as "code rule: blamed, blamed".
func told(a lint.Answer) []string {
	var list []string
	for _, f := range a.Findings {
		var names []string
		for _, r := range f.Related {
			names = append(names, r.Name)
		}
		list = append(list, strings.TrimRight(f.Code+" "+f.Name+": "+strings.Join(names, ", "), ": "))
	}
	return list
}

func TestFindings(t *testing.T) {
	probes := AllowIn(4000, "*", "AzureLoadBalancer", "*", "*")
	widened := func(list ...Item) []Item {
		return []Item{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NSG("g", list...), Routes("rt", Route("0.0.0.0/0", "10.1.9.4"))), nva)}
	}
	balanced := func(list ...Item) []Item {
		return []Item{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NSG("g", list...), NIC("a", "10.1.1.4", Behind("lb")))), Balancer("lb", "Standard", "20.1.2.3", Balance("Tcp", 443, 443, 0))}
	}
	member := []Item{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NSG("g", AllowIn(100, "Tcp", "*", "asg:web", "443")), NIC("a", "10.1.1.4", ASG("web"))))}
	for _, row := range []struct {
		says  string
		items []Item
		want  []string
	}{
		{"one earlier rule takes all", rules(DenyIn(100, "Tcp", "10.1.0.0/16", "*", "*"), AllowIn(200, "Tcp", "10.1.2.0/24", "*", "443")),
			[]string{"shadowed allow-in-200: deny-in-100"}},
		{"two earlier rules take all", rules(DenyIn(100, "Tcp", "*", "*", "0-99"), DenyIn(110, "Tcp", "*", "*", "7"), DenyIn(120, "Tcp", "*", "*", "100-200"), AllowIn(200, "Tcp", "10.1.2.0/24", "*", "50-150")),
			[]string{"shadowed deny-in-110: deny-in-100", "shadowed allow-in-200: deny-in-100, deny-in-120"}},
		{"three of eight take all", rules(AllowIn(100, "Tcp", "172.16.0.0/27", "*", "443"), AllowIn(101, "Tcp", "172.16.0.32/27", "*", "443"), AllowIn(102, "Tcp", "172.16.0.64/27", "*", "443"),
			AllowIn(103, "Tcp", "172.16.0.96/27", "*", "443"), AllowIn(104, "Tcp", "172.16.0.0/25", "*", "443"), AllowIn(105, "Tcp", "172.16.0.128/26", "*", "443"), AllowIn(106, "Tcp", "172.16.0.192/26", "*", "443"),
			DenyIn(107, "Tcp", "172.16.0.0/24", "*", "443")),
			[]string{"redundant allow-in-100: allow-in-104", "redundant allow-in-101: allow-in-104", "redundant allow-in-102: allow-in-104", "redundant allow-in-103: allow-in-104",
				"shadowed allow-in-104: allow-in-100, allow-in-101, allow-in-102, allow-in-103", "shadowed deny-in-107: allow-in-104, allow-in-105, allow-in-106"}},
		{"one port is left", rules(DenyIn(100, "Tcp", "*", "*", "0-99"), DenyIn(120, "Tcp", "*", "*", "101-200"), AllowIn(200, "Tcp", "198.51.100.0/24", "*", "50-150")),
			[]string{"partly-shadowed allow-in-200: deny-in-100, deny-in-120"}},
		{"a wider rule of the same access follows", rules(AllowIn(100, "Tcp", "198.51.100.0/24", "*", "443"), AllowIn(110, "Tcp", "198.51.0.0/16", "*", "443")),
			[]string{"redundant allow-in-100: allow-in-110"}},
		{"a default rule does the same", rules(AllowIn(100, "Tcp", "10.1.2.0/24", "10.1.1.0/24", "443")),
			[]string{"redundant allow-in-100: AllowVnetInBound"}},
		{"a Deny between them makes the first matter", rules(AllowIn(100, "Tcp", "198.51.100.7", "*", "443"), DenyIn(105, "Tcp", "198.51.100.0/24", "*", "443"), AllowIn(110, "Tcp", "198.51.0.0/16", "*", "443")), nil},
		{"nor is it redundant where an unknown Deny may be between them", rules(AllowIn(100, "Tcp", "198.51.100.7", "*", "443"), DenyIn(105, "Tcp", "?later", "*", "443"), AllowIn(110, "Tcp", "198.51.0.0/16", "*", "443")), nil},
		{"or rules that no input states", rules(AllowIn(100, "Tcp", "198.51.100.7", "*", "443"), AllowIn(110, "Tcp", "198.51.0.0/16", "*", "443"), UnknownRules("var.more")), nil},
		{"an exception before a wider rule is no crossing", rules(DenyIn(100, "Tcp", "198.51.100.0/24", "*", "443"), AllowIn(110, "Tcp", "198.51.0.0/16", "*", "443")), nil},
		{"a group without members", append(rules(AllowIn(100, "Tcp", "*", "asg:web", "443")), ASG("web")),
			[]string{"matches-nothing allow-in-100"}},
		{"a group with a member", member, nil},
		{"inbound to another subnet", rules(AllowIn(100, "Tcp", "10.1.1.0/24", "10.1.2.0/24", "443")),
			[]string{"other-subnet allow-in-100", "redundant allow-in-100: AllowVnetInBound"}},
		{"inbound to a part of the subnet", rules(AllowIn(100, "Tcp", "198.51.100.1", "10.1.1.4", "443")), nil},
		{"inbound to an address that is not known", rules(AllowIn(100, "Tcp", "198.51.100.1", "?later", "443")), nil},
		{"inbound to a tag without data", rules(AllowIn(100, "Tcp", "198.51.100.1", "Sql", "443")), nil},
		{"inbound to a subnet that is not known", []Item{VNet("v", "10.1.0.0/16", Subnet("app", "?later", NSG("g", AllowIn(100, "Tcp", "198.51.100.1", "10.1.2.4", "443"))))}, nil},
		{"source port 443", rules(AllowIn(100, "Tcp", "Internet", "*", "*", SourcePorts("443"))), []string{"source-port allow-in-100"}},
		{"every source port from 443 on", rules(AllowIn(100, "Tcp", "Internet", "*", "*", SourcePorts("443-65535"))), nil},
		{"PLAT-6: Deny * stops probes", rules(DenyIn(4096, "*", "*", "*", "*")), []string{"probe-denied deny-in-4096"}},
		{"PLAT-7: Deny VirtualNetwork stops probes", rules(DenyIn(200, "*", "VirtualNetwork", "*", "*")), []string{"probe-denied deny-in-200"}},
		{"probes are allowed before", rules(probes, DenyIn(4096, "*", "*", "*", "*")), nil},
		{"a Deny that names the load balancer is meant", rules(DenyIn(200, "*", "AzureLoadBalancer", "*", "*")), nil},
		{"NSG-17, T90: a rule for ICMP with a port", rules(AllowIn(100, "Icmp", "198.51.100.1", "*", "8")), []string{"icmp-ports allow-in-100"}},
		{"NSG-17: with a source port", rules(AllowIn(100, "Icmp", "198.51.100.1", "*", "*", SourcePorts("8"))), []string{"icmp-ports allow-in-100"}},
		{"NSG-17: one for every port", rules(AllowIn(100, "Icmp", "198.51.100.1", "*", "*")), nil},
		{"NSG-17: a rule for any protocol means the others by its port", rules(AllowIn(100, "*", "198.51.100.1", "*", "8")), nil},
		{"PLAT-3, T22: a Deny for the platform's address", rules(DenyOut(100, "*", "*", "168.63.129.16", "*")), []string{"platform-exempt deny-out-100"}},
		{"PLAT-4: and for that of instance metadata", rules(DenyOut(100, "*", "*", "169.254.169.254,168.63.129.16", "80")), []string{"platform-exempt deny-out-100"}},
		{"PLAT-3: an inbound Deny is not for what the platform answers", rules(DenyIn(100, "*", "*", "168.63.129.16", "*")), []string{"other-subnet deny-in-100"}},
		{"PLAT-3, T21: a Deny for the tag is meant", rules(DenyOut(100, "*", "*", "AzurePlatformDNS", "*")), nil},
		{"a Deny for more than the platform does something", rules(DenyOut(100, "*", "*", "168.63.129.0/24", "*")), nil},
		{"NSG-29, T27: clients of a load balancer do not come from its tag", balanced(AllowIn(100, "Tcp", "AzureLoadBalancer", "*", "443")),
			[]string{"probes-alone allow-in-100: DenyAllInBound, rule0", "redundant allow-in-100: AllowVnetInBound, AllowAzureLoadBalancerInBound"}},
		{"NSG-29: some clients pass", balanced(AllowIn(100, "Tcp", "AzureLoadBalancer", "*", "443"), AllowIn(110, "Tcp", "198.51.100.0/24", "*", "443"), DenyIn(120, "*", "*", "*", "*")), nil},
		{"NSG-29: the rule is about another port", balanced(AllowIn(100, "Tcp", "AzureLoadBalancer", "*", "8080"), DenyIn(120, "*", "*", "*", "*")), nil},
		{"NSG-28: what rules see behind a floating IP is not known", []Item{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NSG("g", AllowIn(100, "*", "AzureLoadBalancer", "*", "*"), DenyIn(120, "*", "*", "*", "*")), NIC("a", "10.1.1.4", Behind("lb")))),
			Balancer("lb", "Standard", "20.1.2.3", Balance("Tcp", 443, 443, 0, FloatingIP()))}, nil},
		{"NSG-29: none passes a Deny of the user's", balanced(AllowIn(100, "*", "AzureLoadBalancer", "*", "*"), DenyIn(120, "*", "*", "*", "*")), []string{"probes-alone allow-in-100: deny-in-120, rule0"}},
		{"TAG-12: the default rule allows the internet", widened(), []string{"tag-widened AllowVnetInBound: to-0.0.0.0-0"}},
		{"TAG-12: prefixes and a Deny keep it out", widened(AllowIn(100, "*", "AzureLoadBalancer", "*", "*"), AllowIn(110, "*", "10.1.0.0/16", "*", "*"), DenyIn(4096, "*", "*", "*", "*")), nil},
		{"TAG-12: a Deny for the tag denies everything", widened(AllowIn(100, "*", "*", "*", "*"), DenyOut(100, "*", "*", "VirtualNetwork", "*")),
			[]string{"tag-widened deny-out-100: to-0.0.0.0-0"}},
	} {
		a, _ := run(t, row.items, "defaults")
		if got := told(a); !slices.Equal(got, row.want) {
			t.Errorf("%s:\n got %q\nwant %q", row.says, got, row.want)
		}
	}
}

// Routes, peerings and firewalls that silently do nothing, and beside each what
// does something.
func TestSettingsThatDoNothing(t *testing.T) {
	routed := func(to string, more ...Item) []Item {
		return []Item{VNet("v", "10.1.0.0/16", append(more, Subnet("app", "10.1.1.0/24", Routes("rt", Route("0.0.0.0/0", to))))...)}
	}
	peered := func(known string, state Item) []Item {
		return []Item{
			VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24"), Peer("w", RemoteSpace(known), state)),
			VNet("w", "10.2.0.0/16,10.3.0.0/16", Subnet("far", "10.2.1.0/24"), Peer("v")),
		}
	}
	firewall := func(items ...Item) []Item {
		return []Item{
			VNet("v", "10.1.0.0/16", Subnet(FirewallSubnetName, "10.1.9.0/26")), IPGroup("none", ""), IPGroup("some", "10.1.1.0/24"),
			Firewall("fw", "v", "10.1.9.4", append([]Item{Egress("ip", "20.1.2.3")}, items...)...),
		}
	}
	allow := func(from, to string) Item {
		return Collection("c", 200, azure.FirewallAllow, NetworkRule("r", "TCP", from, to, "22"))
	}
	for _, row := range []struct {
		says  string
		items []Item
		want  []string
	}{
		{"RT-17, T59: nobody has the next hop", routed("10.1.9.77", nva), []string{"dead-route to-0.0.0.0-0"}},
		{"RT-40, T58: the interface does not forward", routed("10.1.9.4", Subnet("nva", "10.1.9.0/24", NIC("nva", "10.1.9.4"))), []string{"dead-route to-0.0.0.0-0: nva"}},
		{"it does", routed("10.1.9.4", nva), nil},
		{"a firewall has it (C-04)", append(routed("10.1.9.4", Subnet(FirewallSubnetName, "10.1.9.0/26")), Firewall("fw", "v", "10.1.9.4", Egress("ip", "20.1.2.3"))), nil},
		{"the firewall has another (T-24)", append(routed("10.1.9.5", Subnet(FirewallSubnetName, "10.1.9.0/26")), Firewall("fw", "v", "10.1.9.4", Egress("ip", "20.1.2.3"))), []string{"dead-route to-0.0.0.0-0"}},
		{"RT-42, T65: disconnected", peered("10.2.0.0/16,10.3.0.0/16", State("Disconnected")), []string{"peering-gap v-to-w"}},
		{"RT-43, T66: a prefix is not synchronised", peered("10.2.0.0/16", State("Connected")), []string{"peering-gap v-to-w"}},
		{"all are", peered("10.2.0.0/16,10.3.0.0/16", State("Connected")), nil},
		{"R-38, T-40: an empty IP group", firewall(allow("group:none", "198.51.100.10")), []string{"firewall-ignored r"}},
		{"a group that no input states", firewall(allow("group:elsewhere", "198.51.100.10")), nil},
		{"RT-47: a peering of some subnets knows no others", peered("10.2.1.0/24", OnlySubnets("app", "far")), nil},
		{"one of two is not empty", firewall(allow("group:none,group:some", "198.51.100.10")), nil},
		{"P-36, T-42: a name without the DNS proxy", firewall(allow("*", "fqdn:sftp.example")), []string{"firewall-ignored r"}},
		{"or where the parent of the policy may have it", append(firewall(UsePolicy("p")), Policy("p", UsePolicy("base"), Group("g", 300, allow("*", "fqdn:sftp.example"))), Policy("base", DNSProxy())), nil},
		{"in a policy without parent", append(firewall(UsePolicy("p")), Policy("p", Group("g", 300, allow("*", "fqdn:sftp.example")))), []string{"firewall-ignored r"}},
		{"with it", firewall(DNSProxy(), allow("*", "fqdn:sftp.example")), nil},
		{"R-13, T-16: private ranges beside a policy", append(firewall(UsePolicy("p"), PrivateRanges("198.51.100.0/24")), Policy("p")), []string{"firewall-ignored"}},
		{"and without one", firewall(PrivateRanges("198.51.100.0/24")), nil},
	} {
		a, _ := run(t, row.items, "defaults")
		if got := told(a); !slices.Equal(got, row.want) {
			t.Errorf("%s:\n got %q\nwant %q", row.says, got, row.want)
		}
	}
}

// SUB-2: the group of AzureFirewallSubnet is reported and not linted.
func TestGroupOnFirewallSubnet(t *testing.T) {
	a, _ := run(t, []Item{VNet("v", "10.1.0.0/16", Subnet("AzureFirewallSubnet", "10.1.1.0/24", NSG("g", AllowIn(100, "Tcp", "10.1.2.0/24", "*", "443"))))})
	if got := told(a); !slices.Equal(got, []string{"group-ignored"}) || len(a.NotChecked) != 1 {
		t.Errorf("got %q, not checked %q", got, a.NotChecked)
	}
}

// A group that decides in two subnets is shadowed only where it is in both.
func TestAFindingHoldsWhereverTheGroupDecides(t *testing.T) {
	group := NSG("g", DenyIn(100, "*", "VirtualNetwork", "*", "*"), AllowIn(200, "Tcp", "198.51.100.1", "*", "443"))
	here := Subnet("app", "10.1.1.0/24", group, Routes("rt", Route("0.0.0.0/0", "10.1.9.4")))
	a, _ := run(t, []Item{VNet("v", "10.1.0.0/16", here)}, "defaults")
	if got := told(a); !slices.Contains(got, "shadowed allow-in-200: deny-in-100") {
		t.Errorf("the default route shadows the rule: got %q", got)
	}
	a, _ = run(t, []Item{VNet("v", "10.1.0.0/16", here, Subnet("db", "10.1.2.0/24", UseNSG("g")))}, "defaults")
	if got := told(a); slices.Contains(got, "shadowed allow-in-200: deny-in-100") {
		t.Errorf("the other subnet has no such route: got %q", got)
	}
}

// What turns on an open point is said, not claimed.
func TestOpenPointsAreNotClaimed(t *testing.T) {
	items := rules(DenyIn(100, "*", "*", "*", "0-65535"), AllowIn(200, "Esp", "198.51.100.0/24", "*", "*"))
	items = append(items, ASG("web"))
	settled, _ := run(t, items, "defaults")
	open, _ := run(t, items)
	if len(settled.Findings) <= len(open.Findings) && len(open.NotChecked) == 0 {
		t.Errorf("settled %q, open %q, not checked %q", told(settled), told(open), open.NotChecked)
	}
}

// Rules of which it is not known what they match are listed, never passed over.
func TestUnknownRulesAreListed(t *testing.T) {
	a, _ := run(t, rules(AllowIn(100, "Tcp", "?later", "10.1.1.0/24", "443"), AllowIn(110, "Tcp", "198.51.100.1", "10.1.1.0/24", "443")), "defaults")
	if len(a.Findings) != 0 || len(a.NotChecked) != 1 || !strings.HasPrefix(a.NotChecked[0], "g: 1 of its inbound rules, not known in full: ") {
		t.Errorf("got %q, not checked %q", told(a), a.NotChecked)
	}
	a, _ = run(t, rules(AllowIn(110, "Tcp", "198.51.100.1", "10.1.1.0/24", "443")), "defaults")
	if len(a.NotChecked) != 0 {
		t.Errorf("all is known, yet not checked: %q", a.NotChecked)
	}
}

// SUB-4: Azure refuses a group on AzureBastionSubnet without its rules for service tags,
// though others allow the packets. Elsewhere, and of those that never allow anything,
// a finding says so.
func TestRulesThatBastionAsksForStay(t *testing.T) {
	rules := []Item{
		AllowIn(100, "Tcp", "*", "*", "443"), AllowIn(110, "Tcp", "GatewayManager", "*", "443"), AllowIn(120, "Tcp", "10.1.9.0/24", "*", "443"),
		DenyOut(100, "Tcp", "*", "*", "443"), AllowOut(110, "Tcp", "*", "AzureCloud", "443"), DenyOut(120, "Tcp", "*", "Storage", "443"),
	}
	for _, row := range []struct{ subnet, want string }{
		{"app", "shadowed allow-in-110: allow-in-100; shadowed allow-in-120: allow-in-100; shadowed allow-out-110: deny-out-100; shadowed deny-out-120: deny-out-100"},
		{"AzureBastionSubnet", "shadowed allow-in-120: allow-in-100; shadowed allow-out-110: deny-out-100; shadowed deny-out-120: deny-out-100"},
	} {
		inv := Inventory(azure.RankExport, VNet("v", "10.1.0.0/16", Subnet(row.subnet, "10.1.1.0/24", NSG("g", rules...))))
		answer := lint.Run(compiled(t, inv))
		answer.Findings = slices.DeleteFunc(answer.Findings, func(f lint.Finding) bool { return f.Code != "shadowed" && f.Code != "redundant" })
		if got := strings.Join(told(answer), "; "); got != row.want {
			t.Errorf("%s: got %q, want %q", row.subnet, got, row.want)
		}
	}
}

// ASG-1: Azure lists a network interface in the subnet that no input states. It may be
// a member of the group: a rule for the group is not said to match nothing.
func TestInterfacesThatNoInputStatesMayBeMembers(t *testing.T) {
	for _, row := range []struct {
		says, occupant string
		stated         bool
		want           string
	}{
		{"nobody else is there", "", false, "matches-nothing allow-in-100"},
		{"one that is not stated", string(NICID("other")) + "/ipconfigurations/a", false, ""},
		{"one that is stated, and no member", string(NICID("other")) + "/ipconfigurations/a", true, "matches-nothing allow-in-100"},
		{"one of the platform's", "/subscriptions/99/resourcegroups/g/providers/microsoft.network/networkinterfaces/x/ipconfigurations/a", false, "matches-nothing allow-in-100"},
		{"a gateway", "/subscriptions/0/resourcegroups/g/providers/microsoft.network/virtualnetworkgateways/x/ipconfigurations/a", false, "matches-nothing allow-in-100"},
	} {
		subnet := []Item{NSG("g", AllowIn(100, "Tcp", "*", "asg:web", "443"))}
		if row.stated {
			subnet = append(subnet, NIC("other", "10.1.1.9"))
		}
		inv := Inventory(azure.RankExport, ASG("web"), VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", subnet...)))
		if row.occupant != "" {
			inv.VirtualNetworks[0].Subnets[0].Occupants = []azure.ID{azure.MakeID(row.occupant)}
		}
		if got := strings.Join(told(lint.Run(compiled(t, inv))), "; "); got != row.want {
			t.Errorf("%s: got %q, want %q", row.says, got, row.want)
		}
	}
}

// Random lists: a shadowed rule decides none of many packets, its witness is
// decided by a rule to blame, and without a redundant rule all fare alike.
func TestRandomListsKeepTheirWord(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 1))
	shadowed, redundant := 0, 0
	for range 150 {
		var list []Item
		for n := range 2 + random.IntN(7) {
			list = append(list, randomRule(random, 100+n))
		}
		a, f := run(t, rules(list...), "defaults")
		whole := inbound(f)
		for _, found := range a.Findings {
			var n int
			if _, err := fmt.Sscanf(found.Name[strings.LastIndex(found.Name, "-")+1:], "%d", &n); err != nil {
				t.Fatal(err)
			}
			without := slices.Delete(slices.Clone(list), n-100, n-99)
			_, g := run(t, rules(without...), "defaults")
			switch found.Code {
			case "shadowed":
				shadowed++
				for range 200 {
					if p := randomPacket(random); decides(whole, p) == found.Name {
						t.Fatalf("%s decides %v", found.Name, p)
					}
				}
				if by := asked(whole, *found.Witness).Hops[0]; by.Priority >= n {
					t.Fatalf("%s decides the witness of %s", by.Name, found.Name)
				}
				_, only := run(t, rules(keep(list, found)...), "defaults")
				if by := decides(inbound(only), *found.Witness); by == found.Name || !blamed(found, by) {
					t.Fatalf("%s decides the witness of %s among those to blame", by, found.Name)
				}
			case "redundant":
				redundant++
				if by := decides(whole, *found.Witness); by != found.Name {
					t.Fatalf("%s decides the witness of %s", by, found.Name)
				}
				for range 200 {
					if p := randomPacket(random); permits(whole, p) != permits(inbound(g), p) {
						t.Fatalf("without %s, %v fares differently", found.Name, p)
					}
				}
			}
		}
	}
	if shadowed < 20 || redundant < 20 {
		t.Errorf("only %d shadowed and %d redundant rules were tried", shadowed, redundant)
	}
}

// keep is a shadowed rule and those to blame for it.
func keep(list []Item, found lint.Finding) []Item {
	var kept []Item
	for i := range list {
		name := fmt.Sprintf("-%d", 100+i)
		if strings.HasSuffix(found.Name, name) || slices.ContainsFunc(found.Related, func(r lint.Related) bool { return strings.HasSuffix(r.Name, name) }) {
			kept = append(kept, list[i])
		}
	}
	return kept
}

func blamed(found lint.Finding, name string) bool {
	return slices.ContainsFunc(found.Related, func(r lint.Related) bool { return r.Name == name })
}

func randomRule(random *rand.Rand, priority int) Item {
	pick := func(list ...string) string { return list[random.IntN(len(list))] }
	rule := AllowIn
	if random.IntN(2) == 0 {
		rule = DenyIn
	}
	return rule(priority, pick("Tcp", "Tcp", "Udp", "*"), pick("*", "VirtualNetwork", "198.51.100.0/30", "198.51.100.0/31", "10.1.2.0/24"), pick("*", "10.1.1.4/30", "10.1.1.0/24"), pick("*", "1-4", "2-3", "3"))
}

func randomPacket(random *rand.Rand) flow.Packet {
	pick := func(list ...flow.AddressSet) flow.Address { a, _ := list[random.IntN(len(list))].Natural(); return a }
	set := func(text string) flow.AddressSet { return flow.Prefix(netip.MustParsePrefix(text)) }
	return flow.Packet{
		Protocol: []uint8{flow.TCP, flow.UDP}[random.IntN(2)], SourcePort: 50000, DestinationPort: uint16(1 + random.IntN(5)),
		Source:      pick(set("198.51.100.0/32"), set("198.51.100.1/32"), set("198.51.100.2/32"), set("198.51.100.9/32"), set("10.1.2.4/32"), set("10.1.1.9/32")),
		Destination: pick(set("10.1.1.4/32"), set("10.1.1.9/32")),
	}
}

func inbound(f *fabric.Fabric) *fabric.Policy {
	s, _ := f.Network().Subnet(SubnetID("v", "app"))
	return f.SubnetRules(s, azure.Inbound)
}

// asked is what a group does with one packet.
func asked(p *fabric.Policy, packet flow.Packet) fabric.Outcome {
	c := flow.Cube{
		Source: flow.Points(packet.Source), Destination: flow.Points(packet.Destination), Protocols: flow.Protocols(packet.Protocol),
		SourcePorts: flow.Ports(packet.SourcePort), DestinationPorts: flow.Ports(packet.DestinationPort),
	}
	return p.Split([]flow.Cube{c}, true)[0]
}

func decides(p *fabric.Policy, packet flow.Packet) string { return asked(p, packet).Hops[0].Name }
func permits(p *fabric.Policy, packet flow.Packet) bool {
	return asked(p, packet).Effect == fabric.Pass
}

// docs/lint.md is made from the metadata.
func TestDocumentation(t *testing.T) {
	var b strings.Builder
	b.WriteString("# What `wayleave lint` finds\n\nEach finding names the lines to blame and a packet that shows it, and holds for certain.\n`wayleave lint --minimise` also makes groups smaller: [minimise.md](minimise.md).\n")
	for _, c := range lint.Checks() {
		fmt.Fprintf(&b, "\n## %s\n\n%s%s.\n\n%s\n\nAvoid: `%s`\n\nPrefer: `%s`\n", c.Code, strings.ToUpper(c.Title[:1]), c.Title[1:], c.Text, c.Avoid, c.Prefer)
	}
	const path = "../../docs/lint.md"
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(path); err != nil || string(have) != b.String() {
		t.Errorf("%s is not what the checks say (%v): go test ./internal/lint -update", path, err)
	}
}
