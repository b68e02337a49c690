package random

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
)

// firewall states a firewall with its policies, groups and addresses.
func (w *writer) firewall(f *Firewall) {
	firewall := &azure.AzureFirewall{Resource: w.resource("azureFirewalls", f.Name), SKU: azure.Of(azure.FirewallInNetwork, w.at())}
	for i, address := range f.Public {
		c := &azure.FirewallIPConfiguration{Resource: w.resource("azureFirewalls", fmt.Sprintf("%s/azureFirewallIpConfigurations/c%d", f.Name, i))}
		if i == 0 {
			c.Subnet = w.reference("virtualNetworks", f.VNet+"/subnets/"+f.Subnet)
			c.PrivateIPAddress = azure.Of(f.Address, w.at())
		}
		c.PublicIPAddress = w.public(fmt.Sprintf("%s-ip%d", f.Name, i), address)
		firewall.IPConfigurations = append(firewall.IPConfigurations, c)
	}
	if f.Management {
		firewall.ManagementIPConfiguration = &azure.FirewallIPConfiguration{
			Resource:        w.resource("azureFirewalls", f.Name+"/azureFirewallIpConfigurations/management"),
			PublicIPAddress: w.public(f.Name+"-management", netip.AddrFrom4([4]byte{51, 104, 1, 1})),
		}
	}
	if f.Gateway.IsValid() {
		w.natGateway(f.Name+"-nat", f.Gateway)
	}
	ranges, problems := azure.MakeFirewallTerms(w.texts(f.PrivateRanges))
	w.note(problems)
	if len(f.Policies) == 0 {
		if len(f.Settings) > 0 {
			firewall.DNSProxy, firewall.ThreatIntelMode, _ = w.settings(f.Settings[0])
		}
		firewall.PrivateRanges = ranges
		firewall.RuleCollections = w.collections("azureFirewalls/"+f.Name, f.Collections)
	}
	parent := azure.Reference{}
	for i, groups := range f.Policies {
		name := fmt.Sprintf("%s-policy%d", f.Name, i)
		policy := &azure.FirewallPolicy{Resource: w.resource("firewallPolicies", name), Base: parent}
		if i == len(f.Policies)-1 {
			policy.PrivateRanges = ranges
		}
		if i < len(f.Settings) {
			policy.DNSProxy, policy.ThreatIntelMode, policy.ThreatIntelAllowed = w.settings(f.Settings[i])
			policy.IntrusionDetection = w.detection(policy.Resource, f.Settings[i])
		}
		w.inventory.FirewallPolicies = append(w.inventory.FirewallPolicies, policy)
		for _, g := range groups {
			w.inventory.RuleCollectionGroups = append(w.inventory.RuleCollectionGroups, azure.Child[*azure.RuleCollectionGroup]{
				Parent: w.reference("firewallPolicies", name),
				Resource: &azure.RuleCollectionGroup{
					Resource: w.resource("firewallPolicies", name+"/ruleCollectionGroups/"+g.Name),
					Priority: azure.Of(g.Priority, w.at()), Collections: w.collections("firewallPolicies/"+name+"/ruleCollectionGroups/"+g.Name, g.Collections),
				},
			})
		}
		parent = w.reference("firewallPolicies", name)
	}
	firewall.Policy = parent
	w.inventory.AzureFirewalls = append(w.inventory.AzureFirewalls, firewall)
}

func (w *writer) settings(s Settings) (proxy azure.Value[bool], threat azure.Value[azure.InspectionMode], spared []azure.FirewallTerm) {
	if s.Threat != "" {
		threat = w.mode(s.Threat)
	}
	spared, problems := azure.MakeFirewallTerms(w.texts(s.Spared))
	w.note(problems)
	return optional(w, s.DNSProxy), threat, spared
}

func (w *writer) mode(text string) azure.Value[azure.InspectionMode] {
	if text == untold {
		return azure.NotKnown[azure.InspectionMode](&azure.Unknown{Name: "mode", Why: "it is known later", At: w.at()})
	}
	return azure.Of(azure.InspectionMode(text), w.at())
}

func (w *writer) detection(of azure.Resource, s Settings) (d azure.IntrusionDetection) {
	if s.Detection == "" {
		return d
	}
	d.Mode = w.mode(s.Detection)
	var entries []azure.BypassFields
	for i, b := range s.Bypass {
		one := func(text string) []azure.Value[string] {
			if text == "" {
				return nil
			}
			return w.texts([]string{text})
		}
		entries = append(entries, azure.BypassFields{Name: fmt.Sprint("b", i), Protocol: w.text(b[0]), Sources: one(b[1]), Destinations: one(b[2]), Ports: one(b[3]), At: w.at()})
	}
	var problems diagnostic.List
	d.Bypass, problems = azure.MakeBypass(of, entries)
	w.note(problems)
	return d
}

func (w *writer) public(name string, address netip.Addr) azure.Reference {
	w.inventory.PublicIPAddresses = append(w.inventory.PublicIPAddresses, &azure.PublicIPAddress{
		Resource: w.resource("publicIPAddresses", name), IPAddress: azure.Of(address, w.at()), SKU: azure.Of("Standard", w.at()),
	})
	return w.reference("publicIPAddresses", name)
}

func (w *writer) texts(list []string) []azure.Value[string] {
	var all []azure.Value[string]
	for _, text := range list {
		all = append(all, w.text(text))
	}
	return all
}

func (w *writer) collections(parent string, list []Collection) []*azure.RuleCollection {
	kind, name, _ := strings.Cut(parent, "/")
	var all []*azure.RuleCollection
	for _, c := range list {
		k := &azure.RuleCollection{
			Resource: w.resource(kind, name+"/ruleCollections/"+c.Name), Kind: azure.NetworkRule,
			Priority: azure.Of(c.Priority, w.at()), Action: azure.Of(azure.FirewallDeny, w.at()),
		}
		if c.Allow {
			k.Action = azure.Of(azure.FirewallAllow, w.at())
		}
		if c.Application {
			k.Kind = azure.ApplicationRule
		}
		if c.NAT {
			k.Kind, k.Action = azure.NATRule, azure.Of(azure.FirewallDNAT, w.at())
		}
		for _, r := range c.Rules {
			k.Rules = append(k.Rules, w.firewallRule(k, r))
		}
		all = append(all, k)
	}
	return all
}

func (w *writer) firewallRule(c *azure.RuleCollection, r FirewallRule) *azure.FirewallRule {
	f := azure.FirewallRuleFields{Kind: c.Kind, TargetFQDNs: w.texts(r.Names), FQDNTags: w.texts(r.Tags)}
	f.Resource = azure.Resource{ID: azure.MakeID(string(c.ID) + "/rules/" + r.Name), Name: r.Name, Address: r.Name, At: w.at(), Rank: azure.RankExport}
	f.SourceAddresses, f.SourceIPGroups = w.firewallSide(r.Source)
	f.DestinationAddresses, f.DestinationIPGroups = w.firewallSide(r.Destination)
	f.DestinationFQDNs = w.texts(namesOf(r.Destination))
	f.DestinationPorts = w.texts(r.Ports)
	if c.Kind != azure.ApplicationRule {
		f.Protocols = w.texts(r.Protocols)
	}
	if to, port, ok := strings.Cut(r.To, ":"); ok {
		f.TranslatedAddress, f.TranslatedPort = w.text(to), w.text(port)
	}
	for _, text := range r.Protocols {
		if kind, port, ok := strings.Cut(text, ":"); ok {
			f.ApplicationProtocols = append(f.ApplicationProtocols, azure.ApplicationProtocolFields{Type: w.text(kind), Port: w.text(port), At: w.at()})
		}
	}
	rule, problems := azure.MakeFirewallRule(f)
	w.note(problems)
	return rule
}

// namesOf are the names of a side, each marked "fqdn:".
func namesOf(side []string) []string {
	var names []string
	for _, text := range side {
		if name, ok := strings.CutPrefix(text, "fqdn:"); ok {
			names = append(names, name)
		}
	}
	return names
}

// firewallSide makes an IP group of every "group:".
func (w *writer) firewallSide(side []string) (addresses []azure.Value[string], groups []azure.Reference) {
	for _, text := range side {
		if strings.HasPrefix(text, "fqdn:") {
			continue
		}
		inside, ok := strings.CutPrefix(text, "group:")
		if !ok {
			addresses = append(addresses, w.text(text))
			continue
		}
		name := fmt.Sprintf("ipgroup%d", len(w.inventory.IPGroups))
		group := &azure.IPGroup{Resource: w.resource("ipGroups", name)}
		if inside != "" {
			terms, problems := azure.MakeFirewallTerms(w.texts([]string{inside}))
			w.note(problems)
			group.Addresses = terms
		}
		w.inventory.IPGroups = append(w.inventory.IPGroups, group)
		groups = append(groups, w.reference("ipGroups", name))
	}
	return addresses, groups
}
