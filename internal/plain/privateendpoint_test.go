package plain_test

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/plain"
	"github.com/wayleave/wayleave/internal/plain/random"
)

// endpoint puts a private endpoint into a subnet; no address is one that Azure
// chooses.
func (s setting) endpoint(subnet, address, policies string) setting {
	for _, v := range s.VNets {
		for _, x := range v.Subnets {
			if x.Name == subnet {
				e := &random.Endpoint{Name: "pe", VNet: v.Name, Subnet: subnet}
				if address != "" {
					e.Address = addrs(address)[0]
				}
				s.Endpoints, x.Policies = append(s.Endpoints, e), policies
			}
		}
	}
	return s
}

const denyIn, denyAll = "100 In Deny * * -> * *", "4096 In Deny * * -> * *"

// TestPrivateEndpoints asks what becomes of packets to private endpoints, and of
// the replies (section 2.9).
func TestPrivateEndpoints(t *testing.T) {
	inDB := func(policies string) setting { return common().endpoint("db", "10.1.2.10", policies) }
	for _, row := range []struct {
		id, what string
		setting  setting
		from     string
		packet   string
		want     string
	}{
		{"T77", "PE-2: groups of its subnet do not see it", inDB("").group("db", denyIn), "app", "tcp 10.1.1.4 -> 10.1.2.10:443", "allow 10.1.1.4/32 InterfaceEndpoint"},
		{"T77", "PE-1: its neighbours they do see", inDB("Disabled").group("db", denyIn), "app", "tcp 10.1.1.4 -> 10.1.2.11:443", "deny rule100In"},
		{"T77", "PE-2: the sender's group always counts", inDB("").group("app", "100 Out Deny * * -> 10.1.2.10/32 *"), "app", "tcp 10.1.1.4 -> 10.1.2.10:443", "deny rule100Out"},
		{"T77", "PE-2: policies for routes alone are none for groups", inDB("RouteTableEnabled").group("db", denyIn), "app", "tcp 10.1.1.4 -> 10.1.2.10:443", "allow 10.1.1.4/32 InterfaceEndpoint"},
		{"T78", "PE-2", inDB("NetworkSecurityGroupEnabled").group("db", denyIn), "app", "tcp 10.1.1.4 -> 10.1.2.10:443", "deny rule100In"},
		{"T78", "PE-1: all policies, in any case", inDB("enabled").group("db", denyIn), "app", "tcp 10.1.1.4 -> 10.1.2.10:443", "deny rule100In"},
		{"T78", "PE-2: what a group allows", inDB("Enabled").group("db", "100 In Allow Tcp * -> * 443", denyAll), "app", "tcp 10.1.1.4 -> 10.1.2.10:443", "allow 10.1.1.4/32 InterfaceEndpoint"},
		{"T79", "PE-4: a subnet's prefix, with the policy for routes", inDB("RouteTableEnabled").routes("app", "10.1.2.0/24 VirtualAppliance 10.1.9.4"), "app", "tcp 10.1.1.4 -> 10.1.2.10:443", "undecided N"},
		{"T79", "PE-4: the network's own prefix is long enough", inDB("Enabled").routes("app", "10.1.0.0/16 None"), "app", "tcp 10.1.1.4 -> 10.1.2.10:443", "deny to-10.1.0.0-16"},
		{"T79", "PE-4: one bit shorter is not", inDB("Enabled").routes("app", "10.0.0.0/15 None"), "app", "tcp 10.1.1.4 -> 10.1.2.10:443", "allow 10.1.1.4/32 InterfaceEndpoint"},
		{"T79", "PE-4: nor a default route", inDB("RouteTableEnabled").routes("app", viaNVA), "app", "tcp 10.1.1.4 -> 10.1.2.10:443", "allow 10.1.1.4/32 InterfaceEndpoint"},
		{"PE-4", "without the policy a subnet's prefix changes nothing", inDB("Disabled").routes("app", "10.1.2.0/24 None"), "app", "tcp 10.1.1.4 -> 10.1.2.10:443", "allow 10.1.1.4/32 InterfaceEndpoint"},
		{"PE-4", "but a route to the address alone wins", inDB("Disabled").routes("app", "10.1.2.10/32 None"), "app", "tcp 10.1.1.4 -> 10.1.2.10:443", "deny to-10.1.2.10-32"},
		{"PE-4", "RT-24: within the network's space a route there leads to it all the same", inDB("Enabled").routes("app", "10.1.2.0/24 VnetLocal"), "app", "tcp 10.1.1.4 -> 10.1.2.10:443", "allow 10.1.1.4/32 InterfaceEndpoint"},
		{"PE-5", "the reply asks no route", inDB("").routes("db", "10.1.1.0/24 None"), "app", "tcp 10.1.1.4 -> 10.1.2.10:443", "allow 10.1.1.4/32 InterfaceEndpoint"},
		{"PE-5", "that of its neighbour does", inDB("").routes("db", "10.1.1.0/24 None"), "app", "tcp 10.1.1.4 -> 10.1.2.11:443", "deny to-10.1.1.0-24"},
		{"PE-3", "RT-10: from a peered network", inDB("").vnet("W", "10.2.0.0/16", "10.2.0.0/24").peer("V", "W").group("db", denyIn), "w", "tcp 10.2.0.4 -> 10.1.2.10:443", "allow 10.2.0.4/32 InterfaceEndpoint"},
		{"PE-3", "not without peering", inDB("").vnet("W", "10.2.0.0/16", "10.2.0.0/24"), "w", "tcp 10.2.0.4 -> 10.1.2.10:443", "deny V"},
		{"PE-3", "nor over two", inDB("").vnet("W", "10.2.0.0/16", "10.2.0.0/24").vnet("X", "10.3.0.0/16", "10.3.0.0/24").peer("V", "W").peer("W", "X"), "x", "tcp 10.3.0.4 -> 10.1.2.10:443", "deny V"},
		{"PE-4", "a peered client's route counts by the endpoint's network", inDB("RouteTableEnabled").vnet("W", "10.2.0.0/16", "10.2.0.0/24").peer("V", "W").routes("w", "10.1.0.0/16 None"), "w", "tcp 10.2.0.4 -> 10.1.2.10:443", "deny to-10.1.0.0-16"},
		{"PE-6", "a rule with two ranges of ports, the first", inDB("Enabled").group("db", "100 In Allow Tcp * -> * 443,8443", denyAll), "app", "tcp 10.1.1.4 -> 10.1.2.10:443", "allow 10.1.1.4/32 InterfaceEndpoint"},
		{"PE-6", "and the second, which the preview did not honour", inDB("Enabled").group("db", "100 In Allow Tcp * -> * 443,8443", denyAll), "app", "tcp 10.1.1.4 -> 10.1.2.10:8443", "undecided privateEndpoint.portRanges"},
		{"PE-6", "a deny of two ranges denied every port", inDB("Enabled").group("db", "100 In Deny Tcp * -> * 22,3389"), "app", "tcp 10.1.1.4 -> 10.1.2.10:443", "undecided privateEndpoint.portRanges"},
		{"PE-1", "an address that Azure chooses: whoever has it, nothing stands in the way", common().endpoint("db", "", ""), "app", "tcp 10.1.1.4 -> 10.1.2.10:443", "allow 10.1.1.4/32 InterfaceEndpoint"},
		{"PE-2", "an address that Azure chooses, which a group denies to others", common().endpoint("db", "", "").group("db", denyIn), "app", "tcp 10.1.1.4 -> 10.1.2.10:443", "undecided pe"},
		{"PE-2", "but none of an interface", common().endpoint("db", "", "").group("db", denyIn), "app", "tcp 10.1.1.4 -> 10.1.2.4:443", "deny rule100In"},
		{"PE-2", "nor a reserved one", common().endpoint("db", "", ""), "app", "tcp 10.1.1.4 -> 10.1.2.1:443", "deny FAB-4"},
		{"PE-2", "other protocols are not documented", inDB(""), "app", "icmp 10.1.1.4 -> 10.1.2.10", "undecided pe"},
	} {
		twin := row.setting.twin(t)
		answer, err := twin.Settled(plain.Question{Packet: packet(row.packet), From: row.setting.id(row.from)})
		if err != nil {
			t.Errorf("%s %s: %v", row.id, row.what, err)
			continue
		}
		got := string(answer.Verdict) + " " + answer.Decider.Name
		if len(answer.TurnsOn) > 0 {
			got = string(answer.Verdict) + " " + strings.Join(answer.TurnsOn, " ")
		}
		if got != row.want {
			t.Errorf("%s %s: got %s, want %s\n%v", row.id, row.what, got, row.want, answer)
		}
	}
}

// ASG-5: a private endpoint can be a member of a group.
func TestASG5PrivateEndpointInAGroup(t *testing.T) {
	s := common().endpoint("db", "10.1.2.10", "Enabled").group("db", "100 In Deny * * -> asg:web *")
	s.ASGs, s.Endpoints[0].ASGs = []string{"web"}, []string{"web"}
	for to, want := range map[string]plain.Verdict{"10.1.2.10": plain.Deny, "10.1.2.11": plain.Allow} {
		answer, err := s.twin(t).Follow(plain.Question{Packet: packet("tcp 10.1.1.4 -> " + to + ":443"), From: s.id("app")})
		if err != nil || answer.Verdict != want {
			t.Errorf("to %s: got %v, %v, want %s", to, answer, err, want)
		}
	}
}
