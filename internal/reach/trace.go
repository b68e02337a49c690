package reach

import (
	"slices"

	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// pass is a stage whose rules have let packets pass without being named.
type pass struct {
	stage fabric.Stage
	// call tells the stages apart that pieces went through.
	call int
	// at is the length of the trace before the stage, hops what it added.
	at, hops int
}

func (x pass) same(y pass) bool { return x.call == y.call && x.at == y.at && x.hops == y.hops }

// call numbers the stages that pieces go through.
func (w *walk) call() int {
	w.calls++
	return w.calls
}

// noting is the piece after an outcome of a stage, with what its trace leaves out.
func (p piece) noting(o fabric.Outcome, stage fabric.Stage, call int) piece {
	if o.Unnamed && o.Effect == fabric.Pass {
		p.passes = append(p.passes, pass{stage, call, p.trace.len() - len(o.Hops), len(o.Hops)})
	}
	return p
}

// traceOf is the way of a packet of a piece: that of the piece with the rules
// that it left out, or where that is not known of one packet by itself, found
// anew.
func (w *walk) traceOf(p piece, packet flow.Packet) []Hop {
	if !w.query.BySeen || w.query.ByRule || p.mixed || p.trace.doubtful() {
		return w.trace(packet)
	}
	one := []flow.Cube{single(packet)}
	trace := p.trace.hops(len(p.passes))
	for _, x := range slices.Backward(p.passes) { // so that the places of those before stay
		named := x.stage.Split(one, true)
		if len(named) != 1 || named[0].Effect != fabric.Pass {
			return w.trace(packet)
		}
		trace = slices.Replace(trace, x.at, x.at+x.hops, named[0].Hops...)
	}
	return trace
}

// trace follows one packet rule by rule.
func (w *walk) trace(packet flow.Packet) []Hop {
	one := &walk{fabric: w.fabric, query: w.query}
	one.query.ByRule = true
	pieces, err := one.run([]flow.Cube{single(packet)})
	if err != nil || len(pieces) == 0 {
		return nil
	}
	return pieces[0].trace.hops(0)
}

// single is the packet as a set.
func single(packet flow.Packet) flow.Cube {
	c := flow.Cube{
		Source: flow.Points(packet.Source), Destination: flow.Points(packet.Destination), Protocols: flow.Protocols(packet.Protocol),
		SourcePorts: flow.AllPorts(), DestinationPorts: flow.AllPorts(),
	}
	if flow.HasPorts(packet.Protocol) {
		c.SourcePorts, c.DestinationPorts = flow.Ports(packet.SourcePort), flow.Ports(packet.DestinationPort)
	}
	return c
}
