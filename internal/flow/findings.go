package flow

import "slices"

// findings collects what is decided in columns. Equal hits, and equal lists of
// hits, are kept once.
type findings struct {
	words  int // of a set of destination classes
	hits   []hit
	byHash map[uint64][]int32 // hash -> hits
	lists  [][]int32          // by number: its hits; list 0 is empty
	byList map[uint64][]int32 // hash -> lists
}

// hit is the destinations that a rule, or a pair of rules, decides.
type hit struct {
	key   int // names the rule or the pair
	words []word
	dense bitmap // the same, when first needed
}

func newFindings(destinations int) *findings {
	return &findings{
		words: wordsFor(destinations), lists: [][]int32{nil},
		byHash: make(map[uint64][]int32), byList: make(map[uint64][]int32),
	}
}

// add returns the number of a hit and how many words are held for it.
func (x *findings) add(key int, words []word) (number int32, held int) {
	h := spread(hashSeed, uint64(key))
	for _, w := range words {
		h = spread(spread(h, w.bits), uint64(w.at))
	}
	for _, i := range x.byHash[h] {
		if o := &x.hits[i]; o.key == key && slices.Equal(o.words, words) {
			return i, 0
		}
	}
	i := int32(len(x.hits))
	x.hits = append(x.hits, hit{key: key, words: slices.Clone(words)})
	x.byHash[h] = append(x.byHash[h], i)
	return i, 2*len(words) + x.words + 16
}

// list returns the number of a list of hits. The list is copied.
func (x *findings) list(hits []int32) int32 {
	if len(hits) == 0 {
		return 0
	}
	h := hashSeed
	for _, i := range hits {
		h = spread(h, uint64(i))
	}
	for _, i := range x.byList[h] {
		if slices.Equal(x.lists[i], hits) {
			return i
		}
	}
	i := int32(len(x.lists))
	x.lists = append(x.lists, slices.Clone(hits))
	x.byList[h] = append(x.byList[h], i)
	return i
}

// boxes returns by key the boxes of the hits that the tree leads to, as seen
// through w; false if the meter ran out.
func (x *findings) boxes(m *meter, t *tree, sources int, w *window) (map[int][]box, bool) {
	byBranch := make([][]fork, len(t.branches)) // from hits to their sources
	slots := make([]int32, len(x.hits))
	held := 0
	for i, branch := range t.branches {
		f := newForks(sources, &slots)
		for _, s := range branch {
			for _, hit := range x.lists[s.to] {
				f.of(hit).add(s.in)
			}
			if !m.spend(len(x.lists[s.to]) * (len(s.in) + 8)) {
				return nil, false
			}
		}
		f.done()
		byBranch[i] = f.list
		if held += len(f.list) * (wordsFor(sources) + 4); !m.fits(held) {
			return nil, false
		}
	}
	out := make(map[int][]box)
	for _, r := range t.root {
		for _, s := range byBranch[r.to] {
			h := &x.hits[s.to]
			if h.dense == nil {
				h.dense = make(bitmap, x.words)
				for _, d := range h.words {
					h.dense[d.at] = d.bits
				}
			}
			all := box{s.in, h.dense, r.in}
			out[h.key] = append(out[h.key], w.of(&all))
		}
		n := len(byBranch[r.to])
		if held += 9 * n; !m.spend(16*n) || !m.fits(held) {
			return nil, false
		}
	}
	return out, true
}

// keep adds a hit to a list of hits.
func (c *columns) keep(x *findings, list []int32, key int, words []word) []int32 {
	if len(words) == 0 {
		return list
	}
	number, held := x.add(key, words)
	c.held += held
	c.grant -= int64(20 + 2*len(words))
	return append(list, number)
}
