package flow

import (
	"math/bits"
	"sync"
)

// side is what is derived from the rules' bitmaps on one side: sources,
// destinations or transport. It is derived when first needed, by as many workers
// as who needs it has.
type side struct {
	n     int // classes
	rules []lifted
	of    func(*lifted) bitmap

	transposed, met sync.Once
	rows, meets     []bitmap
}

// rowsBy returns for each class the rules whose bitmap holds it.
func (x *side) rowsBy(workers int) []bitmap {
	x.transposed.Do(func() {
		words := wordsFor(x.n)
		rows := newBitmaps(words<<6, len(x.rules))
		inParts(workers, words, func(from, to int) { x.transpose(rows, from, to) })
		x.rows = rows[:x.n]
	})
	return x.rows
}

// transpose fills the rows of the classes in words from to to.
func (x *side) transpose(rows []bitmap, from, to int) {
	var block [64]uint64
	var columns [64]bitmap
	for first := 0; first < len(x.rules); first += 64 {
		some := x.rules[first:min(first+64, len(x.rules))]
		k := 0
		var place [64]int
		for i := range some {
			if !some[i].void {
				columns[k], place[k] = x.of(&some[i]), i
				k++
			}
		}
		for word := from; word < to; word++ {
			var any uint64
			for _, c := range columns[:k] {
				any |= c[word]
			}
			if any == 0 {
				continue
			}
			clear(block[:])
			for i, c := range columns[:k] {
				block[place[i]] = c[word]
			}
			transpose(&block)
			for i, rules := range block {
				rows[word<<6+i][first>>6] = rules
			}
		}
	}
}

// meetBy returns for each rule that is not void the rules that meet it on this
// side.
func (x *side) meetBy(workers int) []bitmap {
	x.met.Do(func() {
		x.rowsBy(workers)
		x.meets = make([]bitmap, len(x.rules))
		all := newBitmap(len(x.rules))
		var distinct []int // rules
		known := make(map[*uint64]bitmap, len(x.rules))
		for i := range x.rules {
			if x.rules[i].void {
				continue
			}
			all.set(i)
			first := &x.of(&x.rules[i])[0] // equal sets have one bitmap
			if known[first] == nil {
				known[first] = newBitmap(len(x.rules))
				distinct = append(distinct, i)
			}
			x.meets[i] = known[first]
		}
		inParts(workers, len(distinct), func(from, to int) {
			for _, i := range distinct[from:to] {
				x.unite(x.meets[i], x.of(&x.rules[i]), all)
			}
		})
	})
	return x.meets
}

// unite adds the rows of the classes in b to out, until all rules are in it.
func (x *side) unite(out, b, all bitmap) {
	for at, w := range b {
		if w == 0 {
			continue
		}
		for ; w != 0; w &= w - 1 {
			out.add(x.rows[at<<6+bits.TrailingZeros64(w)])
		}
		if out.equal(all) {
			return
		}
	}
}

// inParts calls f for parts of n that make up the whole, by so many workers.
func inParts(workers, n int, f func(from, to int)) {
	var wg sync.WaitGroup
	for i := 1; i < workers; i++ {
		wg.Go(func() { f(i*n/workers, (i+1)*n/workers) })
	}
	f(0, n/max(workers, 1))
	wg.Wait()
}

// transpose swaps bit j of word i with bit i of word j.
func transpose(a *[64]uint64) {
	mask := uint64(1<<32 - 1)
	for width := 32; width != 0; width, mask = width>>1, mask^mask<<(width>>1) {
		for k := 0; k < 64; k = (k + width + 1) &^ width {
			x := (a[k]>>width ^ a[k+width]) & mask
			a[k] ^= x << width
			a[k+width] ^= x
		}
	}
}
