package azure

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

func (f *AzureFirewall) facts() []fact {
	configs := make([]string, len(f.IPConfigurations))
	for i, c := range f.IPConfigurations {
		configs[i] = c.text()
	}
	var additional []string
	for _, key := range slices.Sorted(maps.Keys(f.AdditionalProperties)) {
		additional = append(additional, key+"="+valueText(f.AdditionalProperties[key]))
	}
	management := ""
	if f.ManagementIPConfiguration != nil {
		management = f.ManagementIPConfiguration.text()
	}
	return []fact{
		optionalFact("sku.name", f.SKU),
		optionalFact("sku.tier", f.Tier),
		optionalFact("threatIntelMode", f.ThreatIntelMode),
		refFact("firewallPolicy", f.Policy),
		{name: "ipConfigurations", text: joined(configs), at: f.At},
		{name: "managementIpConfiguration", text: management, at: f.At},
		{name: "additionalProperties", text: joined(additional), at: f.At},
		refFact("virtualHub", f.VirtualHub),
	}
}

func (c *FirewallIPConfiguration) text() string {
	return strings.Join([]string{strings.ToLower(c.Name), refText(c.Subnet), refText(c.PublicIPAddress), valueText(c.PrivateIPAddress)}, " ")
}

func (k *RuleCollection) facts() []fact {
	return []fact{
		valueFact("priority", k.Priority),
		valueFact("action", k.Action),
		{name: "rules", text: k.rulesText(), at: k.At},
	}
}

// rulesText is the canonical form of the rules. Their order decides nothing
// within a collection, which has one action, but for NAT rules (P-12).
func (k *RuleCollection) rulesText() string {
	if k == nil {
		return ""
	}
	texts := make([]string, 0, len(k.Rules)+len(k.UnknownRules))
	for _, r := range k.Rules {
		texts = append(texts, r.text())
	}
	for _, u := range k.UnknownRules {
		texts = append(texts, unknownText(u))
	}
	return strings.Join(texts, "; ")
}

func (r *FirewallRule) text() string {
	protocols := make([]string, len(r.ApplicationProtocols))
	for i, p := range r.ApplicationProtocols {
		protocols[i] = valueText(p.Type) + ":" + valueText(p.Port)
	}
	return strings.Join([]string{
		strings.ToLower(r.Name), fmt.Sprint(r.Kind), r.Source.text(), r.Destination.text(),
		listFact("", r.Protocols).text, r.DestinationPorts.text(),
		valueText(r.TranslatedAddress), valueText(r.TranslatedFQDN), valueText(r.TranslatedPort),
		joined(protocols), listFact("", r.TargetFQDNs).text, listFact("", r.TargetURLs).text,
		listFact("", r.FQDNTags).text, listFact("", r.WebCategories).text, fmt.Sprint(r.TerminateTLS.Or(false)),
	}, "|")
}

func (p *FirewallPolicy) facts() []fact {
	return []fact{
		refFact("basePolicy", p.Base),
		optionalFact("sku.tier", p.Tier),
		optionalFact("threatIntelMode", p.ThreatIntelMode),
		termsFact("threatIntelWhitelist.ipAddresses", p.ThreatIntelAllowed),
		listFact("threatIntelWhitelist.fqdns", p.ThreatIntelAllowedFQDNs),
		optionalFact("intrusionDetection.mode", p.IntrusionDetection.Mode),
		listFact("intrusionDetection.configuration.signatureOverrides", p.IntrusionDetection.Signatures),
		{name: "intrusionDetection.configuration.bypassTrafficSettings", text: p.IntrusionDetection.Bypass.rulesText(), at: p.At},
		defaultFact("dnsSettings.enableProxy", p.DNSProxy, false),
		listFact("dnsSettings.servers", p.DNSServers),
		termsFact("snat.privateRanges", p.PrivateRanges),
		defaultFact("snat.autoLearnPrivateRanges", p.AutoLearnPrivateRanges, false),
		defaultFact("sql.allowSqlRedirect", p.AllowSQLRedirect, false),
	}
}

func (g *RuleCollectionGroup) facts() []fact {
	texts := make([]string, 0, len(g.Collections)+len(g.UnknownCollections))
	for _, k := range g.Collections {
		texts = append(texts, strings.Join([]string{strings.ToLower(k.Name), valueText(k.Priority), valueText(k.Action), k.rulesText()}, " "))
	}
	for _, u := range g.UnknownCollections {
		texts = append(texts, unknownText(u))
	}
	return []fact{
		valueFact("priority", g.Priority),
		{name: "ruleCollections", text: joined(texts), at: g.At},
	}
}

func (g *IPGroup) facts() []fact { return []fact{termsFact("ipAddresses", g.Addresses)} }

func (g *NATGateway) facts() []fact {
	return []fact{
		optionalFact("sku", g.SKU),
		refsFact("publicIpAddresses", g.PublicIPAddresses),
		refsFact("publicIpPrefixes", g.PublicIPPrefixes),
	}
}

func (p *PublicIPPrefix) facts() []fact {
	return []fact{optionalFact("ipPrefix", p.Prefix), optionalFact("prefixLength", p.Length), optionalFact("sku", p.SKU)}
}

func refsFact(name string, refs []Reference) fact {
	f := fact{name: name}
	texts := make([]string, len(refs))
	for i, r := range refs {
		texts[i] = refText(r)
		if f.at.IsZero() {
			f.at = r.At
		}
	}
	f.text = joined(texts)
	return f
}

func termsFact(name string, terms []FirewallTerm) fact {
	f := fact{name: name, text: FirewallSide{Terms: terms}.text()}
	if len(terms) > 0 {
		f.at = terms[0].At
	}
	return f
}

func (s FirewallSide) text() string {
	keys := make([]string, len(s.Terms))
	for i, t := range s.Terms {
		keys[i] = t.key()
	}
	return joined(keys)
}

// key is the canonical form of one term.
func (t FirewallTerm) key() string {
	switch t.Kind {
	case FirewallAnyAddress:
		return "*"
	case FirewallRange:
		return t.First.String() + "-" + t.Last.String()
	case FirewallTag:
		return strings.ToLower(t.Name)
	case FirewallIPGroup:
		return refText(t.Group)
	case FirewallName:
		return "name " + strings.ToLower(t.Name)
	}
	return unknownText(t.Unknown)
}
