package reach

import (
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// instance is a stage for packets that a firewall or an appliance has given an
// address of its own: any of them, and any port.
type instance struct {
	fabric.Stage
	sources flow.AddressSet
	// unsure says that it depends on which.
	unsure Hop
	// ports says that the source port stays (S-01 row 1).
	ports bool
}

// Split asks the stage about the translated packets and answers about the
// packets. Where it depends on the address the answer is not known, nor for packets
// that the address cannot be given to.
func (d instance) Split(packets []flow.Cube, byRule bool) []fabric.Outcome {
	var out []fabric.Outcome
	for _, c := range packets {
		t := c
		t.Source = d.sources
		if ported := c.Protocols.Overlaps(flow.PortProtocols()); ported && !d.ports {
			t.SourcePorts = fabric.TranslatedPorts()
		}
		var met flow.Space
		for _, o := range d.split(t, byRule) {
			o = o.Widen()
			var shadow []flow.Cube
			for _, s := range o.Packets {
				s.Source = c.Source
				if !d.ports {
					s.SourcePorts = c.SourcePorts
				}
				shadow = append(shadow, s)
			}
			here := flow.SpaceOf(shadow...)
			out = d.add(out, o, here.Minus(met), here.Intersect(met))
			met = met.Union(here)
		}
		if rest := flow.SpaceOf(c).Minus(met); !rest.IsEmpty() {
			h := d.unsure
			h.Note = "the packets are of another family than the address that they are given"
			out = append(out, fabric.Outcome{Effect: fabric.Doubtful, Packets: rest.Cubes(), Hops: []fabric.Hop{h}, Reasons: []string{h.Note}})
		}
	}
	return out
}

// split asks the stage about translated packets. Where the rule is told it is that of
// the least address and port, if they pass by different ones: these come first.
func (d instance) split(t flow.Cube, byRule bool) []fabric.Outcome {
	if !byRule {
		return d.Stage.Split([]flow.Cube{t}, false)
	}
	least := t
	for first := range t.Source.Ranges() {
		least.Source = flow.Points(flow.AddressOf(first))
		break
	}
	if t.Protocols.Overlaps(flow.PortProtocols()) && !d.ports {
		first, _ := t.SourcePorts.First()
		least.SourcePorts = flow.Ports(first)
	}
	rest := flow.SpaceOf(t).Minus(flow.SpaceOf(least)).Cubes()
	return append(d.Stage.Split([]flow.Cube{least}, true), d.Stage.Split(rest, true)...)
}

// add adds an outcome for packets that no outcome had before, and settles what
// it says together with the earlier ones of those that had.
func (d instance) add(out []fabric.Outcome, o fabric.Outcome, fresh, again flow.Space) []fabric.Outcome {
	if !again.IsEmpty() {
		var next []fabric.Outcome
		for _, earlier := range out {
			both := flow.SpaceOf(earlier.Packets...).Intersect(again)
			if both.IsEmpty() {
				next = append(next, earlier)
				continue
			}
			if earlier.Effect == fabric.Pass && o.Effect == fabric.Pass {
				earlier.Touches = earlier.Touches.Union(o.Touches)
				next = append(next, earlier)
				continue
			}
			rest := earlier
			rest.Packets = flow.SpaceOf(earlier.Packets...).Minus(again).Cubes()
			if len(rest.Packets) > 0 {
				next = append(next, rest)
			}
			merged := earlier
			merged.Packets, merged.Touches = both.Cubes(), earlier.Touches.Union(o.Touches)
			switch {
			case earlier.Effect == fabric.Stop && o.Effect == fabric.Stop:
			case earlier.Effect == fabric.Doubtful && o.Effect == fabric.Doubtful:
				merged.Reasons = addTexts(earlier.Reasons, o.Reasons)
			default:
				merged.Effect, merged.Reasons = fabric.Doubtful, []string{d.unsure.Note}
				merged.Hops = []fabric.Hop{d.unsure}
			}
			next = append(next, merged)
		}
		out = next
	}
	if !fresh.IsEmpty() {
		o.Packets = fresh.Cubes()
		out = append(out, o)
	}
	return out
}
