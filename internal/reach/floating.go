package reach

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// given brings pieces, translated, to the backend that a load balancer gives them to;
// sent is how they came. Behind a floating IP rules may compare the address of the
// frontend (NSG-28): what they decide alike for both addresses stands. It leaves the
// port as it is; what one does that is to change it is not known.
func (w *walk) given(b fabric.Balanced, s fabric.Share, to fabric.Backend, sent flow.Cube, pieces []piece, from origin) []piece {
	if !s.Floating {
		return w.admitted(to.Subnet, pieces, from)
	}
	unsure := fabric.FloatingHop(b)
	if s.Port != 0 && !sent.DestinationPorts.Equal(flow.Ports(s.Port)) {
		return doubted(pieces, unsure, unsure.Note)
	}
	own := w.fabric.InboundTo(to)
	floated := make([]fabric.Stage, len(own))
	for i, stage := range own {
		floated[i] = floating{stage, b.Address, to.Address}
	}
	ways := [][]piece{w.admittedBy(own, to.Subnet, pieces, from), w.admittedBy(floated, to.Subnet, pieces, from)}
	return either(ways, unsure, []string{unsure.Note})
}

// floating is a stage that compares the address of a frontend in packets for a
// backend.
type floating struct {
	fabric.Stage
	frontend, backend netip.Addr
}

// Split asks the stage about packets for the frontend and answers about those for the
// backend.
func (d floating) Split(packets []flow.Cube, byRule bool) []fabric.Outcome {
	out := d.Stage.Split(toHost(packets, d.frontend), byRule)
	for i, o := range out {
		out[i] = o.Widen()
		out[i].Packets = toHost(o.Packets, d.backend)
	}
	return out
}

// toHost are packets with another destination.
func toHost(packets []flow.Cube, to netip.Addr) []flow.Cube {
	out := make([]flow.Cube, len(packets))
	for i, c := range packets {
		c.Destination = flow.Host(to)
		out[i] = c
	}
	return out
}
