package servicetag

import (
	"encoding/binary"
	"math"
	"net/netip"
)

// parsePrefix reads a prefix such as "13.66.136.192/29" or "2603:1030::/45".
// The problem is empty, or says what the prefix "is" or "has". All prefixes of
// the files are canonical (TAG-40); one with host bits is damaged data.
func parsePrefix(s string) (p netip.Prefix, problem string) {
	if p, ok := parsePrefix4(s); ok {
		return p, ""
	}
	if p, ok := parsePrefix6(s); ok {
		return p, ""
	}
	p, err := netip.ParsePrefix(s)
	switch {
	case err != nil:
		return netip.Prefix{}, "is not one, expected a form such as 13.66.136.192/29"
	case p.Addr().Is4In6():
		return netip.Prefix{}, "is an IPv4 prefix written as IPv6"
	case p != p.Masked():
		return netip.Prefix{}, "has bits beyond its length, expected " + p.Masked().String()
	}
	return p, ""
}

// The two functions below read the common forms in a fraction of the time of
// netip.ParsePrefix, which decides about all others: where ok is false, the
// string may still be a prefix.

// parsePrefix4 reads an IPv4 prefix without host bits.
func parsePrefix4(s string) (p netip.Prefix, ok bool) {
	var address uint32
	for part := range 4 {
		n, value := number(s, 3)
		end := byte('.')
		if part == 3 {
			end = '/'
		}
		if n == 0 || value > math.MaxUint8 || n >= len(s) || s[n] != end {
			return netip.Prefix{}, false
		}
		address, s = address<<8|uint32(value), s[n+1:]
	}
	n, bits := number(s, 2)
	if n == 0 || n < len(s) || bits > 32 || uint64(address)&(math.MaxUint32>>bits) != 0 {
		return netip.Prefix{}, false
	}
	var octets [4]byte
	binary.BigEndian.PutUint32(octets[:], address)
	return netip.PrefixFrom(netip.AddrFrom4(octets), bits), true
}

// number reads a decimal number without leading zeros from the start of s and
// returns how many digits it has: 0 for none, or for more than most.
func number(s string, most int) (digits, value int) {
	for digits < len(s) && isDigit(s[digits]) {
		value = value*10 + int(s[digits]-'0')
		digits++
	}
	if digits > most || digits > 1 && s[0] == '0' {
		return 0, 0
	}
	return digits, value
}

// parsePrefix6 reads an IPv6 prefix in hexadecimal groups, without host bits.
func parsePrefix6(s string) (p netip.Prefix, ok bool) {
	var octets [16]byte
	n, gap := 0, -1 // bytes read, and where "::" stands among them
	if len(s) > 2 && s[0] == ':' && s[1] == ':' {
		gap, s = 0, s[2:]
	}
	for s != "" && s[0] != '/' {
		digits, value := hexNumber(s)
		if digits == 0 || digits == len(s) || n == len(octets) {
			return netip.Prefix{}, false
		}
		octets[n], octets[n+1] = byte(value>>8), byte(value)
		n, s = n+2, s[digits:]
		switch {
		case s[0] == '/':
		case s[0] != ':' || len(s) < 2 || s[1] == '/':
			return netip.Prefix{}, false
		case s[1] != ':':
			s = s[1:]
		case gap >= 0:
			return netip.Prefix{}, false
		default:
			gap, s = n, s[2:]
		}
	}
	if s == "" || (gap < 0) != (n == len(octets)) {
		return netip.Prefix{}, false
	}
	if gap >= 0 { // move what follows the gap to the end
		copy(octets[len(octets)-(n-gap):], octets[gap:n])
		clear(octets[gap : len(octets)-(n-gap)])
	}
	digits, bits := number(s[1:], 3)
	if digits == 0 || digits+1 < len(s) || bits > 128 || hasHostBits(octets, bits) {
		return netip.Prefix{}, false
	}
	ip := netip.AddrFrom16(octets)
	return netip.PrefixFrom(ip, bits), !ip.Is4In6()
}

// hexNumber reads up to four hexadecimal digits from the start of s.
func hexNumber(s string) (digits int, value uint16) {
	for digits < len(s) {
		c := s[digits]
		switch {
		case isDigit(c):
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return digits, value
		}
		if digits == 4 {
			return 0, 0
		}
		value = value<<4 | uint16(c)
		digits++
	}
	return digits, value
}

func hasHostBits(octets [16]byte, bits int) bool {
	hi, lo := binary.BigEndian.Uint64(octets[:8]), binary.BigEndian.Uint64(octets[8:])
	if bits >= 64 {
		return lo&(math.MaxUint64>>(bits-64)) != 0
	}
	return hi&(math.MaxUint64>>bits) != 0 || lo != 0
}
