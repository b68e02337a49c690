package flow

// searcher holds the working memory of a sliced search: bitmaps are cut from
// chunks, which live as long as a box refers to them. Small searches use small
// chunks.
type searcher struct {
	*meter
	chunk  bitmap
	size   int // of the last chunk
	chunks int // made so far
	kept   int // words of boxes found and put aside
	more   []box

	thinS, thinD []word // what is not zero of a box to subtract
}

const (
	firstChunk = 1 << 7
	maxChunk   = 1 << 14
)

func (s *searcher) alloc(n int) bitmap {
	if n > len(s.chunk) {
		s.size = min(max(2*s.size, firstChunk), maxChunk)
		s.chunk = make(bitmap, max(n, s.size))
		s.chunks++
	}
	b := s.chunk[:n:n]
	s.chunk = s.chunk[n:]
	return b
}

// chunkMark is a state of the working memory.
type chunkMark struct {
	chunk  bitmap
	chunks int
}

func (s *searcher) mark() chunkMark { return chunkMark{s.chunk, s.chunks} }

// release gives back what was cut since the mark, unless a new chunk was made.
func (s *searcher) release(m chunkMark) {
	if m.chunks == s.chunks {
		s.chunk = m.chunk
	}
}

// minus returns a without b, or false if nothing is left.
func (s *searcher) minus(a, b bitmap) (bitmap, bool) {
	for i, w := range a {
		if w&^b[i] == 0 {
			continue
		}
		out := s.alloc(len(a))
		clear(out[:i])
		for ; i < len(a); i++ {
			out[i] = a[i] &^ b[i]
		}
		return out, true
	}
	return nil, false
}

// and returns what is in both.
func (s *searcher) and(a, b bitmap) bitmap {
	if a.in(b) {
		return a
	}
	out := s.alloc(len(a))
	for i, w := range a {
		out[i] = w & b[i]
	}
	return out
}

func (s *searcher) andBox(a, b *box) box {
	return box{s.and(a.s, b.s), s.and(a.d, b.d), s.and(a.t, b.t)}
}

// subtract adds to out the parts of a outside of b. The boxes must meet.
func (s *searcher) subtract(out []box, a box, b *box) []box {
	if rest, ok := s.minus(a.t, b.t); ok {
		out = append(out, box{a.s, a.d, rest})
		a.t = s.and(a.t, b.t)
	}
	if rest, ok := s.minus(a.s, b.s); ok {
		out = append(out, box{rest, a.d, a.t})
		a.s = s.and(a.s, b.s)
	}
	if rest, ok := s.minus(a.d, b.d); ok {
		out = append(out, box{a.s, rest, a.t})
	}
	return out
}

// subtractAll takes b away from every box of a list, in place. It returns false
// if the meter ran out.
func (s *searcher) subtractAll(list *[]box, b *box) bool {
	from, kept, met := *list, 0, 0
	more := s.more[:0]
	s.thinS, s.thinD = appendSparse(s.thinS[:0], b.s), appendSparse(s.thinD[:0], b.d)
	var t *uint64 // neighbours often have one transport set
	meets := false
	for i := range from {
		a := &from[i]
		if t != &a.t[0] {
			t, meets = &a.t[0], a.t.meets(b.t)
		}
		if !meets || !a.s.meetsWords(s.thinS) || !a.d.meetsWords(s.thinD) {
			if kept < i {
				from[kept] = from[i]
			}
			kept++
			continue
		}
		met++
		more = s.subtract(more, from[i], b)
	}
	*list = append(from[:kept], more...)
	s.more = more
	work := boxWork(b)
	// A box that does not meet b shows it early; one that does leaves up to three.
	return s.spend(8*len(from)+3*met*work+work) && s.fits(s.kept+len(*list)*work)
}

// keep counts a box that is put aside. That there is room is seen by the next
// subtractAll.
func (s *searcher) keep(b box) box {
	s.kept += boxWork(&b)
	return b
}

// boxWork is the work of comparing two boxes.
func boxWork(b *box) int { return len(b.s) + len(b.d) + len(b.t) + 16 }
