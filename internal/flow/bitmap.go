package flow

import (
	"math/bits"
	"math/rand/v2"
)

// bitmap is a set of small numbers. Bitmaps that are combined have one length.
type bitmap []uint64

func wordsFor(n int) int { return (n + 63) >> 6 }

func newBitmap(n int) bitmap { return make(bitmap, wordsFor(n)) }

// newBitmaps makes many bitmaps in one piece of memory.
func newBitmaps(count, n int) []bitmap {
	w := wordsFor(n)
	slab := make(bitmap, count*w)
	out := make([]bitmap, count)
	for i := range out {
		out[i] = slab[i*w : (i+1)*w : (i+1)*w]
	}
	return out
}

func (b bitmap) set(i int)      { b[i>>6] |= 1 << (i & 63) }
func (b bitmap) toggle(i int)   { b[i>>6] ^= 1 << (i & 63) }
func (b bitmap) has(i int) bool { return b[i>>6]>>(i&63)&1 != 0 }
func (b bitmap) clone() bitmap  { return append(bitmap(nil), b...) }

func (b bitmap) isEmpty() bool {
	for _, w := range b {
		if w != 0 {
			return false
		}
	}
	return true
}

func (b bitmap) meets(c bitmap) bool {
	c = c[:len(b)]
	for i, w := range b {
		if w&c[i] != 0 {
			return true
		}
	}
	return false
}

// meetsWords is meets with a bitmap of which only the words with members are
// given.
func (b bitmap) meetsWords(c []word) bool {
	for _, w := range c {
		if b[w.at]&w.bits != 0 {
			return true
		}
	}
	return false
}

// meetsAfter reports whether the bitmaps have a member above i in common.
func (b bitmap) meetsAfter(c bitmap, i int) bool {
	i++
	for at := i >> 6; at < len(b); at++ {
		w := b[at] & c[at]
		if at == i>>6 {
			w &= ^uint64(0) << (i & 63)
		}
		if w != 0 {
			return true
		}
	}
	return false
}

// in reports whether b is a subset of c.
func (b bitmap) in(c bitmap) bool {
	c = c[:len(b)]
	for i, w := range b {
		if w&^c[i] != 0 {
			return false
		}
	}
	return true
}

// compare orders bitmaps of one length by the first member of one of them alone.
func (b bitmap) compare(c bitmap) int {
	for i, w := range b {
		if only := w ^ c[i]; only != 0 {
			if w&only&-only != 0 {
				return -1
			}
			return 1
		}
	}
	return 0
}

func (b bitmap) equal(c bitmap) bool {
	if len(b) != len(c) {
		return false
	}
	c = c[:len(b)]
	for i, w := range b {
		if w != c[i] {
			return false
		}
	}
	return true
}

// or returns what is in b, in c or in both.
func (b bitmap) or(c bitmap) bitmap {
	out := make(bitmap, len(b))
	for i, w := range b {
		out[i] = w | c[i]
	}
	return out
}

// and returns what is in both.
func (b bitmap) and(c bitmap) bitmap {
	out := make(bitmap, len(b))
	for i, w := range b {
		out[i] = w & c[i]
	}
	return out
}

// meet makes b what is in both others.
func (b bitmap) meet(c, d bitmap) {
	d = d[:len(b)]
	for i, w := range c[:len(b)] {
		b[i] = w & d[i]
	}
}

// without returns what is in b and not in c.
func (b bitmap) without(c bitmap) bitmap {
	out := make(bitmap, len(b))
	for i, w := range b {
		out[i] = w &^ c[i]
	}
	return out
}

// add unites c into b.
func (b bitmap) add(c bitmap) {
	b = b[:len(c)]
	for i, w := range c {
		b[i] |= w
	}
}

// remove takes out of b what is in c.
func (b bitmap) remove(c bitmap) {
	b = b[:len(c)]
	for i, w := range c {
		b[i] &^= w
	}
}

func (b bitmap) count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// nonzero returns the number of words that have members.
func (b bitmap) nonzero() int {
	n := 0
	for _, w := range b {
		if w != 0 {
			n++
		}
	}
	return n
}

// first returns the least member, or -1.
func (b bitmap) first() int {
	for i, w := range b {
		if w != 0 {
			return i<<6 + bits.TrailingZeros64(w)
		}
	}
	return -1
}

// after returns the least member above i, going round to the least of all, or
// -1 if b is empty.
func (b bitmap) after(i int) int {
	i++
	if at := i >> 6; at < len(b) {
		if w := b[at] >> (i & 63); w != 0 {
			return i + bits.TrailingZeros64(w)
		}
		for at++; at < len(b); at++ {
			if b[at] != 0 {
				return at<<6 + bits.TrailingZeros64(b[at])
			}
		}
	}
	return b.first()
}

// all calls f with every member in ascending order; f returns false to stop.
func (b bitmap) all(f func(int) bool) {
	for i, w := range b {
		for ; w != 0; w &= w - 1 {
			if !f(i<<6 + bits.TrailingZeros64(w)) {
				return
			}
		}
	}
}

// flags says of every number whether it is a member.
func (b bitmap) flags() []bool {
	in := make([]bool, len(b)<<6)
	b.all(func(i int) bool {
		in[i] = true
		return true
	})
	return in
}

// window returns the bounds of the words that are not zero.
func (b bitmap) window() (from, to int) {
	to = len(b)
	for from < to && b[from] == 0 {
		from++
	}
	for to > from && b[to-1] == 0 {
		to--
	}
	return from, to
}

// full returns the bitmap of n classes, without class 0, which no rule holds.
func full(n int) bitmap {
	b := newBitmap(n)
	for i := 1; i < n; i++ {
		b.set(i)
	}
	return b
}

func (b bitmap) hash() uint64 {
	h := hashSeed
	for _, w := range b {
		h = spread(h, w)
	}
	return h
}

// spread takes another word into a hash.
func spread(h, w uint64) uint64 {
	hi, lo := bits.Mul64(h^w, 0xa0761d6478bd642f)
	return (hi ^ lo) + 0x9e3779b97f4a7c15
}

// hashSeed differs from run to run, so that no input can be made to collide.
// Nothing that is printed or counted depends on it: every table below compares
// keys in full and numbers them in the order in which they first appear.
var hashSeed = rand.Uint64()

// mix spreads the bits of x.
func mix(x uint64) uint64 {
	x ^= hashSeed
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	return x ^ x>>32
}
