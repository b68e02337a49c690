package repair

import (
	"math/bits"
	"slices"
)

// grid is the question how few rules are enough: which products of sources,
// destinations and ports, each within what may be allowed, cover what must be.
// At most 64 of each can be told apart.
type grid struct {
	// sources and destinations: a tag stands in a rule alone.
	sourceTags, destinationTags uint64
	sources, destinations       int
	ports                       int
	// may tells by source and port which destinations may be allowed.
	may [][]uint64
	// must are the cells to cover, each with what covers it: a wider source or
	// destination does too.
	must []cell
}

// cell is a product of one source, one destination and one atom of ports, given
// by the sources and destinations that hold it.
type cell struct {
	sources, destinations uint64
	port                  int
}

// box is a product of sources, destinations and ports.
type box struct{ sources, destinations, ports uint64 }

// covers reports whether a box holds a cell.
func (b box) covers(c cell) bool {
	return b.sources&c.sources != 0 && b.destinations&c.destinations != 0 && b.ports&(1<<c.port) != 0
}

// coverer covers a grid with few boxes; proved says that no fewer are enough.
type coverer interface {
	cover(g *grid) (boxes []box, proved bool)
}

// Limits of the exact search: beyond them the answer is not proved.
const (
	mostAxes  = 16      // sources and atoms of ports together
	mostBoxes = 4096    // maximal boxes
	mostNodes = 200_000 // partial covers looked at
)

// exact covers with the fewest boxes: those that cannot be widened are enough,
// and of them every choice is tried that can be better than the best so far.
type exact struct{}

func (exact) cover(g *grid) ([]box, bool) {
	if len(g.must) == 0 {
		return nil, true
	}
	boxes, ok := g.maximal()
	if !ok {
		return nil, false
	}
	s := &search{words: (len(g.must) + 63) / 64}
	for _, b := range boxes {
		s.add(g, b)
	}
	s.dropDominated()
	best, ok := s.greedy(len(g.must))
	if !ok {
		return nil, false
	}
	s.best = best
	s.try(s.all(len(g.must)), nil)
	var list []box
	for _, i := range s.best {
		list = append(list, s.boxes[i])
	}
	return list, s.nodes < mostNodes
}

// maximal lists the boxes within what may be allowed that hold all destinations
// their sources and ports leave them; ok is false where there are too many.
func (g *grid) maximal() (list []box, ok bool) {
	if g.sources+g.ports > mostAxes {
		return nil, false
	}
	everyPort := uint64(1)<<g.ports - 1
	for sources := uint64(1); sources < 1<<g.sources; sources++ {
		if sources&g.sourceTags != 0 && bits.OnesCount64(sources) > 1 {
			continue
		}
		for ports := uint64(1); ports <= everyPort; ports++ {
			destinations := uint64(1)<<g.destinations - 1
			for s := range ones(sources) {
				for p := range ones(ports) {
					destinations &= g.may[s][p]
				}
			}
			for _, b := range g.boxes(sources, destinations, ports) {
				if !g.widens(b) {
					list = append(list, b)
				}
			}
			if len(list) > mostBoxes {
				return nil, false
			}
		}
	}
	return list, true
}

// boxes are those of some sources and ports: one with all destinations that can
// stand together, and one for each tag.
func (g *grid) boxes(sources, destinations, ports uint64) (list []box) {
	if plain := destinations &^ g.destinationTags; plain != 0 {
		list = append(list, box{sources, plain, ports})
	}
	for d := range ones(destinations & g.destinationTags) {
		list = append(list, box{sources, 1 << d, ports})
	}
	return list
}

// widens reports whether a box could have another port or source.
func (g *grid) widens(b box) bool {
	for p := range g.ports {
		if b.ports&(1<<p) == 0 && g.holds(b.sources, b.destinations, 1<<p) {
			return true
		}
	}
	if b.sources&g.sourceTags != 0 {
		return false
	}
	for s := range g.sources {
		if (b.sources|g.sourceTags)&(1<<s) == 0 && g.holds(1<<s, b.destinations, b.ports) {
			return true
		}
	}
	return false
}

// holds reports whether all of a box may be allowed.
func (g *grid) holds(sources, destinations, ports uint64) bool {
	for s := range ones(sources) {
		for p := range ones(ports) {
			if destinations&^g.may[s][p] != 0 {
				return false
			}
		}
	}
	return true
}

// ones are the places of the bits that are set.
func ones(mask uint64) func(func(int) bool) {
	return func(yield func(int) bool) {
		for ; mask != 0; mask &= mask - 1 {
			if !yield(bits.TrailingZeros64(mask)) {
				return
			}
		}
	}
}

// set is a set of cells.
type set []uint64

func (s set) minus(o set) set {
	out := slices.Clone(s)
	for i := range out {
		out[i] &^= o[i]
	}
	return out
}

func (s set) within(o set) bool {
	for i := range s {
		if s[i]&^o[i] != 0 {
			return false
		}
	}
	return true
}

func (s set) count() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

func (s set) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }

// search is a branch-and-bound search for the fewest boxes.
type search struct {
	words int
	boxes []box
	holds []set
	best  []int
	nodes int
}

func (s *search) add(g *grid, b box) {
	holds := make(set, s.words)
	for i, c := range g.must {
		if b.covers(c) {
			holds[i/64] |= 1 << (i % 64)
		}
	}
	if holds.count() > 0 {
		s.boxes, s.holds = append(s.boxes, b), append(s.holds, holds)
	}
}

// dropDominated leaves out boxes that hold no more than another; of equals the
// first narrowest stays.
func (s *search) dropDominated() {
	order := make([]int, len(s.boxes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if d := s.holds[b].count() - s.holds[a].count(); d != 0 {
			return d
		}
		return s.boxes[a].size() - s.boxes[b].size()
	})
	var boxes []box
	var holds []set
	for _, i := range order {
		if !slices.ContainsFunc(holds, s.holds[i].within) {
			boxes, holds = append(boxes, s.boxes[i]), append(holds, s.holds[i])
		}
	}
	s.boxes, s.holds = boxes, holds
}

func (b box) size() int {
	return bits.OnesCount64(b.sources) + bits.OnesCount64(b.destinations) + bits.OnesCount64(b.ports)
}

func (s *search) all(cells int) set {
	all := make(set, s.words)
	for i := range cells {
		all[i/64] |= 1 << (i % 64)
	}
	return all
}

// greedy takes the box that holds most of what is left; false where the boxes do
// not hold all.
func (s *search) greedy(cells int) (taken []int, ok bool) {
	left := s.all(cells)
	for left.count() > 0 {
		best, most := -1, 0
		for i, h := range s.holds {
			if n := left.count() - left.minus(h).count(); n > most {
				best, most = i, n
			}
		}
		if best < 0 {
			return nil, false
		}
		taken, left = append(taken, best), left.minus(s.holds[best])
	}
	return taken, true
}

// try extends a partial cover by every box that holds the cell which fewest
// boxes hold.
func (s *search) try(left set, taken []int) {
	if s.nodes++; s.nodes >= mostNodes {
		return
	}
	if left.count() == 0 {
		s.best = slices.Clone(taken)
		return
	}
	if len(taken)+s.atLeast(left) >= len(s.best) {
		return
	}
	for _, i := range s.holding(s.hardest(left)) {
		s.try(left.minus(s.holds[i]), append(taken, i))
	}
}

// atLeast bounds from below how many boxes what is left takes: cells of which no
// box holds two.
func (s *search) atLeast(left set) int {
	n := 0
	for left.count() > 0 {
		c := s.hardest(left)
		n++
		for _, i := range s.holding(c) {
			left = left.minus(s.holds[i])
		}
	}
	return n
}

func (s *search) hardest(left set) int {
	cell, fewest := -1, len(s.boxes)+1
	for i := range s.words * 64 {
		if left.has(i) {
			if n := len(s.holding(i)); n < fewest {
				cell, fewest = i, n
			}
		}
	}
	return cell
}

func (s *search) holding(cell int) []int {
	var list []int
	for i, h := range s.holds {
		if h.has(cell) {
			list = append(list, i)
		}
	}
	return list
}
