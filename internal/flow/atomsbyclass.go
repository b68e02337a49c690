package flow

import "math/bits"

// atomsByClass are the atoms of every class of a ground, so that those of many classes
// are found by what is missing, and those of few without a walk over all.
type atomsByClass struct {
	first []int32  // class -> its first atom in the list; whole words of classes, and the end
	list  []int32  // by class
	words []bitmap // the atoms of each word of classes
}

func newAtomsByClass(class []int32) *atomsByClass {
	words := 0
	for _, c := range class {
		words = max(words, int(c)>>6+1)
	}
	x := &atomsByClass{first: make([]int32, words<<6+1), list: make([]int32, len(class)), words: newBitmaps(words, len(class))}
	for atom, c := range class {
		x.first[c+1]++
		x.words[c>>6].set(atom)
	}
	for i := range words << 6 {
		x.first[i+1] += x.first[i]
	}
	next := append([]int32(nil), x.first...)
	for atom, c := range class {
		x.list[next[c]] = int32(atom)
		next[c]++
	}
	return x
}

// addTo adds the atoms of the classes in b to atoms, in which none of them is.
func (x *atomsByClass) addTo(atoms, b bitmap) {
	for i := range min(len(b), len(x.words)) {
		w := b[i]
		if bits.OnesCount64(w) > 32 {
			atoms.add(x.words[i])
			w = ^w
		}
		for ; w != 0; w &= w - 1 {
			class := i<<6 + bits.TrailingZeros64(w)
			for _, atom := range x.list[x.first[class]:x.first[class+1]] {
				atoms.toggle(int(atom))
			}
		}
	}
}
