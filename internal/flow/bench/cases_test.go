package bench

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/flow/workload"
)

// gateCase is a workload, the realm in which the kernel sees it, and what is
// needed to make it again.
type gateCase struct {
	workload *workload.Workload
	realm    workload.Realm
	in       string // the realm in words
}

// gateCases makes the seed-th case of each sort.
func gateCases(seed uint64) []gateCase {
	realm, in := realmOf(seed)
	var cases []gateCase
	add := func(w *workload.Workload) { cases = append(cases, gateCase{w, realm, in}) }
	add(workload.Tiny(seed))
	switch seed % 4 {
	case 0:
		size := workload.Params{Rules: 4 + int(seed%23), Tag: int(seed % 3 * 60), Seed: seed}
		add(workload.Realistic(size))
	case 1:
		kinds := workload.Kinds()
		n := 3 + int(seed/4%14)
		add(workload.Adversarial(kinds[seed/4%uint64(len(kinds))], n, 2+int(seed%11), seed))
	}
	if seed%2 == 0 {
		add(workload.Tiny(seed + 1<<32))
	}
	if seed%40 == 2 {
		add(workload.Realistic(workload.Params{Rules: 70, Tag: 400, Seed: seed}))
	}
	return cases
}

// realmOf alternates the address families.
func realmOf(seed uint64) (realm workload.Realm, in string) {
	switch seed % 8 {
	case 1:
		return workload.InIPv6(netip.MustParsePrefix("::/0")), "IPv6"
	case 2:
		return workload.InIPv6(netip.MustParsePrefix("2001:db8::/48")), "IPv6 across the halves of an address"
	case 3:
		return workload.InIPv6(netip.MustParsePrefix("2001:db8::/96")), "IPv6 in the low half of an address"
	case 4:
		return workload.InBoth(netip.MustParsePrefix("2001:db8::/64")), "both families"
	case 5:
		return workload.WithOpaque(0, 1, 2, 5, 9, 1<<32-1), "IPv4 with opaque points"
	default:
		return workload.InIPv4(), "IPv4"
	}
}
