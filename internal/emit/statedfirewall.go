package emit

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

func (w *writer) firewall(f *azure.AzureFirewall) statement {
	if f.VirtualHub.IsSet() {
		w.lack("the firewall %s stands in a virtual hub", f.Name)
	}
	if len(f.UnknownIPConfigurations)+len(f.UnknownCollections) > 0 {
		w.lack("the addresses or the rule collections of firewall %s are not all known", f.Name)
	}
	sku := tree{{"name", string(f.SKU.Or(azure.FirewallInNetwork))}, {"tier", string(f.Tier.Or(azure.FirewallStandard))}}
	p := tree{{"sku", sku}}.with("threatIntelMode", string(f.ThreatIntelMode.Or(""))).with("firewallPolicy", w.link(f.Policy))
	p = p.with("additionalProperties", w.additional(f))
	var addresses []any
	for _, c := range f.IPConfigurations {
		addresses = append(addresses, w.firewallAddress(c))
	}
	p = p.with("ipConfigurations", addresses)
	if c := f.ManagementIPConfiguration; c != nil {
		p = p.with("managementIpConfiguration", w.firewallAddress(c))
	}
	if !f.Policy.IsSet() {
		for _, kind := range []azure.FirewallRuleKind{azure.NATRule, azure.NetworkRule, azure.ApplicationRule} {
			name := []string{"natRuleCollections", "networkRuleCollections", "applicationRuleCollections"}[kind]
			list := []any{}
			for _, k := range f.RuleCollections {
				if k.Kind == kind {
					list = append(list, w.classic(k))
				}
			}
			p = append(p, member{name, list})
		}
	}
	more, beside := w.settings(&f.Resource)
	return statement{typ: azure.TypeAzureFirewall, names: []string{f.Name}, located: true, zones: knownZones(w, f), properties: append(p, more...), beside: beside}
}

func knownZones(w *writer, f *azure.AzureFirewall) []any {
	return known(w, f.Zones, f.Name+" zones", func(s string) string { return s })
}

// additional are the settings of a classic firewall, the private ranges as they
// are now.
func (w *writer) additional(f *azure.AzureFirewall) tree {
	const ranges = "Network.SNAT.PrivateRanges"
	var t tree
	for _, name := range slices.Sorted(maps.Keys(f.AdditionalProperties)) {
		if !strings.EqualFold(name, ranges) {
			t = t.with(name, w.text(f.AdditionalProperties[name], f.Name+" "+name))
		}
	}
	t = w.additionalDNS(t, f)
	var list []string
	for _, term := range f.PrivateRanges {
		if term.Kind == azure.FirewallUnknown {
			w.lack("the private ranges of %s are not known", f.Name)
		}
		list = append(list, term.Text)
	}
	return t.with(ranges, strings.Join(list, ", "))
}

// additionalDNS adds the settings of the name service where the input states them
// apart, as Terraform does.
func (w *writer) additionalDNS(t tree, f *azure.AzureFirewall) tree {
	const proxy, servers = "Network.DNS.EnableProxy", "Network.DNS.Servers"
	if f.AdditionalProperties != nil || f.Policy.IsSet() {
		return t
	}
	if f.DNSProxy.Unknown != nil {
		w.lack("the DNS proxy of %s is not known", f.Name)
	}
	if on, ok := f.DNSProxy.Known(); ok {
		t = t.with(proxy, strconv.FormatBool(on))
	}
	var list []string
	for _, a := range known(w, f.DNSServers, f.Name+" DNS servers", netip.Addr.String) {
		list = append(list, a.(string))
	}
	return t.with(servers, strings.Join(list, ","))
}

func (w *writer) firewallAddress(c *azure.FirewallIPConfiguration) tree {
	p := tree{}
	if a, ok := c.PrivateIPAddress.Known(); ok {
		p = p.with("privateIPAddress", a.String())
	}
	p = p.with("subnet", w.link(c.Subnet)).with("publicIPAddress", w.link(c.PublicIPAddress))
	return tree{{"name", c.Name}, {"properties", p}}
}

// classic is a collection of a firewall without policy.
func (w *writer) classic(k *azure.RuleCollection) tree {
	if len(k.UnknownRules) > 0 {
		w.lack("the rules of collection %s are not all known", k.Name)
	}
	rules := []any{}
	for _, r := range k.Rules {
		rules = append(rules, w.rule(r, "protocols"))
	}
	action := string(k.Action.Or(azure.FirewallAllow))
	p := tree{{"priority", k.Priority.V}, {"action", tree{{"type", action}}}, {"rules", rules}}
	if k.Priority.Unknown != nil || k.Action.Unknown != nil {
		w.lack("the priority or the action of collection %s is not known", k.Name)
	}
	return tree{{"name", k.Name}, {"properties", p}}
}

// group is a group of collections of a policy.
func (w *writer) group(g *azure.RuleCollectionGroup) statement {
	if len(g.UnknownCollections) > 0 || g.Priority.Unknown != nil {
		w.lack("the collections of group %s are not all known", g.Name)
	}
	list := []any{}
	for _, k := range g.Collections {
		if len(k.UnknownRules) > 0 || k.Priority.Unknown != nil || k.Action.Unknown != nil {
			w.lack("collection %s is not known whole", k.Name)
		}
		typ, action := "FirewallPolicyFilterRuleCollection", string(k.Action.Or(azure.FirewallAllow))
		if k.Kind == azure.NATRule {
			typ, action = "FirewallPolicyNatRuleCollection", "DNAT"
		}
		rules := []any{}
		for _, r := range k.Rules {
			kind := []string{"NatRule", "NetworkRule", "ApplicationRule"}[r.Kind]
			rules = append(rules, append(tree{{"ruleType", kind}}, w.rule(r, "ipProtocols")...))
		}
		list = append(list, tree{{"ruleCollectionType", typ}, {"name", k.Name}, {"priority", k.Priority.V}, {"action", tree{{"type", action}}}, {"rules", rules}})
	}
	more, _ := w.settings(&g.Resource)
	return statement{
		typ: azure.TypeRuleCollectionGroup, names: []string{g.Policy.Name, g.Name},
		properties: append(tree{{"priority", g.Priority.V}, {"ruleCollections", list}}, more...),
	}
}

// rule is one of either form; protocols is what that calls the protocols of a
// network or NAT rule.
func (w *writer) rule(r *azure.FirewallRule, protocols string) tree {
	same := func(s string) string { return s }
	t := tree{{"name", r.Name}}.with("description", r.Description)
	var list []any
	if r.Kind == azure.ApplicationRule {
		for _, p := range r.ApplicationProtocols {
			one := tree{}.with("protocolType", w.text(p.Type, r.Name+" protocols"))
			if port, ok := p.Port.Known(); ok {
				one = append(one, member{"port", port})
			}
			list = append(list, one)
		}
		t = t.with("protocols", list)
	} else {
		t = t.with(protocols, known(w, r.Protocols, r.Name+" protocols", func(p azure.FirewallProtocol) string { return string(p) }))
	}
	t = w.side(t, "source", r.Source)
	t = w.side(t, "destination", r.Destination)
	var ports []any
	for _, p := range r.DestinationPorts.Terms {
		if p.Unknown != nil {
			w.lack("the ports of rule %s are not known", r.Name)
		}
		ports = append(ports, p.Text)
	}
	t = t.with("destinationPorts", ports)
	if r.Kind == azure.NATRule {
		if a, ok := r.TranslatedAddress.Known(); ok {
			t = t.with("translatedAddress", a.String())
		}
		t = t.with("translatedFqdn", w.text(r.TranslatedFQDN, r.Name+" translatedFqdn"))
		if port, ok := r.TranslatedPort.Known(); ok {
			t = t.with("translatedPort", strconv.Itoa(port))
		}
	}
	t = t.with("targetFqdns", known(w, r.TargetFQDNs, r.Name+" targetFqdns", same)).with("targetUrls", known(w, r.TargetURLs, r.Name+" targetUrls", same))
	t = t.with("fqdnTags", known(w, r.FQDNTags, r.Name+" fqdnTags", same)).with("webCategories", known(w, r.WebCategories, r.Name+" webCategories", same))
	if v, ok := r.TerminateTLS.Known(); ok {
		t = append(t, member{"terminateTLS", v})
	}
	more, _ := w.settings(&r.Resource)
	return append(t, more...)
}

// side are the terms of the source or the destination, by their kinds.
func (w *writer) side(t tree, end string, s azure.FirewallSide) tree {
	var addresses, groups, names []any
	for _, term := range s.Terms {
		switch term.Kind {
		case azure.FirewallUnknown:
			w.lack("the %s of a rule is not known", end)
		case azure.FirewallIPGroup:
			groups = append(groups, w.id(term.Group))
		case azure.FirewallName:
			names = append(names, term.Name)
		default:
			addresses = append(addresses, term.Text)
		}
	}
	return t.with(end+"Addresses", addresses).with(end+"IpGroups", groups).with(end+"Fqdns", names)
}
