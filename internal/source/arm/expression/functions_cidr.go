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
	{"parseCidr", 1, 1, parseCIDR},
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

// cidrHost is the n-th usable address of a prefix, from 0: the address after
// that of the network. In IPv4 the last address, that of the broadcast, is not
// usable.
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
	if prefix.Addr().BitLen()-prefix.Bits() < 2 {
		return c.notEvaluated("cidrHost of " + text)
	}
	addr, ok := offset(prefix, big.NewInt(n+1), 0)
	if last, _ := offset(prefix, big.NewInt(n+2), 0); prefix.Addr().Is4() && !last.IsValid() {
		ok = false
	}
	if n < 0 || !ok {
		return nil, fail(c.args[1], "%s has no usable address %d", text, n)
	}
	return value.OfString(addr.String(), c.at), nil
}

// parseCIDR describes a prefix. Only IPv4 has a broadcast, and addresses that
// are not usable.
func parseCIDR(c *invocation) (*value.Value, error) {
	text, known, err := c.textArg(0)
	if err != nil {
		return nil, err
	}
	if !known {
		return c.unknown()
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return nil, fail(c.args[0], "parseCidr is given %q, expected a prefix", text)
	}
	prefix = prefix.Masked()
	if prefix.Addr().Is4() && prefix.Bits() > 30 {
		return c.notEvaluated("parseCidr of " + text)
	}
	first, last := prefix.Addr(), lastOf(prefix)
	member := func(name string, a netip.Addr) value.Member {
		return value.Member{Name: name, Value: value.OfString(a.String(), c.at)}
	}
	members := []value.Member{member("network", first), member("netmask", maskOf(prefix))}
	if first.Is4() {
		members = append(members, member("broadcast", last))
		first, last = first.Next(), last.Prev()
	}
	members = append(members, member("firstUsable", first), member("lastUsable", last),
		value.Member{Name: "cidr", Value: value.OfInt(int64(prefix.Bits()), c.at)})
	return value.OfObject(members, c.at), nil
}

// maskOf is the netmask of a prefix as an address.
func maskOf(prefix netip.Prefix) netip.Addr {
	ones := netip.IPv6Unspecified()
	if prefix.Addr().Is4() {
		ones = netip.IPv4Unspecified()
	}
	bytes := ones.AsSlice()
	for i := range bytes {
		bytes[i] = 0xff
	}
	ones, _ = netip.AddrFromSlice(bytes)
	return netip.PrefixFrom(ones, prefix.Bits()).Masked().Addr()
}

// lastOf is the last address of a prefix.
func lastOf(prefix netip.Prefix) netip.Addr {
	bytes, mask := prefix.Addr().AsSlice(), maskOf(prefix).AsSlice()
	for i := range bytes {
		bytes[i] |= ^mask[i]
	}
	last, _ := netip.AddrFromSlice(bytes)
	return last
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
