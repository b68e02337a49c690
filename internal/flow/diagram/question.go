package diagram

import "github.com/wayleave/wayleave/internal/flow/workload/interval"

// Check reports whether the policy allows every packet of the box; if not, it
// returns one that it denies.
func (d *Diagram) Check(box interval.Box) (denied interval.Packet, ok bool) {
	s := search{store: d.store}
	if !s.denied(d.box(&box, matched), d.tree[1]) {
		return interval.Packet{}, true
	}
	if !interval.HasPorts(s.packet[interval.Protocol]) {
		s.packet[interval.SourcePort], s.packet[interval.DestinationPort] = 0, 0
	}
	return s.packet, false
}

// Violations is the number of packets of the box that the policy denies.
func (d *Diagram) Violations(box interval.Box) Count {
	return d.count(d.where(d.box(&box, matched), d.tree[1], func(inside, answer leaf) bool {
		return inside != 0 && !answer.allows()
	}))
}

// Difference is the number of packets that the two policies treat
// differently. The other policy must come from With or Replace on d.
func (d *Diagram) Difference(other *Diagram) Count {
	return d.count(d.where(d.tree[1], other.tree[1], func(a, b leaf) bool {
		return a.allows() != b.allows()
	}))
}

// Beyond is the number of packets that the policy allows and none of the boxes
// holds.
func (d *Diagram) Beyond(boxes []interval.Box) Count {
	wanted := make(interval.Policy, len(boxes))
	for i, b := range boxes {
		wanted[i] = interval.Rule{Box: b, Allow: true}
	}
	return d.count(d.where(d.tree[1], compile(d.store, wanted).tree[1], func(a, wanted leaf) bool {
		return a.allows() && wanted == 0
	}))
}

// Dead lists, in ascending order, the rules that decide no packet and those
// whose removal changes no decision; the first are among the second. It needs
// a diagram of CompileDeciders.
func (d *Diagram) Dead() (shadowed, redundant []int) {
	decides := make([]bool, len(d.policy))
	needed := make([]bool, len(d.policy))
	seen := make([]bool, len(d.nodes))
	var walk func(ref)
	walk = func(r ref) {
		if seen[r] {
			return
		}
		seen[r] = true
		n := &d.nodes[r]
		for _, c := range n.children {
			walk(c)
		}
		if n.answer == 0 {
			return
		}
		rule := n.answer >> ruleShift
		decides[rule] = true
		if n.answer.allows() != (n.answer&nextAllow != 0) {
			needed[rule] = true
		}
	}
	walk(d.tree[1])
	for i := range d.policy {
		if !decides[i] {
			shadowed = append(shadowed, i)
		}
		if !needed[i] {
			redundant = append(redundant, i)
		}
	}
	return shadowed, redundant
}

// search looks for one packet and stops at the first.
type search struct {
	*store
	packet interval.Packet
	failed table // pairs known to hold no such packet
}

// denied reports whether some packet is in the box and not allowed by the
// policy, and leaves it in s.packet. Fields that neither tests keep any value.
func (s *search) denied(box, policy ref) bool {
	nb, np := &s.nodes[box], &s.nodes[policy]
	if box == nothing || np.level == leafLevel && np.answer.allows() {
		return false
	}
	if nb.level == leafLevel && np.level == leafLevel {
		return true
	}
	key := pairKey(box, policy)
	if _, ok := s.failed.get(key); ok {
		return false
	}
	level := min(nb.level, np.level)
	var x, y fan
	s.open(&x, box, level)
	s.open(&y, policy, level)
	for lo := uint32(0); ; {
		bound := min(x.bounds[0], y.bounds[0])
		s.packet[order[level]] = lo
		if s.denied(x.children[0], y.children[0]) {
			return true
		}
		if bound == order[level].Top() {
			s.failed.put(key, nothing)
			return false
		}
		lo = bound + 1
		x.pass(bound)
		y.pass(bound)
		if x.children[0] == nothing && x.bounds[0] != order[level].Top() {
			bound, lo = x.bounds[0], x.bounds[0]+1
			x.pass(bound)
			y.skip(bound)
		}
	}
}
