package terraform

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// firewall reads azurerm_firewall. It never lists its classic collections: they
// are resources of their own.
func (r *reader) firewall(i *instance) {
	f := &azure.AzureFirewall{
		Resource:        r.resource(i, azure.TypeAzureFirewall),
		SKU:             parsed(i.given("sku_name"), azure.ParseFirewallSKU),
		Tier:            parsed(i.given("sku_tier"), azure.ParseFirewallTier),
		ThreatIntelMode: parsed(i.given("threat_intel_mode"), azure.ParseInspectionMode),
		Policy:          r.reference(i, i.given("firewall_policy_id"), "firewall_policy_id", "azurerm_firewall_policy"),
		PrivateRanges:   r.firewallTerms(i.given("private_ip_ranges")),
		DNSProxy:        i.given("dns_proxy_enabled").boolean(),
		DNSServers:      parsedList(i.given("dns_servers"), azure.ParseAddr),
		Zones:           i.given("zones").texts(),
	}
	f.Settings = settings("tags", i.given("tags"), asIs)
	if len(f.DNSServers) > 0 && !f.DNSProxy.IsSet() {
		f.DNSProxy = azure.Of(true, f.DNSServers[0].At) // the provider turns it on
	}
	if i.data {
		f.PrivateRanges = []azure.FirewallTerm{untold(i, "private_ip_ranges")}
		if !f.Policy.IsSet() {
			f.UnknownCollections = []*azure.Unknown{untold(i, "rule collections").Unknown}
		}
	}
	list := i.get("ip_configuration").elements()
	for index, c := range list {
		if isPlaceholder(c, "name") {
			f.UnknownIPConfigurations = append(f.UnknownIPConfigurations, c.openBecause(notYet+"; it stands for any number of addresses"))
			continue
		}
		f.IPConfigurations = append(f.IPConfigurations, r.firewallIPConfiguration(i, c, "ip_configuration", blockAt(i.expression("ip_configuration"), index, len(list))))
	}
	for _, c := range i.get("management_ip_configuration").elements() {
		f.ManagementIPConfiguration = r.firewallIPConfiguration(i, c, "management_ip_configuration", i.expression("management_ip_configuration"))
	}
	for _, h := range i.get("virtual_hub").elements() {
		f.VirtualHub = r.nestedReference(i, h.get("virtual_hub_id"), i.expression("virtual_hub"), "virtual_hub_id", "azurerm_virtual_hub")
		f.HubPrivateIPAddress = parsed(h.get("private_ip_address"), azure.ParseAddr)
		f.HubPublicIPAddresses = parsedList(h.get("public_ip_addresses"), azure.ParseAddr)
	}
	r.inventory.AzureFirewalls = append(r.inventory.AzureFirewalls, f)
}

// firewallSubnets are the names of the subnets that a firewall can stand in.
var firewallSubnets = map[string]string{"ip_configuration": "AzureFirewallSubnet", "management_ip_configuration": "AzureFirewallManagementSubnet"}

// firewallSubnet resolves the subnet of a firewall. Where the configuration chooses
// among several, it is the only one of the name that Azure asks for.
func (r *reader) firewallSubnet(i *instance, f field, written document.Value, name string) azure.Reference {
	if !f.isUnknown() {
		return r.reference(i, f, "", "azurerm_subnet")
	}
	if one := written.Get("subnet_id"); one.Exists() {
		written = one
	}
	found := r.search(r.scopeOf(i), written, "id", false, "azurerm_subnet")
	var fit []target
	for _, t := range found.targets {
		if s := r.byAddress[t.text]; s == nil || !s.get("name").isSet() || strings.EqualFold(s.get("name").known(), name) || s.get("name").isUnknown() {
			fit = append(fit, t)
		}
	}
	if len(fit) == 1 {
		found.targets = fit
	}
	return r.referenceTo(f, found)
}

func (r *reader) firewallIPConfiguration(i *instance, f field, attribute string, written document.Value) *azure.FirewallIPConfiguration {
	name := f.get("name").known()
	written = oneBlock(written)
	return &azure.FirewallIPConfiguration{
		Resource: azure.Resource{
			ID: childID(i.id, "azureFirewallIpConfigurations", name, f), Type: azure.TypeFirewallIPConfiguration, Name: name,
			Address: childAddress(i, attribute, name, f), At: f.at(), Rank: r.inventory.Rank,
		},
		Subnet:           r.firewallSubnet(i, f.get("subnet_id"), written, firewallSubnets[attribute]),
		PublicIPAddress:  r.nestedReference(i, f.get("public_ip_address_id"), written, "public_ip_address_id", "azurerm_public_ip"),
		PrivateIPAddress: parsed(f.get("private_ip_address"), azure.ParseAddr),
	}
}

// untold stands for what a data source does not tell of what it looks up.
func untold(i *instance, what string) azure.FirewallTerm {
	u := &azure.Unknown{Name: i.text + "." + what, Why: "a data source does not tell it", At: i.at}
	return azure.FirewallTerm{Kind: azure.FirewallUnknown, Unknown: u, At: i.at}
}

// oneBlock is the configuration of a nested block of which there is one.
func oneBlock(written document.Value) document.Value {
	if written.Kind() == document.Array && written.Len() == 1 {
		return written.Index(0)
	}
	return written
}

func (r *reader) firewallTerms(f field) []azure.FirewallTerm {
	terms, problems := azure.MakeFirewallTerms(f.texts())
	r.reportAll(problems)
	return terms
}

func (r *reader) reportAll(list diagnostic.List) {
	r.inventory.Diagnostics = append(r.inventory.Diagnostics, list...)
}

func (r *reader) classicNATRules(i *instance)         { r.classicCollection(i, azure.NATRule) }
func (r *reader) classicNetworkRules(i *instance)     { r.classicCollection(i, azure.NetworkRule) }
func (r *reader) classicApplicationRules(i *instance) { r.classicCollection(i, azure.ApplicationRule) }

// classicCollection reads azurerm_firewall_*_rule_collection.
func (r *reader) classicCollection(i *instance, kind azure.FirewallRuleKind) {
	k := r.collection(i, i.values, i.config.Get("expressions"), kind, r.resource(i, kinds[i.typ].armType))
	r.inventory.RuleCollections = append(r.inventory.RuleCollections, azure.Child[*azure.RuleCollection]{Parent: r.parentOf(i), Resource: k})
}

// collection reads a collection of rules, classic or of a policy.
func (r *reader) collection(i *instance, f field, written document.Value, kind azure.FirewallRuleKind, res azure.Resource) *azure.RuleCollection {
	k := &azure.RuleCollection{
		Resource: res,
		Kind:     kind,
		Priority: parsed(f.get("priority"), azure.ParsePriority),
		Action:   parsed(f.get("action"), azure.ParseFirewallAction),
	}
	list := f.get("rule").elements()
	for index, rule := range list {
		if isPlaceholder(rule, "name", "source_addresses") {
			k.UnknownRules = append(k.UnknownRules, rule.openBecause(notYet+"; it stands for any number of rules"))
			continue
		}
		name := rule.get("name").known()
		id := azure.Resource{
			ID: childID(res.ID, "rules", name, rule), Type: azure.TypeFirewallRule, Name: name,
			Address: rule.name, At: rule.at(), Rank: r.inventory.Rank,
		}
		k.Rules = append(k.Rules, r.firewallRule(i, rule, blockAt(written.Get("rule"), index, len(list)), kind, id))
	}
	return k
}

// firewallRule reads a rule. The targets of an application rule are named as
// such in classic collections, and as destinations in policies.
func (r *reader) firewallRule(i *instance, f field, written document.Value, kind azure.FirewallRuleKind, res azure.Resource) *azure.FirewallRule {
	fields := azure.FirewallRuleFields{
		Resource: res, Kind: kind, Description: f.get("description").known(),
		SourceAddresses:      f.get("source_addresses").texts(),
		SourceIPGroups:       r.nestedReferences(i, f.get("source_ip_groups"), written, "source_ip_groups", "azurerm_ip_group"),
		DestinationAddresses: append(r.natDestination(i, f, written), r.firewallAddresses(i, f.get("destination_addresses"), written)...),
		DestinationIPGroups:  r.nestedReferences(i, f.get("destination_ip_groups"), written, "destination_ip_groups", "azurerm_ip_group"),
		DestinationPorts:     f.get("destination_ports").texts(),
		TranslatedAddress:    f.get("translated_address").text(),
		TranslatedPort:       f.get("translated_port").text(),
		TranslatedFQDN:       f.get("translated_fqdn").text(),
	}
	if kind != azure.ApplicationRule {
		fields.Protocols = f.get("protocols").texts()
		fields.DestinationFQDNs = f.get("destination_fqdns").texts()
	} else {
		fields.TargetFQDNs = append(f.get("target_fqdns").texts(), f.get("destination_fqdns").texts()...)
		fields.FQDNTags = append(f.get("fqdn_tags").texts(), f.get("destination_fqdn_tags").texts()...)
		fields.TargetURLs = f.get("destination_urls").texts()
		fields.WebCategories = f.get("web_categories").texts()
		fields.TerminateTLS = f.get("terminate_tls").text()
		fields.Resource.Settings = settings("httpHeadersToInsert", f.get("http_headers"), headers)
		for _, p := range append(f.get("protocol").elements(), f.get("protocols").elements()...) {
			fields.ApplicationProtocols = append(fields.ApplicationProtocols, azure.ApplicationProtocolFields{Type: p.get("type").text(), Port: p.get("port").text(), At: p.at()})
		}
	}
	rule, problems := azure.MakeFirewallRule(fields)
	r.reportAll(problems)
	return rule
}

// natDestination is the one address that a NAT rule of a policy translates.
func (r *reader) natDestination(i *instance, f field, written document.Value) []azure.Value[string] {
	one := f.get("destination_address")
	if !one.isSet() {
		return nil
	}
	return r.firewallAddresses(i, one, written)
}

// firewallAddresses are addresses of a rule. One that is passed on from another
// resource, such as a public address, keeps its identity.
func (r *reader) firewallAddresses(i *instance, f field, written document.Value) []azure.Value[string] {
	list := f.texts()
	for n, v := range list {
		if v.Unknown == nil || len(list) > 1 {
			continue
		}
		attribute := written.Get("destination_addresses")
		if !attribute.Exists() {
			attribute = written.Get("destination_address")
		}
		if attribute.Exists() {
			list[n] = azure.NotKnown[string](r.passedOn(i, f, attribute))
		}
	}
	return list
}
