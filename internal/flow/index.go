package flow

import (
	"cmp"
	"slices"
	"sync"
)

// ruleIndex speeds up searches among rules.
type ruleIndex struct {
	*breadth
	meets [3][]bitmap // by side and rule: the rules that meet it there
}

// breadth is the rules by how much they hold.
type breadth struct {
	broad   []int32 // all rules, those that hold most classes first
	rank    []int32 // by rule: its place among those
	permits bitmap  // the rules that permit
}

// index is derived by so many workers if it is not there yet.
func (rs *ruleset) index(workers int) *ruleIndex {
	index, _ := rs.indexAnd(nil, workers)
	return index
}

// indexAnd returns the index, and for each box, none of them empty, the rules that meet
// it: what is not there yet is found together.
func (rs *ruleset) indexAnd(boxes []box, workers int) (index *ruleIndex, meet []bitmap) {
	found := false
	rs.indexed.Do(func() {
		var beside sync.WaitGroup
		if workers > 1 {
			beside.Go(func() { rs.breadth() })
		}
		all := make([]*box, len(rs.rules), len(rs.rules)+len(boxes))
		for i := range rs.rules {
			if r := &rs.rules[i]; !r.void {
				all[i] = &r.box
			}
		}
		meets := rs.meeting(appendPointers(all, boxes), workers)
		beside.Wait()
		meet, found = rs.onEverySide(meets, len(all)), true
		for side := range meets {
			meets[side] = meets[side][:len(all):len(all)]
		}
		rs.theIndex.Store(&ruleIndex{rs.breadth(), meets})
	})
	if !found {
		meet = rs.meetingAll(boxes, workers)
	}
	return rs.theIndex.Load(), meet
}

func appendPointers(list []*box, boxes []box) []*box {
	for i := range boxes {
		list = append(list, &boxes[i])
	}
	return list
}

func (rs *ruleset) newBreadth() *breadth {
	n := len(rs.rules)
	x := &breadth{broad: broadFirst(rs.rules), rank: make([]int32, n), permits: newBitmap(n)}
	for place, rule := range x.broad {
		x.rank[rule] = int32(place)
	}
	for i, r := range rs.rules {
		if r.permit && !r.void {
			x.permits.set(i)
		}
	}
	return x
}

// meetingSome returns for each of some rules that are not void the rules that meet it.
// It does not derive an index for it, but takes it if it is there.
func (rs *ruleset) meetingSome(some []int32) []bitmap {
	if index := rs.theIndex.Load(); index != nil {
		out := newBitmaps(len(some), len(rs.rules))
		for k, i := range some {
			index.overlapping(int(i), out[k])
		}
		return out
	}
	boxes := make([]box, len(some))
	for k, i := range some {
		boxes[k] = rs.rules[i].box
	}
	return rs.meetingAll(boxes, 1)
}

// meetingAll returns for each box, none of them empty, the rules that meet it.
func (rs *ruleset) meetingAll(boxes []box, workers int) []bitmap {
	if len(boxes) == 0 {
		return nil
	}
	return rs.onEverySide(rs.meeting(appendPointers(nil, boxes), workers), 0)
}

// onEverySide returns for each box from the first on, of which the rules that meet it on
// one side are given, those that meet it: boxes meet exactly if they meet on every side.
func (rs *ruleset) onEverySide(meets [3][]bitmap, first int) []bitmap {
	out := newBitmaps(len(meets[0])-first, len(rs.rules))
	for i, b := range out {
		s, d, t := meets[0][first+i], meets[1][first+i], meets[2][first+i]
		for k := range b {
			b[k] = s[k] & d[k] & t[k]
		}
	}
	return out
}

// overlapping writes to out the rules that meet a rule that is not void, itself
// included.
func (x *ruleIndex) overlapping(rule int, out bitmap) {
	s, d, t := x.meets[0][rule], x.meets[1][rule], x.meets[2][rule]
	for i := range out {
		out[i] = s[i] & d[i] & t[i]
	}
}

// broadBefore appends the members of a set of rules that come before a rule, broad
// ones first.
func (x *breadth) broadBefore(rule int, set bitmap, out []int32) []int32 {
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
	type sized struct {
		size float64
		rule int32
	}
	list := make([]sized, len(rules))
	for i := range rules {
		list[i].rule = int32(i)
		if r := &rules[i]; !r.void {
			list[i].size = float64(r.s.count()) * float64(r.d.count()) * float64(r.t.count())
		}
	}
	slices.SortFunc(list, func(a, b sized) int {
		switch {
		case a.size > b.size:
			return -1
		case a.size < b.size:
			return 1
		}
		return int(a.rule) - int(b.rule)
	})
	order := make([]int32, len(rules))
	for i, x := range list {
		order[i] = x.rule
	}
	return order
}
