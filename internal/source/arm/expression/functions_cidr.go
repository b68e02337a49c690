package expression

import (
	"math/big"
	"net/netip"

	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-cidr
var cidrFunctions = []function{
	{"cidrSubnet", 3, 3, cidrSubnet},
	{"cidrHost", 2, 2, cidrHost},
}

// cidrSubnet is the n-th prefix of a length within a prefix, from 0.
func cidrSubnet(c *invocation) (*value.Value, error) {
	text, known, err := c.textArg(0)
	if err != nil {
		return nil, err
	}
	length, known1, err := c.intArg(1)
	if err != nil {
		return nil, err
	}
	n, known2, err := c.intArg(2)
	if err != nil {
		return nil, err
	}
	if !known || !known1 || !known2 {
		return c.unknown()
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return nil, fail(c.args[0], "cidrSubnet is given %q, expected a prefix", text)
	}
	bits := prefix.Addr().BitLen()
	if length < int64(prefix.Bits()) || length > int64(bits) {
		return nil, fail(c.args[1], "cidrSubnet has the length %d, expected %d to %d", length, prefix.Bits(), bits)
	}
	addr, ok := offset(prefix, big.NewInt(n), uint(int64(bits)-length))
	if n < 0 || !ok {
		return nil, fail(c.args[2], "%s has no subnet %d of length %d", text, n, length)
	}
	return value.OfString(netip.PrefixFrom(addr, int(length)).String(), c.at), nil
}

// cidrHost is the n-th usable address of an IPv4 prefix, from 0, which is the
// address after that of the network.
func cidrHost(c *invocation) (*value.Value, error) {
	text, known, err := c.textArg(0)
	if err != nil {
		return nil, err
	}
	n, known1, err := c.intArg(1)
	if err != nil {
		return nil, err
	}
	if !known || !known1 {
		return c.unknown()
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return nil, fail(c.args[0], "cidrHost is given %q, expected a prefix", text)
	}
	if !prefix.Addr().Is4() || prefix.Bits() > 30 {
		c.env.Unsupported("cidrHost of "+text, c.at)
		return c.unknownBecause("the template function cidrHost is not evaluated for " + text)
	}
	addr, ok := offset(prefix, big.NewInt(n+1), 0)
	if last, _ := offset(prefix, big.NewInt(n+2), 0); n < 0 || !ok || !last.IsValid() {
		return nil, fail(c.args[1], "%s has no usable address %d", text, n)
	}
	return value.OfString(addr.String(), c.at), nil
}

// offset is an address n << shift after the first of a prefix; ok is false
// beyond its end, and the address then not valid.
func offset(prefix netip.Prefix, n *big.Int, shift uint) (addr netip.Addr, ok bool) {
	first := prefix.Masked().Addr()
	sum := new(big.Int).SetBytes(first.AsSlice())
	sum.Add(sum, new(big.Int).Lsh(n, shift))
	if sum.Sign() < 0 || sum.BitLen() > first.BitLen() {
		return netip.Addr{}, false
	}
	addr, _ = netip.AddrFromSlice(sum.FillBytes(make([]byte, first.BitLen()/8)))
	if !prefix.Contains(addr) {
		return netip.Addr{}, false
	}
	return addr, true
}
