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
	"T-36 P-31":                       "only TCP and UDP reach the internet (P-32)",
	"T-37 P-32":                       "only TCP and UDP reach the internet (P-32)",
	"T-77 F-03":                       "connect what has it with a peering or a gateway",
	"T-77 F-03, with a default route": "connect what has it with a peering or a gateway",
	"T-78 C-14":                       "only TCP and UDP reach the internet (P-32)",
}

// For every blocked trap of the firewall document there is a change after which
// the packet passes, as the interpreter finds too; the others are listed, with
// the reason that fix gives.
func TestEveryBlockedFirewallTrapIsRepaired(t *testing.T) {
	repaired := 0
	for _, row := range firewallWays {
		if !strings.HasPrefix(row.want, "deny") {
			continue
		}
		name := row.id + " " + row.rule
		t.Run(name, func(t *testing.T) {
			want, listed := unrepairedWays[name]
			switch why := repairWay(t, row); {
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
	if repaired < 30 {
		t.Errorf("%d are repaired", repaired)
	}
}

// repairWay changes the network of a trap until its packet passes, and says why
// where it does not.
func repairWay(t *testing.T, row firewallWay) string {
	t.Helper()
	list := []*azure.Inventory{Inventory(azure.RankExport, row.net.items()...)}
	packet := readPacket(t, row.packet)
	_, host, _ := strings.Cut(row.packet, " as ")
	done := ""
	for range 5 {
		network, problems := azure.Build(list...)
		if network == nil {
			t.Fatalf("the changed network is not one that Azure takes: %v", problems)
		}
		both := pairOf(t, network)
		q := plain.Question{Packet: packet, From: subnetWith(t, network, packet.Source), Host: host}
		need := needOf(t, both, q)
		if len(need.Parts) == 0 {
			if slow, err := both.slow.Follow(q); err != nil || slow.Verdict != plain.Allow {
				t.Errorf("after the change the interpreter says %v: %v\n%s", slow, err, done)
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
	subnet, _ := p.settled.Network().Subnet(q.From)
	far := service.Far{Prefixes: []netip.Prefix{netip.PrefixFrom(q.Packet.Destination, 32)}}
	m := check.Missing{Row: service.Row{
		Requirement: &service.Requirement{ID: "trap", Direction: "outbound"}, Subnet: subnet, Source: service.Far{Is: service.InSubnet}, Destination: far,
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
