package flow

import (
	"cmp"
	"slices"
	"sync"
)

// plane is the packets of one family in classes: the product of a source axis,
// a destination axis and the transport field.
type plane struct {
	family int // index of the family
	s, d   *axis
	t      *transport
}

// box is a product of sets of classes.
type box struct{ s, d, t bitmap }

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

// rows says for every class which rules hold it, as bitmaps over the rules.
type rows struct {
	s, d, t []bitmap
	words   int
}

// ruleset is a list of rules in one plane. What is costly to derive from the
// rules is derived when first needed.
type ruleset struct {
	*plane
	rules []lifted
	sides [3]*side // sources, destinations, transport
	rest  func() *ruleIndex
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
	rs := &ruleset{plane: p, rules: rules, sides: [3]*side{
		{n: p.s.n, rules: rules, of: func(r *lifted) bitmap { return r.s }},
		{n: p.d.n, rules: rules, of: func(r *lifted) bitmap { return r.d }},
		{n: p.t.n, rules: rules, of: func(r *lifted) bitmap { return r.t }},
	}}
	rs.rest = sync.OnceValue(rs.newIndex)
	return rs
}

// rows says for every class which rules hold it, as bitmaps over the rules.
func (rs *ruleset) rows() *rows {
	return &rows{rs.sides[0].rowsBy(1), rs.sides[1].rowsBy(1), rs.sides[2].rowsBy(1), wordsFor(len(rs.rules))}
}

// index is derived by so many workers if it is not there yet.
func (rs *ruleset) index(workers int) *ruleIndex {
	for _, x := range rs.sides {
		x.meetBy(workers)
	}
	return rs.rest()
}

// ruleIndex speeds up questions about rules.
type ruleIndex struct {
	*rows
	meetS, meetD, meetT map[*uint64]bitmap // bitmap of a rule's side -> the rules that meet it there
	broad               []int32            // all rules, those that hold most classes first
	permits             bitmap             // the rules that permit
	sparse              [][]word           // by rule: the words of its destinations that are not zero
}

// word is one word of a bitmap.
type word struct {
	at   int32
	bits uint64
}

func (rs *ruleset) newIndex() *ruleIndex {
	x := &ruleIndex{rows: rs.rows(), meetS: rs.sides[0].meetBy(1), meetD: rs.sides[1].meetBy(1), meetT: rs.sides[2].meetBy(1)}
	x.broad = broadFirst(rs.rules)
	x.permits = newBitmap(len(rs.rules))
	x.sparse = make([][]word, len(rs.rules))
	known := make(map[*uint64][]word)
	for i := range rs.rules {
		if r := &rs.rules[i]; !r.void {
			if r.permit {
				x.permits.set(i)
			}
			words, ok := known[&r.d[0]]
			if !ok {
				words = sparseWords(r.d)
				known[&r.d[0]] = words
			}
			x.sparse[i] = words
		}
	}
	return x
}

func sparseWords(b bitmap) []word { return appendSparse(nil, b) }

func appendSparse(out []word, b bitmap) []word {
	for i, w := range b {
		if w != 0 {
			out = append(out, word{int32(i), w})
		}
	}
	return out
}

// overlapping writes to out the rules that meet rule i, itself included. Boxes
// meet exactly if they meet on every side.
func (x *ruleIndex) overlapping(r *lifted, out bitmap) {
	s, d, t := x.meetS[&r.s[0]], x.meetD[&r.d[0]], x.meetT[&r.t[0]]
	for i := range out {
		out[i] = s[i] & d[i] & t[i]
	}
}

// broadFirst orders rules by the number of class products that they hold.
func broadFirst(rules []lifted) []int32 {
	size := make([]float64, len(rules))
	order := make([]int32, len(rules))
	for i := range rules {
		order[i] = int32(i)
		if r := &rules[i]; !r.void {
			size[i] = float64(r.s.count()) * float64(r.d.count()) * float64(r.t.count())
		}
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(size[b], size[a]) })
	return order
}
