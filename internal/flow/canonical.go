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
	slots  []int32      // working memory of forks
	scratch
}

// scratch is working memory to decide one column.
type scratch struct {
	left bitmap // destinations not yet decided
	hits []word
}

func (rs *ruleset) newColumns(m *meter) *columns {
	rows := rs.rows()
	return &columns{
		meter: m, rs: rs, rows: rows, sparse: rs.sparse(),
		lists: newBitmapTable(rows.words), byRow: newBitmapTable(rows.words),
	}
}

// columnWork is the work of finding the list of a column among those seen.
func columnWork(words int) int { return 4*words + 32 }

// listWork is the work of looking at a new list, besides that of its rules.
const listWork = 2400

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
	root := newForks(c.rs.t.n, new([]int32))
	work := columnWork(c.words)
	ok := true
	b.t.all(func(class int) bool {
		row := c.t.row(class)
		number, added := c.byRow.number(row)
		if !added {
			if to := branch[number]; to >= 0 {
				root.add(to, class)
			}
			return true
		}
		forks := newForks(c.rs.s.n, &c.slots)
		b.s.all(func(source int) bool {
			for i, w := range c.s.row(source)[:len(list)] {
				list[i] = w & row[i]
			}
			n, added := c.lists.number(list)
			if added {
				var to int32
				if to, ok = f(list); !ok || !c.spend(listWork) {
					ok = false
					return false
				}
				found = append(found, to)
			}
			if found[n] != 0 {
				forks.add(found[n], source)
			}
			ok = c.spend(work)
			return ok
		})
		forks.done()
		c.held += len(forks.list) * (wordsFor(c.rs.s.n) + 4)
		if ok = ok && c.fits(c.held+len(c.lists.keys)+2*c.lists.len()); !ok {
			return false
		}
		to := t.branch(forks.list, known)
		branch[number] = to
		if to >= 0 {
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
	h := hashSeed
	for _, f := range forks {
		h = spread(spread(h, uint64(f.to)), f.in.hash())
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
	list  []fork
	slots *[]int32 // where to -> place in the list + 1; all zero when done
	n     int      // classes
}

func newForks(classes int, slots *[]int32) *forks { return &forks{slots: slots, n: classes} }

// of returns the classes that lead there, to be added to.
func (f *forks) of(to int32) bitmap {
	slots := *f.slots
	if int(to) >= len(slots) {
		slots = append(slots, make([]int32, int(to)+1)...)
		*f.slots = slots
	}
	if slots[to] == 0 {
		f.list = append(f.list, fork{newBitmap(f.n), to})
		slots[to] = int32(len(f.list))
	}
	return f.list[slots[to]-1].in
}

func (f *forks) add(to int32, class int) { f.of(to).set(class) }

// done gives the slots back.
func (f *forks) done() {
	for _, fork := range f.list {
		(*f.slots)[fork.to] = 0
	}
}

// sorted returns the forks in the order of their least class.
func (f *forks) sorted() []fork {
	f.done()
	slices.SortFunc(f.list, func(a, b fork) int { return a.in.first() - b.in.first() })
	return f.list
}

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
	work := 2 * len(zone)
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
			work += 4 + len(sparse) + 2*len(hits)
			if len(hits) > 0 && !f(rule, hits) || nonzero == 0 {
				return c.spend(work)
			}
		}
	}
	x.hits = appendSparse(x.hits[:0], left)
	f(NoRule, x.hits)
	return c.spend(work)
}
