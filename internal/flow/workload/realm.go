package workload

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"net/netip"

	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/flow/workload/interval"
)

// Realm carries the 32-bit addresses of a workload over to addresses of the
// kernel, one to one, so that a workload that is small enough for the oracles
// also tests what they do not know: IPv6 and opaque addresses.
//
// Every answer stays as it was; packet counts are multiplied by
// PacketsPerPacket.
type Realm interface {
	// Addresses is the image of a set.
	Addresses(interval.Set) flow.AddressSet
	// Number is the 32-bit address behind an address of the kernel; false if
	// there is none.
	Number(flow.Address) (uint32, bool)
	// PacketsPerPacket is the number of packets that one packet becomes.
	PacketsPerPacket() *big.Int
}

// InIPv4 is the realm of the addresses as they are.
func InIPv4() Realm { return inIPv4{} }

type inIPv4 struct{}

func (inIPv4) Addresses(s interval.Set) flow.AddressSet {
	var b flow.AddressSetBuilder
	for _, v := range s {
		b.AddRange(ip4(v.Lo), ip4(v.Hi))
	}
	return b.Set()
}

func (inIPv4) Number(a flow.Address) (uint32, bool) {
	if a.IsOpaque() || a.Family() != flow.IPv4 {
		return 0, false
	}
	b := a.Addr().As4()
	return binary.BigEndian.Uint32(b[:]), true
}

func (inIPv4) PacketsPerPacket() *big.Int { return big.NewInt(1) }

func ip4(x uint32) netip.Addr {
	return netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, x)))
}

// InIPv6 is the realm in which each address is a block of IPv6 addresses. The
// prefix says where they start: its length is that of all blocks together, 0
// to 96, so that a block has 2^(96-length) addresses.
func InIPv6(prefix netip.Prefix) Realm {
	if prefix.Bits() > 96 || !prefix.Addr().Is6() {
		panic(fmt.Sprintf("workload: %v has no room for 2^32 IPv6 blocks", prefix))
	}
	return inIPv6{prefix.Masked()}
}

type inIPv6 struct{ prefix netip.Prefix }

func (r inIPv6) shift() uint { return uint(96 - r.prefix.Bits()) }

// at is the offset-th address of the block of x.
func (r inIPv6) at(x uint32, last bool) netip.Addr {
	offset := new(big.Int).Lsh(big.NewInt(int64(x)), r.shift())
	if last {
		offset.Add(offset, new(big.Int).Lsh(big.NewInt(1), r.shift()))
		offset.Sub(offset, big.NewInt(1))
	}
	base := r.prefix.Addr().As16()
	var b [16]byte
	offset.Add(offset, new(big.Int).SetBytes(base[:])).FillBytes(b[:])
	return netip.AddrFrom16(b)
}

func (r inIPv6) Addresses(s interval.Set) flow.AddressSet {
	var b flow.AddressSetBuilder
	for _, v := range s {
		b.AddRange(r.at(v.Lo, false), r.at(v.Hi, true))
	}
	return b.Set()
}

func (r inIPv6) Number(a flow.Address) (uint32, bool) {
	if a.IsOpaque() || a.Family() != flow.IPv6 || !r.prefix.Contains(a.Addr()) {
		return 0, false
	}
	b := a.Addr().As16()
	x := new(big.Int).SetBytes(b[:])
	return uint32(x.Rsh(x, r.shift()).Uint64()), true
}

func (r inIPv6) PacketsPerPacket() *big.Int { return new(big.Int).Lsh(big.NewInt(1), 2*r.shift()) }

// InBoth is the realm in which each address is one of IPv4 and its block of
// IPv6 addresses. Packets stay within a family.
func InBoth(prefix netip.Prefix) Realm { return inBoth{InIPv6(prefix)} }

type inBoth struct{ six Realm }

func (r inBoth) Addresses(s interval.Set) flow.AddressSet {
	return InIPv4().Addresses(s).Union(r.six.Addresses(s))
}

func (r inBoth) Number(a flow.Address) (uint32, bool) {
	if a.Family() == flow.IPv4 {
		return InIPv4().Number(a)
	}
	return r.six.Number(a)
}

func (r inBoth) PacketsPerPacket() *big.Int {
	return new(big.Int).Add(r.six.PacketsPerPacket(), big.NewInt(1))
}

// WithOpaque is the realm of IPv4 in which the given addresses are opaque
// points that stand for them.
func WithOpaque(points ...uint32) Realm {
	r := withOpaque{interval.Values(points...), map[string]uint32{}}
	for _, x := range points {
		r.number[r.name(x)] = x
	}
	return r
}

type withOpaque struct {
	points interval.Set
	number map[string]uint32
}

func (withOpaque) name(x uint32) string { return fmt.Sprintf("address-%d", x) }

func (r withOpaque) Addresses(s interval.Set) flow.AddressSet {
	known := s.Intersect(r.points.Complement(interval.Source.Top()))
	var b flow.AddressSetBuilder
	for _, v := range known {
		b.AddRange(ip4(v.Lo), ip4(v.Hi))
	}
	for _, v := range s.Intersect(r.points) {
		for x := uint64(v.Lo); x <= uint64(v.Hi); x++ {
			b.Add(flow.OpaqueAddress(r.name(uint32(x)), flow.IPv4))
		}
	}
	return b.Set()
}

func (r withOpaque) Number(a flow.Address) (uint32, bool) {
	if a.IsOpaque() {
		x, ok := r.number[a.Name()]
		return x, ok
	}
	return InIPv4().Number(a)
}

func (withOpaque) PacketsPerPacket() *big.Int { return big.NewInt(1) }
