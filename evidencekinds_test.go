package wayleave_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/recheck"
	"github.com/wayleave/wayleave/internal/report"
	"github.com/wayleave/wayleave/internal/result"
)

// reaching is a service of one row, which needs a machine in another network.
const reaching = `
schema: wayleave.profile/v1
service: reaching
edition: "2026-05-04"
title: Machines that reach others
status: {state: active}
sources: [{id: page, title: What they need, path: example.com/reaching, date: "2026-05-04"}]
subnets:
  rules:
    - id: nsg
      securityGroup: required
defaults:
  protocols: [tcp]
  sourcePorts: ["*"]
requirements:
  - id: far
    row: "1"
    purpose: The machine there
    direction: outbound
    source: {text: senders, is: subnet}
    destination: {text: the machine, prefixes: [10.92.1.4/32]}
    destinationPorts: ["443"]
    capability: management
    consequence: nothing starts
`

// calling is a service with a public address of its own, which calls what is outside.
const calling = `
schema: wayleave.profile/v1
service: calling
edition: "2026-05-04"
title: Machines that call
status: {state: active}
sources: [{id: page, title: What they need, path: example.com/calling, date: "2026-05-04"}]
outbound:
  - {address: own, from: page}
defaults:
  protocols: [tcp]
  sourcePorts: ["*"]
requirements:
  - id: out
    row: "1"
    purpose: Calls
    direction: outbound
    source: {text: callers, is: subnet}
    destination: {text: a destination, prefixes: [198.51.100.10/32]}
    destinationPorts: ["443"]
    capability: management
    consequence: nothing is called
`

// small resources of Azure, as az prints them.
func vnet(name, prefix string, subnets []any, peers ...map[string]any) map[string]any {
	return object("id", provider+"virtualNetworks/"+name, "name", name, "type", "Microsoft.Network/virtualNetworks", "location", "westeurope",
		"addressSpace", object("addressPrefixes", list(prefix)), "subnets", subnets, "virtualNetworkPeerings", slices.Collect(func(yield func(any) bool) {
			for _, p := range peers {
				if !yield(p) {
					return
				}
			}
		}))
}

func subnetOf(vnet, name, prefix string, more ...any) map[string]any {
	return object(append([]any{"id", provider + "virtualNetworks/" + vnet + "/subnets/" + name, "name", name, "addressPrefix", prefix}, more...)...)
}

func peer(from, to string, forwarded bool) map[string]any {
	return object("id", provider+"virtualNetworks/"+from+"/virtualNetworkPeerings/"+to, "name", to, "remoteVirtualNetwork", object("id", provider+"virtualNetworks/"+to),
		"allowVirtualNetworkAccess", true, "allowForwardedTraffic", forwarded, "peeringState", "Connected")
}

func tableOf(name string, routes ...any) map[string]any {
	return object("id", provider+"routeTables/"+name, "name", name, "type", "Microsoft.Network/routeTables", "location", "westeurope", "routes", routes)
}

func use(kind, name string) map[string]any { return object("id", provider+kind+"/"+name) }

func publicIP(name, address string) map[string]any {
	return object("id", provider+"publicIPAddresses/"+name, "name", name, "ipAddress", address, "publicIPAllocationMethod", "Static",
		"sku", object("name", "Standard"), "type", "Microsoft.Network/publicIPAddresses", "location", "westeurope")
}

// standing is the address of a firewall of network v.
var standing = object("id", provider+"azureFirewalls/fw/azureFirewallIpConfigurations/c", "name", "c", "privateIPAddress", "10.90.0.4",
	"subnet", use("virtualNetworks/v/subnets", "AzureFirewallSubnet"), "publicIPAddress", use("publicIPAddresses", "ip"))

// classic is a firewall of network v at 10.90.0.4.
func classic(more ...any) map[string]any {
	f := object(append([]any{"id", provider + "azureFirewalls/fw", "name", "fw", "type", "Microsoft.Network/azureFirewalls", "location", "westeurope",
		"sku", object("name", "AZFW_VNet", "tier", "Standard"), "ipConfigurations", list(standing)}, more...)...)
	for _, name := range []string{"networkRuleCollections", "natRuleCollections", "applicationRuleCollections"} {
		if f[name] == nil {
			f[name] = []any{}
		}
	}
	return f
}

func filter(name string, priority int, action, to string) map[string]any {
	return object("name", name, "priority", priority, "action", object("type", action),
		"rules", list(object("name", name, "protocols", list("TCP"), "sourceAddresses", list("*"), "destinationAddresses", list(to), "destinationPorts", list("*"))))
}

// everythingNew are the kinds of change that a network with no firewall gets.
const everythingNew = "subnet publicAddress firewall routeTable networkRule route association"

// kindsOfChange are networks of which the repair has every kind of change that there
// is evidence of.
func kindsOfChange() map[string][]any {
	ip := publicIP("ip", "203.0.113.10")
	toFirewall := tableOf("rt", route("sftp", "198.51.100.10/32", "VirtualAppliance", "10.90.0.4"))
	sender, gate := subnetOf("v", "s", "10.90.1.0/24", "routeTable", use("routeTables", "rt")), subnetOf("v", "AzureFirewallSubnet", "10.90.0.0/26")
	v := vnet("v", "10.90.0.0/16", list(gate, sender))
	guarded := append([]any{"networkSecurityGroup", use("networkSecurityGroups", "nsg")}, "routeTable", use("routeTables", "rt"))
	nsg := object("id", provider+"networkSecurityGroups/nsg", "name", "nsg", "type", "Microsoft.Network/networkSecurityGroups", "location", "westeurope", "securityRules", []any{})
	far := vnet("w", "10.92.0.0/16", list(subnetOf("w", "far", "10.92.1.0/24")), peer("w", "v", true))
	appliance := object("id", provider+"networkInterfaces/nva", "name", "nva", "type", "Microsoft.Network/networkInterfaces", "location", "westeurope", "enableIPForwarding", false,
		"ipConfigurations", list(object("id", provider+"networkInterfaces/nva/ipConfigurations/c", "name", "c", "privateIPAddress", "10.90.2.4", "subnet", use("virtualNetworks/v/subnets", "nva"))))
	return map[string][]any{
		everythingNew:                        list(vnet("v", "10.90.0.0/16", list(subnetOf("v", "s", "10.90.1.0/24")))),
		"allocation networkRule routeChange": list(v, ip, tableOf("rt", route("sftp", "198.51.100.10/32", "VirtualAppliance", "10.90.0.9")), classic("ipConfigurations", []any{})),
		"networkRule routeChange":            list(v, ip, tableOf("rt", route("sftp", "198.51.100.10/32", "None", "")), classic()),
		"collectionMove networkRule":         list(v, ip, toFirewall, classic("networkRuleCollections", list(filter("no", 100, "Deny", "198.51.100.0/24")))),
		"privateRanges":                      list(v, ip, toFirewall, classic("networkRuleCollections", list(filter("sftp", 200, "Allow", "198.51.100.10")), "additionalProperties", object("Network.SNAT.PrivateRanges", "0.0.0.0/0"))),
		"networkRule": list(v, ip, toFirewall, classic("firewallPolicy", use("firewallPolicies", "p")),
			object("id", provider+"firewallPolicies/p", "name", "p", "type", "Microsoft.Network/firewallPolicies", "location", "westeurope", "sku", object("tier", "Standard"), "ruleCollectionGroups", list(use("firewallPolicies/p/ruleCollectionGroups", "g"))),
			object("id", provider+"firewallPolicies/p/ruleCollectionGroups/g", "name", "g", "type", "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "priority", 200,
				"ruleCollections", list(object("ruleCollectionType", "FirewallPolicyFilterRuleCollection", "name", "no", "priority", 100, "action", object("type", "Deny"),
					"rules", list(object("ruleType", "NetworkRule", "name", "no", "ipProtocols", list("Any"), "sourceAddresses", list("*"), "destinationAddresses", list("*"), "destinationPorts", list("*"))))))),
		"addressRemoval": list(v, ip, publicIP("other", "203.0.113.11"), toFirewall, classic("networkRuleCollections", list(filter("sftp", 200, "Allow", "198.51.100.10")),
			"ipConfigurations", list(standing, object("name", "second", "publicIPAddress", use("publicIPAddresses", "other"))))),
		"detachment": list(vnet("v", "10.90.0.0/16", list(subnetOf("v", "AzureFirewallSubnet", "10.90.0.0/26", "natGateway", use("natGateways", "nat"), "routeTable", use("routeTables", "rt")), sender)), ip, toFirewall,
			publicIP("a", "203.0.113.11"), publicIP("b", "203.0.113.12"), classic("networkRuleCollections", list(filter("sftp", 200, "Allow", "198.51.100.10"))),
			object("id", provider+"natGateways/nat", "name", "nat", "type", "Microsoft.Network/natGateways", "location", "westeurope", "sku", object("name", "Standard"),
				"publicIpAddresses", list(use("publicIPAddresses", "a"), use("publicIPAddresses", "b")))),
		"reaching routeRemoval":              list(vnet("v", "10.90.0.0/16", list(subnetOf("v", "s", "10.90.1.0/24", guarded...)), peer("v", "w", true)), far, nsg, tableOf("rt", route("far", "10.92.0.0/16", "None", ""))),
		"reaching securityGroup association": list(vnet("v", "10.90.0.0/16", list(subnetOf("v", "s", "10.90.1.0/24")), peer("v", "w", true)), far),
		"reaching forwarding": list(vnet("v", "10.90.0.0/16", list(subnetOf("v", "s", "10.90.1.0/24", guarded...), subnetOf("v", "nva", "10.90.2.0/24")), peer("v", "w", true)), far, nsg, appliance,
			tableOf("rt", route("far", "10.92.0.0/16", "VirtualAppliance", "10.90.2.4"))),
		"reaching peering": list(vnet("v", "10.90.0.0/16", list(subnetOf("v", "s", "10.90.1.0/24", guarded...)), peer("v", "hub", true)),
			vnet("hub", "10.91.0.0/16", list(subnetOf("hub", "AzureFirewallSubnet", "10.91.0.0/26")), peer("hub", "v", true), peer("hub", "w", true)),
			vnet("w", "10.92.0.0/16", list(subnetOf("w", "far", "10.92.1.0/24", "routeTable", use("routeTables", "back"))), peer("w", "hub", false)),
			ip, nsg, tableOf("rt", route("far", "10.92.0.0/16", "VirtualAppliance", "10.91.0.4")), tableOf("back", route("v", "10.90.0.0/16", "VirtualAppliance", "10.91.0.4")),
			classic("ipConfigurations", list(object("name", "c", "privateIPAddress", "10.91.0.4", "subnet", use("virtualNetworks/hub/subnets", "AzureFirewallSubnet"), "publicIPAddress", use("publicIPAddresses", "ip"))),
				"networkRuleCollections", list(filter("all", 200, "Allow", "*")))),
	}
}

const excerpt = "examples/tags/ServiceTags_Public_excerpt.json"

// resourceFile writes resources to a file of their own.
func resourceFile(t *testing.T, resources []any) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "network.json")
	data, err := json.Marshal(resources)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// evidenced is a network with the repair of it that is to be proved.
type evidenced struct {
	file string
	fix  *result.Fix
}

// withEvidence repairs a network of resources: of machines that reach another one,
// else of senders that shall be seen with one address.
func withEvidence(t *testing.T, resources []any, service string) *evidenced {
	t.Helper()
	return evidenceFor(t, resourceFile(t, resources), service, "v/s")
}

// evidenceFor does that for a subnet of the network of a file.
func evidenceFor(t *testing.T, file, service, subnet string) *evidenced {
	t.Helper()
	e := &evidenced{file: file}
	profiles := []string{"internal/emit/testdata/senders.yaml"}
	for _, text := range []string{reaching, calling} {
		profiles = append(profiles, filepath.Join(t.TempDir(), "profile.yaml"))
		if err := os.WriteFile(profiles[len(profiles)-1], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	n, err := wayleave.Load(wayleave.LoadOptions{
		Paths: []string{e.file}, Tags: excerpt, Assume: []string{"defaults"}, Getenv: func(string) string { return "" },
		Profiles: profiles,
	})
	if err != nil {
		t.Fatal(err)
	}
	o := wayleave.CheckOptions{Services: []string{service}, Subnets: []string{subnet}}
	if service == "senders" {
		o.Settings = []string{"egress=single-ip", "destinations=198.51.100.10:22/tcp"}
	}
	if e.fix, err = n.Fix(wayleave.FixOptions{CheckOptions: o, Evidence: true}); err != nil {
		t.Fatal(err)
	}
	if len(e.fix.Unfixable) > 0 {
		t.Fatalf("%+v", e.fix.Unfixable)
	}
	return e
}

// wrong is what the other program finds wrong with the evidence as it is now.
func (e *evidenced) wrong(t *testing.T) []string {
	t.Helper()
	var text bytes.Buffer
	if err := report.JSON(&text, e.fix.Evidence); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "evidence.json")
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := recheck.Run(recheck.Options{Evidence: path, Tags: excerpt, Paths: []string{e.file}, Seed: 1, Budget: 500})
	if err != nil {
		return []string{err.Error()}
	}
	return r.False
}

// Every kind of change has evidence that the other program checks, and a change
// that is left out of it is noticed.
func TestEvidenceOfEveryKindOfChange(t *testing.T) {
	for want, resources := range kindsOfChange() {
		t.Run(want, func(t *testing.T) {
			kinds, service := want, "senders"
			if rest, ok := strings.CutPrefix(want, "reaching "); ok {
				kinds, service = rest, "reaching"
			}
			e := withEvidence(t, resources, service)
			all := e.fix.Evidence.Changes
			var got []string
			for _, c := range all {
				if !slices.Contains(got, c.Kind) {
					got = append(got, c.Kind)
				}
			}
			if strings.Join(got, " ") != kinds {
				t.Errorf("the kinds of change are %q", strings.Join(got, " "))
			}
			if wrong := e.wrong(t); len(wrong) > 0 {
				t.Fatal(strings.Join(wrong, "\n"))
			}
			for i, c := range all {
				if c.Kind == "securityGroup" || c.Kind == "routeTable" {
					continue // by itself it does nothing, and what refers to it says so
				}
				e.fix.Evidence.Changes = slices.Delete(slices.Clone(all), i, i+1)
				if len(e.wrong(t)) == 0 {
					t.Errorf("nobody noticed that %s of %s is left out", c.Kind, c.Resource)
				}
			}
		})
	}
}

// A Terraform plan calls what is new by its address there: the evidence says with
// which address it is seen all the same.
func TestEvidenceOfATerraformPlan(t *testing.T) {
	e := evidenceFor(t, "examples/terraform/plan.json", "senders", "vnet-identity/snet-domain")
	if wrong := e.wrong(t); len(wrong) > 0 {
		t.Fatal(strings.Join(wrong, "\n"))
	}
	seen := 0
	for _, r := range e.fix.Evidence.Rows {
		for _, c := range r.Cover {
			seen += len(c.Seen)
		}
	}
	if seen == 0 {
		t.Error("no row is about what is seen")
	}
}

// Evidence of a firewall that is made: where it says another address, another
// place, or hides what is closed, that is noticed.
func TestEvidenceOfAFirewallIsRechecked(t *testing.T) {
	e := withEvidence(t, kindsOfChange()[everythingNew], "senders")
	sound, err := json.Marshal(e.fix.Evidence)
	if err != nil {
		t.Fatal(err)
	}
	of := func(kind string) *result.EvidenceChange {
		i := slices.IndexFunc(e.fix.Evidence.Changes, func(c result.EvidenceChange) bool { return c.Kind == kind })
		return &e.fix.Evidence.Changes[i]
	}
	seen := func() *result.EvidenceCell {
		for _, r := range e.fix.Evidence.Rows {
			for i := range r.Cover {
				if len(r.Cover[i].Seen) > 0 && strings.HasPrefix(r.Requirement, "single-ip") {
					return &r.Cover[i]
				}
			}
		}
		t.Fatal("no row is about what is seen")
		return nil
	}
	if len(e.fix.Evidence.Closed) == 0 {
		t.Fatal("nothing is closed")
	}
	for name, tamper := range map[string]func(){
		"another address that is seen":       func() { seen().Seen = []string{"203.0.113.7"} },
		"a new address that nobody can have": func() { of("firewall").Set["privateAddress"] = []string{"10.90.1.4"} },
		"another example of the new address": func() { of("publicAddress").Set["address"] = []string{"203.0.113.7"} },
		"what is closed left out":            func() { e.fix.Evidence.Closed = nil },
		"what is closed said to be opened":   func() { e.fix.Evidence.Opened = append(e.fix.Evidence.Opened, e.fix.Evidence.Closed...) },
		"a rule for another port":            func() { of("networkRule").Set["ports"] = []string{"23"} },
		"a rule for more than is said":       func() { of("networkRule").Set["ports"] = []string{"*"} },
		"a route that leads elsewhere":       func() { of("route").Set["nextHopIpAddress"] = []string{"10.90.1.9"} },
		"the association of another subnet":  func() { of("association").ID, of("association").Resource = of("subnet").ID, of("subnet").Resource },
		"a kind of change that nobody knows": func() { of("route").Kind = "other" },
		"a verdict":                          func() { seen().Verdict = result.Blocked },
	} {
		t.Run(name, func(t *testing.T) {
			fresh := &result.Evidence{}
			if err := json.Unmarshal(sound, fresh); err != nil {
				t.Fatal(err)
			}
			e.fix.Evidence = fresh
			if wrong := e.wrong(t); len(wrong) > 0 {
				t.Fatal(wrong)
			}
			tamper()
			if len(e.wrong(t)) == 0 {
				t.Error("nobody noticed")
			}
		})
	}
}

// Whether a service has a public address of its own is part of the evidence: from a
// private subnet nothing else leaves.
func TestEvidenceSaysWhoSends(t *testing.T) {
	closed := object("id", provider+"networkSecurityGroups/nsg", "name", "nsg", "type", "Microsoft.Network/networkSecurityGroups", "location", "westeurope", "securityRules", list(
		object("id", provider+"networkSecurityGroups/nsg/securityRules/no", "name", "no", "priority", 200, "direction", "Outbound", "access", "Deny", "protocol", "*",
			"sourceAddressPrefix", "*", "sourcePortRange", "*", "destinationAddressPrefix", "*", "destinationPortRange", "*")))
	e := withEvidence(t, list(closed, vnet("v", "10.90.0.0/16", list(subnetOf("v", "s", "10.90.1.0/24", "networkSecurityGroup", use("networkSecurityGroups", "nsg"), "defaultOutboundAccess", false)))), "calling")
	if wrong := e.wrong(t); len(wrong) > 0 || len(e.fix.Changes) != 1 {
		t.Fatalf("%d changes, %v", len(e.fix.Changes), wrong)
	}
	for i := range e.fix.Evidence.Rows {
		e.fix.Evidence.Rows[i].Sender = "none"
	}
	if len(e.wrong(t)) == 0 {
		t.Error("nobody noticed that the service has no address of its own")
	}
}

// What the other program cannot follow has no evidence, and says why.
func TestEvidenceIsRefused(t *testing.T) {
	file := resourceFile(t, kindsOfChange()[everythingNew])
	for _, row := range []struct{ name, tags, assume, want string }{
		{"tags that are names alone", "", "defaults", "without service-tag data"},
		{"one open point settled", excerpt, "proto.star.includesEspAh=true", "one of its open points is settled by itself"},
		{"another reading", excerpt, "proto.star.includesEspAh=false", "one of its open points is settled by itself"},
		{"a delegation", excerpt, "defaults", "there is no evidence of the change of s: the program that checks it does not follow packets of a subnet that is delegated"},
	} {
		t.Run(row.name, func(t *testing.T) {
			n, err := wayleave.Load(wayleave.LoadOptions{Paths: []string{file}, Tags: row.tags, Assume: []string{row.assume}, Getenv: func(string) string { return "" }})
			if err != nil {
				t.Fatal(err)
			}
			_, err = n.Fix(wayleave.FixOptions{CheckOptions: wayleave.CheckOptions{Services: []string{"sql-managed-instance"}, Subnets: []string{"v/s"}}, Evidence: true})
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}
