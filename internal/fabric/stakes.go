package fabric

import (
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// Stake says that other values of a switch may change what a rule does with some
// packets, and with no others.
type Stake struct {
	change  Switch
	values  uint8 // as in Touches
	packets []flow.Cube
	// denier is the rule, if all that it may do with them is to deny them.
	denier *azure.SecurityRule
}

// Turning are the stakes that may turn the verdict of packets that these hops block
// for certain: a rule that denies them or not does not, if it is none of these.
func (s Stakes) Turning(blockers []Hop) Stakes {
	var out Stakes
	for i, k := range s {
		switch turns := k.denier == nil || slices.ContainsFunc(blockers, func(h Hop) bool { return h.Name == k.denier.Name && h.At == k.denier.At }); {
		case turns && out != nil:
			out = append(out, k)
		case !turns && out == nil:
			out = append(Stakes{}, s[:i]...)
		}
	}
	if out == nil {
		return s
	}
	return out
}

// Of are the packets among these for which the switch matters.
func (k *Stake) Of(packets []flow.Cube) []flow.Cube {
	var hit []flow.Cube
	for _, c := range packets {
		for _, d := range k.packets {
			if c.Overlaps(d) { // without the cost of a copy
				hit = append(hit, c.Intersect(d))
			}
		}
	}
	return hit
}

// Touches is the switch with its values.
func (k *Stake) Touches() Touches {
	var t Touches
	t.add(k.change, k.values)
	return t
}

func (k *Stake) meets(packets []flow.Cube) bool {
	return slices.ContainsFunc(k.packets, func(c flow.Cube) bool { return slices.ContainsFunc(packets, c.Overlaps) })
}

// Stakes are those of a rule or policy. They are frozen with it, so that equal
// pointers are equal stakes.
type Stakes []*Stake

// add notes a stake in packets; an empty cube is none.
func (s *Stakes) add(change Switch, values uint8, packets flow.Cube) {
	if packets = packets.Normal(); !packets.IsEmpty() {
		k := &struct {
			Stake
			packets [1]flow.Cube // in one piece of memory
		}{Stake{change: change, values: values}, [1]flow.Cube{packets}}
		k.Stake.packets = k.packets[:]
		*s = append(*s, &k.Stake)
	}
}

// Union is both lists, each stake once.
func (s Stakes) Union(o Stakes) Stakes {
	if len(s) == 0 {
		return o
	}
	var fresh Stakes
	for _, k := range o {
		if !slices.Contains(s, k) {
			fresh = append(fresh, k)
		}
	}
	if len(fresh) == 0 {
		return s
	}
	return slices.Concat(s, fresh)
}

// Divide takes out the packets in which there are stakes, with these.
func (s Stakes) Divide(packets []flow.Cube) (in []flow.Cube, at Stakes, out []flow.Cube) {
	out = packets
	for _, k := range s {
		if !k.meets(packets) {
			continue
		}
		at = append(at, k)
		for _, d := range k.packets {
			var hit []flow.Cube
			hit, out = match(out, d)
			in = append(in, hit...)
		}
	}
	return in, at, out
}

// Touches is what may change for these packets.
func (s Stakes) Touches(packets []flow.Cube) Touches {
	var t Touches
	for _, k := range s {
		if t[k.change]&k.values != k.values && k.meets(packets) {
			t.add(k.change, k.values)
		}
	}
	return t
}

// reached are the stakes of the entries of a list in the packets that get as far
// as the entry under some reading. Those that an earlier entry for every address
// decides, whatever the reading, do not.
func reached(entries []*entry, a Assumptions) Stakes {
	var broad []taker
	for _, e := range entries {
		if !e.anywhere && slices.ContainsFunc(e.must, isBroad) {
			broad = append(broad, taker{e.priority, e.firm(a)})
		}
	}
	var out Stakes
	for _, e := range entries {
		for _, k := range e.stakes {
			if a.open(k.change) && !e.anywhere {
				k = k.behind(broad, e.priority)
			}
			if k != nil {
				out = append(out, k)
			}
		}
	}
	return out
}

// taker is an entry with the packets that it matches under every reading.
type taker struct {
	priority int
	packets  []flow.Cube
}

// firm are the packets that an entry matches under every reading.
func (e *entry) firm(a Assumptions) []flow.Cube {
	packets := e.must
	for _, k := range e.stakes {
		for _, d := range k.packets {
			if a.open(k.change) {
				packets = without(packets, d)
			}
		}
	}
	return packets
}

// without is packets without those of a cube.
func without(packets []flow.Cube, d flow.Cube) []flow.Cube {
	var rest []flow.Cube
	for _, c := range packets {
		rest = append(rest, c.Minus(d)...)
	}
	return rest
}

// isBroad reports whether a cube is for every IPv4 address on both sides.
func isBroad(c flow.Cube) bool {
	return flow.AllIPv4().SubsetOf(c.Source) && flow.AllIPv4().SubsetOf(c.Destination)
}

// behind is what entries of smaller priorities leave of a stake; nil for nothing.
// Packets that would fall into more cubes are left as they are.
func (k *Stake) behind(entries []taker, priority int) *Stake {
	left := k.packets
	for _, o := range entries {
		for _, d := range o.packets {
			if o.priority >= priority {
				continue
			}
			if rest := without(left, d); len(rest) <= len(left) {
				left = rest
			}
		}
	}
	if len(left) == 0 {
		return nil
	}
	return &Stake{k.change, k.values, left, k.denier}
}
