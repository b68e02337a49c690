package terraform

import (
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// firewallPolicy reads azurerm_firewall_policy.
func (r *reader) firewallPolicy(i *instance) {
	allowed := i.get("threat_intelligence_allowlist")
	p := &azure.FirewallPolicy{
		Resource:               r.resource(i, azure.TypeFirewallPolicy),
		Base:                   r.reference(i, i.given("base_policy_id"), "base_policy_id", "azurerm_firewall_policy"),
		Tier:                   parsed(i.given("sku"), azure.ParseFirewallTier),
		ThreatIntelMode:        parsed(i.given("threat_intelligence_mode"), azure.ParseInspectionMode),
		PrivateRanges:          r.policyRanges(i.given("private_ip_ranges")),
		AutoLearnPrivateRanges: i.given("auto_learn_private_ranges_enabled").boolean(),
		AllowSQLRedirect:       i.given("sql_redirect_allowed").boolean(),
	}
	for _, a := range allowed.elements() {
		p.ThreatIntelAllowed = append(p.ThreatIntelAllowed, r.firewallTerms(a.get("ip_addresses"))...)
		p.ThreatIntelAllowedFQDNs = append(p.ThreatIntelAllowedFQDNs, a.get("fqdns").texts()...)
	}
	r.intrusionDetection(i, p)
	for _, d := range i.get("dns").elements() {
		p.DNSProxy = d.get("proxy_enabled").boolean()
		p.DNSServers = parsedList(d.get("servers"), azure.ParseAddr)
	}
	p.GroupReferences = r.groupsOf(i)
	if i.data {
		p.PrivateRanges = []azure.FirewallTerm{untold(i, "private_ip_ranges")}
		p.AutoLearnPrivateRanges = azure.NotKnown[bool](untold(i, "auto_learn_private_ranges_enabled").Unknown)
		p.IntrusionDetection.Mode = azure.NotKnown[azure.InspectionMode](untold(i, "intrusion_detection").Unknown)
	}
	r.inventory.FirewallPolicies = append(r.inventory.FirewallPolicies, p)
}

// intrusionDetection reads mode, signatures and bypass.
func (r *reader) intrusionDetection(i *instance, p *azure.FirewallPolicy) {
	var entries []azure.BypassFields
	for _, d := range i.get("intrusion_detection").elements() {
		p.IntrusionDetection.Mode = parsed(d.get("mode"), azure.ParseInspectionMode)
		for _, s := range d.get("signature_overrides").elements() {
			p.IntrusionDetection.Signatures = append(p.IntrusionDetection.Signatures, parsed(s.get("state"), azure.ParseInspectionMode))
		}
		list := d.get("traffic_bypass").elements()
		for index, b := range list {
			written := blockAt(oneBlock(i.expression("intrusion_detection")).Get("traffic_bypass"), index, len(list))
			entries = append(entries, azure.BypassFields{
				Name: b.get("name").known(), Protocol: b.get("protocol").text(), At: b.at(),
				Sources: b.get("source_addresses").texts(), Destinations: b.get("destination_addresses").texts(), Ports: b.get("destination_ports").texts(),
				SourceIPGroups:      r.nestedReferences(i, b.get("source_ip_groups"), written, "source_ip_groups", "azurerm_ip_group"),
				DestinationIPGroups: r.nestedReferences(i, b.get("destination_ip_groups"), written, "destination_ip_groups", "azurerm_ip_group"),
			})
		}
	}
	var problems diagnostic.List
	p.IntrusionDetection.Bypass, problems = azure.MakeBypass(p.Resource, entries)
	r.reportAll(problems)
}

// groupsOf are the groups that a policy is known to have, without those that
// the plan deletes. A new policy has only those beside it.
func (r *reader) groupsOf(i *instance) []azure.Reference {
	gone := map[azure.ID]bool{}
	for _, d := range r.deletions {
		before := field{value: d.before, problems: &r.inventory.Diagnostics}
		gone[azure.MakeID(before.get("id").known())] = true
	}
	var list []azure.Reference
	for _, f := range i.get("rule_collection_groups").elements() {
		if id := f.known(); id != "" && !gone[azure.MakeID(id)] {
			list = append(list, azure.Ref(id, f.at()))
		}
	}
	return list
}

// policyCollections are the attributes of a group that hold its collections.
var policyCollections = []struct {
	attribute string
	kind      azure.FirewallRuleKind
}{
	{"nat_rule_collection", azure.NATRule},
	{"network_rule_collection", azure.NetworkRule},
	{"application_rule_collection", azure.ApplicationRule},
}

// collectionGroup reads azurerm_firewall_policy_rule_collection_group.
func (r *reader) collectionGroup(i *instance) {
	g := &azure.RuleCollectionGroup{
		Resource: r.resource(i, azure.TypeRuleCollectionGroup),
		Priority: parsed(i.get("priority"), azure.ParsePriority),
	}
	for _, c := range policyCollections {
		list := i.get(c.attribute).elements()
		for index, f := range list {
			if isPlaceholder(f, "name", "priority", "action") {
				g.UnknownCollections = append(g.UnknownCollections, f.openBecause(notYet+"; it stands for any number of collections"))
				continue
			}
			name := f.get("name").known()
			res := azure.Resource{
				ID: childID(g.ID, "ruleCollections", name, f), Type: azure.TypeRuleCollection, Name: name,
				Address: childAddress(i, c.attribute, name, f), At: f.at(), Rank: r.inventory.Rank,
			}
			g.Collections = append(g.Collections, r.collection(i, f, blockAt(i.expression(c.attribute), index, len(list)), c.kind, res))
		}
	}
	parent := r.reference(i, i.get("firewall_policy_id"), "firewall_policy_id", "azurerm_firewall_policy")
	r.inventory.RuleCollectionGroups = append(r.inventory.RuleCollectionGroups, azure.Child[*azure.RuleCollectionGroup]{Parent: parent, Resource: g})
}

// nestedReferences resolves a list of ids in a nested block.
func (r *reader) nestedReferences(i *instance, f field, written document.Value, attribute, want string) []azure.Reference {
	if one := written.Get(attribute); one.Exists() {
		written = one
	}
	return r.referencesIn(i, f, written, want)
}

// ipGroup reads azurerm_ip_group. What azurerm_ip_group_cidr adds to a group
// that exists stands in its own list as well, once it was read.
func (r *reader) ipGroup(i *instance) {
	r.inventory.IPGroups = append(r.inventory.IPGroups, &azure.IPGroup{
		Resource:  r.resource(i, azure.TypeIPGroup),
		Addresses: r.firewallTerms(i.get("cidrs")),
	})
}

// ipGroupAddress reads azurerm_ip_group_cidr.
func (r *reader) ipGroupAddress(i *instance) {
	group := r.reference(i, i.get("ip_group_id"), "ip_group_id", "azurerm_ip_group")
	for _, term := range r.firewallTerms(i.get("cidr")) {
		r.inventory.IPGroupAddresses = append(r.inventory.IPGroupAddresses, azure.IPGroupAddress{Group: group, Term: term})
	}
}

// natGateway reads azurerm_nat_gateway. Its addresses stand in associations, in
// providers before version 3 also in the gateway.
func (r *reader) natGateway(i *instance) {
	g := &azure.NATGateway{
		Resource:          r.resource(i, azure.TypeNATGateway),
		SKU:               i.given("sku_name").text(),
		PublicIPAddresses: r.references(i, i.given("public_ip_address_ids"), "public_ip_address_ids", "azurerm_public_ip"),
		PublicIPPrefixes:  r.references(i, i.given("public_ip_prefix_ids"), "public_ip_prefix_ids", "azurerm_public_ip_prefix"),
		Zones:             i.given("zones").texts(),
	}
	g.PublicIPAddresses = append(g.PublicIPAddresses, r.maybeAttached(g.ID, azure.NATGatewayToPublicIPAddress)...)
	g.PublicIPPrefixes = append(g.PublicIPPrefixes, r.maybeAttached(g.ID, azure.NATGatewayToPublicIPPrefix)...)
	r.inventory.NATGateways = append(r.inventory.NATGateways, g)
}

// publicIPPrefix reads azurerm_public_ip_prefix.
func (r *reader) publicIPPrefix(i *instance) {
	r.inventory.PublicIPPrefixes = append(r.inventory.PublicIPPrefixes, &azure.PublicIPPrefix{
		Resource: r.resource(i, azure.TypePublicIPPrefix),
		Prefix:   parsed(i.get("ip_prefix"), azure.ParsePrefix),
		Length:   parsed(i.get("prefix_length"), azure.ParseWholeNumber),
		SKU:      i.get("sku").text(),
	})
}

// policyRanges are private ranges; the provider takes addresses and prefixes in a
// policy, not the word IANAPrivateRanges.
func (r *reader) policyRanges(f field) []azure.FirewallTerm {
	terms := r.firewallTerms(f)
	for _, t := range terms {
		if t.Kind == azure.FirewallTag {
			r.reportAll(diagnostic.List{diagnostic.Errorf("invalid-firewall-address", t.At, "%q is no private range of a policy in Terraform; expected addresses and prefixes", t.Name).
				WithHint("write 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 and 100.64.0.0/10")})
		}
	}
	return terms
}
