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
	rules  []lifted
	sides  [3]*side // sources, destinations, transport
	sparse func() [][]word
	rest   func() *ruleIndex
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
	rs.sparse, rs.rest = sync.OnceValue(rs.sparseDestinations), sync.OnceValue(rs.newIndex)
	return rs
}

// rows says for every class which rules hold it, as bitmaps over the rules.
func (rs *ruleset) rows() *rows {
	return &rows{rs.sides[0].rowsBy(1), rs.sides[1].rowsBy(1), rs.sides[2].rowsBy(1), wordsFor(len(rs.rules))}
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

// ruleIndex speeds up searches among rules.
type ruleIndex struct {
	meets   [3][]bitmap // by rule: the rules that meet it on that side
	broad   []int32     // all rules, those that hold most classes first
	rank    []int32     // by rule: its place among those
	permits bitmap      // the rules that permit
}

// index is derived by so many workers if it is not there yet.
func (rs *ruleset) index(workers int) *ruleIndex {
	for _, x := range rs.sides {
		x.meetBy(workers)
	}
	return rs.rest()
}

func (rs *ruleset) newIndex() *ruleIndex {
	x := &ruleIndex{broad: broadFirst(rs.rules), rank: make([]int32, len(rs.rules)), permits: newBitmap(len(rs.rules))}
	for place, rule := range x.broad {
		x.rank[rule] = int32(place)
	}
	for i, side := range rs.sides {
		x.meets[i] = side.meetBy(1)
	}
	for i, r := range rs.rules {
		if r.permit && !r.void {
			x.permits.set(i)
		}
	}
	return x
}

// overlapping writes to out the rules that meet a rule that is not void, itself
// included. Boxes meet exactly if they meet on every side.
func (x *ruleIndex) overlapping(rule int, out bitmap) {
	s, d, t := x.meets[0][rule], x.meets[1][rule], x.meets[2][rule]
	for i := range out {
		out[i] = s[i] & d[i] & t[i]
	}
}

// broadBefore appends the members of a set of rules that come before a rule, broad
// ones first.
func (x *ruleIndex) broadBefore(rule int, set bitmap, out []int32) []int32 {
	if 8*set.count() > len(x.broad) {
		for _, i := range x.broad {
			if int(i) < rule && set.has(int(i)) {
				out = append(out, i)
			}
		}
		return out
	}
	set.all(func(i int) bool {
		if i < rule {
			out = append(out, int32(i))
		}
		return i < rule
	})
	slices.SortFunc(out, func(a, b int32) int { return cmp.Compare(x.rank[a], x.rank[b]) })
	return out
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
