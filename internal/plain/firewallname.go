package plain

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// named tells how an application rule fares with the name that a client asks for
// (P-25, P-29). Where nobody tells the name, only a rule for every name matches.
// What its FQDN tags, its categories and the paths of its URLs hold is not known
// (P-29a).
func named(rule *azure.FirewallRule, host string) match {
	if everyName(rule) {
		return yes
	}
	if host == "" {
		return maybe
	}
	m := no
	for _, value := range rule.TargetFQDNs {
		switch pattern, known := value.Known(); {
		case !known:
			m = max(m, maybe)
		case fits(pattern, host):
			return yes
		}
	}
	for _, value := range rule.TargetURLs {
		url, known := value.Known()
		site, _, _ := strings.Cut(url, "/")
		if !known || fits(site, host) {
			m = max(m, maybe)
		}
	}
	if len(rule.FQDNTags) > 0 || len(rule.WebCategories) > 0 {
		m = max(m, maybe)
	}
	return m
}

// fits compares a name with a pattern, whose one "*" stands at its left end
// (P-29): "*.contoso.com" is not for contoso.com, "*contoso.com" is.
func fits(pattern, host string) bool {
	pattern, host = strings.ToLower(pattern), strings.ToLower(host)
	if rest, wild := strings.CutPrefix(pattern, "*"); wild {
		return strings.HasSuffix(host, rest)
	}
	return host == pattern
}

// ofPlatform are the domains in which the names lie that a firewall lets through
// by itself after all rules (P-29c); which of them are is published in part only.
var ofPlatform = []string{"windows.net", "azure.com", "azure.net", "microsoft.com", "windows.com", "windowsupdate.com",
	"azureedge.net", "trafficmanager.net", "cloudapp.net", "msftauth.net", "microsoftonline.com", "azure-automation.net", "digicert.com", "verisign.com"}

// mayBeInfrastructure reports whether a name may be one that a firewall lets
// through by itself.
func mayBeInfrastructure(host string, p Packet) bool {
	if p.Protocol != protoTCP || isUsual(p.DestinationPort) == no {
		return false
	}
	for _, domain := range ofPlatform {
		if host == domain || strings.HasSuffix(strings.ToLower(host), "."+domain) {
			return true
		}
	}
	return false
}

// resolvesAt reports whether the clients of a subnet resolve names at a firewall.
func resolvesAt(at *place, f *azure.AzureFirewall) bool {
	if at == nil {
		return false
	}
	for _, server := range at.vnet.DNSServers {
		for _, c := range f.IPConfigurations {
			if sameAddress(server, c.PrivateIPAddress) {
				return true
			}
		}
	}
	return false
}
