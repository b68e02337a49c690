package flow

import (
	"math/bits"
	"sync"
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
	met   [3][]bitmap // by side and set: the rules found
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

// run returns by side and set the rules that hold one of its classes. Each worker looks
// for some of the rules, so that they share nothing.
func (x *meetingSearch) run(workers int) [3][]bitmap {
	for side, sets := range x.sets {
		x.met[side] = newBitmaps(len(sets), len(x.rules))
	}
	words := wordsFor(len(x.rules))
	var wg sync.WaitGroup
	for i := 1; i < workers; i++ {
		wg.Go(func() { x.work(i*words/workers, (i+1)*words/workers) })
	}
	x.work(0, words/workers)
	wg.Wait()
	return x.met
}

// work looks for the rules of some words.
func (x *meetingSearch) work(from, to int) {
	if from == to {
		return
	}
	all := x.all[from:to]
	var complete [3][]bool
	for side, sets := range x.sets {
		complete[side] = make([]bool, len(sets))
	}
	var own table
	for _, p := range x.parts {
		rows, first := x.rowsOf(p, from, to, &own)
		for k, set := range x.sets[p.side] {
			if complete[p.side][k] {
				continue
			}
			rules := x.met[p.side][k][from:to]
			complete[p.side][k] = rows.meet(set[p.from:p.to], rules, first) && rules.equal(all)
		}
	}
}

// rowsOf returns the rows of some classes, and where in them the rules of some words
// begin. If they were not derived, they are for the moment, in a worker's own memory.
func (x *meetingSearch) rowsOf(p meetingPart, from, to int, own *table) (rows table, first int) {
	if x.rows != nil {
		return table{x.rows.side(p.side).byWord[p.from:p.to], x.rows.words}, from
	}
	if own.byWord == nil {
		*own = newRowTable(partWords<<6, (to-from)<<6)
	}
	t := table{own.byWord[:p.to-p.from], own.words}
	for _, rows := range t.byWord {
		clear(rows)
	}
	t.fill(x.rules[from<<6:min(to<<6, len(x.rules))], p.side, p.from)
	return t, 0
}

// meet adds the rules that hold one of the classes of a set, and reports whether it
// has any. Table and set begin with the same class, the rules with a word of the rows.
func (x *table) meet(set, rules bitmap, from int) bool {
	any := false
	for at, w := range set {
		rows := x.byWord[at]
		for ; w != 0; w &= w - 1 {
			any = true
			first := bits.TrailingZeros64(w)*x.words + from
			rules.add(rows[first : first+len(rules)])
		}
	}
	return any
}
