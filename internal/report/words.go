package report

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/result"
)

// row is one requirement on all subnets where it fares alike.
type row struct {
	first   *result.Requirement
	subnets []string
	// everywhere: on all subnets of the service.
	everywhere bool
}

// gather joins entries of one requirement of a service that differ in nothing
// but the subnet and the witness.
func gather(s *result.Service) []*row {
	list, called := entries(s), subnetNames(s)
	var rows []*row
	byKey := map[string]*row{}
	count := map[string]int{}
	for i := range list {
		r := &list[i]
		count[r.ID]++
		key := r.ID + "|" + string(r.Verdict) + "|" + string(r.Outcome) + "|" + suppressedText(r)
		if r.Severity != "advice" {
			key += "|" + fmt.Sprint(blockerKeys(r), r.Reasons)
		}
		if have, ok := byKey[key]; ok {
			have.subnets = append(have.subnets, called(r.Subnet))
			continue
		}
		byKey[key] = &row{first: r, subnets: []string{called(r.Subnet)}}
		rows = append(rows, byKey[key])
	}
	for _, r := range rows {
		r.everywhere = len(r.subnets) == count[r.first.ID]
	}
	return rows
}

// subnetNames tells what people call a subnet of the service: its name, or its
// address where two have one name.
func subnetNames(s *result.Service) func(label string) string {
	names, count := map[string]string{}, map[string]int{}
	for i, label := range s.Subnets {
		if i < len(s.SubnetNames) {
			names[label] = s.SubnetNames[i]
			count[s.SubnetNames[i]]++
		}
	}
	return func(label string) string {
		if name := names[label]; count[name] == 1 {
			return name
		}
		return shortName(label)
	}
}

func blockerKeys(r *result.Requirement) []string {
	var keys []string
	for _, b := range r.BlockedBy {
		keys = append(keys, b.Kind+" "+b.Resource+" "+b.Name)
	}
	return keys
}

// suppressedText says why and until when a row is accepted; empty for others.
func suppressedText(r *result.Requirement) string {
	if r.Suppressed == nil {
		return ""
	}
	text := fmt.Sprintf("%s (until %s)", r.Suppressed.Reason, r.Suppressed.Until)
	if at := r.Suppressed.At; at != nil {
		text += "  " + at.String()
	}
	return text
}

// mark is the sign before a row.
func mark(o result.Outcome) string {
	switch o {
	case result.Pass:
		return "ok  "
	case result.Fail:
		return "FAIL"
	case result.Warning:
		return "warn"
	}
	return "?   "
}

func choose(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// shortName is the last segment of an id, or an address as it is.
func shortName(id string) string {
	if !strings.Contains(id, "[") {
		id = id[strings.LastIndexByte(id, '/')+1:]
	}
	return brief(id)
}

// longestName is how much of a name is shown: more than Azure takes for a name
// or people write as an address.
const longestName = 120

// brief leaves out the middle of a name that nobody wrote: what is not known of a
// template is called by the expression that would tell it.
func brief(name string) string {
	const head, tail = 48, 16
	runes := []rune(name)
	if len(runes) <= longestName {
		return name
	}
	return string(runes[:head]) + "…" + string(runes[len(runes)-tail:])
}

// armID is a resource id within a text.
var armID = regexp.MustCompile(`(?i)/subscriptions/[^\s,;:)]+`)

// shortIDs replaces the resource ids in a text by the names in them:
// ".../virtualNetworks/v/subnets/s" is "v/s".
func shortIDs(text string) string {
	return armID.ReplaceAllStringFunc(text, func(id string) string {
		parts := strings.Split(id, "/")
		for i, part := range parts {
			if !strings.EqualFold(part, "providers") {
				continue
			}
			var names []string
			for j := i + 3; j < len(parts); j += 2 {
				names = append(names, brief(parts[j]))
			}
			return strings.Join(names, "/")
		}
		return id
	})
}

func names(s *result.Service) []string {
	var out []string
	called := subnetNames(s)
	for _, label := range s.Subnets {
		out = append(out, called(label))
	}
	return out
}

func parameterList(m map[string]string) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, k+"="+m[k])
	}
	if len(parts) == 0 {
		return "no parameters"
	}
	return strings.Join(parts, " ")
}

// needs is the requirement in one phrase: "outbound tcp,udp 1433 to SQL"; of a
// rule about the subnet, what the subnet is found to be.
func needs(r *result.Requirement) string {
	if isSubnetRule(r) {
		return r.Needs.Destination
	}
	far := "to " + r.Needs.Destination
	if r.Direction == "inbound" {
		far = "from " + r.Needs.Source
	}
	port := r.Needs.DestinationPort
	if port == "*" {
		port = "all ports"
	}
	return fmt.Sprintf("%s %s %s %s", r.Direction, r.Needs.Protocol, port, far)
}

// blockerText names a blocker as a person would look for it, with its place.
func blockerText(b *result.Blocker) string {
	if b.Note != "" && !isNamedRule(b) {
		return blockerName(b) + ": " + b.Note + place(b)
	}
	return blockerName(b) + place(b)
}

// wayText is one leg of a way in a line.
func wayText(trace []result.Hop, leg string) string {
	var names []string
	for i := range trace {
		if trace[i].Leg == leg {
			names = append(names, blockerName(&trace[i].Blocker))
		}
	}
	return strings.Join(names, " -> ")
}

// remedyTexts are the remedies of a blocker, a line each, with what stands before.
func remedyTexts(b *result.Blocker) []string {
	var lines []string
	for i, remedy := range b.Remedies {
		lines = append(lines, choose(i == 0, "remedy: ", "or: ")+shortIDs(remedy))
	}
	return lines
}

// isNamedRule tells a rule that is called by its direction, which is its note, and
// priority.
func isNamedRule(b *result.Blocker) bool {
	return (b.Kind == "nsgRule" || b.Kind == "nsgDefaultRule" || b.Kind == "adminRule") && b.Name != ""
}

// blockerName is what a blocker is called.
func blockerName(b *result.Blocker) string {
	switch {
	case isNamedRule(b):
		return fmt.Sprintf("%s%s (%s) in %s", choose(b.Kind == "adminRule", "security admin rule ", ""), b.Name, strings.ToLower(strings.TrimSpace(b.Note+" "+strconv.Itoa(b.Priority))), shortName(b.Resource))
	case b.Kind == "nsgRule":
		return "rules of " + shortName(b.Resource)
	}
	if b.Kind == "firewallDefaultDeny" && b.Resource != "" { // the note says the rest
		return "firewall " + shortName(b.Resource)
	}
	if b.Kind == "systemRoute" && strings.Contains(b.Note, "Peering") && b.Resource != "" {
		return "system route to " + b.Name + " by peering " + shortName(b.Resource)
	}
	text := b.Kind
	if words, ok := kindWords[b.Kind]; ok {
		text = words
	}
	switch {
	case strings.HasPrefix(b.Name, text+" "): // a service endpoint is called one
		text = b.Name
	case b.Name != "":
		text += " " + b.Name
	}
	if b.Resource != "" && shortName(b.Resource) != b.Name && (b.Name == "" || !areResources[b.Kind]) {
		text += " of " + shortName(b.Resource)
	}
	return text
}

// areResources are kinds of hops that are a resource and no part of one: an input
// may call it otherwise than its name.
var areResources = map[string]bool{
	"subnet": true, "nic": true, "nat": true, "firewall": true, "publicIp": true, "natGateway": true, "loadBalancer": true, "privateEndpoint": true,
}

// kindWords are kinds of hops that read better in words.
var kindWords = map[string]string{
	"returnPath": "way back of the replies, route", "nic": "network interface", "nat": "translation",
	"firewallDefaultDeny": "firewall", "firewallRule": "firewall rule",
	"systemRoute": "system route", "natGateway": "NAT gateway", "publicIp": "public address", "loadBalancer": "load balancer",
	"privateEndpoint": "private endpoint", "serviceEndpoint": "service endpoint", "nsgDefaultRule": "rules",
	"adminRule": "security admin rules",
}

func place(b *result.Blocker) string {
	if b.At == nil || b.At.IsZero() {
		return ""
	}
	return "  " + b.At.String()
}

// packetText prints a witness: "tcp 10.0.0.4:49152 -> an address of Sql:1433".
func packetText(p *result.Packet) string {
	return fmt.Sprintf("%s %s -> %s", p.Protocol,
		endpointText(p.Source, p.SourceTag, p.SourcePort), endpointText(p.Destination, p.DestinationTag, p.DestinationPort))
}

func endpointText(address, tag string, port *uint16) string {
	text := address
	if tag != "" {
		text = "an address of " + shortIDs(tag)
	} else if strings.Contains(address, ":") && port != nil {
		text = "[" + address + "]"
	}
	if port != nil {
		if tag != "" {
			return fmt.Sprintf("%s, port %d", text, *port)
		}
		return fmt.Sprintf("%s:%d", text, *port)
	}
	return text
}

var capabilityTitles = map[string]string{
	"deployment":       "deployment",
	"management":       "management",
	"identity":         "sign-in",
	"storage":          "storage",
	"certificates":     "certificates",
	"dns":              "name resolution",
	"runtime-inbound":  "calls into the service",
	"runtime-outbound": "calls out of the service",
	"connectors":       "connectors",
	"designer":         "designer",
	"run-history":      "run history",
	"health":           "health",
	"scaling":          "scaling",
	"monitoring":       "monitoring",
	"licensing":        "licensing",
	"replication":      "replication",
	"other":            "other",
}

func capabilityTitle(c string) string {
	if t, ok := capabilityTitles[c]; ok {
		return t
	}
	return c
}
