package flow

// rows says for every class which rules hold it, as bitmaps over the rules.
type rows struct {
	s, d, t table
	words   int // of a row
}

// table is the rows of one side: for each word of classes, those of its 64 classes one
// after the other.
type table struct {
	byWord []bitmap
	words  int // of a row
}

// newRowTable makes the empty rows of so many classes and rules.
func newRowTable(classes, rules int) table {
	words := wordsFor(rules)
	return table{newBitmaps(wordsFor(classes), 64*64*words), words}
}

func (x *table) row(class int) bitmap {
	at := class & 63 * x.words
	return x.byWord[class>>6][at : at+x.words : at+x.words]
}

func (x *rows) side(i int) *table { return [...]*table{&x.s, &x.d, &x.t}[i] }

func newRows(p *plane, rules []lifted) *rows {
	words := wordsFor(len(rules))
	x := &rows{words: words}
	for side, n := range p.classes() {
		t := x.side(side)
		*t = newRowTable(n, len(rules))
		t.fill(rules, side, 0)
	}
	return x
}

// fill makes the rows of the classes of a side from a word of classes on, as many as
// the table has. The table must be all zero.
func (x *table) fill(rules []lifted, side, from int) {
	var block [64]uint64
	var columns [64]bitmap
	for first := 0; first < len(rules); first += 64 {
		clear(columns[:])
		for i := range min(64, len(rules)-first) {
			if r := &rules[first+i]; !r.void {
				columns[i] = r.side(side)[from:][:len(x.byWord)]
			}
		}
		for word, rows := range x.byWord {
			any := uint64(0)
			for i, c := range columns {
				block[i] = 0
				if word < len(c) {
					block[i] = c[word]
					any |= c[word]
				}
			}
			if any == 0 {
				continue
			}
			transpose(&block)
			rows = rows[first>>6:]
			for i, rules := range block {
				rows[i*x.words] = rules
			}
		}
	}
}

// transpose swaps bit j of word i with bit i of word j.
func transpose(a *[64]uint64) {
	swapBlocks(a, 32, 0x00000000ffffffff)
	swapBlocks(a, 16, 0x0000ffff0000ffff)
	swapBlocks(a, 8, 0x00ff00ff00ff00ff)
	swapBlocks(a, 4, 0x0f0f0f0f0f0f0f0f)
	swapBlocks(a, 2, 0x3333333333333333)
	swapBlocks(a, 1, 0x5555555555555555)
}

// swapBlocks swaps the two blocks off the diagonal of every square of 2*width words
// and bits.
func swapBlocks(a *[64]uint64, width int, mask uint64) {
	for i := 0; i < 64; i += 2 * width {
		upper := a[i : i+width]
		lower := a[i+width:][:len(upper)]
		for k, u := range upper {
			x := (u>>(width&63) ^ lower[k]) & mask
			upper[k] ^= x << (width & 63)
			lower[k] ^= x
		}
	}
}
