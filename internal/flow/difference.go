package flow

import (
	"cmp"
	"fmt"
	"slices"
)

// Change is a set of packets that two policies decide differently, with the
// rule that decides in each.
type Change struct {
	// From and To are the deciding rules in the first and the second policy,
	// each an index or NoRule.
	From, To int
	// Permit is whether the second policy permits; the first does the opposite.
	Permit bool
	// Region is the packets. Its Rule is To and its Permit is Permit.
	Region Region
}

// Difference returns exactly the packets that one policy permits and the other
// denies, by the pair of deciding rules, ordered by From and then To, without
// empty changes. The error wraps [ErrTooFragmented].
func Difference(from, to *Policy) ([]Change, error) {
	a, b, err := common(from, to)
	if err != nil {
		return nil, fmt.Errorf("comparing policies: %w", err)
	}
	c := &comparison{a: a, b: b, pairs: align(a, b)}
	var found changes
	if c.same() {
		return nil, nil
	}
	err = a.ask(a.headStart(), func(m *meter) bool { return c.sliced(m, &found) },
		func(m *meter) bool { return c.canonical(m, &found) })
	if err != nil {
		return nil, fmt.Errorf("comparing policies: %w", err)
	}
	return found.list(b), nil
}

// common returns both policies in one universe.
func common(a, b *Policy) (*Policy, *Policy, error) {
	if a.u == b.u {
		return a, b, nil
	}
	cubesA, cubesB := a.cubes(), b.cubes()
	if numbers, known := b.u.find(cubesA); known { // b is an edited a
		return a.in(b.u, numbers), b, nil
	}
	u, numbersB, err := a.u.extend(cubesB)
	if err != nil {
		return nil, nil, err
	}
	return a.in(u, a.numbers), b.in(u, numbersB), nil
}

func (p *Policy) cubes() []Cube {
	cubes := make([]Cube, len(p.rules))
	for i, r := range p.rules {
		cubes[i] = r.Match
	}
	return cubes
}

// rulePair is the rules at one place of two aligned lists. A rule that one
// list lacks is -1 there.
type rulePair struct {
	a, b int
	same bool
}

// align pairs the rules of two lists in one universe such that few pairs
// differ. Both lists keep their order.
func align(a, b *Policy) []rulePair {
	equal := func(i, j int) bool {
		return a.numbers[i] == b.numbers[j] && a.rules[i].Permit == b.rules[j].Permit
	}
	n, m := len(a.rules), len(b.rules)
	head := 0
	for head < n && head < m && equal(head, head) {
		head++
	}
	tail := 0
	for tail < n-head && tail < m-head && equal(n-1-tail, m-1-tail) {
		tail++
	}
	var pairs []rulePair
	for i := range head {
		pairs = append(pairs, rulePair{i, i, true})
	}
	pairs = append(pairs, alignMiddle(equal, head, n-tail, head, m-tail)...)
	for i := tail; i > 0; i-- {
		pairs = append(pairs, rulePair{n - i, m - i, true})
	}
	return pairs
}

// alignLimit bounds the table for the best alignment.
const alignLimit = 1 << 21

// alignMiddle aligns a[i:n] with b[j:m]: place by place if that leaves most
// rules alike, else by a longest common subsequence.
func alignMiddle(equal func(i, j int) bool, i, n, j, m int) []rulePair {
	var pairs []rulePair
	if n-i == m-j {
		alike := 0
		for k := range n - i {
			pairs = append(pairs, rulePair{i + k, j + k, equal(i+k, j+k)})
			if pairs[k].same {
				alike++
			}
		}
		if 2*alike >= n-i || (n-i)*(m-j) > alignLimit {
			return pairs
		}
		pairs = nil
	}
	if (n-i)*(m-j) > alignLimit {
		for ; i < n || j < m; i, j = i+1, j+1 {
			pairs = append(pairs, rulePair{orNone(i, n), orNone(j, m), i < n && j < m && equal(i, j)})
		}
		return pairs
	}
	width := m - j + 1
	length := make([]int32, (n-i+1)*width) // of the best alignment from (x, y) on
	at := func(x, y int) *int32 { return &length[(x-i)*width+y-j] }
	for x := n - 1; x >= i; x-- {
		for y := m - 1; y >= j; y-- {
			if *at(x, y) = max(*at(x+1, y), *at(x, y+1)); equal(x, y) {
				*at(x, y) = *at(x+1, y+1) + 1
			}
		}
	}
	for i < n || j < m {
		switch {
		case i < n && j < m && equal(i, j):
			pairs = append(pairs, rulePair{i, j, true})
			i, j = i+1, j+1
		case j == m || i < n && *at(i+1, j) >= *at(i, j+1):
			pairs = append(pairs, rulePair{i, -1, false})
			i++
		default:
			pairs = append(pairs, rulePair{-1, j, false})
			j++
		}
	}
	return pairs
}

func orNone(i, n int) int {
	if i < n {
		return i
	}
	return -1
}

// comparison is a question about the difference of two policies.
type comparison struct {
	a, b  *Policy
	pairs []rulePair
}

func (c *comparison) same() bool {
	return !slices.ContainsFunc(c.pairs, func(p rulePair) bool { return !p.same })
}

// changes is what two policies decide differently, by the pair of rules.
type changes map[[2]int][]regionPart

func (x changes) list(to *Policy) []Change {
	var out []Change
	for pair, parts := range x {
		permit := pair[1] != NoRule && to.rules[pair[1]].Permit
		out = append(out, Change{pair[0], pair[1], permit, Region{Rule: pair[1], Permit: permit, parts: parts}})
	}
	slices.SortFunc(out, func(a, b Change) int {
		return cmp.Or(ruleOrder(a.From, b.From), ruleOrder(a.To, b.To))
	})
	return out
}

// differing returns the boxes of the rules that are not in both lists.
func (c *comparison) differing(family int) []box {
	var out []box
	for _, pair := range c.pairs {
		if pair.same {
			continue
		}
		for _, r := range []lifted{c.a.sets[family].rule(pair.a), c.b.sets[family].rule(pair.b)} {
			if !r.void {
				out = append(out, r.box)
			}
		}
	}
	return out
}

// canonical decides the columns that a differing rule holds by both lists.
func (c *comparison) canonical(m *meter, out *changes) bool {
	own := changes{}
	for f, rs := range c.a.sets {
		zone := box{newBitmap(rs.s.n), newBitmap(rs.d.n), newBitmap(rs.t.n)}
		for _, b := range c.differing(f) {
			zone.s.add(b.s)
			zone.d.add(b.d)
			zone.t.add(b.t)
		}
		if zone.isEmpty() {
			continue
		}
		x := newColumnComparison(m, rs, c.b.sets[f].rules, zone.d)
		tree, ok := x.build(&zone, x.column)
		if !ok {
			return false
		}
		w := zone.window()
		boxes, ok := x.found.boxes(m, &tree, rs.s.n, &w)
		if !ok {
			return false
		}
		for pair, list := range boxes {
			rules := x.rulesOf(pair)
			own[rules] = append(own[rules], regionPart{rs.plane, w, list})
		}
	}
	*out = own
	return true
}

// columnComparison decides columns by two lists of rules, which are joined to
// one: the first list, void rules up to a word boundary, the second list.
type columnComparison struct {
	*columns
	zone   bitmap
	second int // index of the first rule of the second list
	total  int
	found  *findings
	all    []int32
	inner  scratch
	listA  bitmap
	listB  bitmap
}

func newColumnComparison(m *meter, rs *ruleset, others []lifted, zone bitmap) *columnComparison {
	rules := slices.Clone(rs.rules)
	for len(rules)&63 != 0 {
		rules = append(rules, lifted{void: true})
	}
	second := len(rules)
	rules = append(rules, others...)
	x := &columnComparison{
		columns: rulesetOf(rs.plane, rules).newColumns(m),
		zone:    zone, second: second, total: len(rules) + 1, found: newFindings(rs.d.n),
	}
	x.listA, x.listB = make(bitmap, x.words), make(bitmap, x.words)
	return x
}

// pairOf and rulesOf turn two deciding rules into one number and back.
func (x *columnComparison) pairOf(a, b int) int { return (a+1)*x.total + b + 1 }

func (x *columnComparison) rulesOf(pair int) [2]int {
	a, b := pair/x.total-1, pair%x.total-1
	if b != NoRule {
		b -= x.second
	}
	return [2]int{a, b}
}

func (x *columnComparison) permits(rule int) bool { return rule != NoRule && x.rs.rules[rule].permit }

func (x *columnComparison) column(list bitmap) (int32, bool) {
	clear(x.listA)
	clear(x.listB)
	copy(x.listA, list[:x.second>>6])
	copy(x.listB[x.second>>6:], list[x.second>>6:])
	x.all = x.all[:0]
	enough := true
	part := make(bitmap, len(x.zone))
	ok := x.decide(x.listA, x.zone, func(a int, hits []word) bool {
		clear(part)
		for _, h := range hits {
			part[h.at] = h.bits
		}
		enough = x.decideWith(&x.inner, x.listB, part, func(b int, hits []word) bool {
			if len(hits) > 0 && x.permits(a) != x.permits(b) {
				x.all = x.keep(x.found, x.all, x.pairOf(a, b), hits)
			}
			return true
		})
		return enough
	})
	return x.found.list(x.all), ok && enough
}
