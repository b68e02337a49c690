package reach_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/reach"
)

// turned is a question whose answer a switch turns.
type turned struct {
	// setting is another value than the default: "name=value".
	setting string
	net     interface {
		net(testing.TB) *azure.Network
	}
	ask question
	// before is the verdict under all defaults, after that under the setting.
	before, after reach.Verdict
}

// Each value of each switch but the defaults changes a verdict, or what the other
// end sees.
func TestEverySwitchTurnsAnAnswer(t *testing.T) {
	const allowed, blocked, undecided = reach.Allowed, reach.Blocked, reach.Undecided
	hopTypes := func(hop string) lab {
		return lab{app: items(NSG("g"), Routes("rt", Route("203.0.113.0/24", hop)))}
	}
	fromThere := in("tcp/1", "203.0.113.9", "v/app")
	behindFirewall := func(more ...Item) whole {
		return append(whole{VNet("v", "10.1.0.0/16",
			Subnet("app", "10.1.1.0/24", NIC("vma", "10.1.1.4"), Routes("rt", Route("0.0.0.0/0", "10.1.5.4"))),
			Subnet("AzureFirewallSubnet", "10.1.5.0/26"))}, more...)
	}
	firewall := func(more ...Item) Item {
		return Firewall("fw", "v", "10.1.5.4", append(items(Egress("pip", "203.0.113.10")), more...)...)
	}
	published := func(more ...Item) whole {
		return append(whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NIC("vma", "10.1.1.4")), Subnet("AzureFirewallSubnet", "10.1.5.0/26"))}, more...)
	}
	publish := Collection("publish", 100, azure.FirewallDNAT, NATRule("web", "TCP", "*", "203.0.113.10", "443", "10.1.1.4:443"))
	fromOutside := in("tcp/443", "192.88.99.7", "203.0.113.10")
	rows := []turned{
		{"proto.star.includesEspAh=false", lab{app: items(NSG("g", AllowIn(100, "*", "*", "*", "*")))}, in("esp", "nic:vmd", "nic:vma"), allowed, blocked},
		{"icmp.ports=type", lab{app: items(NSG("g", AllowIn(100, "icmp", "*", "*", "8"), DenyIn(200, "*", "*", "*", "*")))}, in("icmp", "nic:vmb", "nic:vma"), blocked, undecided},
		{"nsg.zeroSlashZeroCoversV6=true", dual(NSG("g", DenyIn(100, "*", "0.0.0.0/0", "*", "*"))), in("tcp/1", "fd00:db8:1:2::9", "fd00:db8:1:1::9"), allowed, blocked},
		{"vnetTag.serviceEndpoints=included", lab{app: items(Endpoint("Microsoft.Storage.Global"), NSG("g", DenyOut(100, "*", "*", "VirtualNetwork", "*")))}, in("tcp/443", "nic:vma", "52.239.192.10"), allowed, blocked},
		{"vnetTag.defaultRoute=ignored", lab{app: items(NSG("g"), toNVA)}, in("tcp/1", "203.0.113.9", "nic:vma"), undecided, blocked},
		{"internet.minusVnetTag=false", lab{app: items(NSG("g", DenyOut(100, "*", "*", "Internet", "*")), Routes("rt", Route("0.0.0.0/0", "10.1.9.4")))}, in("tcp/443", "nic:vma", "8.8.8.8"), undecided, blocked},
		{"tag.ipv6=false", dual(append(onlyTo("AzureCloud").app, NIC("six", "fd00:db8:1:1::9", PublicIP("Standard", "2603:1020::9")))...), in("tcp/443", "fd00:db8:1:1::9", "2603:1000::1"), allowed, blocked},
		{"privateEndpoint.portRanges=first", lab{db: items(NSG("g", AllowIn(100, "tcp", "*", "*", "22,443"), DenyIn(200, "*", "*", "*", "*")), EndpointPolicies("Enabled"), PrivateEndpoint("pe", "10.1.2.10"))}, in("tcp/443", "nic:vma", "10.1.2.10"), allowed, blocked},
		{"noneRoutes.removedBy=appliance+gateway+internet", lab{app: items(Routes("rt", Route("0.0.0.0/0", "Internet")))}, in("tcp/443", "nic:vma", "25.33.0.9"), blocked, allowed},
		{"platformNoneRoutes=observedLater", lab{}, in("tcp/443", "nic:vma", "25.30.0.1"), allowed, blocked},
		{"platformNoneRoutes=documented", lab{}, in("tcp/443", "nic:vma", "40.108.0.1"), blocked, allowed},
		{"defaultPrivateRanges=rfc1918", whole{VNet("v", "10.1.0.0/16", Peer("w"), Subnet("app", "10.1.1.0/24", NIC("vma", "10.1.1.4"), Routes("rt", Route("100.72.1.0/24", "10.1.5.4"))), Subnet("AzureFirewallSubnet", "10.1.5.0/26")),
			VNet("w", "100.72.0.0/16", Peer("v"), Subnet("far", "100.72.1.0/24", NIC("vmw", "100.72.1.4"))), firewall(anyOut)}, in("tcp/443", "nic:vma", "nic:vmw"), blocked, allowed},
		{"childInheritsDnat=no", published(Policy("parent", Group("g", 100, publish)), Policy("p", UsePolicy("parent")), firewall(UsePolicy("p"))), fromOutside, allowed, blocked},
		{"dnatThenNetworkDeny=denyOverrides", published(firewall(publish, Collection("none", 100, azure.FirewallDeny, NetworkRule("no", "Any", "*", "*", "*")))), fromOutside, allowed, blocked},
		{"serviceEndpointBeatsUdr=udrWinsIfEqualOrLonger", lab{app: items(Endpoint("Microsoft.Storage.Global"), Routes("rt", Route("52.239.192.0/26", "None")))}, in("tcp/443", "nic:vma", "52.239.192.10"), allowed, blocked},
		{"gateway.learnedRoutes=any", onPremises, in("tcp/443", "v/app", "8.8.8.8"), allowed, undecided},
		{"gateway.learnedRoutes=none", onPremises, in("tcp/443", "172.20.0.9", "v/app"), undecided, blocked},
		{"adminRules.inForce=false", lab{more: items(Admin("k", "v", AdminRule("Deny", "Inbound", 10, "Any", "*", "*", "22")))}, in("tcp/22", "nic:vmd", "nic:vma"), blocked, allowed},
		{"unknownAddressSpace=any", plan(VNet("v", "10.1.0.0/16", Subnet("a", "10.1.1.0/24", NSG("g", DenyIn(100, "*", "VirtualNetwork", "*", "*"), AllowIn(200, "*", "*", "*", "*"))), Peer("hub"))), in("tcp/443", "8.8.8.8", "v/a"), allowed, undecided},
		{"receiverExists=false", lab{}, in("tcp/443", "nic:vma", "10.1.2.77"), allowed, blocked},
		{"plainSender=false", lab{db: items(NoDefaultOutbound())}, in("tcp/443", "10.1.2.77", "8.8.8.8"), blocked, undecided},
		{"platform.outboundTcp25=blocked", lab{}, in("tcp/25", "nic:vma", "8.8.8.8"), allowed, blocked},
		{"threatIntelligence.destinations=listed", behindFirewall(Policy("p", ThreatMode(azure.InspectionDeny), Group("g", 200, anyOut)), firewall(UsePolicy("p"))), in("tcp/443", "nic:vma", "8.8.8.8"), allowed, blocked},
		{"intrusionDetection.signatures=matched", behindFirewall(Policy("p", Detection(azure.InspectionDeny), Group("g", 200, anyOut)), firewall(UsePolicy("p"))), in("tcp/443", "nic:vma", "8.8.8.8"), allowed, blocked},
		{"firewall.privateAddress=firstUsable", behindFirewall(Firewall("fw", "v", "?fw.address", Egress("pip", "203.0.113.10"), anyOut)), in("tcp/443", "nic:vma", "8.8.8.8"), undecided, allowed},
		{"anyProtocolMeaning=tcpUdpIcmp", whole{VNet("v", "10.1.0.0/16",
			Subnet("app", "10.1.1.0/24", NIC("vma", "10.1.1.4"), Routes("rt", Route("10.1.2.0/24", "10.1.5.4"))),
			Subnet("db", "10.1.2.0/24", Routes("back", Route("10.1.1.0/24", "10.1.5.4"))), Subnet("AzureFirewallSubnet", "10.1.5.0/26")), firewall(anyOut)}, in("esp", "nic:vma", "10.1.2.4"), allowed, blocked},
		{"childDnsInherited=yes", behindFirewall(Policy("parent", DNSProxy()), Policy("p", UsePolicy("parent"), Group("g", 200, Collection("c", 200, azure.FirewallAllow, NetworkRule("n", "TCP", "*", "fqdn:sftp.example", "22")))), firewall(UsePolicy("p"))), in("tcp/22", "nic:vma", "8.8.8.8"), blocked, undecided},
		{"tunnelDnat=supportedWithMgmtNic", whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NIC("vma", "10.1.1.4")), Subnet("AzureFirewallSubnet", "10.1.5.0/26", Routes("rt-fw", Route("0.0.0.0/0", "VirtualNetworkGateway")))),
			firewall(Management("pip2", "203.0.113.12"), publish)}, fromOutside, blocked, allowed},
	}
	for i, hops := range fabric.TagHopTypes.Definition().Values {
		// The three that a value may add, each with a route of its own.
		for bit, hop := range []string{"VnetLocal", "Internet", "None"} {
			if i>>bit&1 != 0 {
				rows = append(rows, turned{"vnetTag.udrHopTypes=" + hops, hopTypes(hop), fromThere, blocked, ""})
				break
			}
		}
	}
	for _, value := range []string{"tagOnly", "ignored"} {
		rows = append(rows, turned{"peering.forwardedFalse=" + value, whole{
			VNet("v", "10.1.0.0/16", Subnet("AzureFirewallSubnet", "10.1.5.0/26"), Peer("w")),
			VNet("w", "10.2.0.0/16", Subnet("app", "10.2.1.0/24", NIC("vma", "10.2.1.4"), Routes("rt", Route("198.51.100.10/32", "10.1.5.4"))), Peer("v")), firewall(anyOut)},
			in("tcp/22", "nic:vma", "198.51.100.10"), blocked, allowed})
	}
	covered := map[string]bool{}
	for _, row := range rows {
		covered[row.setting] = true
		n := row.net.net(t)
		ask := func(assume ...string) (reach.Verdict, string) {
			a := explore(t, compile(t, n, smallCatalogue(t), assume...), row.ask)
			text := string(a.Verdict())
			for _, p := range a.Parts {
				text += " " + p.Seen.String()
			}
			return a.Verdict(), text + describe(a)
		}
		before, one := ask("defaults")
		after, other := ask("defaults", row.setting)
		if row.after == "" {
			row.after = after
		}
		if before != row.before || after != row.after || one == other {
			t.Errorf("%s: want %s, then %s; got %s\nthen %s", row.setting, row.before, row.after, one, other)
		}
	}
	// Those that decide what egress finds (egress.TestSwitchesOfSharedAddresses).
	elsewhere := []string{fabric.SNATPorts.String(), fabric.IdleTimeout.String()}
	for _, d := range fabric.All() {
		for _, value := range d.Values[1:] {
			if setting := fmt.Sprint(d.Name, "=", value); !covered[setting] && !slices.Contains(elsewhere, d.Name) {
				t.Errorf("no row shows what %s changes", setting)
			}
		}
	}
}

// A switch with one value changes nothing: it names what an answer rests on.
func TestSwitchesOfOneValueAreNamed(t *testing.T) {
	fw := func(more ...Item) whole {
		return whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NIC("vma", "10.1.1.4"), Routes("rt", Route("0.0.0.0/0", "10.1.5.4"))), Subnet("AzureFirewallSubnet", "10.1.5.0/26")),
			Firewall("fw", "v", "10.1.5.4", append(items(Egress("pip", "203.0.113.10")), more...)...)}
	}
	out := in("tcp/443", "nic:vma", "8.8.8.8")
	rows := map[fabric.Switch]struct {
		net interface {
			net(testing.TB) *azure.Network
		}
		ask question
	}{
		fabric.InternetBaseSet:   {lab{app: items(NSG("g"))}, in("tcp/443", "nic:vma", "21.0.0.9")},
		fabric.FrontendExists:    {lab{app: items(NSG("g"))}, in("tcp/443", "203.0.113.9", "v/app")},
		fabric.NamesResolveAlike: {fw(Collection("web", 300, azure.FirewallAllow, ApplicationRule("web", "*", "https:443", "dest.example"))), out},
		fabric.PublicChoice:      {fw(Egress("pip2", "203.0.113.11"), anyOut), out},
		fabric.EqualPriority:     {fw(anyOut, Collection("no", 200, azure.FirewallDeny, NetworkRule("no", "TCP", "*", "8.8.8.8", "443"))), out},
	}
	for _, d := range fabric.All() {
		row, ok := rows[d.Switch]
		if ok != (len(d.Values) == 1) {
			t.Errorf("%s has %d values, and a row: %v", d.Name, len(d.Values), ok)
		}
		if !ok {
			continue
		}
		q := row.ask.query(t)
		q.Host = "dest.example"
		a, err := reach.Explore(compile(t, row.net.net(t), smallCatalogue(t), "defaults"), q)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(assumedNames(a), d.Name) {
			t.Errorf("no answer names %s, only %s: %s", d.Name, assumedNames(a), describe(a))
		}
	}
}
