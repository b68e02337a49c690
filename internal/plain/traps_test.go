package plain_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/plain"
	"github.com/wayleave/wayleave/internal/plain/random"
)

const viaNVA = "0.0.0.0/0 VirtualAppliance 10.1.9.4"

// TestTraps is the part of the trap catalogue (section 8) that concerns groups,
// tags, routes, peerings and the platform. A row asks for the groups of one
// place ("in SUBNET", "out SUBNET"), the next hop ("hop SUBNET"), or the whole
// way ("from SUBNET", "to SUBNET" from outside, "public" to machine A). It wants a verdict with the
// decider's name, or a next hop.
func TestTraps(t *testing.T) {
	for _, row := range []struct {
		id, rule string
		setting  setting
		ask      string
		packet   string
		want     string
	}{
		{"T01", "NSG-19,22", common().group("app").public("Standard"), "public", "tcp 203.0.113.9 -> 51.0.0.4:22", "deny DenyAllInBound"},
		{"T02", "PIP-1", common().public("Standard"), "public", "tcp 203.0.113.9 -> 51.0.0.4:22", "deny PIP-1"},
		{"T03", "PIP-1", common().public("Basic"), "public", "tcp 203.0.113.9 -> 51.0.0.4:22", "allow"},
		{"T04", "PIP-2", common().public("Standard"), "from app", "tcp 10.1.1.5 -> 10.1.1.4:22", "allow"},
		{"T05", "NSG-24", common().group("app").group("nic:A", "100 In Allow Tcp * -> * 443"), "in app", "tcp 203.0.113.9 -> 10.1.1.4:443", "deny DenyAllInBound of nsg-app"},
		{"T05", "NSG-24, both allow", common().group("app", "200 In Allow Tcp * -> * 443").group("nic:A", "100 In Allow Tcp * -> * 443"), "in app", "tcp 203.0.113.9 -> 10.1.1.4:443", "allow rule200In of nsg-app"},
		{"T05", "NSG-24, outbound the interface first", common().group("app", "200 Out Deny Tcp * -> * 443").group("nic:A", "100 Out Deny Tcp * -> * 443"), "out app", "tcp 10.1.1.4 -> 8.8.8.8:443", "deny rule100Out of nsg-nic-a"},
		{"T06", "NSG-26", common().group("app", "4096 In Deny * * -> * *"), "from app", "tcp 10.1.1.5 -> 10.1.1.4:22", "deny rule4096In"},
		{"T07", "NSG-33", common().group("app", "100 In Allow Tcp * -> * 443", "100 Out Deny Tcp * -> * 443").public("Standard"), "public", "tcp 203.0.113.9 -> 51.0.0.4:443", "allow"},
		{"T08", "NSG-8", common().group("app", "100 In Allow Tcp *#443 -> * *"), "in app", "tcp 203.0.113.9:51000 -> 10.1.1.4:443", "deny DenyAllInBound"},
		{"T08", "NSG-8, the other side of the edge", common().group("app", "100 In Allow Tcp *#443 -> * *"), "in app", "tcp 203.0.113.9:443 -> 10.1.1.4:443", "allow rule100In"},
		{"T09", "NSG-3", common().group("app", "100 In Allow Tcp * -> * 443", "100 Out Deny * * -> * *"), "in app", "tcp 203.0.113.9 -> 10.1.1.4:443", "allow rule100In"},
		{"T15", "NSG-14", grouped("asgB", "B").group("app", "100 In Allow Tcp asg:asgB -> * 1433", "200 In Deny * * -> * *"), "in app", "tcp 10.1.2.4 -> 10.1.1.4:1433", "deny rule200In"},
		{"T16", "ASG-2", grouped("web", "A").group("app", "100 In Allow Tcp * -> asg:web 80"), "in app", "tcp 203.0.113.9 -> 10.1.1.5:80", "deny DenyAllInBound"},
		{"T16", "ASG-2, the member", grouped("web", "A").group("app", "100 In Allow Tcp * -> asg:web 80"), "in app", "tcp 203.0.113.9 -> 10.1.1.4:80", "allow rule100In"},
		{"T17", "ASG-4", grouped("none").group("app", "100 In Deny * asg:none -> * *"), "in app", "tcp 10.1.2.4 -> 10.1.1.4:80", "allow AllowVnetInBound"},
		{"T18", "NSG-7", common().group("app", "100 In Allow Tcp * -> * 80,8000-8100"), "in app", "tcp 203.0.113.9 -> 10.1.1.4:8100", "allow rule100In"},
		{"T18", "NSG-7", common().group("app", "100 In Allow Tcp * -> * 80,8000-8100"), "in app", "tcp 203.0.113.9 -> 10.1.1.4:8101", "deny DenyAllInBound"},
		{"T19", "NSG-7", common().group("app", "100 In Allow * * -> * 0-65535"), "in app", "icmp 203.0.113.9 -> 10.1.1.4", "allow rule100In"},
		{"T20", "PLAT-3", common().group("app", "100 Out Deny * * -> * *"), "from app", "udp 10.1.1.4 -> 168.63.129.16:53", "allow PLAT-1"},
		{"T21", "PLAT-3", common().group("app", "100 Out Deny * * -> AzurePlatformDNS *"), "from app", "udp 10.1.1.4 -> 168.63.129.16:53", "deny rule100Out"},
		{"T22", "PLAT-3", common().group("app", "100 Out Deny * * -> 168.63.129.16/32 *"), "from app", "udp 10.1.1.4 -> 168.63.129.16:53", "allow PLAT-1"},
		{"T23", "PLAT-2", common().group("app", "100 Out Deny * * -> AzurePlatformDNS *"), "from app", "tcp 10.1.1.4 -> 168.63.129.16:80", "allow PLAT-1"},
		{"T24", "PLAT-1", common().group("app", "100 Out Deny * * -> Internet *"), "from app", "tcp 10.1.1.4 -> 169.254.169.254:80", "allow PLAT-1"},
		{"T24", "PLAT-4", common().group("app", "100 Out Deny * * -> AzurePlatformIMDS *"), "from app", "tcp 10.1.1.4 -> 169.254.169.254:80", "deny rule100Out"},
		{"T25", "PLAT-6", common().group("app", "4096 In Deny * * -> * *"), "to app", "tcp 168.63.129.16 -> 10.1.1.4:443", "deny rule4096In"},
		{"T25", "PLAT-6, the defaults let it in", common().group("app"), "to app", "tcp 168.63.129.16 -> 10.1.1.4:443", "allow PLAT-1"},
		{"T25", "RT-25, no route takes the answer", common().group("app").routes("app", viaNVA), "to app", "tcp 168.63.129.16 -> 10.1.1.4:443", "allow PLAT-1"},
		{"T26", "PLAT-7", common().group("app", "200 In Deny * VirtualNetwork -> * *"), "to app", "tcp 168.63.129.16 -> 10.1.1.4:443", "deny rule200In"},
		{"T27", "NSG-29", common().group("app", "100 In Allow * AzureLoadBalancer -> * *"), "to app", "tcp 203.0.113.9 -> 10.1.1.4:443", "deny DenyAllInBound"},
		{"T28", "TAG-12", common().routes("app", viaNVA).group("app"), "in app", "tcp 203.0.113.9 -> 10.1.1.4:22", "allow AllowVnetInBound"},
		{"T29", "TAG-12", common().routes("app", viaNVA).group("app", "100 Out Allow * * -> VirtualNetwork *", "200 Out Deny * * -> Internet *"), "out app", "tcp 10.1.1.4 -> 8.8.8.8:443", "allow rule100Out"},
		{"T30", "TAG-12", common().routes("app", viaNVA).group("app", "100 Out Deny * * -> VirtualNetwork *"), "out app", "tcp 10.1.1.4 -> 8.8.8.8:443", "deny rule100Out"},
		{"T31", "TAG-23", common().routes("app", viaNVA).group("app", "100 Out Deny * * -> Internet *"), "out app", "tcp 10.1.1.4 -> 8.8.8.8:443", "allow AllowVnetOutBound"},
		{"T32", "TAG-13", common().routes("app", viaNVA).group("nva"), "from app", "tcp 10.1.1.4 -> 8.8.8.8:443", "deny DenyAllInBound of nsg-nva"},
		{"T33", "TAG-16", withoutAccess().group("app"), "from w", "tcp 10.2.1.4 -> 10.1.1.4:22", "deny DenyAllInBound"},
		{"T34", "TAG-16", withoutAccess().group("app", "100 In Allow * 10.2.0.0/16 -> * *"), "from w", "tcp 10.2.1.4 -> 10.1.1.4:22", "allow"},
		{"T35", "TAG-27", onlyAzureCloud(), "out app", "tcp 10.1.1.4 -> 52.239.191.5:443", "deny rule200Out"},
		{"T35", "TAG-27", onlyAzureCloud(), "out app", "tcp 10.1.1.4 -> 52.239.192.10:443", "allow rule100Out"},
		{"T35", "TAG-27, the gap within the prefix", onlyAzureCloud(), "out app", "tcp 10.1.1.4 -> 52.239.192.80:443", "deny rule200Out"},
		{"T36", "TAG-27", onlyAzureCloud(), "out app", "tcp 10.1.1.4 -> 20.190.172.10:443", "deny rule200Out"},
		{"T36", "TAG-27", onlyAzureCloud(), "out app", "tcp 10.1.1.4 -> 20.190.130.1:443", "allow rule100Out"},
		{"T37", "TAG-30", common().group("app", "100 Out Allow Tcp * -> Storage.WestUS *", "200 Out Deny * * -> * *"), "out app", "tcp 10.1.1.4 -> 135.130.0.1:443", "deny rule200Out"},
		{"T40", "TAG-5", common().group("app", "100 Out Deny Tcp * -> SQL *"), "out app", "tcp 10.1.1.4 -> 13.66.136.193:1433", "deny rule100Out"},
		{"T41", "TAG-21", common().group("app"), "out app", "tcp 10.1.1.4 -> 192.0.2.10:443", "deny DenyAllOutBound"},
		{"T41", "TAG-21", common().group("app"), "out app", "tcp 10.1.1.4 -> 25.1.2.3:443", "deny DenyAllOutBound"},
		{"T42", "TAG-21", common().group("app"), "out app", "tcp 10.1.1.4 -> 198.51.100.7:443", "allow AllowInternetOutBound"},
		{"T43", "TAG-21", common().group("app"), "out app", "tcp 10.1.1.4 -> 192.168.5.5:443", "deny DenyAllOutBound"},
		{"T43", "RT-2", common().group("app"), "hop app", "192.168.5.5", "None"},
		{"T44", "RT-2,4", common(), "from app", "tcp 10.1.1.4 -> 10.200.0.1:443", "deny 10.0.0.0/8 None"},
		{"T45", "RT-5", common().routes("app", viaNVA), "hop app", "10.200.0.1", "VirtualAppliance to-0.0.0.0-0"},
		{"T46", "RT-3", common(), "hop app", "198.18.0.1", "None"},
		{"T46", "RT-3", common(), "hop app", "104.147.1.1", "None"},
		{"T46", "RT-3, the one is not Internet", common().group("app"), "out app", "tcp 10.1.1.4 -> 198.18.0.1:443", "deny DenyAllOutBound"},
		{"T46", "RT-3, the other is", common().group("app"), "out app", "tcp 10.1.1.4 -> 104.147.1.1:443", "allow AllowInternetOutBound"},
		{"T47", "RT-4", wide(), "hop app", "10.200.0.1", "VnetLocal"},
		{"T48", "RT-48", common().routes("app", "10.1.0.0/16 VirtualAppliance 10.1.9.4"), "hop app", "10.1.1.5", "VirtualAppliance to-10.1.0.0-16"},
		{"T49", "RT-48", exempted(), "hop app", "10.1.1.5", "VnetLocal to-10.1.1.0-24"},
		{"T49", "RT-48", exempted(), "hop app", "10.1.2.4", "VirtualAppliance to-10.1.0.0-16"},
		{"T51", "RT-21", peered().routes("app", "10.2.0.0/16 None"), "hop app", "10.2.5.9", "None to-10.2.0.0-16"},
		{"T55", "RT-26", common().routes("app", "Storage VirtualAppliance 10.1.9.4", "Storage.WestUS VirtualAppliance 10.1.2.4"), "hop app", "13.83.72.17", "VirtualAppliance to-Storage.WestUS"},
		{"T56", "RT-26", common().routes("app", "Storage.WestUS VirtualAppliance 10.1.9.4", "13.83.72.16/28 None"), "hop app", "13.83.72.17", "None to-13.83.72.16-28"},
		{"T56", "RT-26, AzureCloud last", common().routes("app", "AzureCloud None", "AzureCloud.westus Internet"), "hop app", "13.83.72.17", "Internet to-AzureCloud.westus"},
		{"T56", "RT-26, length before rank", common().routes("app", "AzureCloud None", "Storage Internet"), "hop app", "52.239.192.10", "None to-AzureCloud"},
		{"T58", "RT-40", unforwarding().routes("app", viaNVA), "from app", "tcp 10.1.1.4 -> 8.8.8.8:443", "deny N"},
		{"T58", "RT-40, forwarding on", common().routes("app", viaNVA), "from app", "tcp 10.1.1.4 -> 8.8.8.8:443", "undecided N"},
		{"T59", "RT-17", common().routes("app", "0.0.0.0/0 VirtualAppliance 10.1.9.77"), "from app", "tcp 10.1.1.4 -> 8.8.8.8:443", "deny to-0.0.0.0-0"},
		{"T60", "RT-49", common().routes("nva", viaNVA), "from nva", "tcp 10.1.9.4 -> 8.8.8.8:443", "deny to-0.0.0.0-0"},
		{"RT-40", "an appliance's own packets need no forwarding", unforwarding().routes("app", "10.1.9.0/24 VirtualAppliance 10.1.9.4"), "from app", "tcp 10.1.1.4 -> 10.1.9.4:22", "allow"},
		{"RT-40", "others do", unforwarding().routes("app", "10.1.9.0/24 VirtualAppliance 10.1.9.4"), "from app", "tcp 10.1.1.4 -> 10.1.9.5:22", "deny N"},
		{"RT-40", "the reply to an appliance that asked itself", unforwarding().routes("app", viaNVA, "10.1.9.0/24 VirtualAppliance 10.1.9.4"), "from nva", "tcp 10.1.9.4 -> 10.1.1.4:22", "allow"},
		{"PLAT-4", "licensing may be exempt", common().group("app", "100 Out Deny * * -> * *"), "from app", "tcp 10.1.1.4 -> 23.102.135.246:1688", "undecided rule100Out"},
		{"PLAT-4", "not with a user route 0/0", common().routes("app", "0.0.0.0/0 Internet").group("app", "100 Out Deny * * -> * *"), "from app", "tcp 10.1.1.4 -> 23.102.135.246:1688", "deny rule100Out"},
		{"PLAT-4", "what a route drops is dropped", common().group("app", "100 Out Deny * * -> * *"), "from app", "tcp 10.1.1.4 -> 104.147.1.1:1688", "deny 104.147.0.0/16 None"},
		{"FAB-3", "unicast DHCP", common(), "from app", "udp 10.1.1.4:68 -> 10.1.1.5:67", "deny FAB-3"},
		{"FAB-3", "the host's port", common(), "from app", "udp 10.1.1.4:65330 -> 10.1.1.5:53", "deny FAB-3"},
		{"FAB-3", "TCP has no such port", common(), "from app", "tcp 10.1.1.4:65330 -> 10.1.1.5:53", "allow"},
		{"NSG-31", "ICMPv6", dual(), "from app", "icmpv6 fd00::4 -> fd00::5", "undecided NSG-31"},
		{"NSG-31", "Icmp is not ICMPv6", dual().group("app", "100 Out Deny Icmp * -> * *"), "from app", "icmpv6 fd00::4 -> fd00::5", "undecided NSG-31"},
		{"PIP-1", "a frontend the model does not hold", common(), "to app", "tcp 203.0.113.9 -> 10.1.1.4:22", "undecided PIP-1"},
		{"PIP-2", "probes need no frontend", common(), "to app", "tcp 168.63.129.16 -> 10.1.1.4:22", "allow PLAT-1"},
		{"T61", "RT-41", hub(), "from s1", "tcp 10.11.1.4 -> 10.12.1.4:443", "deny S2"},
		{"T63", "RT-46", hub().group("s2"), "in s2", "tcp 10.11.1.4 -> 10.12.1.4:443", "deny DenyAllInBound"},
		{"T64", "TAG-10e", hub().group("s2").routes("s2", "10.11.0.0/16 VirtualAppliance 10.1.9.4"), "in s2", "tcp 10.11.1.4 -> 10.12.1.4:443", "allow AllowVnetInBound"},
		{"T65", "RT-42", disconnected(), "from app", "tcp 10.1.1.4 -> 10.2.1.4:443", "deny to-W"},
		{"T66", "RT-43", outOfSync(), "hop app", "10.3.0.4", "None"},
		{"T66", "RT-43, the synchronised part", outOfSync(), "hop app", "10.2.1.4", "VNetPeering"},
		{"T68", "ASY-3", common().routes("app", viaNVA).group("app", "100 In Allow Tcp * -> * 3443"), "to app", "tcp 203.0.113.9 -> 10.1.1.4:3443", "undecided N"},
		{"T69", "ASY-4", common().routes("app", viaNVA, "203.0.113.0/24 Internet").group("app", "100 In Allow Tcp * -> * 3443"), "to app", "tcp 203.0.113.9 -> 10.1.1.4:3443", "allow"},
		{"T70", "ASY-8", common().routes("app", "198.51.100.10/32 VirtualAppliance 10.1.9.4").group("app", "100 In Allow Tcp * -> * 454"), "to app", "tcp 203.0.113.9 -> 10.1.1.4:454", "allow"},
		{"T87", "SUB-2", firewall().group("AzureFirewallSubnet", "100 In Deny * * -> * *"), "from app", "tcp 10.1.1.4 -> 10.1.5.4:443", "allow"},
		{"T89", "NSG-5", common().group("app", "100 In Allow Tcp * -> * *", "200 In Deny * * -> * *"), "from app", "icmp 10.1.1.5 -> 10.1.1.4", "deny rule200In"},
		{"T90", "NSG-17", common().group("app", "100 In Deny Icmp * -> * 8"), "from app", "icmp 10.1.1.5 -> 10.1.1.4:8", "allow"},
		{"T91", "NSG-17", common().group("app", "100 In Allow * * -> * 443", "200 In Deny * * -> * *"), "from app", "icmp 10.1.1.5 -> 10.1.1.4", "deny rule200In"},
		{"NSG-17", "ranges that are all ports together are every port", common().group("app", "100 Out Deny * * -> * 8080-65535,0-60000"), "from app", "esp 10.1.1.4 -> 10.1.1.5", "deny rule100Out"},
		{"NSG-17", "one port short they are not", common().group("app", "100 Out Deny * * -> * 60002-65535,0-60000"), "from app", "esp 10.1.1.4 -> 10.1.1.5", "allow"},
		{"T92", "FAB-2", common().group("app", "100 Out Allow * * -> * *"), "from app", "gre 10.1.1.4 -> 10.1.1.5", "deny FAB-2"},
		{"T92", "FAB-2", common(), "from app", "ipip 10.1.1.4 -> 10.1.1.5", "deny FAB-2"},
		{"T93", "FAB-1", common(), "from app", "udp 10.1.1.4 -> 224.0.0.5:520", "deny FAB-1"},
		{"T93", "FAB-1, broadcast", common(), "from app", "udp 10.1.1.4 -> 255.255.255.255:67", "deny FAB-1"},
		{"T94", "NSG-27", common().public("Standard").group("app", "100 In Allow Tcp * -> 51.0.0.4/32 443"), "public", "tcp 203.0.113.9 -> 51.0.0.4:443", "deny DenyAllInBound"},
		{"T95", "NSG-28", common().group("app", "100 In Allow Tcp * -> * 443"), "to app", "tcp 203.0.113.9 -> 10.1.1.4:8443", "deny DenyAllInBound"},
		{"T96", "FAB-4", common(), "from app", "icmp 10.1.1.4 -> 10.1.1.1", "deny FAB-4"},
		{"T96", "FAB-4, the last", common(), "from app", "icmp 10.1.1.4 -> 10.1.1.255", "deny FAB-4"},
		{"T96", "FAB-4, the first usable", common(), "from app", "icmp 10.1.1.5 -> 10.1.1.4", "allow"},
		{"T102", "NSG-19", common().group("app", "100 In Allow * AzureLoadBalancer -> VirtualNetwork *", "200 In Deny * * -> * *"), "to app", "tcp 168.63.129.16 -> 10.1.1.4:80", "allow PLAT-1"},
		{"T103", "TAG-33", common().group("app", "100 In Deny * Internet -> * *", "200 In Allow * AzureConnectors -> VirtualNetwork 454"), "to app", "tcp 13.65.39.7 -> 10.1.1.4:454", "deny rule100In"},
		{"T104", "NSG-4", common().group("app", "100 Out Allow Tcp * -> Sql 1433", "200 Out Deny * * -> * 11000-11999"), "out app", "tcp 10.1.1.4 -> 13.66.136.193:11000", "deny rule200Out"},
		{"T104", "NSG-4", common().group("app", "100 Out Allow Tcp * -> Sql 1433", "200 Out Deny * * -> * 11000-11999"), "out app", "tcp 10.1.1.4 -> 13.66.136.193:1433", "allow rule100Out"},
	} {
		t.Run(row.id+" "+row.rule+" "+row.packet, func(t *testing.T) {
			if got := row.setting.ask(t, row.ask, row.packet); !agrees(got, row.want) {
				t.Errorf("%s %s: got %q, want %q\n%s", row.ask, row.packet, got, row.want, row.setting)
			}
		})
	}
}

// agrees reports whether an answer starts with the words that are wanted.
func agrees(got, want string) bool { return got == want || strings.HasPrefix(got, want+" ") }

// ask gives the answer as "verdict name of group", or as a next hop.
func (s setting) ask(t *testing.T, how, what string) string {
	t.Helper()
	twin := s.twin(t)
	way, name, _ := strings.Cut(how, " ")
	if way == "hop" {
		hop, err := twin.NextHop(s.id(name), netip.MustParseAddr(what))
		if err != nil {
			t.Fatal(err)
		}
		if hop.Route != nil {
			return string(hop.Type) + " " + hop.Route.Name
		}
		return string(hop.Type)
	}
	p := packet(what)
	var answer plain.Answer
	var err error
	switch way {
	case "in":
		answer, err = twin.Verify(s.id(name), p.Destination, azure.Inbound, p)
	case "out":
		answer, err = twin.Verify(s.id(name), p.Source, azure.Outbound, p)
	case "from":
		answer, err = twin.Follow(plain.Question{Packet: p, From: s.id(name)})
	case "to":
		answer, err = twin.Follow(plain.Question{Packet: p, To: s.id(name)})
	case "public": // translated already (NSG-27)
		if p.Destination != s.nic("A").PublicIP {
			t.Fatalf("%v is not the public address of machine A", p.Destination)
		}
		p.Destination = s.nic("A").Addresses[0]
		answer, err = twin.Follow(plain.Question{Packet: p, To: s.id("app")})
	default:
		t.Fatalf("no way to ask %q", how)
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(answer.Verdict) + " " + answer.Decider.Name + " of " + answer.Decider.Resource.Name())
}

func grouped(asg string, members ...string) setting {
	s := common()
	s.ASGs = []string{asg}
	for _, m := range members {
		s.nic(m).ASGs = s.ASGs
	}
	return s
}

func peered() setting { return common().vnet("W", "10.2.0.0/16", "10.2.1.0/24").peer("V", "W") }

func withoutAccess() setting {
	s := peered()
	s.link("V", "W").Access = new(bool)
	return s
}

func onlyAzureCloud() setting {
	return common().group("app", "100 Out Allow Tcp * -> AzureCloud 443", "200 Out Deny * * -> * *")
}

func dual() setting {
	s := common()
	s.find("V").Space = nets("10.1.0.0/16", "fd00::/48")
	s.subnet("app").Prefixes = nets("10.1.1.0/24", "fd00::/64")
	return s
}

func firewall() setting {
	s := common()
	s.find("V").Subnets = append(s.find("V").Subnets, &random.Subnet{Name: "AzureFirewallSubnet", Prefixes: nets("10.1.5.0/24")})
	return s
}

func wide() setting {
	s := common()
	s.find("V").Space = nets("10.0.0.0/8")
	return s
}

func exempted() setting {
	return common().routes("app", "10.1.0.0/16 VirtualAppliance 10.1.9.4", "10.1.1.0/24 VnetLocal")
}

func unforwarding() setting {
	s := common()
	s.nic("N").Forwarding = false
	return s
}

func hub() setting {
	return common().vnet("S1", "10.11.0.0/16", "10.11.1.0/24").vnet("S2", "10.12.0.0/16", "10.12.1.0/24").
		peer("V", "S1").peer("V", "S2")
}

func disconnected() setting {
	s := peered()
	s.link("V", "W").State, s.link("W", "V").State = "Connected", "Disconnected"
	return s
}

func outOfSync() setting {
	s := peered()
	s.find("W").Space = nets("10.2.0.0/16", "10.3.0.0/16")
	s.link("V", "W").Synced = nets("10.2.0.0/16")
	return s
}

// Rows of the catalogue whose answer rests on an open point are undecided once
// all readings count (decisions 4) (META-1).
func TestTrapsThatTurnOnASwitch(t *testing.T) {
	for _, row := range []struct {
		id      string
		setting setting
		packet  string
		want    string
	}{
		{"T31", common().routes("app", viaNVA, "8.0.0.0/8 Internet").group("app", "100 Out Deny * * -> Internet *"), "tcp 10.1.1.4 -> 8.8.8.8:443", "internet.minusVnetTag"},
		{"T90", common().group("app", "100 In Deny Icmp * -> * 8"), "icmp 10.1.1.4 -> 10.1.1.5", "icmp.ports"},
		{"NSG-6", common().group("app", "100 In Allow * * -> * *"), "esp 10.1.1.4 -> 10.1.1.5", "proto.star.includesEspAh"},
		{"TAG-14", common().routes("app", "8.0.0.0/8 Internet").group("app", "100 Out Deny * * -> VirtualNetwork *"), "tcp 10.1.1.4 -> 8.8.8.8:443", "vnetTag.udrHopTypes"},
		{"RT-6", common().routes("app", "0.0.0.0/0 Internet"), "tcp 10.1.1.4 -> 104.147.1.1:443", "noneRoutes.removedBy"},
	} {
		q := plain.Question{Packet: packet(row.packet), From: row.setting.id("app")}
		answer, err := row.setting.twin(t).Settled(q)
		if err != nil {
			t.Fatal(err)
		}
		if answer.Verdict != plain.Undecided || strings.Join(answer.TurnsOn, ",") != row.want {
			t.Errorf("%s %s: %v, want it to turn on %s", row.id, row.packet, answer, row.want)
		}
	}
	// What no reading changes is settled.
	s := common().group("app", "100 In Allow Tcp * -> * 443")
	answer, err := s.twin(t).Settled(plain.Question{Packet: packet("tcp 203.0.113.9 -> 10.1.1.4:443"), To: s.id("app")})
	if err != nil || answer.Verdict != plain.Allow || len(answer.TurnsOn) > 0 {
		t.Errorf("got %v, %v, want it allowed under every reading", answer, err)
	}
}
