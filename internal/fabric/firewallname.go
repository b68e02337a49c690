package fabric

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// Named says what the sender of packets tells a firewall beside their addresses.
type Named struct {
	// Host is the name that the client asks for: in the Host header of HTTP, the
	// SNI of TLS, or as server of SQL (P-25). Empty where nobody tells.
	Host string
	// Resolves says that the client resolves names at the firewall (C-13).
	Resolves bool
}

// hit is how an application rule fares with a name.
func (n Named) hit(r *azure.FirewallRule) ternary {
	if everyName(r) {
		return yes
	}
	if n.Host == "" {
		return maybe
	}
	best := no
	raise := func(to ternary) {
		if to == yes || best == no {
			best = to
		}
	}
	for _, v := range r.TargetFQDNs {
		if pattern, known := v.Known(); !known {
			raise(maybe)
		} else if nameFits(pattern, n.Host) {
			raise(yes)
		}
	}
	for _, v := range r.TargetURLs { // the path decides too
		url, known := v.Known()
		if site, _, _ := strings.Cut(url, "/"); !known || nameFits(site, n.Host) {
			raise(maybe)
		}
	}
	if len(r.FQDNTags)+len(r.WebCategories) > 0 { // what is in them is published nowhere (P-29a)
		raise(maybe)
	}
	return best
}

// nameFits compares a name with a pattern, whose one "*" stands at its left end
// (P-29).
func nameFits(pattern, host string) bool {
	rest, wild := strings.CutPrefix(strings.ToLower(pattern), "*")
	if wild {
		return strings.HasSuffix(strings.ToLower(host), rest)
	}
	return strings.EqualFold(pattern, host)
}

// platformDomains hold the names that a firewall lets through by itself after all
// rules; which of them those are is published in part only (P-29c).
var platformDomains = []string{
	"windows.net", "azure.com", "azure.net", "microsoft.com", "windows.com", "windowsupdate.com", "azureedge.net", "trafficmanager.net",
	"cloudapp.net", "msftauth.net", "microsoftonline.com", "azure-automation.net", "digicert.com", "verisign.com",
}

// infrastructure is the firewall's own collection of names, as far as it may be
// for the name; nil where it certainly is not. A name must be given: for flows
// stated by address the collection never allows anything (decisions 25).
func (f *Fabric) infrastructure(n Named, firewall *azure.AzureFirewall, slot int) *entry {
	host := strings.ToLower(n.Host)
	if !slices.ContainsFunc(platformDomains, func(domain string) bool { return host == domain || strings.HasSuffix(host, "."+domain) }) {
		return nil
	}
	c := f.everyPacket()
	c.Protocols, c.DestinationPorts = flow.Protocols(flow.TCP), applicationDefaults
	e := &entry{may: []flow.Cube{c}, access: azure.Allow, priority: slot}
	e.doubt(fmt.Sprintf("firewall %s may let %s through by itself, as one of the names of its infrastructure (P-29c)", firewall.Name, n.Host))
	return e
}

// applicationDefaults are the ports of application protocols (P-28).
var applicationDefaults = flow.Ports(80, 443, 1433)

// namedPolicy is what the rules of a firewall decide for packets of clients that
// tell the name they ask for.
func (f *Fabric) namedPolicy(firewall *azure.AzureFirewall, n Named) *Policy {
	rules := f.compiled(firewall)
	if n.Host == "" || rules.policy == nil {
		return rules.policy
	}
	rules.mu.Lock()
	defer rules.mu.Unlock()
	if rules.named[n] == nil {
		set, _ := f.rulesOf(firewall)
		entries, slot := f.filterEntries(set, n)
		if own := f.infrastructure(n, firewall, slot+1); own != nil {
			entries = append(entries, own)
		}
		if rules.named == nil {
			rules.named = map[Named]*Policy{}
		}
		p := f.newPolicy(nil, "", entries)
		p.firewall = firewall
		rules.named[n] = p
	}
	return rules.named[n]
}

// byApplication divides what a named policy lets through by the kind of rule:
// where a network rule may match too, it is not known whether the firewall looks
// into the packets, and so which address they leave with.
func byApplication(p *Policy, o Outcome) []Outcome {
	if o.Effect != Pass || len(o.Hops) == 0 || o.Hops[0].Note != applicationNote {
		return []Outcome{o}
	}
	var out []Outcome
	left := o.Packets
	for _, e := range p.entries {
		if r := e.firewallRule; r == nil || r.Kind != azure.NetworkRule || e.access != azure.Allow {
			continue
		}
		for _, c := range e.may {
			var both []flow.Cube
			if both, left = match(left, c); len(both) > 0 {
				why := p.doubts(both)
				out = append(out, Outcome{Packets: both, Effect: Doubtful, Reasons: why, Hops: []Hop{p.unknownHop(why)}, Touches: o.Touches, Stakes: o.Stakes})
			}
		}
	}
	o.Packets, o.Application = left, true
	o.Touches.add(NamesResolveAlike, NamesResolveAlike.allValues())
	return append(out, o)
}
