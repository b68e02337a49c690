package diagram

import (
	"math/big"
	"math/bits"

	"github.com/wayleave/wayleave/internal/flow/workload/interval"
)

// Count is an exact number of packets; the whole space has fewer than 2^128.
type Count struct{ hi, lo uint64 }

func (c Count) plus(d Count) Count {
	lo, carry := bits.Add64(c.lo, d.lo, 0)
	return Count{c.hi + d.hi + carry, lo}
}

func (c Count) times(n uint64) Count {
	hi, lo := bits.Mul64(c.lo, n)
	return Count{c.hi*n + hi, lo}
}

// Big is the count as a big integer.
func (c Count) Big() *big.Int {
	n := new(big.Int).SetUint64(c.hi)
	return n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(c.lo))
}

// String is the count in decimal.
func (c Count) String() string { return c.Big().String() }

// counter counts the packets that a diagram leads to a matched leaf.
type counter struct {
	*store
	known map[ref]Count
}

func (s *store) count(r ref) Count {
	c := counter{s, map[ref]Count{}}
	return c.below(0, r)
}

// below counts the values of the fields from level on that r leads to a
// matched leaf. From portLevel on the protocol is one with ports.
func (c *counter) below(level int, r ref) Count {
	n := &c.nodes[r]
	if n.level > level {
		return c.skip(level, r)
	}
	if n.level == leafLevel {
		return Count{lo: uint64(n.answer & matched)}
	}
	if sum, ok := c.known[r]; ok {
		return sum
	}
	var sum Count
	next := uint64(0)
	for i, child := range n.children {
		end := uint64(n.bounds[i]) + 1
		if level == protocolLevel {
			sum = sum.plus(c.protocols(next, end, child))
		} else {
			sum = sum.plus(c.below(level+1, child).times(end - next))
		}
		next = end
	}
	c.known[r] = sum
	return sum
}

// skip is below for a node that does not test the field of the level.
func (c *counter) skip(level int, r ref) Count {
	top := uint64(order[level].Top()) + 1
	if level == protocolLevel {
		return c.protocols(0, top, r)
	}
	return c.below(level+1, r).times(top)
}

// protocols is the count of the protocols from first up to but not including
// end, all leading to child.
func (c *counter) protocols(first, end uint64, child ref) Count {
	ported := uint64(0)
	for p := first; p < end; p++ {
		if interval.HasPorts(uint32(p)) {
			ported++
		}
	}
	sum := Count{lo: (end - first - ported) * uint64(c.nodes[child].answer&matched)}
	if ported > 0 {
		sum = sum.plus(c.below(portLevel, child).times(ported))
	}
	return sum
}
