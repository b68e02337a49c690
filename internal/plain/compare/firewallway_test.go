package compare

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/plain"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// base is the setting of the firewall traps (section 7): a network with four
// subnets of an ISE and another one, a firewall with one rule for one
// destination, and a route to the firewall. Rows replace a part of it.
type base struct {
	// hub are further items of the firewall's subnet; ise of every ISE subnet,
	// a3 of the third one alone; spoke of the fifth subnet.
	hub, ise, a3, spoke, vnet []Item
	routes                    Item
	firewall                  []Item
	private                   string
	rules                     []Item
	more                      []Item
}

const iseSources = "10.0.1.0/27,10.0.1.32/27,10.0.1.64/27,10.0.1.96/27"

var (
	sftp      = NetworkRule("ISE_SFTP_Outbound", "TCP,UDP", iseSources, "198.51.100.10", "22")
	allowSFTP = Collection("LogicApp_ISE_SFTP_Outbound", 200, azure.FirewallAllow, sftp)
	viaFW     = Route("198.51.100.10/32", "10.0.0.4")
	allToFW   = Route("0.0.0.0/0", "10.0.0.4")
	allowAny  = Collection("any", 200, azure.FirewallAllow, NetworkRule("any", "Any", "*", "*", "*"))
)

func (b base) net(t testing.TB) *azure.Network {
	t.Helper()
	return Net(t, b.items()...)
}

func (b base) items() []Item {
	if b.routes == nil {
		b.routes = Routes("rt-ise", viaFW)
	}
	if b.firewall == nil {
		b.firewall = []Item{Egress("pip1", "203.0.113.10")}
	}
	if b.rules == nil {
		b.rules = []Item{allowSFTP}
	}
	if b.private == "" {
		b.private = "10.0.0.4"
	}
	ise := append([]Item{UseRoutes("rt-ise")}, b.ise...)
	vnet := append([]Item{
		Subnet("AzureFirewallSubnet", "10.0.0.0/26", b.hub...),
		Subnet("ise-a1", "10.0.1.0/27", ise...),
		Subnet("ise-a2", "10.0.1.32/27", ise...),
		Subnet("ise-a3", "10.0.1.64/27", append(ise[:len(ise):len(ise)], b.a3...)...),
		Subnet("ise-a4", "10.0.1.96/27", ise...),
		Subnet("spoke2", "10.0.2.0/24", b.spoke...),
	}, b.vnet...)
	return append([]Item{b.routes, VNet("v", "10.0.0.0/16", vnet...),
		Firewall("fw", "v", strings.TrimPrefix(b.private, "none"), append(b.firewall, b.rules...)...)}, b.more...)
}

// firewallWay is a row of TestFirewallWay. A packet is "tcp 10.0.1.4 ->
// 198.51.100.10:22", behind it "as dest.example" where the client tells the name
// it asks for.
type firewallWay struct {
	id, rule string
	net      base
	packet   string
	want     string
}

var firewallWays = []firewallWay{
	{"BASE", "S-01 row 3", base{}, "tcp 10.0.1.4 -> 198.51.100.10:22", "allow public 203.0.113.10"},
	{"T-01", "C-02", base{a3: items(UseRoutes(""))}, "tcp 10.0.1.70 -> 198.51.100.10:22", "allow public"},
	{"T-02", "C-02", base{ise: items(UseRoutes(""))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "allow public"},
	{"T-03", "C-10", base{rules: sources("10.0.1.0/27")}, "tcp 10.0.1.36 -> 198.51.100.10:22", "deny firewallDefaultDeny"},
	{"T-04", "C-10", base{rules: sources("10.0.1.0/26")}, "tcp 10.0.1.36 -> 198.51.100.10:22", "allow public 203.0.113.10"},
	{"T-04", "C-10, the other side of the edge", base{rules: sources("10.0.1.0/26")}, "tcp 10.0.1.70 -> 198.51.100.10:22", "deny firewallDefaultDeny"},
	{"T-05", "C-17", base{firewall: items(Egress("pip1", "203.0.113.10"), Egress("pip2", "203.0.113.11"))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "allow unpredictable 203.0.113.10 203.0.113.11"},
	{"T-06", "R-04", base{firewall: items(Egress("pip1", "203.0.113.10"), Management("pip3", "203.0.113.12"))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "allow public 203.0.113.10"},
	{"T-07", "C-18", base{hub: items(NATGateway("nat")), more: items(Gateway("nat", "203.0.113.99", ""))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "allow public 203.0.113.99"},
	{"T-08", "R-53", base{hub: items(NATGateway("nat")), more: items(Gateway("nat", "", "203.0.113.96/30"))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "allow unpredictable 203.0.113.96/30"},
	{"T-09", "S-23", base{firewall: items(Egress("pip1", "203.0.113.10"), Egress("pip2", "203.0.113.11")), hub: items(NATGateway("nat")), more: items(Gateway("nat", "203.0.113.99", ""))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "allow public 203.0.113.99"},
	{"T-07", "S-23, a NAT gateway without an address", base{hub: items(NATGateway("nat")), more: items(Gateway("nat", "", ""))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "undecided fw S-23"},
	{"T-11", "C-15, behind a NAT gateway without an address", base{hub: items(NATGateway("nat")), firewall: items(Egress("pip1", "203.0.113.10"), PrivateRanges("0.0.0.0/0")), more: items(Gateway("nat", "", ""))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "deny fw untranslated"},
	{"T-11", "C-15, behind one with an address", base{hub: items(NATGateway("nat")), firewall: items(Egress("pip1", "203.0.113.10"), PrivateRanges("0.0.0.0/0")), more: items(Gateway("nat", "203.0.113.99", ""))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "undecided fw whether the packet"},
	{"T-11", "C-15", base{firewall: items(Egress("pip1", "203.0.113.10"), PrivateRanges("IANAPrivateRanges,198.51.100.0/24"))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "deny fw untranslated"},
	{"T-12", "C-16", base{firewall: items(Egress("pip1", "203.0.113.10"), PrivateRanges("0.0.0.0/0"))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "deny fw untranslated"},
	{"T-13", "S-06", base{firewall: items(Egress("pip1", "203.0.113.10"), PrivateRanges("255.255.255.255/32"))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "allow public 203.0.113.10"},
	{"T-13", "S-06, east-west", base{rules: items(allowAny), routes: Routes("rt-ise", Route("10.0.2.0/24", "10.0.0.4")), firewall: items(Egress("pip1", "203.0.113.10"), PrivateRanges("255.255.255.255/32"))}, "tcp 10.0.1.4 -> 10.0.2.4:22", "allow private 10.0.0.0/26"},
	{"T-14", "S-01 row 10", base{rules: items(appRule("Allow", "https:443", "sftp.example")), firewall: items(Egress("pip1", "203.0.113.10"), PrivateRanges("0.0.0.0/0"))}, "tcp 10.0.1.4 -> 198.51.100.10:443", "undecided web an application rule looks at names"},
	{"T-15", "S-03", base{rules: items(UsePolicy("p")), more: items(policy(PrivateRanges("198.51.100.0/24")))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "deny fw untranslated"},
	{"T-16", "R-13", base{firewall: items(Egress("pip1", "203.0.113.10"), PrivateRanges("198.51.100.0/24")), rules: items(UsePolicy("p")), more: items(policy())}, "tcp 10.0.1.4 -> 198.51.100.10:22", "allow public 203.0.113.10"},
	{"T-19", "S-05 row 7", base{rules: items(allowAny), routes: Routes("rt-ise", Route("10.0.2.0/24", "10.0.0.4")), firewall: items(Egress("pip1", "203.0.113.10"), PrivateRanges("10.10.0.0/16"))}, "tcp 10.0.1.4 -> 10.0.2.4:22", "allow private 10.0.0.0/26"},
	{"T-20", "C-05", base{routes: Routes("rt-ise", Route("198.51.100.0/24", "10.0.0.4"), Route("198.51.100.0/25", "Internet"))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "allow public"},
	{"T-21", "C-00d", base{routes: Routes("rt-ise", viaFW, allToFW)}, "tcp 10.0.1.4 -> 198.51.100.10:22", "allow public 203.0.113.10"},
	{"T-24", "C-04", base{routes: Routes("rt-ise", Route("198.51.100.10/32", "10.0.0.5"))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "deny to-198.51.100.10-32"},
	{"T-25", "C-04", base{routes: Routes("rt-ise", Route("198.51.100.10/32", "Internet"))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "allow public"},
	{"T-26", "C-04", base{routes: Routes("rt-ise", Route("198.51.100.10/32", "None"))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "deny to-198.51.100.10-32"},
	{"T-27", "C-07", base{private: "none"}, "tcp 10.0.1.4 -> 198.51.100.10:22", "deny to-198.51.100.10-32"},
	{"T-28", "C-11", base{rules: items(allowSFTP, denyNet(100))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "deny no"},
	{"T-29", "P-03", base{rules: items(allowSFTP, denyNet(300))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "allow public 203.0.113.10"},
	{"T-30", "P-12", base{rules: items(allowSFTP, denyNet(200))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "undecided ISE_SFTP_Outbound"},
	{"T-31", "P-13", base{rules: items(UsePolicy("child")), more: items(parentDenies()...)}, "tcp 10.0.1.4 -> 198.51.100.10:22", "deny no"},
	{"T-32", "P-04, the parent's later collection", base{rules: items(UsePolicy("child")), more: documented()}, "tcp 10.0.1.4 -> 198.51.100.10:1300", "deny NetworkRC2"},
	{"T-32", "P-04, the child's first", base{rules: items(UsePolicy("child")), more: documented()}, "tcp 10.0.1.4 -> 198.51.100.10:700", "allow public 203.0.113.10"},
	{"T-33", "P-03", base{rules: items(appRule("Deny", "https:443", "*"), allow443)}, "tcp 10.0.1.4 -> 198.51.100.10:443", "allow public 203.0.113.10"},
	{"T-34", "P-03", base{rules: items(appRule("Allow", "https:443", "dest.example"), deny443)}, "tcp 10.0.1.4 -> 198.51.100.10:443", "deny no443"},
	{"T-35", "P-24", base{rules: items(appRule("Allow", "https:443", "dest.example"))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "deny firewallDefaultDeny"},
	{"P-24", "a tag rule without protocols is for the ports of none but application protocols", base{rules: items(tagRule)}, "tcp 10.0.1.4 -> 198.51.100.10:25", "deny firewallDefaultDeny"},
	{"P-24", "and on those the name decides", base{rules: items(tagRule), routes: Routes("rt-ise", allToFW)}, "tcp 10.0.1.4 -> 198.51.100.10:80", "undecided update an application rule looks at names"},
	{"P-28", "a protocol's own port", base{rules: items(appRule("Allow", "mssql", "*"))}, "tcp 10.0.1.4 -> 198.51.100.10:1433", "undecided web an application rule looks at names"},
	{"P-28", "and no other", base{rules: items(appRule("Allow", "mssql", "*"))}, "tcp 10.0.1.4 -> 198.51.100.10:1434", "deny firewallDefaultDeny"},
	{"P-37", "the redirected connections of SQL", base{rules: items(appRule("Allow", "mssql:1433", "*"))}, "tcp 10.0.1.4 -> 198.51.100.10:11000", "deny firewallDefaultDeny"},
	{"T-36", "P-31", base{rules: items(Collection("c", 200, azure.FirewallAllow, NetworkRule("any22", "Any", "*", "*", "22")))}, "icmp 10.0.1.4 -> 198.51.100.10", "deny firewallDefaultDeny"},
	{"T-37", "P-32", base{rules: items(allowAny)}, "icmp 10.0.1.4 -> 198.51.100.10", "deny fw only TCP and UDP"},
	{"T-38", "C-10", base{rules: network("UDP", "198.51.100.10", "22")}, "tcp 10.0.1.4 -> 198.51.100.10:22", "deny firewallDefaultDeny"},
	{"T-39", "C-10", base{rules: network("TCP", "198.51.100.10", "20-21,2222")}, "tcp 10.0.1.4 -> 198.51.100.10:22", "deny firewallDefaultDeny"},
	{"T-40", "R-38", base{rules: sources("group:none"), more: items(IPGroup("none", ""))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "deny firewallDefaultDeny"},
	{"T-42", "P-36", base{rules: network("TCP", "fqdn:sftp.example", "22")}, "tcp 10.0.1.4 -> 198.51.100.10:22", "deny firewallDefaultDeny"},
	{"T-43", "P-36", base{rules: network("TCP", "fqdn:sftp.example", "22"), firewall: items(Egress("pip1", "203.0.113.10"), DNSProxy())}, "tcp 10.0.1.4 -> 198.51.100.10:22", "undecided ISE_SFTP_Outbound"},
	{"T-41", "R-36", base{rules: sources("group:ise"), more: items(IPGroup("ise", "10.0.1.0-10.0.1.90"))}, "tcp 10.0.1.90 -> 198.51.100.10:22", "allow public 203.0.113.10"},
	{"T-41", "R-36, the other side of the edge", base{rules: sources("group:ise"), more: items(IPGroup("ise", "10.0.1.0-10.0.1.90"))}, "tcp 10.0.1.91 -> 198.51.100.10:22", "deny firewallDefaultDeny"},
	{"T-52", "F-14", base{hub: items(UseRoutes("rt-ise")), routes: Routes("rt-ise", viaFW, allToFW)}, "tcp 10.0.1.4 -> 198.51.100.10:22", "deny to-0.0.0.0-0"},
	{"T-54", "F-16", base{firewall: items(Egress("pip1", "203.0.113.10"), Management("pip3", "203.0.113.12")), hub: items(Routes("rt-fw", Route("0.0.0.0/0", "VirtualNetworkGateway")))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "undecided to-0.0.0.0-0"},
	{"T-59", "F-24", base{rules: items(allowAny), routes: Routes("rt-ise", Route("10.0.0.0/16", "10.0.0.4"), Route("198.51.100.10/32", "10.0.0.4"))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "allow public 203.0.113.10"},
	{"T-60", "F-21, S-43", base{rules: items(allowAny), routes: Routes("rt-ise", Route("10.0.2.0/24", "10.0.0.4"))}, "tcp 10.0.1.4 -> 10.0.2.4:22", "deny 10.0.0.0/16 VnetLocal"},
	{"T-60", "F-21, no state to lose", base{rules: items(allowAny), routes: Routes("rt-ise", Route("10.0.2.0/24", "10.0.0.4"))}, "udp 10.0.1.4 -> 10.0.2.4:53", "undecided 10.0.0.0/16 VnetLocal"},
	{"T-62", "C-01", base{rules: sources("10.0.1.0/25"), spoke: items(UseRoutes("rt-ise"))}, "tcp 10.0.2.4 -> 198.51.100.10:22", "deny firewallDefaultDeny"},
	{"T-63", "C-08", base{ise: items(NSG("nsg-a2", DenyOut(200, "tcp", "*", "198.51.100.0/24", "22")))}, "tcp 10.0.1.36 -> 198.51.100.10:22", "deny deny-out-200"},
	{"T-63", "C-35", base{routes: Routes("rt-ise", allToFW), ise: items(NSG("nsg-a2", AllowOut(100, "tcp", "*", "VirtualNetwork", "22"), DenyOut(200, "tcp", "*", "Internet", "22")))}, "tcp 10.0.1.36 -> 198.51.100.10:22", "allow public 203.0.113.10"},
	{"T-69", "P-29b", base{rules: items(appRule("Allow", "https:443", "dest.example")), routes: Routes("rt-ise", allToFW)}, "tcp 10.0.1.4 -> 192.88.99.1:443", "undecided web an application rule looks at names"},
	{"T-71", "S-01 row 11", base{rules: items(appRule("Allow", "http:80", "dest.example")), routes: Routes("rt-ise", Route("10.0.2.0/24", "10.0.0.4"))}, "tcp 10.0.1.4 -> 10.0.2.68:80", "undecided web an application rule looks at names"},
	{"T-75", "S-07", base{rules: items(UsePolicy("p")), more: items(policy(AutoLearn()))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "undecided fw"},
	{"T-77", "F-03", base{rules: items(allowAny)}, "tcp 10.0.1.4 -> 192.168.77.9:22", "deny 192.168.0.0/16 None"},
	{"T-77", "F-03, with a default route", base{rules: items(allowAny), routes: Routes("rt-ise", allToFW)}, "tcp 10.0.1.4 -> 192.168.77.9:22", "deny 192.168.0.0/16 None"},
	{"T-78", "C-14", base{}, "icmp 10.0.1.4 -> 198.51.100.10", "deny firewallDefaultDeny"},
	{"T-80", "P-04", base{rules: items(allowSFTP, Collection("earlier", 150, azure.FirewallAllow, NetworkRule("web", "TCP", "*", "198.51.100.10", "443")))}, "tcp 10.0.1.4 -> 198.51.100.10:443", "allow public 203.0.113.10"},
	{"R-34", "P-36, the proxy of a child whose parent has it", base{rules: items(UsePolicy("child")), more: items(parentProxy()...)}, "tcp 10.0.1.4 -> 198.51.100.10:22", "deny firewallDefaultDeny"},
	{"F-21", "both ways", base{rules: items(allowAny), routes: Routes("rt-ise", Route("10.0.2.0/24", "10.0.0.4")), spoke: items(Routes("rt-back", Route("10.0.1.0/24", "10.0.0.4")))}, "tcp 10.0.1.4 -> 10.0.2.4:22", "allow private 10.0.1.4"},
	{"F-24", "the firewall's subnet covered", base{rules: items(allowAny), routes: Routes("rt-ise", Route("10.0.2.0/24", "10.0.0.4")), spoke: items(Routes("rt-back", Route("10.0.0.0/16", "10.0.0.4"))), firewall: items(Egress("pip1", "203.0.113.10"), PrivateRanges("255.255.255.255/32"))}, "tcp 10.0.1.4 -> 10.0.2.4:22", "deny to-10.0.0.0-16"},
	{"C-21", "the firewall sends the replies elsewhere", base{hub: items(Routes("rt-fw", Route("10.0.1.0/24", "None")))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "deny to-10.0.1.0-24"},
	{"T-14", "S-01 row 10, by name", base{rules: items(appRule("Allow", "https:443", "sftp.example")), routes: Routes("rt-ise", allToFW), firewall: items(Egress("pip1", "203.0.113.10"), PrivateRanges("0.0.0.0/0"))}, "tcp 10.0.1.4 -> 198.51.100.10:443 as sftp.example", "allow public 203.0.113.10"},
	{"T-33", "P-03, by name", base{rules: items(appRule("Deny", "https:443", "*"), allow443)}, "tcp 10.0.1.4 -> 198.51.100.10:443 as dest.example", "allow public 203.0.113.10"},
	{"T-34", "P-03, by name", base{rules: items(appRule("Allow", "https:443", "dest.example"), deny443)}, "tcp 10.0.1.4 -> 198.51.100.10:443 as dest.example", "deny no443"},
	{"T-35", "P-24, by name", base{rules: items(appRule("Allow", "https:443", "dest.example"))}, "tcp 10.0.1.4 -> 198.51.100.10:22 as dest.example", "deny firewallDefaultDeny"},
	{"T-69", "P-29b, another name is denied, though TCP connects", base{rules: items(appRule("Allow", "https:443", "dest.example")), routes: Routes("rt-ise", allToFW)}, "tcp 10.0.1.4 -> 192.88.99.1:443 as other.example", "deny firewallDefaultDeny"},
	{"T-70", "C-23, the firewall asks for the name itself", base{rules: items(appRule("Allow", "http:80", "dest.example"))}, "tcp 10.0.1.4 -> 198.51.100.10:80 as dest.example", "allow public 203.0.113.10"},
	{"T-71", "S-01 row 11, by name", base{rules: items(appRule("Allow", "http:80", "dest.example")), routes: Routes("rt-ise", Route("10.0.2.0/24", "10.0.0.4"))}, "tcp 10.0.1.4 -> 10.0.2.68:80 as dest.example", "allow private 10.0.0.0/26"},
	{"T-72", "P-29, the domain itself", base{rules: items(appRule("Allow", "https:443", "*.contoso.com"))}, "tcp 10.0.1.4 -> 198.51.100.10:443 as contoso.com", "deny firewallDefaultDeny"},
	{"T-72", "P-29, a name in it", base{rules: items(appRule("Allow", "https:443", "*.contoso.com"))}, "tcp 10.0.1.4 -> 198.51.100.10:443 as WWW.Contoso.com", "allow public 203.0.113.10"},
	{"T-72", "P-29, without the dot any name that ends so", base{rules: items(appRule("Allow", "https:443", "*contoso.com"))}, "tcp 10.0.1.4 -> 198.51.100.10:443 as th3re4lcontoso.com", "allow public 203.0.113.10"},
	{"T-72", "P-29, and the domain", base{rules: items(appRule("Allow", "https:443", "*contoso.com"))}, "tcp 10.0.1.4 -> 198.51.100.10:443 as contoso.com", "allow public 203.0.113.10"},
	{"T-72", "P-29, no wildcard at the right end", base{rules: items(appRule("Allow", "https:443", "www.contoso.*"))}, "tcp 10.0.1.4 -> 198.51.100.10:443 as www.contoso.com", "deny firewallDefaultDeny"},
	{"P-29", "what a tag holds is published nowhere", base{rules: items(tagRule)}, "tcp 10.0.1.4 -> 198.51.100.10:443 as dest.example", "undecided update"},
	{"P-29", "the firewall's own names", base{rules: items(appRule("Allow", "https:443", "dest.example"))}, "tcp 10.0.1.4 -> 198.51.100.10:443 as a.blob.core.windows.net", "undecided fw"},
	{"P-29", "closed by a rule that denies every name", base{rules: items(appRule("Deny", "https:443", "*"))}, "tcp 10.0.1.4 -> 198.51.100.10:443 as a.blob.core.windows.net", "deny web"},
	{"P-28", "QUIC is never looked into", base{rules: items(appRule("Allow", "https:443", "*"))}, "udp 10.0.1.4 -> 198.51.100.10:443 as dest.example", "deny firewallDefaultDeny"},
	{"P-36", "a name in a network rule, clients ask the firewall", base{rules: network("TCP", "fqdn:sftp.example", "22"), firewall: items(Egress("pip1", "203.0.113.10"), DNSProxy()), vnet: items(DNS("10.0.0.4"))}, "tcp 10.0.1.4 -> 198.51.100.10:22 as sftp.example", "allow public 203.0.113.10"},
	{"P-36", "clients ask others", base{rules: network("TCP", "fqdn:sftp.example", "22"), firewall: items(Egress("pip1", "203.0.113.10"), DNSProxy())}, "tcp 10.0.1.4 -> 198.51.100.10:22 as sftp.example", "undecided ISE_SFTP_Outbound"},
	{"R-37", "an IP group as destination", base{rules: network("TCP", "group:partners", "22"), more: items(IPGroup("partners", "198.51.100.0/28"))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "allow public 203.0.113.10"},
	{"R-37", "what is not in it", base{rules: network("TCP", "group:partners", "22"), more: items(IPGroup("partners", "198.51.100.0/29"))}, "tcp 10.0.1.4 -> 198.51.100.10:22", "deny firewallDefaultDeny"},
	{"S-01", "row 7, which source port a backend in another subnet sees is not known", balanced("2000-3000"), "tcp 10.0.1.4 -> 10.0.2.9:22", "undecided fw"},
	{"S-01", "row 7, it is none that translation does not give out", balanced("1-1023"), "tcp 10.0.1.4 -> 10.0.2.9:22", "allow private 10.0.0.0/26"},
	{"T-58", "F-10", base{vnet: items(Peer("mid")), more: far()}, "tcp 10.9.1.4 -> 198.51.100.10:22", "deny to-198.51.100.10-32"},
}

// TestFirewallWay is the way through a firewall and back: the verdict, what
// decides it, and the address the destination sees.
// T-32 is the documented example of ten collections (P-06).
func TestFirewallWay(t *testing.T) {
	for _, row := range firewallWays {
		t.Run(row.id+" "+row.rule, func(t *testing.T) {
			network := row.net.net(t)
			both := pairOf(t, network)
			p := readPacket(t, row.packet)
			_, host, _ := strings.Cut(row.packet, " as ")
			q := plain.Question{Packet: p, From: subnetWith(t, network, p.Source), Host: host}
			both.agree(t, q)
			answer, err := both.slow.Follow(q)
			if err != nil {
				t.Fatal(err)
			}
			verdict, detail, _ := strings.Cut(row.want, " ")
			name, why, _ := strings.Cut(detail, " ")
			ok := string(answer.Verdict) == verdict
			if verdict == "allow" {
				seen := strings.TrimSpace(string(answer.Seen.Kind) + " " + strings.Join(answer.Seen.Addresses, " "))
				ok = ok && seen == detail
			} else {
				d := answer.Decider
				ok = ok && (d.Name+" "+d.Why == detail || d.Name == detail || d.Name == name && strings.Contains(d.Why, why) || string(d.Kind) == name)
			}
			if !ok {
				t.Errorf("%s: want %s, got seen %v, %v", row.packet, row.want, answer.Seen, answer)
			}
		})
	}
}

// pairOf builds both sides of a network without service tags.
func pairOf(t *testing.T, network *azure.Network) *pair {
	t.Helper()
	slow, err := plain.New(network, nil, plain.Documented())
	if err != nil {
		t.Fatal(err)
	}
	open, problems := fabric.Compile(network, servicetag.Symbolic(), fabric.Assume())
	if open == nil {
		t.Fatal(problems)
	}
	defaults, err := fabric.ParseAssumption("defaults")
	if err != nil {
		t.Fatal(err)
	}
	return &pair{slow: slow, open: open, settled: open.Reading(fabric.Assume(defaults))}
}

func items(list ...Item) []Item { return list }

// balanced is a load balancer behind a firewall that translates, with a backend
// whose group denies some source ports.
func balanced(denied string) base {
	backend := items(NSG("web", DenyIn(100, "tcp", "*", "*", "22", SourcePorts(denied))), NIC("web", "10.0.3.4", Behind("lb")))
	return base{rules: items(allowAny), routes: Routes("rt-ise", Route("10.0.2.0/24", "10.0.0.4")),
		firewall: items(Egress("pip1", "203.0.113.10"), PrivateRanges("255.255.255.255/32")),
		spoke:    items(Balancer("lb", "Standard", "10.0.2.9", Balance("Tcp", 22, 22, 0))),
		vnet:     items(Subnet("web", "10.0.3.0/24", backend...))}
}

// sources is the rule of the setting with other sources.
func sources(text string) []Item {
	return items(Collection("LogicApp_ISE_SFTP_Outbound", 200, azure.FirewallAllow, NetworkRule("ISE_SFTP_Outbound", "TCP,UDP", text, "198.51.100.10", "22")))
}

func denyNet(priority int) Item {
	return Collection("deny", priority, azure.FirewallDeny, NetworkRule("no", "TCP", "*", "198.51.100.0/24", "*"))
}

// network is the rule of the setting with another protocol, destination, port.
func network(protocol, to, ports string) []Item {
	return items(Collection("LogicApp_ISE_SFTP_Outbound", 200, azure.FirewallAllow, NetworkRule("ISE_SFTP_Outbound", protocol, iseSources, to, ports)))
}

var (
	allow443 = Collection("allow443", 300, azure.FirewallAllow, NetworkRule("yes443", "TCP", "*", "198.51.100.10", "443"))
	deny443  = Collection("deny443", 300, azure.FirewallDeny, NetworkRule("no443", "TCP", "*", "*", "443"))
)

var tagRule = Collection("update", 100, azure.FirewallAllow, TagRule("update", "*", "WindowsUpdate"))

func appRule(action azure.FirewallAction, protocols, names string) Item {
	return Collection("web", 100, action, ApplicationRule("web", "*", protocols, names))
}

// parentDenies is a child policy that allows what its parent denies.
func parentDenies() []Item {
	return items(Policy("parent", Group("g", 65000, denyNet(65000))), Policy("child", UsePolicy("parent"), Group("g", 100, allowSFTP)))
}

func parentProxy() []Item {
	return items(Policy("parent", DNSProxy()), Policy("child", UsePolicy("parent"), Group("g", 100, network("TCP", "fqdn:sftp.example", "22")[0])))
}

// documented is the worked example of the documentation (P-06): each network
// collection is for the port of its own priority and denies but for the child's
// first.
func documented() []Item {
	deny := func(name string, priority int, ports string) Item {
		return Collection(name, priority, azure.FirewallDeny, NetworkRule(name, "TCP", "*", "198.51.100.0/24", ports))
	}
	return items(
		Policy("base",
			Group("BaseRCG1", 200, deny("NetworkRC1", 800, "800")),
			Group("BaseRCG2", 300, Collection("AppRC2", 1200, azure.FirewallAllow, ApplicationRule("AppRC2", "*", "https:1300", "*")), deny("NetworkRC2", 1300, "1300"))),
		Policy("child", UsePolicy("base"),
			Group("ChildRCG1", 300, Collection("ChNetRC1", 700, azure.FirewallAllow, NetworkRule("ChNetRC1", "TCP", "*", "198.51.100.0/24", "*")), Collection("ChAppRC1", 900, azure.FirewallDeny, ApplicationRule("ChAppRC1", "*", "https:700", "*"))),
			Group("ChildRCG2", 650, deny("ChNetRC2", 1100, "700"))))
}

// policy is one with the rule of the setting.
func policy(more ...Item) Item {
	return Policy("p", append(more, Group("g", 200, allowSFTP))...)
}

// far is a network two peerings away from the firewall.
func far() []Item {
	return items(
		VNet("mid", "10.8.0.0/16", Subnet("m", "10.8.1.0/24"), Peer("v"), Peer("far")),
		VNet("far", "10.9.0.0/16", Subnet("f", "10.9.1.0/24", UseRoutes("rt-ise")), Peer("mid")))
}

// readPacket reads "tcp 10.0.1.4 -> 198.51.100.10:22".
func readPacket(t *testing.T, text string) plain.Packet {
	t.Helper()
	f := strings.Fields(text)
	p := plain.Packet{Source: netip.MustParseAddr(f[1]), SourcePort: 50000}
	p.Protocol = map[string]uint8{"tcp": 6, "udp": 17, "icmp": 1, "gre": 47}[f[0]]
	if to, err := netip.ParseAddrPort(f[3]); err == nil {
		p.Destination, p.DestinationPort = to.Addr(), to.Port()
	} else {
		p.Destination = netip.MustParseAddr(f[3])
	}
	return p
}

func subnetWith(t *testing.T, network *azure.Network, address netip.Addr) azure.ID {
	t.Helper()
	for _, s := range network.Subnets() {
		if s.Prefixes[0].V.Contains(address) {
			return s.ID
		}
	}
	t.Fatalf("nobody has %v", address)
	return ""
}
