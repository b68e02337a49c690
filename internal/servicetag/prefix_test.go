package servicetag

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"
)

// parsePrefix4 may leave a prefix to netip, but never differs from it.
func checkPrefix4(t interface {
	Helper()
	Fatalf(string, ...any)
}, s string) {
	t.Helper()
	want, err := netip.ParsePrefix(s)
	got, ok := parsePrefix4(s)
	if ok && (err != nil || got != want) {
		t.Fatalf("%q: got %v, netip says %v, %v", s, got, want, err)
	}
	if !ok && err == nil && want.Addr().Is4() {
		t.Fatalf("%q: netip reads %v", s, want)
	}
}

func TestPrefix4AgreesWithNetip(t *testing.T) {
	for _, s := range []string{"", "/", "0.0.0.0/0", "255.255.255.255/32", "256.0.0.0/8", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4", "1.2.3/8",
		"1.2.3.4.5/8", "01.2.3.4/8", "1.2.3.4/08", "1.2.3.4/8/9", "1..3.4/8", "1.2.3.4/0", "1.2.3.4/00", "0.0.0.00/1", "1/2/3/4", "1.2.3/4.5",
		"1.2.3.4/8 ", " 1.2.3.4/8", "+1.2.3.4/8", "1.2.3.4/+8", "1000.2.3.4/8", "::/0", "1.2.3.4/-1"} {
		checkPrefix4(t, s)
	}
	rapid.Check(t, func(t *rapid.T) {
		checkPrefix4(t, rapid.StringMatching(`[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}/[0-9]{1,2}`).Draw(t, "prefix"))
		checkPrefix4(t, rapid.StringMatching(`[0-3./]{0,20}`).Draw(t, "soup"))
	})
}
