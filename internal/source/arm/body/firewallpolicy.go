package body

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
)

func (r reader) firewallPolicy(res Resource, o object) {
	p := &azure.FirewallPolicy{
		Resource:                res.Resource,
		Base:                    o.reference("basePolicy"),
		Tier:                    parsed(o.skuOf(res), azure.ParseFirewallTier, "tier"),
		ThreatIntelMode:         parsed(o, azure.ParseInspectionMode, "threatIntelMode"),
		ThreatIntelAllowed:      o.firewallTerms("threatIntelWhitelist", "ipAddresses"),
		ThreatIntelAllowedFQDNs: o.texts("threatIntelWhitelist", "fqdns"),
		IntrusionDetection:      o.intrusionDetection(res),
		DNSProxy:                parsed(o, azure.ParseBool, "dnsSettings", "enableProxy"),
		DNSServers:              allParsed(o, azure.ParseAddr, "dnsSettings", "servers"),
		PrivateRanges:           o.firewallTerms("snat", "privateRanges"),
		AutoLearnPrivateRanges:  parsed(o, azure.ParseAutoLearn, "snat", "autoLearnPrivateRanges"),
		AllowSQLRedirect:        parsed(o, azure.ParseBool, "sql", "allowSqlRedirect"),
	}
	if o.doubt != nil {
		p.UnknownGroups = []*azure.Unknown{o.doubt}
	} else {
		p.GroupReferences = o.references("ruleCollectionGroups")
	}
	r.inventory.FirewallPolicies = append(r.inventory.FirewallPolicies, p)
}

// intrusionDetection reads mode, signatures and bypass.
func (o object) intrusionDetection(res Resource) azure.IntrusionDetection {
	d := azure.IntrusionDetection{Mode: parsed(o, azure.ParseInspectionMode, "intrusionDetection", "mode")}
	if !d.Mode.IsSet() || o.doubt != nil {
		return d
	}
	for _, e := range elements(o.get("intrusionDetection", "configuration", "signatureOverrides")) {
		d.Signatures = append(d.Signatures, parsed(o.within(e), azure.ParseInspectionMode, "mode"))
	}
	var entries []azure.BypassFields
	for _, e := range elements(o.get("intrusionDetection", "configuration", "bypassTrafficSettings")) {
		b := o.within(e)
		entries = append(entries, azure.BypassFields{
			Name: e.Get("name").Render(), Protocol: b.text("protocol"), At: e.At,
			Sources: b.texts("sourceAddresses"), Destinations: b.texts("destinationAddresses"), Ports: b.texts("destinationPorts"),
			SourceIPGroups: b.references("sourceIpGroups"), DestinationIPGroups: b.references("destinationIpGroups"),
		})
	}
	var problems diagnostic.List
	d.Bypass, problems = azure.MakeBypass(res.Resource, entries)
	o.report(problems)
	return d
}

func (o object) firewallTerms(path ...string) []azure.FirewallTerm {
	terms, problems := azure.MakeFirewallTerms(o.texts(path...))
	o.report(problems)
	return terms
}

// collectionGroup adds a group of a policy. One that may not be deployed counts
// as any number of groups of its policy, which must have been added before.
func (r reader) collectionGroup(res Resource, o object) {
	if o.doubt != nil {
		for _, p := range r.inventory.FirewallPolicies {
			if p.ID == res.Parent.ID {
				p.UnknownGroups = append(p.UnknownGroups, o.doubt)
				return
			}
		}
		res.Parent = azure.Reference{Unknown: o.doubt, At: res.At}
	}
	g := &azure.RuleCollectionGroup{Resource: o.withSettings(nil), Priority: parsed(o, azure.ParsePriority, "priority")}
	if o.doubt == nil {
		collections, open := o.flatChildren("ruleCollections", azure.TypeRuleCollection)
		for _, c := range collections {
			g.Collections = append(g.Collections, r.policyCollection(c))
		}
		g.UnknownCollections = open
	}
	r.inventory.RuleCollectionGroups = append(r.inventory.RuleCollectionGroups, azure.Child[*azure.RuleCollectionGroup]{Parent: res.Parent, Resource: g})
}

// ruleGroup reads a group in the form of the preview, of which only the priority
// is read.
func (r reader) ruleGroup(res Resource, o object) {
	if o.doubt == nil {
		o.doubt = &azure.Unknown{Name: res.Label() + " rules", Why: "rule groups of the preview are not read", At: res.At}
	}
	r.collectionGroup(res, o)
}

// policyCollection reads a collection of a policy, whose kind its rules tell
//
func (r reader) policyCollection(o object) *azure.RuleCollection {
	k := &azure.RuleCollection{
		Resource: o.resource,
		Kind:     azure.NetworkRule,
		Priority: parsed(o, azure.ParsePriority, "priority"),
		Action:   parsed(o, azure.ParseFirewallAction, "action", "type"),
	}
	if typ, _ := o.text("ruleCollectionType").Known(); strings.EqualFold(typ, "FirewallPolicyNatRuleCollection") {
		k.Kind = azure.NATRule
	}
	rules, open := o.flatChildren("rules", azure.TypeFirewallRule)
	k.UnknownRules = open
	for i, rule := range rules {
		kind := parsed(rule, azure.ParseFirewallRuleKind, "ruleType")
		if !kind.IsSet() || kind.Unknown != nil {
			k.UnknownRules = append(k.UnknownRules, &azure.Unknown{Name: rule.resource.Label(), Why: "its rule type is not known", At: rule.resource.At})
			continue
		}
		if i == 0 {
			k.Kind = kind.V
		}
		k.Rules = append(k.Rules, r.firewallRule(rule, kind.V))
	}
	return k
}

func (r reader) ipGroup(res Resource, o object) {
	r.inventory.IPGroups = append(r.inventory.IPGroups, &azure.IPGroup{Resource: res.Resource, Addresses: o.firewallTerms("ipAddresses")})
}

func (r reader) natGateway(res Resource, o object) {
	r.inventory.NATGateways = append(r.inventory.NATGateways, &azure.NATGateway{
		Resource:          res.Resource,
		SKU:               o.textOf(res.SKU.Get("name"), []string{"sku.name"}),
		PublicIPAddresses: append(o.references("publicIpAddresses"), o.references("publicIpAddressesV6")...),
		PublicIPPrefixes:  append(o.references("publicIpPrefixes"), o.references("publicIpPrefixesV6")...),
	})
}

func (r reader) publicIPPrefix(res Resource, o object) {
	r.inventory.PublicIPPrefixes = append(r.inventory.PublicIPPrefixes, &azure.PublicIPPrefix{
		Resource: res.Resource,
		Prefix:   parsed(o, azure.ParsePrefix, "ipPrefix"),
		Length:   parsed(o, azure.ParseWholeNumber, "prefixLength"),
		SKU:      o.textOf(res.SKU.Get("name"), []string{"sku.name"}),
	})
}
