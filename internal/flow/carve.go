package flow

// carver takes boxes away from a box, one after the other. Many of the pieces share
// sides: sides have numbers, and each is compared with a box, and parted by it, once.
type carver struct {
	*meter
	slab
	begin  mark // of the sides in the slab
	room   int  // words that may be cut before the sides are moved together
	sides  []bitmap
	parted []parted // by side
	round  int32    // counts the boxes taken away
	pieces []piece
	more   []piece
	sparse [3][]word // of the box to be taken away, by side
	own    [3]int32  // the sides of that box, if a piece has them
	kept   int       // words of boxes found and put aside
}

// piece is a box whose sides are numbers.
type piece struct{ s, d, t int32 }

// parted is how a side and the box of a round lie to each other.
type parted struct {
	round      int32
	lent       bool // the side is not in the slab: it is of a box of the caller's
	meets      bool
	done       bool // rest and both are known
	rest, both int32
}

const noSide = -1

// roomAtFirst is a megabyte.
const roomAtFirst = 1 << 17

// newCarver makes a carver for the boxes of so many rules. Some of them are expected to
// be in many pieces: the room for their sides is not found by doubling.
func newCarver(m *meter, rules int) *carver {
	room := min(4*rules, 1<<12)
	return &carver{meter: m, sides: make([]bitmap, 0, room), parted: make([]parted, 0, room)}
}

// start begins with a box, seen through its window.
func (c *carver) start(b *box) {
	c.forget()
	c.begin, c.words, c.room = c.mark, 0, roomAtFirst
	c.sides, c.parted = c.sides[:0], c.parted[:0]
	c.pieces = append(c.pieces[:0], piece{c.borrow(b.s), c.borrow(b.d), c.borrow(b.t)})
}

// borrow gives a set of classes that is a caller's a number.
func (c *carver) borrow(b bitmap) int32 {
	side := c.side(b)
	c.parted[side].lent = true
	return side
}

// side gives a set of classes a number.
func (c *carver) side(b bitmap) int32 {
	c.sides = append(c.sides, b)
	c.parted = append(c.parted, parted{})
	return int32(len(c.sides) - 1)
}

// take takes a box away. It returns false if the meter ran out.
func (c *carver) take(b *box) bool {
	c.round++
	c.own = [...]int32{noSide, noSide, noSide}
	for i := range c.sparse {
		c.sparse[i] = appendSparse(c.sparse[i][:0], b.side(i))
	}
	from, kept, more := c.pieces, 0, c.more[:0]
	for _, p := range from {
		if !c.meets(p.t, 2) || !c.meets(p.s, 0) || !c.meets(p.d, 1) {
			from[kept] = p
			kept++
			continue
		}
		more = c.part(more, p, b)
	}
	met := len(from) - kept
	c.pieces = append(from[:kept], more...)
	c.more = more
	if c.words > c.room {
		c.compact()
		c.room = 2*c.words + roomAtFirst
	}
	work := boxWork(b)
	// A piece that does not meet b shows it early; one that does leaves up to three.
	return c.spend(8*len(from)+3*met*work+work) && c.fits(c.kept+max(c.words, len(c.pieces)*work))
}

// part appends what b leaves of a piece that it meets.
func (c *carver) part(out []piece, p piece, b *box) []piece {
	if rest, both := c.split(p.t, b, 2); rest != noSide {
		out = append(out, piece{p.s, p.d, rest})
		p.t = both
	}
	if rest, both := c.split(p.s, b, 0); rest != noSide {
		out = append(out, piece{rest, p.d, p.t})
		p.s = both
	}
	if rest := c.without(p.d, b.d); rest != noSide {
		out = append(out, piece{p.s, rest, p.t})
	}
	return out
}

// meets reports whether a side meets that of the box of the round.
func (c *carver) meets(side int32, of int) bool {
	k := &c.parted[side]
	if k.round != c.round {
		*k = parted{round: c.round, lent: k.lent, meets: c.sides[side].meetsWords(c.sparse[of])}
	}
	return k.meets
}

// split returns what is outside of b of a side that meets it, or noSide if nothing
// is, and what is inside.
func (c *carver) split(side int32, b *box, of int) (rest, both int32) {
	k := c.parted[side]
	if k.done {
		return k.rest, k.both
	}
	k.rest, k.both = c.outside(side, b.side(of)), side
	if k.rest != noSide {
		k.both = c.inside(side, b.side(of), of)
	}
	k.done = true
	c.parted[side] = k
	return k.rest, k.both
}

func (c *carver) inside(side int32, b bitmap, of int) int32 {
	a := c.sides[side]
	if b.in(a) { // which is then the same for many sides
		if c.own[of] == noSide {
			c.own[of] = c.borrow(b)
		}
		return c.own[of]
	}
	in := c.cut(len(b))
	for i, w := range a {
		in[i] = w & b[i]
	}
	return c.side(in)
}

// without is split where nobody asks for what is inside.
func (c *carver) without(side int32, b bitmap) (rest int32) {
	k := c.parted[side]
	if !k.done {
		k.rest, k.done = c.outside(side, b), true
		c.parted[side] = k
	}
	return k.rest
}

func (c *carver) outside(side int32, b bitmap) int32 {
	a := c.sides[side]
	for i, w := range a {
		if w&^b[i] == 0 {
			continue
		}
		out := c.cut(len(a))
		clear(out[:i])
		for ; i < len(a); i++ {
			out[i] = a[i] &^ b[i]
		}
		return c.side(out)
	}
	return noSide
}

// left returns the pieces that are left, and counts them as put aside.
func (c *carver) left() []box {
	c.compact()
	if len(c.pieces) == 0 {
		return nil
	}
	out := make([]box, len(c.pieces))
	for i, p := range c.pieces {
		out[i] = box{c.sides[p.s], c.sides[p.d], c.sides[p.t]}
		c.kept += boxWork(&out[i])
	}
	return out
}

// compact moves the sides that pieces have to where the sides began, and numbers them
// anew: the memory of all others is used again.
func (c *carver) compact() {
	c.round++
	for _, p := range c.pieces {
		c.parted[p.s].round, c.parted[p.d].round, c.parted[p.t].round = c.round, c.round, c.round
	}
	n := int32(0)
	for i := range c.parted {
		if k := &c.parted[i]; k.round == c.round {
			k.rest = n
			n++
		}
	}
	for i, p := range c.pieces {
		c.pieces[i] = piece{c.parted[p.s].rest, c.parted[p.d].rest, c.parted[p.t].rest}
	}
	c.mark, c.words = c.begin, 0
	n = 0
	for i, b := range c.sides {
		k := c.parted[i]
		if k.round != c.round {
			continue
		}
		if !k.lent {
			to := c.cut(len(b))
			copy(to, b)
			b = to
		}
		c.sides[n], c.parted[n] = b, parted{lent: k.lent}
		n++
	}
	c.sides, c.parted = c.sides[:n], c.parted[:n]
}

// slab is memory for bitmaps, in chunks, of which all behind a place can be taken
// again. Small searches use small chunks.
type slab struct {
	chunks []bitmap
	words  int // cut so far
	mark
}

// mark is a place in a slab.
type mark struct{ chunk, used int }

// cut returns memory for a bitmap of so many words, of any content.
func (s *slab) cut(words int) bitmap {
	for s.chunk < len(s.chunks) && s.used+words > len(s.chunks[s.chunk]) {
		s.chunk++
		s.used = 0
	}
	if s.chunk == len(s.chunks) {
		size := firstChunk
		if s.chunk > 0 {
			size = min(2*len(s.chunks[s.chunk-1]), maxChunk)
		}
		s.chunks = append(s.chunks, make(bitmap, max(words, size)))
	}
	b := s.chunks[s.chunk][s.used:][:words:words]
	s.used += words
	s.words += words
	return b
}

// forget leaves the chunks before the place to those who have bitmaps in them.
func (s *slab) forget() {
	s.chunks = append(s.chunks[:0], s.chunks[s.chunk:]...)
	s.chunk = 0
}
