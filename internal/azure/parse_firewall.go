package azure

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

var (
	firewallSKUs      = []FirewallSKU{FirewallInNetwork, FirewallInHub}
	firewallTiers     = []FirewallTier{FirewallBasic, FirewallStandard, FirewallPremium}
	inspectionModes   = []InspectionMode{InspectionOff, InspectionAlert, InspectionDeny}
	firewallActions   = []FirewallAction{FirewallAllow, FirewallDeny, FirewallDNAT, FirewallSNAT}
	firewallProtocols = []FirewallProtocol{FirewallTCP, FirewallUDP, FirewallICMP, FirewallAny}
	autoLearns        = []string{"Enabled", "Disabled"}
	// firewallRuleTypes are in the order of FirewallRuleKind.
	firewallRuleTypes = []string{"NatRule", "NetworkRule", "ApplicationRule"}
)

// ParseFirewallSKU reads the sku.name of a firewall.
func ParseFirewallSKU(text string, at Position) (Value[FirewallSKU], diagnostic.List) {
	return parseEnum("firewall SKU", text, at, firewallSKUs, nil)
}

// ParseFirewallTier reads the tier of a firewall or a policy.
func ParseFirewallTier(text string, at Position) (Value[FirewallTier], diagnostic.List) {
	return parseEnum("firewall tier", text, at, firewallTiers, nil)
}

// ParseInspectionMode reads the mode of threat intelligence or of intrusion
// detection.
func ParseInspectionMode(text string, at Position) (Value[InspectionMode], diagnostic.List) {
	return parseEnum("mode", text, at, inspectionModes, nil)
}

// ParseFirewallAction reads the action of a rule collection; its casing differs
// between Azure's own sources.
func ParseFirewallAction(text string, at Position) (Value[FirewallAction], diagnostic.List) {
	return parseEnum("action", text, at, firewallActions, nil)
}

// ParseFirewallProtocol reads a protocol of a network or NAT rule.
func ParseFirewallProtocol(text string, at Position) (Value[FirewallProtocol], diagnostic.List) {
	return parseEnum("protocol", text, at, firewallProtocols, nil)
}

// ParseAutoLearn reads autoLearnPrivateRanges, "Enabled" or "Disabled" in
// Azure's own form and a boolean in Terraform's.
func ParseAutoLearn(text string, at Position) (Value[bool], diagnostic.List) {
	if strings.EqualFold(text, "true") || strings.EqualFold(text, "false") {
		return ParseBool(text, at)
	}
	v, list := parseEnum("autoLearnPrivateRanges", text, at, autoLearns, nil)
	switch {
	case !v.IsSet():
		return Value[bool]{}, list
	case v.Unknown != nil:
		return NotKnown[bool](v.Unknown), list
	}
	return Of(v.V == "Enabled", at), list
}

// ParseFirewallRuleKind reads the ruleType of a policy's rule.
func ParseFirewallRuleKind(text string, at Position) (Value[FirewallRuleKind], diagnostic.List) {
	name, list := parseEnum("rule type", text, at, firewallRuleTypes, nil)
	switch {
	case !name.IsSet():
		return Value[FirewallRuleKind]{}, list
	case name.Unknown != nil:
		return NotKnown[FirewallRuleKind](name.Unknown), list
	}
	return Of(FirewallRuleKind(slices.Index(firewallRuleTypes, name.V)), at), list
}

// ParseWholeNumber reads a whole number, such as a port a rule translates to.
func ParseWholeNumber(text string, at Position) (Value[int], diagnostic.List) {
	if text == "" {
		return Value[int]{}, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return failed[int](text, at, diagnostic.Errorf("invalid-number", at, "%q is not a whole number", text).
			WithHint("write digits alone, such as 200"))
	}
	return Of(n, at), nil
}

// ParseFirewallTerm reads an address term of a firewall: "*", an address, a
// prefix, a range "first-last", or a service tag. Host bits of a prefix
// are dropped, as the firewall does.
func ParseFirewallTerm(text string, at Position) (FirewallTerm, diagnostic.List) {
	term := FirewallTerm{Text: text, At: at}
	if text == "*" {
		return term, nil
	}
	if first, last, ok := addressRange(text); ok {
		term.Kind, term.First, term.Last = FirewallRange, first, last
		return term, nil
	}
	if isTagName(text) {
		term.Kind, term.Name = FirewallTag, text
		return term, nil
	}
	term.Kind, term.Unknown = FirewallUnknown, invalid(text, at)
	d := diagnostic.Errorf("invalid-firewall-address", at, "%q is neither an address nor a prefix, a range or a service tag", text)
	switch first, last, isRange := strings.Cut(text, "-"); {
	case IsExpression(text):
		d = d.WithHint("it is a template expression: give the template itself, or the deployed resources")
	case strings.Contains(text, ","):
		d = d.WithHint("write each as an element of its own")
	case isRange && isAddr(first) && isAddr(last):
		d = d.WithHint("a range begins with its lower address, and both are of one family")
	}
	return term, diagnostic.List{d}
}

// ParseFirewallRanges reads a comma-separated list of terms, as the additional
// properties of a classic firewall have it. A list that is not known is
// one unknown term.
func ParseFirewallRanges(v Value[string]) ([]FirewallTerm, diagnostic.List) {
	return MakeFirewallTerms(splitList(v))
}

// ParseAddrList reads a comma-separated list of addresses.
func ParseAddrList(v Value[string]) ([]Value[netip.Addr], diagnostic.List) {
	var addresses []Value[netip.Addr]
	var list diagnostic.List
	for _, text := range splitList(v) {
		a, more := Parsed(text, ParseAddr)
		addresses, list = append(addresses, a), append(list, more...)
	}
	return addresses, list
}

func splitList(v Value[string]) []Value[string] {
	text, known := v.Known()
	if !known {
		if v.IsSet() {
			return []Value[string]{v}
		}
		return nil
	}
	var parts []Value[string]
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, Of(part, v.At))
		}
	}
	return parts
}

// addressRange is what an address, a prefix or a range spans.
func addressRange(text string) (first, last netip.Addr, ok bool) {
	if low, high, isRange := strings.Cut(text, "-"); isRange {
		first, err := netip.ParseAddr(strings.TrimSpace(low))
		if err != nil {
			return first, last, false
		}
		last, err := netip.ParseAddr(strings.TrimSpace(high))
		return first, last, err == nil && first.BitLen() == last.BitLen() && !last.Less(first)
	}
	if a, err := netip.ParseAddr(text); err == nil {
		return a, a, a.Zone() == "" && !a.Is4In6()
	}
	p, err := netip.ParsePrefix(text)
	if err != nil || p.Addr().Is4In6() {
		return first, last, false
	}
	return p.Masked().Addr(), lastOf(p), true
}

// lastOf is the highest address of a prefix.
func lastOf(p netip.Prefix) netip.Addr {
	bytes := p.Masked().Addr().AsSlice()
	for i := range bytes {
		for bit := range 8 {
			if i*8+bit >= p.Bits() {
				bytes[i] |= 0x80 >> bit
			}
		}
	}
	last, _ := netip.AddrFromSlice(bytes)
	return last
}
