package export

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

func (r *reader) firewall(o *object, id azure.Resource) {
	f := &azure.AzureFirewall{Resource: o.withSettings(id)}
	f.SKU = parsedValue(r, o.sku().GetFold("name"), azure.ParseFirewallSKU)
	f.Tier = parsedValue(r, o.sku().GetFold("tier"), azure.ParseFirewallTier)
	f.ThreatIntelMode = parsed(o, azure.ParseInspectionMode, "threatIntelMode")
	f.Policy = r.reference(o.get("firewallPolicy"))
	f.VirtualHub = r.reference(o.get("virtualHub"))
	f.HubPrivateIPAddress = parsed(o, azure.ParseAddr, "hubIPAddresses", "privateIPAddress")
	for _, a := range o.elements(o.get("hubIPAddresses", "publicIPs", "addresses")) {
		f.HubPublicIPAddresses = append(f.HubPublicIPAddresses, parsed(&a, azure.ParseAddr, "address"))
	}
	f.Zones = r.texts(o.row.GetFold("zones"))
	for _, c := range o.elements(o.get("ipConfigurations")) {
		f.IPConfigurations = append(f.IPConfigurations, r.firewallIPConfiguration(&c))
	}
	if v := o.get("managementIpConfiguration"); v.Kind() == document.Object {
		c := o.part(v)
		f.ManagementIPConfiguration = r.firewallIPConfiguration(&c)
	}
	r.additionalProperties(o, f)
	r.classicCollections(o, f)
	r.inventory.AzureFirewalls = append(r.inventory.AzureFirewalls, f)
}

// sku is the SKU, which stands among the properties or beside them.
func (o *object) sku() document.Value {
	if v := o.get("sku"); v.Kind() == document.Object {
		return v
	}
	return o.row.GetFold("sku")
}

func (r *reader) firewallIPConfiguration(o *object) *azure.FirewallIPConfiguration {
	return &azure.FirewallIPConfiguration{
		Resource:         o.partIdentity(azure.TypeFirewallIPConfiguration),
		Subnet:           r.reference(o.get("subnet")),
		PublicIPAddress:  r.reference(o.get("publicIPAddress")),
		PrivateIPAddress: parsed(o, azure.ParseAddr, "privateIPAddress"),
	}
}

// additionalProperties reads the settings of a classic firewall.
func (r *reader) additionalProperties(o *object, f *azure.AzureFirewall) {
	all := o.get("additionalProperties")
	for name, v := range all.Members() {
		text := r.text(v)
		if !text.IsSet() {
			continue
		}
		if f.AdditionalProperties == nil {
			f.AdditionalProperties = map[string]azure.Value[string]{}
		}
		f.AdditionalProperties[name.String()] = text
	}
	f.DNSProxy = parsedValue(r, all.GetFold("Network.DNS.EnableProxy"), azure.ParseBool)
	ranges, list := azure.ParseFirewallRanges(r.text(all.GetFold("Network.SNAT.PrivateRanges")))
	r.reportAll(list)
	servers, list := azure.ParseAddrList(r.text(all.GetFold("Network.DNS.Servers")))
	r.reportAll(list)
	f.PrivateRanges, f.DNSServers = ranges, servers
}

// classicLists are the lists of classic collections of a firewall.
var classicLists = []struct {
	name string
	kind azure.FirewallRuleKind
}{
	{"natRuleCollections", azure.NATRule},
	{"networkRuleCollections", azure.NetworkRule},
	{"applicationRuleCollections", azure.ApplicationRule},
}

// classicCollections reads the classic collections. A firewall that has neither
// a policy nor any of the lists was not printed whole.
func (r *reader) classicCollections(o *object, f *azure.AzureFirewall) {
	stated := f.Policy.IsSet()
	f.RuleCollections = []*azure.RuleCollection{}
	for _, list := range classicLists {
		collections := o.elements(o.get(list.name))
		stated = stated || collections != nil
		for _, c := range collections {
			f.RuleCollections = append(f.RuleCollections, r.collection(&c, list.kind))
		}
	}
	if !stated {
		f.UnknownCollections = append(f.UnknownCollections, r.unstated(f.Resource, "rule collections"))
	}
}

func (r *reader) collection(o *object, kind azure.FirewallRuleKind) *azure.RuleCollection {
	k := r.emptyCollection(o, kind)
	for _, rule := range o.elements(o.get("rules")) {
		k.Rules = append(k.Rules, r.firewallRule(&rule, kind))
	}
	return k
}

func (r *reader) emptyCollection(o *object, kind azure.FirewallRuleKind) *azure.RuleCollection {
	return &azure.RuleCollection{
		Resource: o.partIdentity(azure.TypeRuleCollection),
		Kind:     kind,
		Priority: parsed(o, azure.ParsePriority, "priority"),
		Action:   parsed(o, azure.ParseFirewallAction, "action", "type"),
	}
}

// firewallRule reads a classic rule or a policy's.
func (r *reader) firewallRule(o *object, kind azure.FirewallRuleKind) *azure.FirewallRule {
	texts := func(name string) []azure.Value[string] { return r.texts(o.get(name)) }
	groups := func(name string) []azure.Reference { return o.references(o.get(name)) }
	fields := azure.FirewallRuleFields{
		Resource: o.partIdentity(azure.TypeFirewallRule), Kind: kind,
		SourceAddresses: texts("sourceAddresses"), SourceIPGroups: groups("sourceIpGroups"),
		DestinationAddresses: texts("destinationAddresses"), DestinationIPGroups: groups("destinationIpGroups"),
		DestinationFQDNs: texts("destinationFqdns"), DestinationPorts: texts("destinationPorts"),
		TranslatedAddress: r.text(o.get("translatedAddress")), TranslatedPort: r.text(o.get("translatedPort")),
		TranslatedFQDN: r.text(o.get("translatedFqdn")),
		TargetFQDNs:    texts("targetFqdns"), TargetURLs: texts("targetUrls"),
		FQDNTags: texts("fqdnTags"), WebCategories: texts("webCategories"), TerminateTLS: r.text(o.get("terminateTLS")),
	}
	fields.Description, _ = o.get("description").String()
	if kind != azure.ApplicationRule {
		fields.Protocols = append(texts("ipProtocols"), texts("protocols")...)
	} else {
		for _, p := range o.elements(o.get("protocols")) {
			fields.ApplicationProtocols = append(fields.ApplicationProtocols,
				azure.ApplicationProtocolFields{Type: r.text(p.get("protocolType")), Port: r.text(p.get("port")), At: p.at})
		}
	}
	if v := o.get("httpHeadersToInsert"); !v.IsZero() && v.Len() > 0 {
		fields.Resource.Settings = []azure.Setting{{Name: "httpHeadersToInsert", Value: v.Any()}}
	}
	rule, list := azure.MakeFirewallRule(fields)
	r.reportAll(list)
	return rule
}

func (r *reader) firewallPolicy(o *object, id azure.Resource) {
	p := &azure.FirewallPolicy{Resource: id}
	p.Base = r.reference(o.get("basePolicy"))
	p.Tier = parsedValue(r, o.sku().GetFold("tier"), azure.ParseFirewallTier)
	p.ThreatIntelMode = parsed(o, azure.ParseInspectionMode, "threatIntelMode")
	p.ThreatIntelAllowed = r.firewallTerms(o.get("threatIntelWhitelist", "ipAddresses"))
	p.ThreatIntelAllowedFQDNs = r.texts(o.get("threatIntelWhitelist", "fqdns"))
	p.IntrusionDetection = r.intrusionDetection(o, id)
	p.DNSProxy = parsed(o, azure.ParseBool, "dnsSettings", "enableProxy")
	p.DNSServers = allParsed(o, azure.ParseAddr, "dnsSettings", "servers")
	p.PrivateRanges = r.firewallTerms(o.get("snat", "privateRanges"))
	p.AutoLearnPrivateRanges = parsed(o, azure.ParseAutoLearn, "snat", "autoLearnPrivateRanges")
	p.AllowSQLRedirect = parsed(o, azure.ParseBool, "sql", "allowSqlRedirect")
	if groups := o.get("ruleCollectionGroups"); groups.Kind() == document.Array {
		p.GroupReferences = o.references(groups)
	} else {
		p.UnknownGroups = append(p.UnknownGroups, r.unstated(id, "ruleCollectionGroups"))
	}
	r.inventory.FirewallPolicies = append(r.inventory.FirewallPolicies, p)
}

// intrusionDetection reads mode, signatures and bypass.
func (r *reader) intrusionDetection(o *object, id azure.Resource) azure.IntrusionDetection {
	d := azure.IntrusionDetection{Mode: parsed(o, azure.ParseInspectionMode, "intrusionDetection", "mode")}
	for _, s := range o.elements(o.get("intrusionDetection", "configuration", "signatureOverrides")) {
		d.Signatures = append(d.Signatures, parsed(&s, azure.ParseInspectionMode, "mode"))
	}
	var entries []azure.BypassFields
	for _, b := range o.elements(o.get("intrusionDetection", "configuration", "bypassTrafficSettings")) {
		entries = append(entries, azure.BypassFields{
			Name: r.text(b.head[headName]).V, Protocol: r.text(b.get("protocol")), At: b.at,
			Sources: r.texts(b.get("sourceAddresses")), Destinations: r.texts(b.get("destinationAddresses")), Ports: r.texts(b.get("destinationPorts")),
			SourceIPGroups: b.references(b.get("sourceIpGroups")), DestinationIPGroups: b.references(b.get("destinationIpGroups")),
		})
	}
	var problems diagnostic.List
	d.Bypass, problems = azure.MakeBypass(id, entries)
	r.reportAll(problems)
	return d
}

func (r *reader) firewallTerms(v document.Value) []azure.FirewallTerm {
	terms, list := azure.MakeFirewallTerms(r.texts(v))
	r.reportAll(list)
	return terms
}

func (r *reader) collectionGroup(o *object, id azure.Resource) {
	g := &azure.RuleCollectionGroup{Resource: o.withSettings(id), Priority: parsed(o, azure.ParsePriority, "priority")}
	for _, c := range o.elements(o.get("ruleCollections")) {
		g.Collections = append(g.Collections, r.policyCollection(&c))
	}
	r.inventory.RuleCollectionGroups = append(r.inventory.RuleCollectionGroups, azure.Child[*azure.RuleCollectionGroup]{Parent: parentOf(id), Resource: g})
}

// ruleGroup reads a group in the form of the preview, of which only the priority
// is read.
func (r *reader) ruleGroup(o *object, id azure.Resource) {
	g := &azure.RuleCollectionGroup{Resource: id, Priority: parsed(o, azure.ParsePriority, "priority")}
	g.UnknownCollections = []*azure.Unknown{{Name: id.Label() + " rules", Why: "rule groups of the preview are not read", At: id.At}}
	r.inventory.RuleCollectionGroups = append(r.inventory.RuleCollectionGroups, azure.Child[*azure.RuleCollectionGroup]{Parent: parentOf(id), Resource: g})
}

// policyCollection reads a collection of a policy, whose kind its rules tell
//
func (r *reader) policyCollection(o *object) *azure.RuleCollection {
	k := r.emptyCollection(o, azure.NetworkRule)
	if typ, _ := o.get("ruleCollectionType").String(); strings.EqualFold(typ, "FirewallPolicyNatRuleCollection") {
		k.Kind = azure.NATRule
	}
	for i, rule := range o.elements(o.get("rules")) {
		kind, known := parsed(&rule, azure.ParseFirewallRuleKind, "ruleType").Known()
		if !known {
			k.UnknownRules = append(k.UnknownRules, &azure.Unknown{Name: rule.row.Path(), Why: "its rule type is not known", At: rule.at})
			continue
		}
		if i == 0 {
			k.Kind = kind
		}
		k.Rules = append(k.Rules, r.firewallRule(&rule, kind))
	}
	return k
}

func (r *reader) ipGroup(o *object, id azure.Resource) {
	r.inventory.IPGroups = append(r.inventory.IPGroups, &azure.IPGroup{Resource: id, Addresses: r.firewallTerms(o.get("ipAddresses"))})
}

func (r *reader) natGateway(o *object, id azure.Resource) {
	r.inventory.NATGateways = append(r.inventory.NATGateways, &azure.NATGateway{
		Resource:          id,
		SKU:               r.text(o.sku().GetFold("name")),
		PublicIPAddresses: append(o.references(o.get("publicIpAddresses")), o.references(o.get("publicIpAddressesV6"))...),
		PublicIPPrefixes:  append(o.references(o.get("publicIpPrefixes")), o.references(o.get("publicIpPrefixesV6"))...),
		Subnets:           o.references(o.get("subnets")),
		Zones:             r.texts(o.row.GetFold("zones")),
	})
}

func (r *reader) publicIPPrefix(o *object, id azure.Resource) {
	r.inventory.PublicIPPrefixes = append(r.inventory.PublicIPPrefixes, &azure.PublicIPPrefix{
		Resource: id,
		Prefix:   parsed(o, azure.ParsePrefix, "ipPrefix"),
		Length:   parsed(o, azure.ParseWholeNumber, "prefixLength"),
		SKU:      r.text(o.sku().GetFold("name")),
	})
}
