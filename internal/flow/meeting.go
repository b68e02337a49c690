package flow

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// meeting returns by side and box the rules that meet the box there. A box can be
// nil. The work is shared among so many workers.
func (rs *ruleset) meeting(boxes []*box, workers int) (meets [3][]bitmap) {
	x := &meetingSearch{rules: rs.rules, rows: rs.theRows.Load(), all: newBitmap(len(rs.rules))}
	for i := range rs.rules {
		if !rs.rules[i].void {
			x.all.set(i)
		}
	}
	var numbers [3][]int32 // of the boxes' sets, from 1 on
	known := make(map[*uint64]int32)
	for side, classes := range rs.classes() {
		numbers[side] = x.add(side, boxes, known)
		for from := 0; from < wordsFor(classes) && len(x.sets[side]) > 0; from += partWords {
			x.parts = append(x.parts, meetingPart{side, from, min(from+partWords, wordsFor(classes))})
		}
	}
	met := x.run(workers)
	for side := range meets {
		meets[side] = make([]bitmap, len(boxes))
		for i, number := range numbers[side] {
			if number > 0 {
				meets[side][i] = met[side][number-1]
			}
		}
	}
	return meets
}

// meetingSearch finds the rules that meet sets of classes.
type meetingSearch struct {
	rules []lifted
	rows  *rows       // nil if they were not derived
	all   bitmap      // the rules that are not void
	sets  [3][]bitmap // by side
	parts []meetingPart
	next  atomic.Int64 // among the parts
}

// meetingPart is some classes of a side, in words.
type meetingPart struct{ side, from, to int }

// partWords is how many words of classes are gone through at a time: the rows of so
// many fit into the nearest memory.
const partWords = 2

// add adds the sets of the boxes and returns their numbers, from 1 on. Equal sets
// have one bitmap.
func (x *meetingSearch) add(side int, boxes []*box, known map[*uint64]int32) []int32 {
	numbers := make([]int32, len(boxes))
	clear(known)
	for i, b := range boxes {
		if b == nil {
			continue
		}
		set := b.side(side)
		n := known[&set[0]]
		if n == 0 {
			x.sets[side] = append(x.sets[side], set)
			n = int32(len(x.sets[side]))
			known[&set[0]] = n
		}
		numbers[i] = n
	}
	return numbers
}

// run returns by side and set the rules that hold one of its classes.
func (x *meetingSearch) run(workers int) [3][]bitmap {
	met := make([][3][]bitmap, workers)
	var wg sync.WaitGroup
	for i := 1; i < workers; i++ {
		wg.Go(func() { met[i] = x.work() })
	}
	met[0] = x.work()
	wg.Wait()
	for _, more := range met[1:] {
		for side, list := range more {
			for k, rules := range list {
				met[0][side][k].add(rules)
			}
		}
	}
	return met[0]
}

// work goes through parts until none is left.
func (x *meetingSearch) work() (met [3][]bitmap) {
	var complete [3][]bool
	for side, sets := range x.sets {
		met[side], complete[side] = newBitmaps(len(sets), len(x.rules)), make([]bool, len(sets))
	}
	var own table
	for i := x.next.Add(1) - 1; i < int64(len(x.parts)); i = x.next.Add(1) - 1 {
		p := x.parts[i]
		rows := x.rowsOf(p, &own)
		for k, set := range x.sets[p.side] {
			if complete[p.side][k] {
				continue
			}
			rules := met[p.side][k]
			complete[p.side][k] = rows.meet(set[p.from:p.to], rules) && rules.equal(x.all)
		}
	}
	return met
}

// rowsOf returns the rows of some classes. If they were not derived, they are for the
// moment, in a worker's own memory.
func (x *meetingSearch) rowsOf(p meetingPart, own *table) table {
	if x.rows != nil {
		return table{x.rows.side(p.side).byWord[p.from:p.to], x.rows.words}
	}
	if own.byWord == nil {
		*own = newRowTable(partWords<<6, len(x.rules))
	}
	t := table{own.byWord[:p.to-p.from], own.words}
	for _, rows := range t.byWord {
		clear(rows)
	}
	t.fill(x.rules, p.side, p.from)
	return t
}

// meet adds the rules that hold one of the classes of a set, and reports whether it
// has any. Table and set begin with the same class.
func (x *table) meet(set, rules bitmap) bool {
	any := false
	for at, w := range set {
		rows := x.byWord[at]
		for ; w != 0; w &= w - 1 {
			any = true
			first := bits.TrailingZeros64(w) * x.words
			rules.add(rows[first : first+x.words])
		}
	}
	return any
}
