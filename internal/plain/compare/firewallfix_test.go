package compare

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/plain"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/repair"
	"github.com/wayleave/wayleave/internal/service"
)

// unrepairedWays are the blocked traps of firewalls that no change of a network
// mends, each with what says why.
var unrepairedWays = map[string]string{
	"T-11 C-15, behind a NAT gateway without an address": "the NAT gateway has no public IP address (S-23)",
	"T-36 P-31":                       "only TCP and UDP reach the internet (P-32)",
	"T-37 P-32":                       "only TCP and UDP reach the internet (P-32)",
	"T-77 F-03":                       "connect what has it with a peering or a gateway",
	"T-77 F-03, with a default route": "connect what has it with a peering or a gateway",
	"T-78 C-14":                       "only TCP and UDP reach the internet (P-32)",
}

// blockedWay is a network with a packet that does not pass.
type blockedWay struct {
	name   string
	items  []Item
	packet string
}

// repairEvery asks for every way a change after which the packet passes, as the
// interpreter finds too; those for which there is none are listed, with the reason that
// fix gives.
func repairEvery(t *testing.T, ways []blockedWay, unrepaired map[string]string, atLeast int) {
	repaired, met := 0, map[string]bool{}
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			want, listed := unrepaired[w.name]
			met[w.name] = true
			switch why := repairWay(t, w.items, w.packet); {
			case why == "":
				repaired++
				if listed {
					t.Errorf("it is repaired, and listed as what cannot be")
				}
			case !listed || !strings.Contains(why, want):
				t.Errorf("it is not repaired: %s", why)
			}
		})
	}
	if repaired < atLeast {
		t.Errorf("%d are repaired", repaired)
	}
	for name := range unrepaired {
		if !met[name] {
			t.Errorf("%s is listed, and no such way is blocked", name)
		}
	}
}

func TestEveryBlockedFirewallTrapIsRepaired(t *testing.T) {
	var ways []blockedWay
	for _, row := range firewallWays {
		if strings.HasPrefix(row.want, "deny") {
			ways = append(ways, blockedWay{row.id + " " + row.rule, row.net.items(), row.packet})
		}
	}
	repairEvery(t, ways, unrepairedWays, 30)
}

// unrepairedWaysIn are the blocked ways in by a frontend, a published address or a
// NAT rule of a firewall that no change of a network mends.
var unrepairedWaysIn = map[string]string{
	"NSG-28 no rule for the port":                                      "no rule of load balancer lb is for it",
	"NSG-28 nor for the protocol":                                      "no rule of load balancer lb is for it",
	"ASY-10 a backend that is given its own flow":                      "does not answer the flow it sent",
	"PIPE-1 P8, from inside to the own frontend, for which no rule is": "no rule of load balancer lb is for it",
	// Nothing is drafted for both addresses that rules may compare.
	"NSG-28 rules for any address deny":                                "it still fails after five changes",
	"NSG-28 no rule for either":                                        "it still fails after five changes",
	"NSG-28 and denies both":                                           "it still fails after five changes",
	"PIP-1 a floating one is closed without a group":                   "platform PIP-1 blocks it",
	"PIPE-1 P8, a ping to an own address that gets none to leave with": "a NAT gateway carries TCP and UDP only (RT-32)",
	"RT-33 P8, to an own address from a subnet without a way out":      "nothing else gives its packets a public address",
	// With a group the address from which the packet comes back in counts.
	"PIP-1 P8, to an own Standard address without a group": "the way back in is not followed",
	// Its probes get a rule; the group denies replies to one source port too.
	"ASY-2 a reply to a load balancer of which no appliance answers its probes":         "returnPath deny-in-100 blocks it",
	"RT-17 whose groups see the packet as it is":                                        "the path goes on at an appliance",
	"RT-40 an appliance behind it that does not forward":                                "the path goes on at an appliance",
	"FAB-2 the fabric carries no GRE":                                                   "carry neither IP-in-IP nor GRE",
	"RT-32 a NAT gateway takes in nothing":                                              "which takes in no new flows (RT-32)",
	"T-49 P-21, another port":                                                           "which passes on what a NAT rule names and nothing else (P-23)",
	"T-49 P-23, another source":                                                         "which passes on what a NAT rule names and nothing else (P-23)",
	"P-23 the private address, no rule":                                                 "which passes on what a NAT rule names and nothing else (P-23)",
	"P-23c no way back through itself":                                                  "which takes in nothing that it has sent itself (P-23c)",
	"S-01 row 2, a private address that the firewall's own table sends to the internet": "the internet carries no packets to private addresses",
}

// So it is for the ways in: through a load balancer, to a published address, by a NAT
// rule of a firewall.
func TestEveryBlockedWayInIsRepaired(t *testing.T) {
	var ways []blockedWay
	for _, w := range append(balancerWays(), publishedWays()...) {
		if strings.HasPrefix(w.want, "deny") {
			ways = append(ways, blockedWay{w.id + " " + w.note, w.net.(interface{ items() []Item }).items(), w.packet})
		}
	}
	for _, w := range firewallIns() {
		if strings.HasPrefix(w.want, "deny") {
			ways = append(ways, blockedWay{w.id + " " + w.rule, w.net.items(), w.packet})
		}
	}
	repairEvery(t, ways, unrepairedWaysIn, 12)
}

// repairWay changes the network of a trap until its packet passes, and says why
// where it does not.
func repairWay(t *testing.T, of []Item, text string) string {
	t.Helper()
	list := []*azure.Inventory{Inventory(azure.RankExport, of...)}
	packet := readPacket(t, text)
	_, host, _ := strings.Cut(text, " as ")
	done := ""
	for range 5 {
		network, problems := azure.Build(list...)
		if network == nil {
			t.Fatalf("the changed network is not one that Azure takes: %v", problems)
		}
		both := pairOf(t, network)
		q := plain.Question{Packet: packet, Host: host}
		for _, s := range network.Subnets() {
			switch {
			case holds(s, packet.Source):
				q.From = s.ID
			case holds(s, packet.Destination):
				q.To = s.ID
			}
		}
		if q.From != "" {
			q.To = ""
		}
		need := needOf(t, both, q)
		if len(need.Parts) == 0 {
			slow, err := both.slow.Follow(q)
			if err != nil || slow.Verdict == plain.Deny {
				t.Errorf("after the change the interpreter says %v: %v\n%s", slow, err, done)
			}
			if slow.Verdict != plain.Allow {
				return "after the change it is undecided: " + slow.Decider.Why
			}
			t.Log(done)
			return ""
		}
		plan := repair.Make(both.settled, []repair.Need{need}, repair.Keep{})
		if len(plan.Unfixable) > 0 {
			return plan.Unfixable[0].Reason
		}
		step, _ := plan.Step()
		for i := range step {
			done += editText(&step[i]) + "\n"
		}
		var err error
		if list, err = repair.Apply(list, step); err != nil {
			t.Fatal(err)
		}
	}
	return "it still fails after five changes:\n" + done
}

// needOf is a question as a requirement, with the parts that are blocked.
func needOf(t *testing.T, p *pair, q plain.Question) repair.Need {
	t.Helper()
	near, inbound := service.Far{Is: service.InSubnet}, service.Far{Prefixes: []netip.Prefix{netip.PrefixFrom(q.Packet.Source, q.Packet.Source.BitLen())}}
	subnet, _ := p.settled.Network().Subnet(q.From)
	if q.From == "" {
		near = inbound
		if subnet, _ = p.settled.Network().Subnet(q.To); subnet == nil {
			subnet = p.settled.Network().Subnets()[0]
		}
	}
	far := service.Far{Prefixes: []netip.Prefix{netip.PrefixFrom(q.Packet.Destination, q.Packet.Destination.BitLen())}}
	m := check.Missing{Row: service.Row{
		Requirement: &service.Requirement{ID: "trap", Direction: "outbound"}, Subnet: subnet, Source: near, Destination: far,
		Protocols: flow.Protocols(q.Packet.Protocol), SourcePorts: flow.AllPorts(), DestinationPorts: flow.AllPorts(),
	}}
	if flow.HasPorts(q.Packet.Protocol) {
		m.Row.DestinationPorts = flow.Ports(q.Packet.DestinationPort)
	}
	ask := query(q)
	ask.SourcePorts = flow.AllPorts()
	answer, err := reach.Explore(p.settled, ask)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range answer.Counted() {
		if part.Verdict == reach.Blocked {
			m.Parts = append(m.Parts, check.MissingPart{Packets: part.Space.Cubes(), Blockers: part.Blockers})
		}
	}
	return repair.Need{Service: "trap", Missing: m}
}
