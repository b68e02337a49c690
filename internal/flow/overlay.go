package flow

// overlay joins the cut of a tag index and the cut by the sets that are not of
// the index. A class is a pair of a block (the classes of the index that the
// sets in use do not tell apart) and a combination of explicit sets. The
// combination that lies over most of the index is the background; its pairs
// are found by what the others leave, so it is never enumerated.
type overlay[T place[T]] struct {
	under      cut[T]  // of the index, in classes of the index
	block      []int32 // class of the index -> block; block 0 is in none of the sets
	background int32   // a combination
	behind     []int32 // block -> class over the background, -1 if there is none
	pairs      *pairTable
}

// classOf returns the class where class under of the index meets a combination.
func (o *overlay[T]) classOf(under, combination int32) int32 {
	return o.pair(o.block[under], combination)
}

func (o *overlay[T]) pair(block, combination int32) int32 {
	switch {
	case combination == o.background:
		return o.behind[block]
	case block|combination == 0:
		return 0
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
	lists     [][]int32 // set -> its classes
	spans     []int     // set -> its number of ranges
}

// overlayCutter builds an axis over an index.
type overlayCutter[T place[T]] struct {
	o     *overlay[T]
	x     *half[T]
	cut   cut[T]   // by the explicit sets, in combinations
	combo []bitmap // combination -> explicit sets
	n     int32    // classes so far
	of    []int32  // class -> its combination
	left  []int32  // class of the index -> its segments and names not yet covered
	meets []classPair
}

// classPair says that a class of the index holds values of a class of the axis.
type classPair struct{ under, class int32 }

// class returns the class of a block and a combination that is not the
// background.
func (c *overlayCutter[T]) class(block, combination int32) int32 {
	if block|combination == 0 {
		return 0
	}
	class, added := c.o.pairs.getOrPut(block, combination, c.n)
	if added {
		c.n++
		c.of = append(c.of, combination)
	}
	return class
}

// pickBackground finds the combination that lies over most segments of the
// index.
func (c *overlayCutter[T]) pickBackground() {
	over := make([]int, len(c.combo))
	for i, combination := range c.cut.class {
		over[combination] += c.x.find(c.cut.last(i)) - c.x.find(c.cut.starts[i]) + 1
	}
	for combination, n := range over {
		if n > over[c.o.background] {
			c.o.background = int32(combination)
		}
	}
}

// coverNumeric enumerates the pairs that are not over the background.
func (c *overlayCutter[T]) coverNumeric() {
	var end T     // the last value covered
	covered := -1 // the segment of the index covered from its start to end
	for i, combination := range c.cut.class {
		if combination == c.o.background {
			continue
		}
		lo, hi := c.cut.starts[i], c.cut.last(i)
		for j := c.x.find(lo); j < len(c.x.starts) && c.x.starts[j].compare(hi) <= 0; j++ {
			from, to := c.x.starts[j], c.x.last(j)
			if from.compare(lo) >= 0 {
				covered = j
			} else if covered != j || end.succ() != lo {
				covered = -1
			}
			end = least(to, hi)
			c.meet(c.x.class[j], combination)
			if covered == j && end == to {
				c.left[c.x.class[j]]--
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
