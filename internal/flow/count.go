package flow

import (
	"math/big"
	"math/bits"
)

// Count is an exact number of addresses or packets. It holds up to 320 bits;
// all packets of both families number less than 2^293. Counts are comparable
// with ==; the zero value is zero.
type Count struct{ w [5]uint64 } // least significant word first

// CountOf returns n as a Count.
func CountOf(n uint64) Count { return Count{[5]uint64{n}} }

// Add returns c + d.
func (c Count) Add(d Count) Count {
	var carry uint64
	for i := range c.w {
		c.w[i], carry = bits.Add64(c.w[i], d.w[i], carry)
	}
	return c
}

// Sub returns c - d, which must not be negative.
func (c Count) Sub(d Count) Count {
	var borrow uint64
	for i := range c.w {
		c.w[i], borrow = bits.Sub64(c.w[i], d.w[i], borrow)
	}
	return c
}

// Mul returns c * d, which must fit.
func (c Count) Mul(d Count) Count {
	var out Count
	for i, x := range c.w {
		if x == 0 {
			continue
		}
		var carry uint64
		for j := 0; i+j < len(out.w); j++ {
			hi, lo := bits.Mul64(x, d.w[j])
			var c1, c2 uint64
			lo, c1 = bits.Add64(lo, carry, 0)
			out.w[i+j], c2 = bits.Add64(out.w[i+j], lo, 0)
			carry = hi + c1 + c2
		}
	}
	return out
}

// addProduct adds a * b * d to c.
func (c *Count) addProduct(a, b, d uint64) {
	high, low := bits.Mul64(a, b)
	top, middle := bits.Mul64(high, d)
	over, least := bits.Mul64(low, d)
	var carry uint64
	middle, carry = bits.Add64(middle, over, 0)
	top += carry
	c.w[0], carry = bits.Add64(c.w[0], least, 0)
	c.w[1], carry = bits.Add64(c.w[1], middle, carry)
	c.w[2], carry = bits.Add64(c.w[2], top, carry)
	c.w[3], carry = bits.Add64(c.w[3], 0, carry)
	c.w[4] += carry
}

// IsZero reports whether c is zero.
func (c Count) IsZero() bool { return c == Count{} }

// Compare returns -1, 0 or 1 as c is less than, equal to or greater than d.
func (c Count) Compare(d Count) int {
	for i := len(c.w) - 1; i >= 0; i-- {
		if c.w[i] != d.w[i] {
			if c.w[i] < d.w[i] {
				return -1
			}
			return 1
		}
	}
	return 0
}

// Uint64 returns c and true, or false if c does not fit into 64 bits.
func (c Count) Uint64() (uint64, bool) { return c.w[0], c == CountOf(c.w[0]) }

// Big returns c as a new big integer.
func (c Count) Big() *big.Int {
	n := new(big.Int)
	for i := len(c.w) - 1; i >= 0; i-- {
		n.Lsh(n, 64)
		n.Or(n, new(big.Int).SetUint64(c.w[i]))
	}
	return n
}

// String returns c in decimal.
func (c Count) String() string { return c.Big().String() }

// width6 is the number of addresses from lo to hi, both included.
func width6(lo, hi ip6) Count {
	var n Count
	var borrow uint64
	n.w[0], borrow = bits.Sub64(hi.lo, lo.lo, 0)
	n.w[1], _ = bits.Sub64(hi.hi, lo.hi, borrow)
	return n.Add(CountOf(1))
}
