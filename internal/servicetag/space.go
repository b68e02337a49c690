package servicetag

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/flow"
)

// notInternet are the IPv4 blocks outside the published expansion of the
// Internet tag (TAG-21; the sample is of 2017).
var notInternet = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "25.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8",
	"169.254.0.0/16", "172.16.0.0/12", "192.0.2.0/24", "192.168.0.0/16",
	"198.18.0.0/15", "224.0.0.0/3",
)

var (
	internetBase = flow.AllIPv4().Minus(notInternet).Union(prefixes("2000::/3"))
	publicSpace  = internetBase.Minus(prefixes("168.63.129.16/32"))
)

// InternetBase returns the numeric addresses of the Internet tag before
// anything of the network is taken off: in IPv4 the published expansion of
// TAG-21, in IPv6 2000::/3 (TAG-24, UNCERTAIN).
func InternetBase() flow.AddressSet { return internetBase }

// PublicSpace returns the numeric addresses that a service tag can hold:
// InternetBase without 168.63.129.16 (TAG-33).
func PublicSpace() flow.AddressSet { return publicSpace }

func prefixes(list ...string) flow.AddressSet {
	var b flow.AddressSetBuilder
	for _, s := range list {
		b.AddPrefix(netip.MustParsePrefix(s))
	}
	return b.Set()
}
