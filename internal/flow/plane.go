package flow

import (
	"sync"
	"sync/atomic"
)

// plane is the packets of one family in classes: the product of a source axis,
// a destination axis and the transport field.
type plane struct {
	family int // index of the family
	s, d   *axis
	t      *transport
}

// measure weighs the classes of a plane of IPv4. Whoever comes while another weighs
// one axis weighs the other.
func (p *plane) measure() {
	if p.s.asked.Swap(true) {
		p.d.sizes()
	}
}

// box is a product of sets of classes.
type box struct{ s, d, t bitmap }

// side returns the sources, the destinations or the transport of the box.
func (b *box) side(i int) bitmap {
	switch i {
	case 0:
		return b.s
	case 1:
		return b.d
	}
	return b.t
}

func (b *box) meets(c *box) bool { return b.t.meets(c.t) && b.s.meets(c.s) && b.d.meets(c.d) }

func (b *box) isEmpty() bool { return b.t.isEmpty() || b.s.isEmpty() || b.d.isEmpty() }

// window is the words in which a box has members. Boxes inside a box are
// handled as seen through its window: only these words of each bitmap.
type window struct{ s0, s1, d0, d1, t0, t1 int }

func (b *box) window() window {
	var w window
	w.s0, w.s1 = b.s.window()
	w.d0, w.d1 = b.d.window()
	w.t0, w.t1 = b.t.window()
	return w
}

// wholeWindow shows all words.
func (p *plane) wholeWindow() window {
	return window{0, wordsFor(p.s.n), 0, wordsFor(p.d.n), 0, wordsFor(p.t.n)}
}

func (w *window) of(b *box) box { return box{b.s[w.s0:w.s1], b.d[w.d0:w.d1], b.t[w.t0:w.t1]} }

// classes returns the number of classes by side.
func (p *plane) classes() [3]int { return [...]int{p.s.n, p.d.n, p.t.n} }

// lifted is a rule in the classes of a plane.
type lifted struct {
	box
	permit bool
	void   bool // the rule matches no packet of the plane
}

// lift returns the box of a cube whose sets have these numbers.
func (p *plane) lift(n cubeNumbers) box {
	return box{p.s.of[n.source], p.d.of[n.destination], p.t.of[n.service]}
}

// voids says of which numbers the bitmap is empty.
func (p *plane) voids() (void struct{ s, d, t []bool }) {
	empty := func(list []bitmap) []bool {
		out := make([]bool, len(list))
		for i, b := range list {
			out[i] = b.isEmpty()
		}
		return out
	}
	void.s, void.d, void.t = empty(p.s.of), empty(p.d.of), empty(p.t.of)
	return void
}

// ruleset is a list of rules in one plane. What is costly to derive from the
// rules is derived when first needed.
type ruleset struct {
	*plane
	rules      []lifted
	sparse     func() [][]word
	breadth    func() *breadth
	transports func() *table // the rows of the transport field, which are few
	asked      atomic.Int32  // for rules on a transport

	transposed, indexed sync.Once
	theRows             atomic.Pointer[rows]
	theIndex            atomic.Pointer[ruleIndex]
}

// newRuleset lifts the rules, whose cubes have these numbers.
func newRuleset(p *plane, rules []Rule, numbers []cubeNumbers) *ruleset {
	if p.s.n == 1 || p.d.n == 1 || p.t.n == 1 {
		return rulesetOf(p, nil) // no rule matches any packet
	}
	list := make([]lifted, len(rules))
	void := p.voids()
	for i, r := range rules {
		n := numbers[i]
		list[i] = lifted{p.lift(n), r.Permit, void.s[n.source] || void.d[n.destination] || void.t[n.service]}
	}
	return rulesetOf(p, list)
}

// rule returns rule i, or a void rule if the list has none of that number: one
// of another policy, or of a family in which no rule matches.
func (rs *ruleset) rule(i int) lifted {
	if i < 0 || i >= len(rs.rules) {
		return lifted{void: true}
	}
	return rs.rules[i]
}

func rulesetOf(p *plane, rules []lifted) *ruleset {
	rs := &ruleset{plane: p, rules: rules}
	rs.sparse, rs.breadth = sync.OnceValue(rs.sparseDestinations), sync.OnceValue(rs.newBreadth)
	rs.transports = sync.OnceValue(func() *table {
		t := newRowTable(p.t.n, len(rules))
		t.fill(rules, 2, 0)
		return &t
	})
	return rs
}

// onTransport returns the rules, void ones left out, that meet a set of classes of the
// transport field.
func (rs *ruleset) onTransport(t bitmap) bitmap {
	rules := newBitmap(len(rs.rules))
	if rs.asked.Add(1) > questionsWithoutRows {
		rs.transports().meet(t, rules)
		return rules
	}
	for i := range rs.rules {
		if r := &rs.rules[i]; !r.void && r.t.meets(t) {
			rules.set(i)
		}
	}
	return rules
}

// questionsWithoutRows is how many questions take less than the rows of the transport
// field do.
const questionsWithoutRows = 4

// rows says for every class which rules hold it. It is derived if it is not there yet.
func (rs *ruleset) rows() *rows {
	rs.transposed.Do(func() { rs.theRows.Store(newRows(rs.plane, rs.rules)) })
	return rs.theRows.Load()
}

// word is one word of a bitmap.
type word struct {
	at   int32
	bits uint64
}

// sparseDestinations returns by rule the words of its destinations that are not
// zero.
func (rs *ruleset) sparseDestinations() [][]word {
	out := make([][]word, len(rs.rules))
	known := make(map[*uint64][]word)
	for i := range rs.rules {
		if r := &rs.rules[i]; !r.void {
			words, ok := known[&r.d[0]]
			if !ok {
				words = appendSparse(nil, r.d)
				known[&r.d[0]] = words
			}
			out[i] = words
		}
	}
	return out
}

func appendSparse(out []word, b bitmap) []word {
	for i, w := range b {
		if w != 0 {
			out = append(out, word{int32(i), w})
		}
	}
	return out
}
