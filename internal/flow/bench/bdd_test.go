package bench

import (
	"math/big"
	"slices"

	"github.com/dalzilio/rudd"

	"github.com/wayleave/wayleave/internal/flow/workload/interval"
)

// The bits of a packet are variables of the decision diagrams, most
// significant first, field after field in the order that suits address lists.
var bddOrder = [...]struct {
	field interval.Field
	width int
}{
	{interval.Destination, 32}, {interval.Source, 32}, {interval.DestinationPort, 16},
	{interval.SourcePort, 16}, {interval.Protocol, 8},
}

// bdd answers by binary decision diagrams over the bits of the packet.
type bdd struct {
	*rudd.BDD
	first [interval.Fields]int // variable of a field's most significant bit
	width [interval.Fields]int
	// ported holds the packets of protocols with ports, exists those that can
	// exist: without ports, both port fields are 0.
	ported, exists rudd.Node
	sets           map[string]rudd.Node
}

func newBDD() (*bdd, error) {
	b := &bdd{sets: map[string]rudd.Node{}}
	bits := 0
	for _, o := range bddOrder {
		b.first[o.field], b.width[o.field] = bits, o.width
		bits += o.width
	}
	var err error
	if b.BDD, err = rudd.New(bits, rudd.Nodesize(1<<13), rudd.Cachesize(1<<12), rudd.Cacheratio(25)); err != nil {
		return nil, err
	}
	b.ported = b.set(interval.Protocol, interval.Values(6, 17, 33, 132, 136))
	noPorts := b.And(b.set(interval.SourcePort, interval.Values(0)), b.set(interval.DestinationPort, interval.Values(0)))
	b.exists = b.Or(b.ported, noPorts)
	return b, nil
}

// set is the packets of which the field is in the set.
func (b *bdd) set(f interval.Field, s interval.Set) rudd.Node {
	k := string(rune('0'+int(f))) + key(s)
	n, ok := b.sets[k]
	if !ok {
		n = b.within(f, s, 0, 0)
		b.sets[k] = n
	}
	return n
}

// within is set for the values that begin with the given bits.
func (b *bdd) within(f interval.Field, s interval.Set, prefix uint32, depth int) rudd.Node {
	rest := b.width[f] - depth
	lo := uint64(prefix) << rest
	part := s.Intersect(interval.Range(uint32(lo), uint32(lo+1<<rest-1)))
	switch part.Size() {
	case 0:
		return b.False()
	case 1 << rest:
		return b.True()
	}
	return b.Ite(b.Ithvar(b.first[f]+depth),
		b.within(f, part, prefix<<1|1, depth+1), b.within(f, part, prefix<<1, depth+1))
}

// box is the packets of a box.
func (b *bdd) box(x *interval.Box) rudd.Node {
	ports := b.And(b.ported,
		b.set(interval.SourcePort, x[interval.SourcePort]), b.set(interval.DestinationPort, x[interval.DestinationPort]))
	if x.AnyPort() {
		ports = b.True()
	}
	return b.And(b.exists, b.set(interval.Destination, x[interval.Destination]),
		b.set(interval.Source, x[interval.Source]), b.set(interval.Protocol, x[interval.Protocol]), ports)
}

// minus is what is in x and not in y. (The library's own difference operator
// returns y where x is empty.)
func (b *bdd) minus(x, y rudd.Node) rudd.Node { return b.And(x, b.Not(y)) }

func (b *bdd) empty(x rudd.Node) bool { return b.Equal(x, b.False()) }

func (b *bdd) policy(p interval.Policy) []rudd.Node {
	out := make([]rudd.Node, len(p))
	for i := range p {
		out[i] = b.box(&p[i].Box)
	}
	return out
}

// allowed[i] is what rules i and later allow by themselves.
func (b *bdd) allowed(p interval.Policy, boxes []rudd.Node) []rudd.Node {
	out := make([]rudd.Node, len(p)+1)
	out[len(p)] = b.False()
	for i := len(p) - 1; i >= 0; i-- {
		if p[i].Allow {
			out[i] = b.Or(boxes[i], out[i+1])
		} else {
			out[i] = b.minus(out[i+1], boxes[i])
		}
	}
	return out
}

func (b *bdd) met(wanted []rudd.Node, allowed rudd.Node) []bool {
	var out []bool
	for _, q := range wanted {
		out = append(out, b.empty(b.minus(q, allowed)))
	}
	return out
}

// block adds a rule to the blockers of the requirements that meet what it
// decides.
func (b *bdd) block(blockers [][]int, rule int, wanted []rudd.Node, decides rudd.Node) [][]int {
	for i, q := range wanted {
		if !b.empty(b.And(q, decides)) {
			blockers[i] = append(blockers[i], rule)
		}
	}
	return blockers
}

// decide answers every question about a workload.
func (b *bdd) decide(p *plain) answers {
	boxes := b.policy(p.rules)
	allowed := b.allowed(p.rules, boxes)
	edited := b.allowed(p.edited, b.policy(p.edited))
	var wanted []rudd.Node
	any := b.False()
	for i := range p.wanted {
		q := b.box(&p.wanted[i])
		wanted = append(wanted, q)
		any = b.Or(any, q)
	}

	out := answers{met: b.met(wanted, allowed[0])}
	for _, q := range wanted {
		out.denied = append(out.denied, b.Satcount(b.minus(q, allowed[0])))
	}
	out.differ = new(big.Int).Add(b.Satcount(b.minus(allowed[0], edited[0])), b.Satcount(b.minus(edited[0], allowed[0])))
	out.beyond = b.Satcount(b.minus(allowed[0], any))

	left := b.exists
	out.blockers = make([][]int, len(wanted))
	for i, box := range boxes {
		decides := b.And(left, box)
		if !p.rules[i].Allow {
			out.blockers = b.block(out.blockers, i, wanted, decides)
		}
		out.decided = append(out.decided, b.Satcount(decides))
		if b.empty(decides) {
			out.shadowed = append(out.shadowed, i)
		}
		otherwise := b.minus(decides, allowed[i+1])
		if !p.rules[i].Allow {
			otherwise = b.And(decides, allowed[i+1])
		}
		if b.empty(otherwise) {
			out.redundant = append(out.redundant, i)
		}
		left = b.minus(left, box)
	}
	out.blockers = b.block(out.blockers, -1, wanted, left)

	for _, e := range p.edits {
		policy := slices.Clone(p.rules)
		policy[e.index] = e.rule
		changed := slices.Clone(boxes)
		changed[e.index] = b.box(&e.rule.Box)
		out.after = append(out.after, b.met(wanted, b.allowed(policy, changed)[0]))
	}
	return out
}
