package fabric

import (
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// Leaving is the decision about packets whose next hop is Internet: which public
// address they get, in the order of RT-31, if any. The sender is a managed service
// that may have one of its own (decisions 14), or nil for whoever the input says is
// there.
func (f *Fabric) Leaving(s *azure.Subnet, sender *azure.OwnAddress) Stage {
	return leaving{f, s, sender}
}

type leaving struct {
	fabric *Fabric
	subnet *azure.Subnet
	sender *azure.OwnAddress
}

// owned reports whether everything leaves with the sender's own address that no NAT
// gateway takes.
func (d leaving) owned() bool { return d.sender != nil && d.sender.Has == azure.HasOwn }

// Split asks also what comes back in to the network itself, which is not followed,
// whether it gets an address to leave with.
func (d leaving) Split(packets []flow.Cube, _ bool) []Outcome {
	var out []Outcome
	for _, o := range d.fabric.unreceived(&packets, nil) {
		if o.Effect != Doubtful {
			out = append(out, o)
			continue
		}
		for _, left := range d.leave(o.Packets) {
			if left.Effect != Stop {
				left = Outcome{Effect: o.Effect, Packets: left.Packets, Hops: o.Hops, Reasons: o.Reasons, Touches: left.Touches, Stakes: left.Stakes}
			}
			out = append(out, left)
		}
	}
	return nonEmpty(append(out, d.leave(packets)...))
}

// leave is what becomes of packets that have a receiver in the internet.
func (d leaving) leave(packets []flow.Cube) []Outcome {
	f := d.fabric
	var out []Outcome
	mail := f.everyPacket()
	mail.Protocols, mail.DestinationPorts = flow.Protocols(flow.TCP), flow.Ports(25)
	for _, o := range d.unsure(d.translated(packets)) {
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
	return out
}

// unsure leaves open what gets no address, if the sender may have one.
func (d leaving) unsure(list []Outcome) []Outcome {
	if d.sender == nil || d.sender.Has != azure.MayHaveOwn {
		return list
	}
	for i, o := range list {
		switch {
		case o.Effect == Stop:
			list[i] = d.doubt(o.Packets, d.sender.Why+"; without one, "+o.Hops[0].Note)
		case o.Effect == Pass && len(o.Seen.Addresses) == 0:
			list[i].Seen.Origin = "the service's own public address or one that Azure lends, neither of which the input tells"
		}
	}
	return list
}

// unreceived takes out the packets to the internet that have no receiver there,
// or none that is known; via is the firewall they come from, if any.
func (f *Fabric) unreceived(packets *[]flow.Cube, via *azure.AzureFirewall) []Outcome {
	space := f.privateSpace()
	private, rest := ByDestination(*packets, space.Must)
	maybePrivate, rest := ByDestination(rest, space.May)
	own := Hop{Kind: KindPlatform, Decision: Drop, Name: "Internet", Note: "the internet carries no packets to private addresses"}
	out := []Outcome{{Packets: private, Effect: Stop, Hops: []Hop{own}}}
	own.Decision = Unknown
	out = append(out, Outcome{Packets: maybePrivate, Effect: Doubtful, Hops: []Hop{own}, Reasons: space.reasons(Destinations(maybePrivate))})
	*packets = rest
	return append(out, f.toOwnPublicAddress(packets, via)...)
}

func (f *Fabric) privateSpace() Bounds {
	return f.once.private.of(struct{}{}, func() Bounds { return f.points.numeric(privateDestinations).shared() })
}

// PrivateIPv4 are the reserved blocks of IPv4 (RT-2): nothing goes to them by the
// internet, nor comes from them through a public frontend (PIP-2).
func PrivateIPv4() []string {
	return []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"}
}

// privateDestinations are the reserved blocks of both families.
var privateDestinations = set(append(PrivateIPv4(), "fc00::/7")...)
