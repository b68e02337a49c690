package body

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/source/arm/value"
)

func (r reader) firewall(res Resource, o object) {
	f := &azure.AzureFirewall{
		Resource:            o.withSettings(res.Beside),
		Zones:               o.textsOf(res.Zones, "zones"),
		SKU:                 parsed(o.skuOf(res), azure.ParseFirewallSKU, "name"),
		Tier:                parsed(o.skuOf(res), azure.ParseFirewallTier, "tier"),
		ThreatIntelMode:     parsed(o, azure.ParseInspectionMode, "threatIntelMode"),
		Policy:              o.reference("firewallPolicy"),
		VirtualHub:          o.reference("virtualHub"),
		HubPrivateIPAddress: parsed(o, azure.ParseAddr, "hubIPAddresses", "privateIPAddress"),
	}
	for _, e := range elements(o.get("hubIPAddresses", "publicIPs", "addresses")) {
		f.HubPublicIPAddresses = append(f.HubPublicIPAddresses, parsed(o.within(e), azure.ParseAddr, "address"))
	}
	r.additionalProperties(f, o)
	if o.doubt != nil {
		f.UnknownIPConfigurations, f.UnknownCollections = []*azure.Unknown{o.doubt}, []*azure.Unknown{o.doubt}
		r.inventory.AzureFirewalls = append(r.inventory.AzureFirewalls, f)
		return
	}
	configurations, open := o.children("ipConfigurations", "azureFirewallIpConfigurations", azure.TypeFirewallIPConfiguration)
	for number, c := range configurations {
		config := firewallIPConfiguration(c)
		if config.Subnet.IsSet() && !config.PrivateIPAddress.IsSet() {
			config.PrivateIPAddress = o.chosen(c, number, open)
		}
		f.IPConfigurations = append(f.IPConfigurations, config)
	}
	f.UnknownIPConfigurations = open
	if v := o.get("managementIpConfiguration"); !v.IsNull() {
		f.ManagementIPConfiguration = firewallIPConfiguration(o.child(v, "azureFirewallIpConfigurations", azure.TypeFirewallIPConfiguration))
	}
	f.RuleCollections = []*azure.RuleCollection{}
	for _, list := range classicLists {
		collections, open := o.children(list.name, list.name, azure.TypeRuleCollection)
		for _, c := range collections {
			f.RuleCollections = append(f.RuleCollections, r.collection(c, list.kind))
		}
		f.UnknownCollections = append(f.UnknownCollections, open...)
	}
	r.inventory.AzureFirewalls = append(r.inventory.AzureFirewalls, f)
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

// skuOf is the SKU, which stands among the properties or beside them.
func (o object) skuOf(res Resource) object {
	if v := o.value.Get("sku"); !v.IsNull() {
		return o.within(v)
	}
	return o.within(res.SKU)
}

// within is an object inside this one.
func (o object) within(v *value.Value) object {
	inner := o
	if inner.value = v; v == nil {
		inner.value = value.OfObject(nil, o.at())
	}
	return inner
}

// additionalProperties reads the settings of a classic firewall.
func (r reader) additionalProperties(f *azure.AzureFirewall, o object) {
	const ranges, proxy, servers = "Network.SNAT.PrivateRanges", "Network.DNS.EnableProxy", "Network.DNS.Servers"
	all := o.get("additionalProperties")
	if all.IsNull() {
		return
	}
	inner := o.within(all)
	if all.IsUnknown() {
		u := unknown(all)
		f.DNSProxy = azure.NotKnown[bool](u)
		f.DNSServers = []azure.Value[netip.Addr]{azure.NotKnown[netip.Addr](u)}
		f.PrivateRanges = []azure.FirewallTerm{{Kind: azure.FirewallUnknown, Unknown: u, At: all.At}}
		return
	}
	f.AdditionalProperties = map[string]azure.Value[string]{}
	for _, m := range all.Members() {
		f.AdditionalProperties[m.Name] = inner.text(m.Name)
	}
	f.DNSProxy = parsed(inner, azure.ParseBool, proxy)
	var problems diagnostic.List
	f.PrivateRanges, problems = azure.ParseFirewallRanges(inner.text(ranges))
	o.report(problems)
	f.DNSServers, problems = azure.ParseAddrList(inner.text(servers))
	o.report(problems)
}

func firewallIPConfiguration(c object) *azure.FirewallIPConfiguration {
	return &azure.FirewallIPConfiguration{
		Resource:         c.resource,
		Subnet:           c.reference("subnet"),
		PublicIPAddress:  c.reference("publicIPAddress"),
		PrivateIPAddress: parsed(c, azure.ParseAddr, "privateIPAddress"),
	}
}

// collection reads a classic collection; templates have none apart from its
// firewall.
func (r reader) collection(o object, kind azure.FirewallRuleKind) *azure.RuleCollection {
	k := &azure.RuleCollection{
		Resource: o.resource,
		Kind:     kind,
		Priority: parsed(o, azure.ParsePriority, "priority"),
		Action:   parsed(o, azure.ParseFirewallAction, "action", "type"),
	}
	rules, open := o.flatChildren("rules", azure.TypeFirewallRule)
	for _, rule := range rules {
		k.Rules = append(k.Rules, r.firewallRule(rule, kind))
	}
	k.UnknownRules = open
	return k
}

// flatChildren are elements of a list that have a name and no properties apart.
func (o object) flatChildren(name, typ string) (list []object, open []*azure.Unknown) {
	list, open = o.children(name, name, typ)
	known := 0
	for _, e := range o.value.Get(name).Elements() {
		if !e.IsUnknown() {
			list[known].value = e
			known++
		}
	}
	return list, open
}

// firewallRule reads a classic rule or a policy's.
func (r reader) firewallRule(o object, kind azure.FirewallRuleKind) *azure.FirewallRule {
	description, _ := o.get("description").Text()
	fields := azure.FirewallRuleFields{
		Resource: o.resource, Kind: kind, Description: description,
		SourceAddresses: o.texts("sourceAddresses"), SourceIPGroups: o.references("sourceIpGroups"),
		DestinationAddresses: o.texts("destinationAddresses"), DestinationIPGroups: o.references("destinationIpGroups"),
		DestinationFQDNs: o.texts("destinationFqdns"), DestinationPorts: o.texts("destinationPorts"),
		TranslatedAddress: o.text("translatedAddress"), TranslatedPort: o.text("translatedPort"), TranslatedFQDN: o.text("translatedFqdn"),
		TargetFQDNs: o.texts("targetFqdns"), TargetURLs: o.texts("targetUrls"),
		FQDNTags: o.texts("fqdnTags"), WebCategories: o.texts("webCategories"), TerminateTLS: o.text("terminateTLS"),
	}
	if kind != azure.ApplicationRule {
		fields.Protocols = append(o.texts("ipProtocols"), o.texts("protocols")...)
	} else {
		for _, e := range elements(o.get("protocols")) {
			p := o.within(e)
			fields.ApplicationProtocols = append(fields.ApplicationProtocols, azure.ApplicationProtocolFields{Type: p.text("protocolType"), Port: p.text("port"), At: e.At})
		}
	}
	if v := o.get("httpHeadersToInsert"); !isEmpty(v) {
		fields.Resource.Settings = []azure.Setting{setting("httpHeadersToInsert", v)}
	}
	rule, problems := azure.MakeFirewallRule(fields)
	o.report(problems)
	return rule
}
