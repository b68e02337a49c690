package azuretest

import (
	"net/netip"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// Stated is what a user states of the appliance with an address, with its rules in
// order: "allow tcp 10.1.0.0/16 > 0.0.0.0/0 443".
func Stated(address string, translates azure.Translation, rules ...string) Item {
	return func(s *scope) {
		a := &azure.Appliance{Address: netip.MustParseAddr(address), Translation: translates, Stateful: true, At: s.at()}
		for _, text := range rules {
			a.Rules = append(a.Rules, s.applianceRule(text))
		}
		s.inventory.Appliances = append(s.inventory.Appliances, a)
	}
}

// Stateless is the same of one that keeps no state.
func Stateless(address string, translates azure.Translation, rules ...string) Item {
	return func(s *scope) {
		Stated(address, translates, rules...)(s)
		s.inventory.Appliances[len(s.inventory.Appliances)-1].Stateful = false
	}
}

func (s *scope) applianceRule(text string) *azure.ApplianceRule {
	f := strings.Fields(text)
	r := &azure.ApplianceRule{Allow: f[0] == "allow", At: s.at()}
	if number, ok := map[string]uint8{"tcp": 6, "udp": 17, "icmp": 1}[f[1]]; ok {
		r.Protocols = []uint8{number}
	}
	prefixes := func(text string) []netip.Prefix {
		if text == "*" {
			return nil
		}
		return []netip.Prefix{netip.MustParsePrefix(text)}
	}
	r.Source, r.Destination = prefixes(f[2]), prefixes(f[4])
	if len(f) > 5 {
		v, problems := azure.ParsePortTerm(f[5], r.At)
		s.note(problems)
		r.Ports = []azure.PortTerm{v}
	}
	return r
}
