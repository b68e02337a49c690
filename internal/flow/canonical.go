package flow

import (
	"math/bits"
	"slices"
)

// columns goes through the packets of a query column by column: all
// destinations for one source class and one transport class. What is decided
// there depends only on the list of the rules that hold both classes, so each
// list is looked at once however many columns share it.
type columns struct {
	*meter
	rs *ruleset
	*rows
	sparse [][]word
	lists  *bitmapTable // rule lists seen
	byRow  *bitmapTable // rule lists of transport classes seen
	held   int          // words of what was found
	scratch
}

// scratch is working memory to decide one column.
type scratch struct {
	left bitmap // destinations not yet decided
	hits []word
}

func (rs *ruleset) newColumns(m *meter) *columns {
	x := rs.index()
	return &columns{
		meter: m, rs: rs, rows: x.rows, sparse: x.sparse,
		lists: newBitmapTable(x.words), byRow: newBitmapTable(x.words),
	}
}

// leaf decides a column by its list of rules and returns a number for what it
// found, 0 for nothing; equal findings have equal numbers. It returns false if
// the meter ran out.
type leaf func(list bitmap) (found int32, ok bool)

// tree is what was found for each column: a transport class leads to a branch,
// a source class in a branch to what was found. Columns that lead to 0 are
// left out.
type tree struct {
	root     []fork   // to branches
	branches [][]fork // to what was found
}

// fork is the classes that lead to one place.
type fork struct {
	in bitmap
	to int32
}

// build decides all columns of the source and transport classes of b.
func (c *columns) build(b *box, f leaf) (tree, bool) {
	var t tree
	var found []int32                 // by list
	branch := make(map[int]int32)     // by list of a transport class
	known := make(map[uint64][]int32) // hash of a branch -> branches
	list := make(bitmap, c.words)
	root := newForks(c.rs.t.n)
	ok := true
	b.t.all(func(class int) bool {
		row := c.t[class]
		number, added := c.byRow.number(row)
		if added {
			forks := newForks(c.rs.s.n)
			b.s.all(func(source int) bool {
				for i, w := range c.s[source] {
					list[i] = w & row[i]
				}
				n, added := c.lists.number(list)
				if added {
					var to int32
					if to, ok = f(list); !ok {
						return false
					}
					found = append(found, to)
				}
				if found[n] != 0 {
					forks.add(found[n], source)
				}
				ok = c.spend(len(list) + 1)
				return ok
			})
			c.held += len(forks.list) * (wordsFor(c.rs.s.n) + 4)
			ok = ok && c.fits(c.held+len(c.lists.keys)+2*c.lists.len())
			if !ok {
				return false
			}
			branch[number] = t.branch(forks.list, known)
		}
		if to := branch[number]; to >= 0 {
			root.add(to, class)
		}
		return true
	})
	t.root = root.list
	return t, ok
}

// branch returns the number of a branch with these forks, -1 for none. Forks
// are in the order of their least class, so equal branches are equal lists.
func (t *tree) branch(forks []fork, known map[uint64][]int32) int32 {
	if len(forks) == 0 {
		return -1
	}
	hash := hashForks(forks)
	for _, i := range known[hash] {
		if equalForks(t.branches[i], forks) {
			return i
		}
	}
	i := int32(len(t.branches))
	t.branches = append(t.branches, forks)
	known[hash] = append(known[hash], i)
	return i
}

func hashForks(forks []fork) uint64 {
	h := uint64(len(forks))
	for _, f := range forks {
		h = mix(h^uint64(f.to)*0x9e3779b97f4a7c15) ^ f.in.hash()
	}
	return h
}

func equalForks(a, b []fork) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].to != b[i].to || !a[i].in.equal(b[i].in) {
			return false
		}
	}
	return true
}

// forks collects classes by where they lead.
type forks struct {
	list []fork
	at   map[int32]int
	n    int // classes
}

func newForks(classes int) *forks { return &forks{at: make(map[int32]int), n: classes} }

func (f *forks) of(to int32) bitmap {
	i, ok := f.at[to]
	if !ok {
		i = len(f.list)
		f.at[to] = i
		f.list = append(f.list, fork{newBitmap(f.n), to})
	}
	return f.list[i].in
}

// sorted returns the forks in the order of their least class.
func (f *forks) sorted() []fork {
	slices.SortFunc(f.list, func(a, b fork) int { return a.in.first() - b.in.first() })
	return f.list
}

func (f *forks) add(to int32, class int) { f.of(to).set(class) }

// decide goes through the rules of a list in order and calls f with the
// destinations of zone that each decides, NoRule last, until f returns false.
// Rules that decide none are passed over. The hits are valid during the call.
// It returns false if the meter ran out.
func (c *columns) decide(list, zone bitmap, f func(rule int, hits []word) bool) bool {
	return c.decideWith(&c.scratch, list, zone, f)
}

func (c *columns) decideWith(x *scratch, list, zone bitmap, f func(rule int, hits []word) bool) bool {
	left := append(x.left[:0], zone...)
	nonzero := zone.nonzero()
	x.left = left
	for at, w := range list {
		for ; w != 0; w &= w - 1 {
			rule := at<<6 + bits.TrailingZeros64(w)
			hits := x.hits[:0]
			sparse := c.sparse[rule]
			for _, d := range sparse {
				hit := left[d.at] & d.bits
				if hit == 0 {
					continue
				}
				hits = append(hits, word{d.at, hit})
				if left[d.at] &^= hit; left[d.at] == 0 {
					nonzero--
				}
			}
			x.hits = hits
			if !c.spend(len(sparse)) {
				return false
			}
			if len(hits) > 0 && !f(rule, hits) || nonzero == 0 {
				return true
			}
		}
	}
	x.hits = appendSparse(x.hits[:0], left)
	f(NoRule, x.hits)
	return true
}

// decision is what one rule decides of a column.
type decision struct {
	rule int
	d    bitmap
}

// decisions collects decisions of columns; equal lists have one number.
type decisions struct {
	words  int
	lists  [][]decision // by number; 0 is the empty list
	byHash map[uint64][]int32
}

func newDecisions(words int) *decisions {
	return &decisions{words: words, lists: [][]decision{nil}, byHash: make(map[uint64][]int32)}
}

func (x *decisions) add(list []decision, rule int, hits []word) []decision {
	d := make(bitmap, x.words)
	for _, w := range hits {
		d[w.at] = w.bits
	}
	return append(list, decision{rule, d})
}

func (x *decisions) number(list []decision) int32 {
	if len(list) == 0 {
		return 0
	}
	h := uint64(len(list))
	for _, d := range list {
		h = mix(h^uint64(d.rule)) ^ d.d.hash()
	}
	for _, i := range x.byHash[h] {
		if slices.EqualFunc(x.lists[i], list, func(a, b decision) bool { return a.rule == b.rule && a.d.equal(b.d) }) {
			return i
		}
	}
	i := int32(len(x.lists))
	x.lists = append(x.lists, list)
	x.byHash[h] = append(x.byHash[h], i)
	return i
}

// boxes returns by rule the boxes of the decisions that the tree leads to, as
// seen through w; ok is false if they are too many.
func (x *decisions) boxes(m *meter, t *tree, w *window) (byRule map[int][]box, ok bool) {
	byRule = make(map[int][]box)
	n := 0
	for _, r := range t.root {
		before := n
		for _, s := range t.branches[r.to] {
			for _, d := range x.lists[s.to] {
				all := box{s.in, d.d, r.in}
				byRule[d.rule] = append(byRule[d.rule], w.of(&all))
				n++
			}
		}
		if !m.spend(n-before) || !m.fits(16*n) {
			return nil, false
		}
	}
	return byRule, true
}
