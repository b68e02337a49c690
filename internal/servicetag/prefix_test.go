package servicetag

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"
)

// checkPrefix: the short cuts may leave a prefix to netip, but never differ
// from it, and parsePrefix accepts exactly what netip does and is canonical.
func checkPrefix(t reporter, s string) {
	t.Helper()
	want, err := netip.ParsePrefix(s)
	canonical := err == nil && want == want.Masked() && !want.Addr().Is4In6()
	p4, ok4 := parsePrefix4(s)
	p6, ok6 := parsePrefix6(s)
	if ok4 && (!canonical || p4 != want) || ok6 && (!canonical || p6 != want) {
		t.Fatalf("%q: got %v %v and %v %v, netip says %v, %v", s, p4, ok4, p6, ok6, want, err)
	}
	if canonical && want.Addr().Is4() && !ok4 {
		t.Fatalf("%q: the short cut does not take an IPv4 prefix", s)
	}
	got, problem := parsePrefix(s)
	if canonical != (problem == "") || canonical && got != want {
		t.Fatalf("%q: got %v, %q; netip says %v, %v", s, got, problem, want, err)
	}
}

func TestPrefixesAgreeWithNetip(t *testing.T) {
	for _, s := range []string{"", "/", "0.0.0.0/0", "255.255.255.255/32", "256.0.0.0/8", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4", "1.2.3/8",
		"1.2.3.4.5/8", "01.2.3.4/8", "1.2.3.4/08", "1.2.3.4/8/9", "1..3.4/8", "0.0.0.0/00", "0.0.0.00/1", "1/2/3/4", "1.2.3/4.5",
		"1.2.3.4/32 ", " 1.2.3.4/32", "+1.2.3.4/32", "1.2.3.4/+32", "1000.2.3.4/32", "1.2.3.4/-1", "1.2.3.4/032",
		"::/0", "::/128", "::1/128", "1::/16", "1::/15", "2603:1030::/45", "2603:1030:0:0:0:0:0:0/45", "2603:1030:0:0:0:0:0:1/128", "::2603:1030/128",
		"1:2:3:4:5:6:7::/112", "::2:3:4:5:6:7:8/128", "1:2:3:4:5:6:7:8:9/128", "1:2:3:4:5:6:7/128", "1::2::3/128", ":1::/16", "1:/16", "1:::/16",
		":::/0", ":/0", "::", "1::", "1::/", "1::/129", "1::/016", "12345::/16", "g::/16", "2603:1030::1/64", "ABCD::/16", "::ffff:1.2.3.4/128",
		"::ffff:102:304/128", "::1.2.3.4/128", "fe80::1%eth0/128", "1:2:3:4:5:6:7:8::/128", "::1:2:3:4:5:6:7:8/128", "1:2:3:4::5:6:7:8/128"} {
		checkPrefix(t, s)
	}
	rapid.Check(t, func(t *rapid.T) {
		checkPrefix(t, rapid.StringMatching(`[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}/[0-9]{1,2}`).Draw(t, "prefix"))
		checkPrefix(t, rapid.StringMatching(`[0-3./]{0,20}`).Draw(t, "soup"))
		checkPrefix(t, rapid.StringMatching(`([0-9a-fA-F]{0,4}:){0,8}[0-9a-f]{0,4}/[0-9]{1,3}`).Draw(t, "prefix 6"))
		var octets [16]byte
		for i := range octets {
			octets[i] = rapid.SampledFrom([]byte{0, 0, 0, 1, 0x80, 0xff}).Draw(t, "octet")
		}
		p := netip.PrefixFrom(netip.AddrFrom16(octets), rapid.IntRange(0, 128).Draw(t, "bits"))
		checkPrefix(t, p.String())
		checkPrefix(t, p.Masked().String())
		if _, ok := parsePrefix6(p.Masked().String()); !ok && !p.Masked().Addr().Is4In6() {
			t.Fatalf("%v: the short cut does not take an IPv6 prefix", p.Masked())
		}
	})
}
