package fabric

import (
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// Leaving is the decision about packets whose next hop is Internet: which public
// address they get, in the order of RT-31, if any. Subnets of a managed service
// always have one (decisions 14).
func (f *Fabric) Leaving(s *azure.Subnet, managed bool) Stage { return leaving{f, s, managed} }

type leaving struct {
	fabric  *Fabric
	subnet  *azure.Subnet
	managed bool
}

func (d leaving) Split(packets []flow.Cube, _ bool) []Outcome {
	f := d.fabric
	out := f.unreceived(&packets, nil)
	mail := f.everyPacket()
	mail.Protocols, mail.DestinationPorts = flow.Protocols(flow.TCP), flow.Ports(25)
	for _, o := range d.translated(packets) {
		if o.Effect != Pass {
			out = append(out, o)
			continue
		}
		port25, others := match(o.Packets, mail)
		blocked := o
		blocked.Packets, o.Packets = port25, others
		blocked.Touches.add(OutboundTCP25, OutboundTCP25.allValues())
		if f.assumptions.Value(OutboundTCP25) == "blocked" {
			blocked.Effect, blocked.Seen = Stop, Seen{}
			blocked.Hops = []Hop{{Kind: KindPlatform, Decision: Drop, Name: "FAB-6", Note: "the subscription does not let TCP 25 out"}}
		}
		out = append(out, blocked, o)
	}
	return nonEmpty(out)
}

// unreceived takes out the packets to the internet that have no receiver there,
// or none that is known; via is the firewall they come from, if any.
func (f *Fabric) unreceived(packets *[]flow.Cube, via *azure.AzureFirewall) []Outcome {
	space := f.points.numeric(privateDestinations)
	private, rest := ByDestination(*packets, space.Must)
	maybePrivate, rest := ByDestination(rest, space.May)
	own := Hop{Kind: KindPlatform, Decision: Drop, Name: "Internet", Note: "the internet carries no packets to private addresses"}
	out := []Outcome{{Packets: private, Effect: Stop, Hops: []Hop{own}}}
	own.Decision = Unknown
	out = append(out, Outcome{Packets: maybePrivate, Effect: Doubtful, Hops: []Hop{own}, Reasons: space.reasons(Destinations(maybePrivate))})
	*packets = rest
	return append(out, f.toOwnPublicAddress(packets, via)...)
}

// privateDestinations are the reserved blocks (RT-2).
var privateDestinations = set("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
