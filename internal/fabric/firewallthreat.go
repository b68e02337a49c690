package fabric

import (
	"fmt"

	"github.com/wayleave/wayleave/internal/flow"
)

// onList divides packets by whether a firewall's threat intelligence drops them
// before any rule (P-17). What is on its list is published nowhere: that no
// destination is, or that every public one is, is for the user to say (P-20).
func (f *Fabric) onList(g Gate, packets []flow.Cube) (listed Outcome, rest []flow.Cube, touches Touches) {
	drops, spared := f.threat(g.Firewall)
	if drops == no {
		return Outcome{}, packets, touches
	}
	touches.add(ThreatList, ThreatList.allValues())
	if f.assumptions.Value(ThreatList) != "listed" {
		return Outcome{}, packets, touches
	}
	hit, rest := ByDestination(packets, f.PublicInternet().Minus(spared))
	if drops == maybe {
		why := fmt.Sprintf("whether the threat intelligence of firewall %s drops it is not known: its mode is not", g.Firewall.Name)
		return Outcome{Packets: hit, Effect: Doubtful, Reasons: []string{why}, Hops: []Hop{firewallHop(g, KindFirewall, Unknown, why)}}, rest, touches
	}
	h := firewallHop(g, KindFirewall, Deny, fmt.Sprintf("the threat intelligence of firewall %s drops it, as is assumed", g.Firewall.Name))
	return Outcome{Packets: hit, Effect: Stop, Hops: []Hop{h}}, rest, touches
}
