package lab

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

var everywhere = netip.MustParsePrefix("0.0.0.0/0")

// ipv4 keeps the IPv4 prefixes of a list, sorted, without those that lie in
// another one.
func ipv4(list []netip.Prefix) []netip.Prefix {
	var kept []netip.Prefix
	for _, p := range list {
		if p.Addr().Is4() {
			kept = append(kept, p.Masked())
		}
	}
	slices.SortFunc(kept, func(a, b netip.Prefix) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
	})
	n := 0
	for _, p := range kept {
		if n == 0 || !kept[n-1].Overlaps(p) { // a wider prefix sorts before what it holds
			kept[n] = p
			n++
		}
	}
	return kept[:n]
}

// contains reports whether an address lies in one of the prefixes.
func contains(list []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(a) })
}

// known are the known values of a list; complete tells whether that is all.
func known[T any](list []azure.Value[T]) (values []T, complete bool) {
	complete = true
	for _, v := range list {
		value, ok := v.Known()
		if !ok {
			complete = false
			continue
		}
		values = append(values, value)
	}
	return values, complete
}

// listed reports whether a name is among the names, case folded.
func listed(name string, names []azure.Value[string]) bool {
	return slices.ContainsFunc(names, func(n azure.Value[string]) bool { return strings.EqualFold(n.V, name) })
}

// texts joins prefixes or addresses for a ruleset.
func texts[T interface{ String() string }](list []T) string {
	var b strings.Builder
	for i, v := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(v.String())
	}
	return b.String()
}
