package flow

// overlay joins the cut of a tag index and the cut by the sets that are not of
// the index. A class is a pair of a block (the classes of the index that the
// sets in use do not tell apart) and a combination of explicit sets. The
// combination that lies over most of the index is the background; its pairs
// are found by what the others leave, so it is never enumerated.
type overlay[T place[T]] struct {
	under      cut[T]       // of the index, in classes of the index
	sizes      func() tally // of the classes of the index, without names
	block      []int32      // class of the index -> block; block 0 is in none of the sets
	background int32        // a combination
	behind     []int32      // block -> class over the background, -1 if there is none
	alone      []int32      // combination -> class in block 0, -1 if there is none
	pairs      *pairTable
	at         []int32 // start of the cut above -> the segment under it
	edge       []bool  // start of the cut above -> whether that segment starts there too
}

// segments returns the first and the last segment that lie under segment i of
// the cut above, and whether it reaches the end of the last.
func (o *overlay[T]) segments(i int) (first, last int32, ends bool) {
	if i+1 == len(o.at) {
		return o.at[i], int32(len(o.under.starts) - 1), true
	}
	if o.edge[i+1] {
		return o.at[i], o.at[i+1] - 1, true
	}
	return o.at[i], o.at[i+1], false
}

// classOf returns the class where class under of the index meets a combination.
func (o *overlay[T]) classOf(under, combination int32) int32 {
	if combination == o.background { // most are
		return o.behind[o.block[under]]
	}
	return o.above(under, combination)
}

// above is classOf for a combination that is not the background.
func (o *overlay[T]) above(under, combination int32) int32 {
	block := o.block[under]
	if block == 0 {
		return o.alone[combination]
	}
	class, _ := o.pairs.get(block, combination)
	return class
}

// half is one family of a tag index.
type half[T place[T]] struct {
	cut[T]
	names     []string // opaque points, sorted
	nameClass []int32
	n         int
	pieces    []int32   // class -> its number of segments
	lists     [][]int32 // set -> its classes
	spans     []int     // set -> its number of ranges
	sizes     func() tally
}

// overlayCutter builds an axis over an index.
type overlayCutter[T place[T]] struct {
	o     *overlay[T]
	x     *half[T]
	cut   cut[T]   // by the explicit sets, in combinations
	combo []bitmap // combination -> explicit sets
	n     int32    // classes so far
	of    []int32  // class -> its combination
	left  []int32  // class of the index -> its segments, and names in use, not yet covered
	meets []classPair
}

// classPair says that a class of the index holds values of a class of the axis.
type classPair struct{ under, class int32 }

// class returns the class of a block and a combination that is not the
// background.
func (c *overlayCutter[T]) class(block, combination int32) int32 {
	class, added := c.o.alone[combination], false
	switch {
	case block != 0:
		class, added = c.o.pairs.getOrPut(block, combination, c.n)
	case class < 0:
		class, added = c.n, true
		c.o.alone[combination] = class
	}
	if added {
		c.n++
		c.of = append(c.of, combination)
	}
	return class
}

// pickBackground finds the combination that lies over most segments of the
// index.
func (c *overlayCutter[T]) pickBackground() {
	over := make([]int32, len(c.combo))
	for i, combination := range c.cut.class {
		first, last, _ := c.o.segments(i)
		over[combination] += last - first + 1
	}
	for combination, n := range over {
		if n > over[c.o.background] {
			c.o.background = int32(combination)
		}
	}
}

// coverNumeric enumerates the pairs that are not over the background. A segment
// of the index is covered if no part of it is over the background.
func (c *overlayCutter[T]) coverNumeric() {
	whole := false // the index's segment at hand is covered from its start on
	for i, combination := range c.cut.class {
		if combination == c.o.background {
			whole = false
			continue
		}
		first, last, ends := c.o.segments(i)
		for j := first; j <= last; j++ {
			whole = whole || j > first || c.o.edge[i]
			under := c.x.class[j]
			c.meet(under, combination)
			if whole && (j < last || ends) {
				c.left[under]--
				whole = false
			}
		}
	}
}

func (c *overlayCutter[T]) meet(under, combination int32) int32 {
	block := c.o.block[under]
	class := c.class(block, combination)
	if block != 0 {
		c.meets = append(c.meets, classPair{under, class})
	}
	return class
}

// coverBehind makes the classes over the background: those of blocks of which
// something is left.
func (c *overlayCutter[T]) coverBehind() {
	for under, block := range c.o.block {
		if c.left[under] == 0 || c.o.behind[block] >= 0 {
			continue
		}
		if block|c.o.background == 0 {
			c.o.behind[block] = 0
			continue
		}
		c.o.behind[block] = c.n
		c.n++
		c.of = append(c.of, c.o.background)
	}
}
