package wayleave_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/result"
)

// pattern is the example of the single-IP pattern, to be changed before it is
// read.
type pattern map[string]any

const patternFolder = "examples/ise-single-ip"

var patternFiles = []string{"ise.json", "nsgs.json", "vnets.json", "firewalls.json", "route-tables.json", "public-ips.json"}

func readPattern(t *testing.T) pattern {
	t.Helper()
	p := pattern{}
	for _, name := range patternFiles {
		data, err := os.ReadFile(filepath.Join(patternFolder, name))
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
		p[name] = v
	}
	delete(p.table(), "subnets") // each test attaches it as it likes
	return p
}

// object follows names and indices: object("vnets.json", 0, "subnets", 5).
func (p pattern) object(file string, path ...any) map[string]any {
	at := p[file]
	for _, step := range path {
		switch s := step.(type) {
		case int:
			at = at.([]any)[s]
		case string:
			at = at.(map[string]any)[s]
		}
	}
	return at.(map[string]any)
}

func (p pattern) firewall() map[string]any { return p.object("firewalls.json", 0) }
func (p pattern) subnet(i int) map[string]any {
	return p.object("vnets.json", 0, "subnets", i)
}
func (p pattern) table() map[string]any { return p.object("route-tables.json", 0) }
func (p pattern) collection() map[string]any {
	return p.object("firewalls.json", 0, "networkRuleCollections", 0)
}
func (p pattern) rule() map[string]any {
	return p.object("firewalls.json", 0, "networkRuleCollections", 0, "rules", 0)
}

// Places of the subnets in the example.
const (
	gatewaySubnet  = 2
	firewallSubnet = 5
)

const provider = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-integration/providers/Microsoft.Network/"

func list(v ...any) []any { return v }
func object(pairs ...any) map[string]any {
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}

func route(name, prefix, hop, address string) map[string]any {
	r := object("id", provider+"routeTables/rt-ise/routes/"+name, "name", name, "addressPrefix", prefix, "nextHopType", hop)
	if address != "" {
		r["nextHopIpAddress"] = address
	}
	return r
}

func (p pattern) addRoute(r map[string]any) {
	p.table()["routes"] = append(p.table()["routes"].([]any), r)
}

func (p pattern) addCollection(name string, priority int, action, protocol, to, ports string) {
	c := object("id", provider+"azureFirewalls/fw-integration/networkRuleCollections/"+name, "name", name, "priority", priority,
		"action", object("type", action), "rules", list(object("name", name+"-rule", "protocols", list(protocol), "sourceAddresses", list("*"), "destinationAddresses", list(to), "destinationPorts", list(ports))))
	p.firewall()["networkRuleCollections"] = append(p.firewall()["networkRuleCollections"].([]any), c)
}

// addPublicIP adds an address of the network.
func (p pattern) addPublicIP(name, address string) map[string]any {
	id := provider + "publicIPAddresses/" + name
	p["public-ips.json"] = append(p["public-ips.json"].([]any), object("id", id, "name", name, "ipAddress", address, "publicIPAllocationMethod", "Static",
		"sku", object("name", "Standard"), "type", "Microsoft.Network/publicIPAddresses", "location", "westeurope"))
	return object("id", id)
}

func (p pattern) addGateway(subnet int, addresses ...string) {
	id := provider + "natGateways/nat"
	var ips []any
	for i, address := range addresses {
		ips = append(ips, p.addPublicIP("pip-nat-"+string(rune('a'+i)), address))
	}
	p["nat-gateways.json"] = list(object("id", id, "name", "nat", "sku", object("name", "Standard"), "publicIpAddresses", ips, "type", "Microsoft.Network/natGateways", "location", "westeurope"))
	p.subnet(subnet)["natGateway"] = object("id", id)
}

// network reads the pattern as it is now.
func (p pattern) network(t *testing.T) *wayleave.Network {
	t.Helper()
	folder := t.TempDir()
	var paths []string
	for name, v := range p {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	n, err := wayleave.Load(wayleave.LoadOptions{Paths: paths, Tags: "examples/tags/ServiceTags_Public_excerpt.json", Getenv: func(string) string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// seen is what egress says of the destination, over all subnets: the verdicts
// with the addresses, each once.
func seen(t *testing.T, n *wayleave.Network) string {
	t.Helper()
	e, err := n.Egress(wayleave.EgressOptions{To: "198.51.100.10", Port: "22"})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, p := range e.Parts {
		text := strings.TrimSpace(string(p.Verdict) + " " + p.SeenAs.Kind + " " + strings.Join(p.SeenAs.Addresses, ","))
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	slices.Sort(all)
	return strings.Join(all, "; ")
}

// patternRows are the rows that egress=single-ip adds, with their worst outcome.
func patternRows(t *testing.T, n *wayleave.Network) (outcome result.Outcome, reasons string) {
	t.Helper()
	c, err := n.Check(wayleave.CheckOptions{Settings: []string{"egress=single-ip", "destinations=198.51.100.10:22", "egressAddress=203.0.113.10"}})
	if err != nil {
		t.Fatal(err)
	}
	outcome = result.Pass
	for _, r := range c.Services[0].Requirements {
		if !strings.HasPrefix(r.ID, "single-ip-") {
			continue
		}
		if r.Outcome.Worse(outcome) {
			outcome = r.Outcome
		}
		reasons += r.OutcomeReason + "; " + strings.Join(r.Reasons, "; ") + "; "
	}
	return outcome, reasons
}

// patternStep is a change on the way to the pattern, with what egress and check say
// after it.
type patternStep struct {
	name    string
	do      func()
	seen    string
	outcome result.Outcome
	says    string
}

// patternSteps take the pattern apart and say how it is built step by step, as the
// page has it.
func patternSteps(t *testing.T) (pattern, []patternStep) {
	p := readPattern(t)
	firewalls, tables, ips, vnets := p["firewalls.json"], p["route-tables.json"], p["public-ips.json"], p.object("vnets.json", 0)
	all := vnets["subnets"].([]any)
	vnets["subnets"] = all[:firewallSubnet]
	attached := p.subnet(0)["routeTable"]
	for i := range 4 {
		delete(p.subnet(i), "routeTable")
	}
	delete(p, "firewalls.json")
	delete(p, "route-tables.json")
	delete(p, "public-ips.json")
	var routes, collections, rules any
	const own = "allowed public"
	return p, []patternStep{
		{"without the pattern", func() {}, own, result.Fail, "another public address"},
		{"a firewall", func() {
			vnets["subnets"] = all
			p["firewalls.json"], p["public-ips.json"] = firewalls, ips
			collections = p.firewall()["networkRuleCollections"]
			p.firewall()["networkRuleCollections"] = list()
		}, own, result.Fail, "another public address"},
		{"a route table", func() {
			p["route-tables.json"] = tables
			routes = p.table()["routes"]
			p.table()["routes"] = list()
		}, own, result.Fail, "another public address"},
		{"a route", func() { p.table()["routes"] = routes }, own, result.Fail, "another public address"},
		{"the route table on one subnet", func() { p.subnet(0)["routeTable"] = attached }, "allowed public; blocked none", result.Fail, "no rule matched"},
		{"the route table on all subnets", func() {
			for i := range 4 {
				p.subnet(i)["routeTable"] = attached
			}
		}, "blocked none", result.Fail, "no rule matched"},
		{"a rule collection", func() {
			p.firewall()["networkRuleCollections"] = collections
			rules = p.collection()["rules"]
			p.collection()["rules"] = list()
		}, "blocked none", result.Fail, "no rule matched"},
		{"a rule", func() { p.collection()["rules"] = rules }, "allowed public 203.0.113.10", result.Pass, ""},
	}
}

// What egress and check say after each step of the pattern (C-00a, C-00b).
func TestSingleIPStepByStep(t *testing.T) {
	p, steps := patternSteps(t)
	for _, step := range steps {
		step.do()
		n := p.network(t)
		if got := seen(t, n); got != step.seen {
			t.Errorf("%s: egress says %q, want %q", step.name, got, step.seen)
		}
		if outcome, says := patternRows(t, n); outcome != step.outcome || !strings.Contains(says, step.says) {
			t.Errorf("%s: check says %s: %s, want %s: %s", step.name, outcome, says, step.outcome, step.says)
		}
	}
}

// brokenPattern is the pattern with one check of it broken: what the destination
// sees, what check makes of it, and what people would observe.
type brokenPattern struct {
	id      string
	edit    func(p pattern)
	seen    string
	outcome result.Outcome
	says    string
}

var brokenPatterns = []brokenPattern{
	{"C-02 one subnet without the table", func(p pattern) { delete(p.subnet(gatewaySubnet), "routeTable") }, "allowed public; allowed public 203.0.113.10", result.Fail, "another public address"},
	{"C-03 another destination routed", func(p pattern) {
		p.table()["routes"] = list(route("sftp", "198.51.100.11/32", "VirtualAppliance", "10.10.2.4"))
	}, "allowed public", result.Fail, "another public address"},
	{"C-04 an address that nobody has", func(p pattern) {
		p.table()["routes"] = list(route("sftp", "198.51.100.10/32", "VirtualAppliance", "10.10.2.5"))
	}, "blocked none", result.Fail, "firewall's log shows nothing"},
	{"C-04 next hop Internet", func(p pattern) { p.table()["routes"] = list(route("sftp", "198.51.100.10/32", "Internet", "")) }, "allowed public", result.Fail, "another public address"},
	{"C-04 next hop None", func(p pattern) { p.table()["routes"] = list(route("sftp", "198.51.100.10/32", "None", "")) }, "blocked none", result.Fail, "times out"},
	{"C-05 a longer route", func(p pattern) {
		p.table()["routes"] = list(route("sftp", "198.51.100.0/24", "VirtualAppliance", "10.10.2.4"), route("half", "198.51.100.0/25", "Internet", ""))
	}, "allowed public", result.Fail, "another public address"},
	{"C-07 deallocated", func(p pattern) { p.firewall()["ipConfigurations"] = list() }, "blocked none", result.Fail, "firewall's log shows nothing"},
	{"C-08 a security group", func(p pattern) {
		groups := p["nsgs.json"].([]any)
		for _, g := range groups {
			g := g.(map[string]any)
			g["securityRules"] = append(g["securityRules"].([]any), object("id", g["id"].(string)+"/securityRules/no-ssh", "name", "no-ssh", "priority", 105, "direction", "Outbound", "access", "Deny",
				"protocol", "Tcp", "sourceAddressPrefix", "*", "sourcePortRange", "*", "destinationAddressPrefix", "198.51.100.10", "destinationPortRange", "22"))
			for _, r := range g["securityRules"].([]any) { // VirtualNetwork holds what is routed to an appliance (TAG-12)
				if r := r.(map[string]any); r["name"] == "within-network-out" {
					r["priority"] = 110
				}
			}
		}
	}, "blocked none", result.Fail, "flow log of the security group"},
	{"C-10 a subnet missing from the rule", func(p pattern) { p.rule()["sourceAddresses"] = list("10.10.0.0/26") }, "allowed public 203.0.113.10; blocked none", result.Fail, "no rule matched"},
	{"C-10 another port", func(p pattern) { p.rule()["destinationPorts"] = list("20-21", "2222") }, "blocked none", result.Fail, "no rule matched"},
	{"C-11 a rule before it denies", func(p pattern) { p.addCollection("deny", 100, "Deny", "TCP", "198.51.100.0/24", "*") }, "blocked none", result.Fail, "name of the rule"},
	{"C-11 a rule after it does not", func(p pattern) { p.addCollection("deny", 300, "Deny", "TCP", "198.51.100.0/24", "*") }, "allowed public 203.0.113.10", result.Pass, ""},
	{"C-11 one of the same priority", func(p pattern) { p.addCollection("deny", 200, "Deny", "TCP", "198.51.100.0/24", "*") }, "undecided none", result.UndecidedOutcome, "same priority"},
	{"C-15 a private range", func(p pattern) {
		p.firewall()["additionalProperties"] = object("Network.SNAT.PrivateRanges", "IANAPrivateRanges, 198.51.100.0/24")
	}, "blocked none", result.Fail, "says Allow"},
	{"C-16 everything private", func(p pattern) {
		p.firewall()["additionalProperties"] = object("Network.SNAT.PrivateRanges", "0.0.0.0/0")
	}, "blocked none", result.Fail, "says Allow"},
	{"C-17 two addresses", func(p pattern) {
		p.firewall()["ipConfigurations"] = append(p.firewall()["ipConfigurations"].([]any), object("id", provider+"azureFirewalls/fw-integration/azureFirewallIpConfigurations/second", "name", "second", "publicIPAddress", p.addPublicIP("pip-second", "203.0.113.11")))
	}, "allowed unpredictable 203.0.113.10,203.0.113.11", result.Fail, "address changes"},
	{"C-18 a NAT gateway", func(p pattern) { p.addGateway(firewallSubnet, "203.0.113.99") }, "allowed public 203.0.113.99", result.Fail, "expects 203.0.113.10"},
	{"C-18 a NAT gateway with two addresses", func(p pattern) { p.addGateway(firewallSubnet, "203.0.113.98", "203.0.113.99") }, "allowed unpredictable 203.0.113.98,203.0.113.99", result.Fail, "address changes"},
	{"C-19 forced tunnelling", func(p pattern) {
		p.subnet(firewallSubnet)["routeTable"] = object("id", provider+"routeTables/rt-fw")
		p["fw-table.json"] = list(object("id", provider+"routeTables/rt-fw", "name", "rt-fw", "type", "Microsoft.Network/routeTables", "location", "westeurope", "routes", list(route("out", "0.0.0.0/0", "VirtualNetworkGateway", ""))))
		p.firewall()["managementIpConfiguration"] = object("id", provider+"azureFirewalls/fw-integration/azureFirewallIpConfigurations/management", "name", "management", "publicIPAddress", p.addPublicIP("pip-mgmt", "203.0.113.12"))
	}, "undecided none", result.UndecidedOutcome, "gateway"},
	{"C-20 the table on the firewall's subnet", func(p pattern) {
		p.addRoute(route("all", "0.0.0.0/0", "VirtualAppliance", "10.10.2.4"))
		p.subnet(firewallSubnet)["routeTable"] = object("id", provider+"routeTables/rt-ise")
	}, "blocked none", result.Fail, "firewall's log shows nothing"},
	{"C-21 the firewall sends the replies elsewhere", func(p pattern) {
		p.subnet(firewallSubnet)["routeTable"] = object("id", provider+"routeTables/rt-fw")
		p["fw-table.json"] = list(object("id", provider+"routeTables/rt-fw", "name", "rt-fw", "type", "Microsoft.Network/routeTables", "location", "westeurope", "routes", list(route("ise", "10.10.0.0/25", "None", ""))))
	}, "blocked none", result.Fail, "never gets an answer"},
	{"C-22 a NAT gateway on one of the subnets (T-10)", func(p pattern) { p.addGateway(gatewaySubnet, "203.0.113.77") }, "allowed public 203.0.113.10", result.Pass, ""},
	{"C-23 a rule that looks at names", func(p pattern) {
		p.firewall()["networkRuleCollections"] = list()
		p.firewall()["applicationRuleCollections"] = list(object("id", provider+"azureFirewalls/fw-integration/applicationRuleCollections/web", "name", "web", "priority", 200, "action", object("type", "Allow"),
			"rules", list(object("name", "any", "protocols", list(object("protocolType", "Https", "port", 22)), "sourceAddresses", list("*"), "targetFqdns", list("sftp.example")))))
	}, "undecided none", result.UndecidedOutcome, "looks at names"},
	{"S-20 an address that no input states", func(p pattern) { delete(p.object("public-ips.json", 0), "ipAddress") },
		"allowed public <" + provider + "publicIPAddresses/pip-fw>", result.UndecidedOutcome, "whose address no input states, and expects 203.0.113.10"},
	{"R-04 a management address does not count", func(p pattern) {
		p.firewall()["managementIpConfiguration"] = object("id", provider+"azureFirewalls/fw-integration/azureFirewallIpConfigurations/management", "name", "management", "publicIPAddress", p.addPublicIP("pip-mgmt", "203.0.113.12"))
	}, "allowed public 203.0.113.10", result.Pass, ""},
}

// Each check of the pattern is broken in turn.
func TestSingleIPBroken(t *testing.T) {
	for _, row := range brokenPatterns {
		t.Run(row.id, func(t *testing.T) {
			p := readPattern(t)
			row.edit(p)
			n := p.network(t)
			if got := seen(t, n); got != row.seen {
				t.Errorf("egress says %q, want %q", got, row.seen)
			}
			if outcome, says := patternRows(t, n); outcome != row.outcome || !strings.Contains(says, row.says) {
				t.Errorf("check says %s: %s\nwant %s: %s", outcome, says, row.outcome, row.says)
			}
		})
	}
}

// What egress is told to expect is judged: an address that no input states may be it.
func TestEgressExpects(t *testing.T) {
	for _, row := range []struct {
		expect string
		edit   func(pattern)
		want   result.Outcome
	}{
		{"203.0.113.10", func(pattern) {}, result.Pass},
		{"203.0.113.11", func(pattern) {}, result.Fail},
		{"203.0.113.10", func(p pattern) { delete(p.object("public-ips.json", 0), "ipAddress") }, result.UndecidedOutcome},
	} {
		p := readPattern(t)
		row.edit(p)
		e, err := p.network(t).Egress(wayleave.EgressOptions{To: "198.51.100.10", Port: "22", Expect: row.expect})
		if err != nil {
			t.Fatal(err)
		}
		if e.Outcome != row.want {
			t.Errorf("%s is expected: %s, want %s", row.expect, e.Outcome, row.want)
		}
	}
}

// A firewall sends what others give it: egress=single-ip is asked of them, and
// not of the firewall itself.
func TestSingleIPIsAskedOfSenders(t *testing.T) {
	for _, o := range []wayleave.CheckOptions{
		{Settings: []string{"egress=single-ip", "destinations=198.51.100.10:22", "egressAddress=203.0.113.10"}},
		{Settings: []string{"logic-apps-ise.egress=single-ip", "logic-apps-ise.destinations=198.51.100.10:22"}},
	} {
		c, err := readPattern(t).network(t).Check(o)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range c.Services {
			asked := slices.ContainsFunc(s.Requirements, func(r result.Requirement) bool { return strings.HasPrefix(r.ID, "single-ip-") })
			if asked != (s.Service == "logic-apps-ise") {
				t.Errorf("%v: %s is asked for one address: %v", o.Settings, s.Service, asked)
			}
		}
	}
}
