package reach_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// onPremises has a gateway; so has the hub of spoke, which uses it.
var (
	onPremises = whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NSG("g")), Subnet("GatewaySubnet", "10.1.255.0/27"))}
	spoke      = whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NSG("g")), Peer("h", RemoteGateways())),
		VNet("h", "10.0.0.0/16", Subnet("GatewaySubnet", "10.0.255.0/27"), Peer("v"))}
	alone = whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NSG("g")))}
)

// attachment are rows about where groups attach, about their state and about
// what gateways and hidden members put into tags.
var attachment = []trap{
	{"NSG-23", "one group serves two subnets", lab{app: items(NSG("g", DenyIn(100, "*", "*", "*", "*"))), db: items(UseNSG("g"))},
		in("tcp/1", "nic:vma", "nic:vmd"), reach.Blocked, "deny-in-100", ""},
	{"NSG-23", "and stands at neither for the third", lab{app: items(NSG("g", DenyIn(100, "*", "*", "*", "*"))), db: items(UseNSG("g"))},
		in("tcp/1", "nic:vma", "nic:nva"), reach.Allowed, "AllowVnetOutBound", ""},
	{"NSG-32", "probes over IPv6 pass a group", dual(NSG("g")),
		in("tcp/443", "fe80::1234:5678:9abc", "fd00:db8:1:1::9"), reach.Allowed, "AllowAzureLoadBalancerInBound", ""},
	{"NSG-32", "and are not taken to pass without one", dual(),
		in("tcp/443", "fe80::1234:5678:9abc", "fd00:db8:1:1::9"), reach.Undecided, "", ""},
	{"NSG-32", "those over IPv4 need none", dual(),
		in("tcp/443", "probe", "10.1.1.9"), reach.Allowed, "", ""},
	{"NSG-37", "a rule about inbound TCP is stateful", lab{app: items(NSG("g", AllowIn(100, "tcp", "*", "*", "443"), DenyOut(100, "*", "*", "*", "*")))},
		in("tcp/443", "nic:vmd", "nic:vma"), reach.Allowed, "allow-in-100", ""},
	{"NSG-39", "a reply to who asked needs no rule there", lab{app: items(NSG("g", DenyIn(100, "*", "*", "*", "*")))},
		in("tcp/443", "nic:vma", "nic:vmd"), reach.Allowed, "AllowVnetOutBound", ""},
	{"ASG-5", "a private endpoint may be a member", lab{more: items(ASG("web"), NotModelled("Microsoft.Network/privateEndpoints", "pe")), app: items(NSG("g", DenyIn(100, "*", "*", "asg:web", "*")))},
		in("tcp/443", "v/db", "10.1.1.9"), reach.Undecided, "", ""},
	{"ASG-5", "without one the group is empty", lab{more: items(ASG("web")), app: items(NSG("g", DenyIn(100, "*", "*", "asg:web", "*")))},
		in("tcp/443", "v/db", "10.1.1.9"), reach.Allowed, "AllowVnetInBound", ""},
	{"PLAT-5", "the tag of a platform service filters outbound", lab{app: items(NSG("g", DenyIn(100, "*", "*", "AzurePlatformDNS", "*")))},
		in("udp/53", "nic:vma", "168.63.129.16"), reach.Allowed, "PLAT-1", ""},
	{"TAG-19", "what a gateway has learnt may be in VirtualNetwork", onPremises,
		in("tcp/1", "172.20.0.9", "v/app"), reach.Undecided, "", ""},
	{"TAG-19", "so may what the gateway of a peer has", spoke,
		in("tcp/1", "172.20.0.9", "v/app"), reach.Undecided, "", ""},
	{"TAG-19", "without a gateway nothing is learnt", alone,
		in("tcp/1", "172.20.0.9", "v/app"), reach.Blocked, "DenyAllInBound", ""},
	{"TAG-25", "probes come from one address", lab{app: items(NSG("g", AllowIn(100, "*", "AzureLoadBalancer", "*", "*"), DenyIn(200, "*", "*", "*", "*")))},
		in("tcp/443", "168.63.129.16", "nic:vma"), reach.Allowed, "allow-in-100", ""},
	{"TAG-25", "not from the one beside it", lab{app: items(NSG("g", AllowIn(100, "*", "AzureLoadBalancer", "*", "*"), DenyIn(200, "*", "*", "*", "*")))},
		in("tcp/443", "168.63.129.17", "nic:vma"), reach.Blocked, "deny-in-200", ""},
	{"TAG-19", "a learnt default route may put everything there", onPremises,
		in("tcp/1", "8.8.8.8", "v/app"), reach.Blocked, "DenyAllInBound", "gateway.learnedRoutes"},
}

func TestStatementsOfAttachment(t *testing.T) {
	for _, row := range attachment {
		t.Run(row.id+" "+row.note, func(t *testing.T) { checkTrap(t, row, servicetag.Symbolic()) })
	}
}

// NSG-25: in whatever order the two groups are asked, both must allow. What is
// reported first is that of NSG-24.
func TestNSG25BothGroupsMustAllow(t *testing.T) {
	group := func(name string, allow bool, direction string) Item {
		access := map[bool]string{true: "Allow", false: "Deny"}[allow]
		return NSG(name, Rule(direction, access, "100", "*", "*", "*", "*", Named(name)))
	}
	for _, inbound := range []bool{true, false} {
		direction, ask := "Outbound", in("tcp/443", "nic:vma", "nic:vmd")
		if inbound {
			direction, ask = "Inbound", in("tcp/443", "nic:vmd", "nic:vma")
		}
		for _, subnet := range []bool{true, false} {
			for _, nic := range []bool{true, false} {
				want, blockers := reach.Allowed, 0
				for _, allows := range []bool{subnet, nic} {
					if !allows {
						want, blockers = reach.Blocked, blockers+1
					}
				}
				network := lab{app: items(group("subnet", subnet, direction)), vma: items(group("nic", nic, direction))}.net(t)
				a := explore(t, compile(t, network, servicetag.Symbolic()), ask)
				if a.Verdict() != want || len(a.Blockers()) != blockers {
					t.Errorf("%s, subnet allows %v, interface allows %v: want %s by %d, got %s", direction, subnet, nic, want, blockers, describe(a))
				}
			}
		}
	}
}

// NSG-34, NSG-35, T86: a verdict is about new flows. What a change does to those that
// exist, and whether the group ends them, is no part of it.
func TestT86NSG34NSG35AVerdictIsAboutNewFlows(t *testing.T) {
	for _, ask := range []question{in("tcp/443", "nic:vmd", "nic:vma"), in("tcp/80", "nic:vmd", "nic:vma"), in("tcp/443", "nic:vma", "8.8.8.8")} {
		answers := map[string]bool{}
		for _, flush := range []azure.Value[bool]{{}, azure.Of(false, azure.Position{}), azure.Of(true, azure.Position{})} {
			network := lab{app: items(NSG("g", AllowIn(100, "tcp", "*", "*", "443"), DenyIn(200, "*", "*", "*", "*")))}.net(t)
			network.NetworkSecurityGroups[0].FlushConnection = flush
			answers[describe(explore(t, compile(t, network, servicetag.Symbolic()), ask))] = true
		}
		if len(answers) != 1 {
			t.Errorf("%+v: flushConnection changes the answer: %v", ask, answers)
		}
	}
}

// PLAT-5: the tags of platform services have no regional forms, so nobody knows what
// such a name holds.
func TestPLAT5PlatformTagsAreNotRegional(t *testing.T) {
	for name, want := range map[string]bool{"AzurePlatformDNS": true, "AzurePlatformIMDS": true, "AzurePlatformLKM": true, "AzurePlatformDNS.WestEurope": false, "AzurePlatformIMDS.WestUS": false} {
		network := lab{app: items(NSG("g", DenyOut(100, "*", "*", name, "*")))}.net(t)
		_, list := fabric.Compile(network, smallCatalogue(t), fabric.Assume())
		if unknown := len(list) == 1 && list[0].Code == "unknown-service-tag"; unknown == want || want && len(list) > 0 {
			t.Errorf("a rule for %s: %v", name, list)
		}
	}
}

// TAG-47: the expansions that Azure lists with effective rules are what the
// default rules match here. Internet has drifted since the list of TAG-21.
func TestRecordedTAG47Expansions(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(corpus(t), "ground-truth", "ReaNAiveD__test_network_nic_convenience_commands.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Questions []struct {
			Op     string
			Answer struct {
				Value []struct {
					EffectiveSecurityRules []struct {
						Name, Direction                                               string
						ExpandedSourceAddressPrefix, ExpandedDestinationAddressPrefix []string
					}
				}
			}
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	network := Net(t, VNet("v", "10.0.0.0/16", Subnet("s", "10.0.0.0/24", NSG("g"))))
	f := compile(t, network, servicetag.Symbolic())
	s, _ := network.Subnet(SubnetID("v", "s"))
	ours := map[string]fabric.EffectiveRule{}
	for _, d := range []azure.Direction{azure.Inbound, azure.Outbound} {
		for _, r := range f.SubnetRules(s, d).Rules() {
			ours[r.Rule.Name] = r
		}
	}
	compared := 0
	for _, q := range file.Questions {
		for _, group := range q.Answer.Value {
			for _, r := range group.EffectiveSecurityRules {
				own := ours[shortName(r.Name)]
				for side, prefixes := range [][]string{r.ExpandedSourceAddressPrefix, r.ExpandedDestinationAddressPrefix} {
					if own.Rule == nil || len(prefixes) == 0 || own.Rule.Name == "AllowInternetOutBound" {
						continue
					}
					compared++
					got := own.Must[0].Source
					if side == 1 {
						got = own.Must[0].Destination
					}
					want, ok := addressSet(strings.Join(prefixes, ","))
					if !ok {
						t.Fatalf("not prefixes: %v", prefixes)
					}
					if !got.Equal(want) {
						t.Errorf("%s: it holds %v, Azure says %v", r.Name, got, want)
					}
				}
			}
		}
	}
	if compared < 5 {
		t.Errorf("%d expansions were compared, want five of three default rules", compared)
	}
}
