package bench

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/wayleave/wayleave/internal/flow/workload/interval"
)

// tally is what a set of packets shows about a workload. Over packets that
// stand for all, it is the whole truth; over fewer, what it has seen is true.
type tally struct {
	*plain
	decides, needed []bool   // a rule
	denied          []bool   // a requirement
	blocks          [][]bool // a requirement, a rule; the last is the end
	deniedAfter     [][]bool // an edit, a requirement
}

func newTally(p *plain) *tally {
	t := &tally{plain: p, decides: make([]bool, len(p.rules)), needed: make([]bool, len(p.rules))}
	t.denied = make([]bool, len(p.wanted))
	t.blocks = table(len(p.wanted), len(p.rules)+1)
	t.deniedAfter = table(len(p.edits), len(p.wanted))
	return t
}

func table(rows, columns int) [][]bool {
	out := make([][]bool, rows)
	for i := range out {
		out[i] = make([]bool, columns)
	}
	return out
}

// add takes one packet into account.
func (t *tally) add(packet interval.Packet) {
	matching := matches(t.rules, packet)
	allow := first(t.rules, matching)
	decider := len(t.rules)
	if len(matching) > 0 {
		decider = matching[0]
		t.decides[decider] = true
		if first(t.rules, matching[1:]) != allow {
			t.needed[decider] = true
		}
	}
	for i := range t.wanted {
		if !t.wanted[i].Has(packet) {
			continue
		}
		if !allow {
			t.denied[i] = true
			t.blocks[i][decider] = true
		}
		for k, e := range t.edits {
			if !allowsAfter(t.rules, matching, e, packet) {
				t.deniedAfter[k][i] = true
			}
		}
	}
}

// answers is the tally as the whole truth.
func (t *tally) answers() answers {
	out := answers{met: no(t.denied), shadowed: falses(t.decides), redundant: falses(t.needed)}
	for _, blocks := range t.blocks {
		rules := trues(blocks)
		if n := len(rules); n > 0 && rules[n-1] == len(t.rules) {
			rules[n-1] = -1
		}
		out.blockers = append(out.blockers, rules)
	}
	for _, denied := range t.deniedAfter {
		out.after = append(out.after, no(denied))
	}
	return out
}

// contradicts tells what of the answers the tally disproves, or "".
func (t *tally) contradicts(a answers) string {
	for i, met := range a.met {
		if met && t.denied[i] {
			return fmt.Sprintf("requirement %d is met, but a packet of it is denied", i)
		}
	}
	for _, i := range a.shadowed {
		if t.decides[i] {
			return fmt.Sprintf("rule %d is shadowed, but decides a packet", i)
		}
	}
	for _, i := range a.redundant {
		if t.needed[i] {
			return fmt.Sprintf("rule %d is redundant, but a packet changes its fate without it", i)
		}
	}
	for k := range a.after {
		for i, met := range a.after[k] {
			if met && t.deniedAfter[k][i] {
				return fmt.Sprintf("requirement %d is met after edit %d, but a packet of it is denied", i, k)
			}
		}
	}
	return ""
}

// interpret tallies, one packet at a time, packets of which some stands for
// every combination of what any set of the workload says about a field: the
// whole truth. It returns false if there are more than limit such packets.
func interpret(p *plain, limit int) (*tally, bool) {
	values := representatives(p)
	packets := 1
	for _, v := range values {
		packets *= len(v)
	}
	if packets > limit {
		return nil, false
	}
	t := newTally(p)
	eachPacket(values, t.add)
	return t, true
}

// sample is the tally of n random ones of the packets that stand for all.
func sample(p *plain, n int, r *rand.Rand) *tally {
	values := representatives(p)
	t := newTally(p)
	for range n {
		var packet interval.Packet
		for f, v := range values {
			packet[f] = v[r.IntN(len(v))]
		}
		if !interval.HasPorts(packet[interval.Protocol]) {
			packet[interval.SourcePort], packet[interval.DestinationPort] = 0, 0
		}
		t.add(packet)
	}
	return t
}

// representatives are, a field, the least values of each kind: two values are
// of one kind if no set of the workload tells them apart.
func representatives(p *plain) [interval.Fields][]uint32 {
	boxes := slices.Clone(p.wanted)
	for _, policy := range []interval.Policy{p.rules, p.edited} {
		for _, r := range policy {
			boxes = append(boxes, r.Box)
		}
	}
	for _, e := range p.edits {
		boxes = append(boxes, e.rule.Box)
	}
	var out [interval.Fields][]uint32
	for f := range interval.Fields {
		sets := map[string]interval.Set{}
		candidates := []uint32{0}
		if f == interval.Protocol { // protocols with and without ports differ
			candidates = []uint32{0, 6}
			sets["ports"] = interval.Values(6, 17, 33, 132, 136)
		}
		for _, b := range boxes {
			sets[key(b[f])] = b[f]
			for _, v := range b[f] {
				candidates = append(candidates, v.Lo)
				if v.Hi < f.Top() {
					candidates = append(candidates, v.Hi+1)
				}
			}
		}
		if f == interval.Protocol {
			candidates = append(candidates, 7, 17, 18, 33, 34, 132, 133, 136, 137)
		}
		out[f] = firstOfEachKind(sets, candidates)
	}
	return out
}

func firstOfEachKind(sets map[string]interval.Set, candidates []uint32) []uint32 {
	var order []interval.Set
	for _, s := range sets {
		order = append(order, s)
	}
	slices.Sort(candidates)
	kinds := map[string]bool{}
	var out []uint32
	for _, x := range slices.Compact(candidates) {
		kind := make([]byte, len(order))
		for i, s := range order {
			if s.Has(x) {
				kind[i] = 1
			}
		}
		if !kinds[string(kind)] {
			kinds[string(kind)] = true
			out = append(out, x)
		}
	}
	return out
}

// eachPacket visits every combination of the values; a protocol without ports
// is visited once.
func eachPacket(values [interval.Fields][]uint32, visit func(interval.Packet)) {
	var p interval.Packet
	for _, p[interval.Source] = range values[interval.Source] {
		for _, p[interval.Destination] = range values[interval.Destination] {
			for _, p[interval.Protocol] = range values[interval.Protocol] {
				if !interval.HasPorts(p[interval.Protocol]) {
					p[interval.SourcePort], p[interval.DestinationPort] = 0, 0
					visit(p)
					continue
				}
				for _, p[interval.SourcePort] = range values[interval.SourcePort] {
					for _, p[interval.DestinationPort] = range values[interval.DestinationPort] {
						visit(p)
					}
				}
			}
		}
	}
}

// matches lists the rules that match the packet.
func matches(policy interval.Policy, packet interval.Packet) []int {
	var out []int
	for i := range policy {
		if policy[i].Has(packet) {
			out = append(out, i)
		}
	}
	return out
}

// first is the action of the first of the matching rules.
func first(policy interval.Policy, matching []int) bool {
	return len(matching) > 0 && policy[matching[0]].Allow
}

// allowsAfter is the action after an edit.
func allowsAfter(policy interval.Policy, matching []int, e plainEdit, packet interval.Packet) bool {
	for _, i := range matching {
		if i >= e.index {
			break
		}
		return policy[i].Allow
	}
	if e.rule.Has(packet) {
		return e.rule.Allow
	}
	for _, i := range matching {
		if i > e.index {
			return policy[i].Allow
		}
	}
	return false
}

func no(v []bool) []bool {
	out := make([]bool, len(v))
	for i := range v {
		out[i] = !v[i]
	}
	return out
}

func trues(v []bool) []int {
	var out []int
	for i, yes := range v {
		if yes {
			out = append(out, i)
		}
	}
	return out
}

func falses(v []bool) []int { return trues(no(v)) }

func key(s interval.Set) string {
	b := make([]byte, 0, 8*len(s))
	for _, v := range s {
		for _, x := range [...]uint32{v.Lo, v.Hi} {
			b = append(b, byte(x>>24), byte(x>>16), byte(x>>8), byte(x))
		}
	}
	return string(b)
}
