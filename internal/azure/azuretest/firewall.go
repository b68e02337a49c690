package azuretest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
)

// FirewallSubnetName is what the subnet of a firewall is called.
const FirewallSubnetName = "AzureFirewallSubnet"

// Firewall stands in the AzureFirewallSubnet of a virtual network with a
// private address; without one it is deallocated. Its public addresses are
// items of it, [Egress].
func Firewall(name, vnet, private string, items ...Item) Item {
	return func(s *scope) {
		f := &azure.AzureFirewall{Resource: s.resource(azure.TypeAzureFirewall, resourceID(azure.TypeAzureFirewall, name))}
		f.SKU = azure.Of(azure.FirewallInNetwork, s.at())
		if private != "" {
			c := s.firewallAddress(f, "main")
			c.Subnet = azure.Ref(string(SubnetID(vnet, FirewallSubnetName)), s.at())
			c.PrivateIPAddress = value(s, private, azure.ParseAddr)
			f.IPConfigurations = append(f.IPConfigurations, c)
		}
		s.inventory.AzureFirewalls = append(s.inventory.AzureFirewalls, f)
		inner := *s
		inner.firewall = f
		inner.all(items)
	}
}

func (s *scope) firewallAddress(f *azure.AzureFirewall, name string) *azure.FirewallIPConfiguration {
	return &azure.FirewallIPConfiguration{Resource: s.resource(azure.TypeFirewallIPConfiguration, string(f.ID)+"/azureFirewallIpConfigurations/"+name)}
}

// Egress gives the firewall around it a public address; the first goes with its
// subnet.
func Egress(name, address string) Item {
	return func(s *scope) {
		s.publicIP(name, address)
		f := s.firewall
		if len(f.IPConfigurations) == 0 || f.IPConfigurations[0].PublicIPAddress.IsSet() {
			f.IPConfigurations = append(f.IPConfigurations, s.firewallAddress(f, name))
		}
		f.IPConfigurations[len(f.IPConfigurations)-1].PublicIPAddress = s.reference(azure.TypePublicIPAddress, name)
	}
}

// Management gives the firewall around it a management interface (F-15).
func Management(name, address string) Item {
	return func(s *scope) {
		s.publicIP(name, address)
		c := s.firewallAddress(s.firewall, "management")
		c.PublicIPAddress = s.reference(azure.TypePublicIPAddress, name)
		s.firewall.ManagementIPConfiguration = c
	}
}

func (s *scope) publicIP(name, address string) {
	s.inventory.PublicIPAddresses = append(s.inventory.PublicIPAddresses, &azure.PublicIPAddress{
		Resource:  s.resource(azure.TypePublicIPAddress, resourceID(azure.TypePublicIPAddress, name)),
		IPAddress: value(s, address, azure.ParseAddr),
		SKU:       s.text("Standard"),
	})
}

// Gateway is a NAT gateway with public addresses and prefixes.
func Gateway(name, addresses, prefixes string) Item {
	return GatewayOf("", name, addresses, prefixes)
}

// GatewayOf is a NAT gateway of a SKU; "" if it is not stated.
func GatewayOf(sku, name, addresses, prefixes string) Item {
	return func(s *scope) {
		g := &azure.NATGateway{Resource: s.resource(azure.TypeNATGateway, resourceID(azure.TypeNATGateway, name))}
		for i, address := range list(addresses) {
			ip := name + "-ip" + strconv.Itoa(i)
			s.publicIP(ip, address)
			g.PublicIPAddresses = append(g.PublicIPAddresses, s.reference(azure.TypePublicIPAddress, ip))
		}
		for i, prefix := range list(prefixes) {
			id := name + "-prefix" + strconv.Itoa(i)
			s.inventory.PublicIPPrefixes = append(s.inventory.PublicIPPrefixes, &azure.PublicIPPrefix{
				Resource: s.resource(azure.TypePublicIPPrefix, resourceID(azure.TypePublicIPPrefix, id)),
				Prefix:   value(s, prefix, azure.ParsePrefix),
			})
			g.PublicIPPrefixes = append(g.PublicIPPrefixes, s.reference(azure.TypePublicIPPrefix, id))
		}
		if sku != "" {
			g.SKU = s.text(sku)
		}
		s.inventory.NATGateways = append(s.inventory.NATGateways, g)
	}
}

// Policy is a firewall policy; groups are items of it.
func Policy(name string, items ...Item) Item {
	return func(s *scope) {
		p := &azure.FirewallPolicy{Resource: s.resource(azure.TypeFirewallPolicy, resourceID(azure.TypeFirewallPolicy, name))}
		s.inventory.FirewallPolicies = append(s.inventory.FirewallPolicies, p)
		inner := *s
		inner.policy = p
		inner.all(items)
	}
}

// UsePolicy attaches a policy to the firewall, or as parent to the policy
// around it.
func UsePolicy(name string) Item {
	return func(s *scope) {
		ref := s.reference(azure.TypeFirewallPolicy, name)
		if s.policy != nil {
			s.policy.Base = ref
		} else {
			s.firewall.Policy = ref
		}
	}
}

// Group is a rule collection group of the policy around it.
func Group(name string, priority int, items ...Item) Item {
	return func(s *scope) {
		g := &azure.RuleCollectionGroup{Resource: s.resource(azure.TypeRuleCollectionGroup, string(s.policy.ID)+"/ruleCollectionGroups/"+name)}
		g.Priority = azure.Of(priority, s.at())
		s.inventory.RuleCollectionGroups = append(s.inventory.RuleCollectionGroups, azure.Child[*azure.RuleCollectionGroup]{
			Parent: azure.Ref(string(s.policy.ID), s.at()), Resource: g,
		})
		inner := *s
		inner.ruleGroup = g
		inner.all(items)
	}
}

// PrivateRanges are the destinations that the firewall or the policy around
// them does not translate.
func PrivateRanges(ranges string) Item {
	return func(s *scope) {
		terms, problems := azure.MakeFirewallTerms(s.texts(ranges))
		s.note(problems)
		if s.policy != nil {
			s.policy.PrivateRanges = terms
		} else {
			s.firewall.PrivateRanges = terms
		}
	}
}

// DNSProxy turns the DNS proxy of the firewall or the policy around it on
// (P-36).
func DNSProxy() Item {
	return func(s *scope) {
		on := azure.Of(true, s.at())
		if s.policy != nil {
			s.policy.DNSProxy = on
		} else {
			s.firewall.DNSProxy = on
		}
	}
}

// DNS are the DNS servers of the virtual network around it.
func DNS(servers string) Item {
	return func(s *scope) {
		for _, server := range list(servers) {
			s.vnet.DNSServers = append(s.vnet.DNSServers, value(s, server, azure.ParseAddr))
		}
	}
}

// AutoLearn makes the policy around it learn private ranges (S-07).
func AutoLearn() Item {
	return func(s *scope) { s.policy.AutoLearnPrivateRanges = azure.Of(true, s.at()) }
}

// ThreatMode is what the threat intelligence of the policy around it does.
func ThreatMode(mode azure.InspectionMode) Item {
	return func(s *scope) { s.policy.ThreatIntelMode = azure.Of(mode, s.at()) }
}

// Detection is the intrusion detection of the policy around it: its mode, and what
// it leaves alone.
func Detection(mode azure.InspectionMode, bypass ...azure.BypassFields) Item {
	return func(s *scope) {
		d := &s.policy.IntrusionDetection
		d.Mode = azure.Of(mode, s.at())
		var problems diagnostic.List
		d.Bypass, problems = azure.MakeBypass(s.policy.Resource, bypass)
		s.note(problems)
	}
}

// SignatureMode is the mode of one signature of it.
func SignatureMode(mode azure.InspectionMode) Item {
	return func(s *scope) {
		d := &s.policy.IntrusionDetection
		d.Signatures = append(d.Signatures, azure.Of(mode, s.at()))
	}
}

// DetectionText writes intrusion detection in one line: the mode, those of single
// signatures, and of each entry that is left alone how many sources, destinations
// and ports it names.
func DetectionText(d azure.IntrusionDetection) string {
	text := string(d.Mode.V)
	for _, v := range d.Signatures {
		text += " " + string(v.V)
	}
	if d.Bypass == nil {
		return text
	}
	for _, r := range d.Bypass.Rules {
		text += fmt.Sprintf("; %s %v %d to %d:%d", r.Name, r.Protocols[0].V, len(r.Source.Terms), len(r.Destination.Terms), len(r.DestinationPorts.Terms))
	}
	return text
}

// IPGroup is an IP group with its addresses.
func IPGroup(name, addresses string) Item {
	return func(s *scope) {
		g := &azure.IPGroup{Resource: s.resource(azure.TypeIPGroup, resourceID(azure.TypeIPGroup, name))}
		terms, problems := azure.MakeFirewallTerms(s.texts(addresses))
		s.note(problems)
		g.Addresses = terms
		s.inventory.IPGroups = append(s.inventory.IPGroups, g)
	}
}

func (s *scope) texts(text string) []azure.Value[string] {
	var all []azure.Value[string]
	for _, item := range list(text) {
		all = append(all, s.text(item))
	}
	return all
}

// Collection is a rule collection of the firewall or the group around it, of
// the kind of its rules.
func Collection(name string, priority int, action azure.FirewallAction, rules ...Item) Item {
	return func(s *scope) {
		parent := azure.ID("")
		if s.ruleGroup != nil {
			parent = s.ruleGroup.ID
		} else {
			parent = s.firewall.ID
		}
		k := &azure.RuleCollection{Resource: s.resource(azure.TypeRuleCollection, string(parent)+"/ruleCollections/"+name), Kind: azure.NetworkRule}
		k.Priority, k.Action = azure.Of(priority, s.at()), azure.Of(action, s.at())
		inner := *s
		inner.collection = k
		inner.all(rules)
		if len(k.Rules) > 0 {
			k.Kind = k.Rules[0].Kind
		}
		if s.ruleGroup != nil {
			s.ruleGroup.Collections = append(s.ruleGroup.Collections, k)
		} else {
			s.firewall.RuleCollections = append(s.firewall.RuleCollections, k)
		}
	}
}

// NetworkRule is a network rule of the collection around it. Source and
// destination are addresses, tags, "group:" IP groups or "fqdn:" names.
func NetworkRule(name, protocols, source, destination, ports string) Item {
	return firewallRule(name, azure.NetworkRule, source, destination, func(s *scope, f *azure.FirewallRuleFields) {
		f.Protocols, f.DestinationPorts = s.texts(protocols), s.texts(ports)
	})
}

// ApplicationRule is an application rule of the collection around it; protocols
// are "https:443".
func ApplicationRule(name, source, protocols, names string) Item {
	return firewallRule(name, azure.ApplicationRule, source, "", func(s *scope, f *azure.FirewallRuleFields) {
		f.TargetFQDNs = s.texts(names)
		for _, text := range list(protocols) {
			kind, port, _ := strings.Cut(text, ":")
			f.ApplicationProtocols = append(f.ApplicationProtocols, azure.ApplicationProtocolFields{Type: s.text(kind), Port: s.text(port), At: s.at()})
		}
	})
}

// TagRule is an application rule of the collection around it that names FQDN tags
// and no protocol.
func TagRule(name, source, tags string) Item {
	return firewallRule(name, azure.ApplicationRule, source, "", func(s *scope, f *azure.FirewallRuleFields) { f.FQDNTags = s.texts(tags) })
}

// NATRule is a NAT rule of the collection around it; to is "10.0.1.70:2222".
func NATRule(name, protocols, source, destination, ports, to string) Item {
	return firewallRule(name, azure.NATRule, source, destination, func(s *scope, f *azure.FirewallRuleFields) {
		f.Protocols, f.DestinationPorts = s.texts(protocols), s.texts(ports)
		address, port, _ := strings.Cut(to, ":")
		f.TranslatedAddress, f.TranslatedPort = s.text(address), s.text(port)
	})
}

func firewallRule(name string, kind azure.FirewallRuleKind, source, destination string, fill func(*scope, *azure.FirewallRuleFields)) Item {
	return func(s *scope) {
		f := azure.FirewallRuleFields{Kind: kind}
		f.Resource = s.resource(azure.TypeFirewallRule, string(s.collection.ID)+"/rules/"+name)
		var names []azure.Value[string]
		f.SourceAddresses, f.SourceIPGroups, names = s.firewallSide(source)
		f.DestinationAddresses, f.DestinationIPGroups, f.DestinationFQDNs = s.firewallSide(destination)
		if len(names) > 0 {
			panic("azuretest: a firewall rule has no names as source")
		}
		fill(s, &f)
		rule, problems := azure.MakeFirewallRule(f)
		s.note(problems)
		s.collection.Rules = append(s.collection.Rules, rule)
	}
}

func (s *scope) firewallSide(text string) (addresses []azure.Value[string], groups []azure.Reference, names []azure.Value[string]) {
	for _, item := range list(text) {
		if group, ok := strings.CutPrefix(item, "group:"); ok {
			groups = append(groups, s.reference(azure.TypeIPGroup, group))
		} else if name, ok := strings.CutPrefix(item, "fqdn:"); ok {
			names = append(names, s.text(name))
		} else {
			addresses = append(addresses, s.text(item))
		}
	}
	return addresses, groups, names
}
