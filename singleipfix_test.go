package wayleave_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/result"
)

// notFixed are the checks of the pattern that no change mends, each with what
// says why.
var notFixed = map[string]string{
	// Its default route fails rows of the service too; those of the pattern are met.
	"C-20 the table on the firewall's subnet": "takes what the requirement needs of the internet as a whole",
}

// For every broken check of the pattern that fails, the change makes it met; the
// others are listed, with the reason that fix gives.
func TestSingleIPBrokenIsFixed(t *testing.T) {
	for _, row := range brokenPatterns {
		if row.outcome != result.Fail {
			continue
		}
		t.Run(row.id, func(t *testing.T) {
			p := readPattern(t)
			row.edit(p)
			f, err := p.network(t).Fix(wayleave.FixOptions{CheckOptions: wayleave.CheckOptions{
				Settings: []string{"egress=single-ip", "destinations=198.51.100.10:22", "egressAddress=203.0.113.10"},
			}})
			if err != nil {
				t.Fatal(err)
			}
			var reasons []string
			for _, u := range f.Unfixable {
				reasons = append(reasons, u.Requirement+": "+u.Reason)
			}
			why := strings.Join(reasons, "\n")
			want, listed := notFixed[row.id]
			switch {
			case len(f.Unfixable) == 0 && listed:
				t.Errorf("it is fixed, and listed as what cannot be")
			case len(f.Unfixable) > 0 && (!listed || !strings.Contains(why, want) || strings.Contains(why, "single-ip")):
				t.Errorf("it is not fixed: %s", why)
			case len(f.Unfixable) == 0 && f.Proof.After[result.Blocked]+f.Proof.After[result.Undecided] > 0:
				t.Errorf("after the change %v", f.Proof.After)
			}
		})
	}
}

// The firewall of a hub to which the routes of some subnets lead already serves the
// others too: no second one is planned.
func TestSingleIPFixUsesTheFirewallOfTheHub(t *testing.T) {
	const id = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/"
	link := func(to string) string {
		return `"virtualNetworkPeerings":[{"name":"to-` + to + `","remoteVirtualNetwork":{"id":"` + id + `virtualNetworks/` + to + `"},"allowVirtualNetworkAccess":true,"allowForwardedTraffic":true,"peeringState":"Connected"}]`
	}
	table := `,"routeTable":{"id":"` + id + `routeTables/rt"}`
	subnet := func(name, prefix, more string) string {
		return `{"name":"` + name + `","addressPrefix":"` + prefix + `"` + more + `}`
	}
	file := filepath.Join(t.TempDir(), "network.json")
	text := `[{"id":"` + id + `virtualNetworks/ise","type":"Microsoft.Network/virtualNetworks","name":"ise","addressSpace":{"addressPrefixes":["10.90.0.0/24"]},` + link("hub") + `,"subnets":[` +
		subnet("a", "10.90.0.0/27", table) + `,` + subnet("b", "10.90.0.32/27", table) + `,` + subnet("c", "10.90.0.64/27", "") + `,` + subnet("d", "10.90.0.96/27", "") + `]},
	{"id":"` + id + `virtualNetworks/hub","type":"Microsoft.Network/virtualNetworks","name":"hub","addressSpace":{"addressPrefixes":["10.91.0.0/24"]},` + link("ise") + `,"subnets":[` + subnet("AzureFirewallSubnet", "10.91.0.0/26", "") + `]},
	{"id":"` + id + `routeTables/rt","type":"Microsoft.Network/routeTables","name":"rt","routes":[{"name":"sftp","addressPrefix":"198.51.100.10/32","nextHopType":"VirtualAppliance","nextHopIpAddress":"10.91.0.4"}]},
	{"id":"` + id + `publicIPAddresses/pip","type":"Microsoft.Network/publicIPAddresses","name":"pip","sku":{"name":"Standard"},"publicIPAllocationMethod":"Static","ipAddress":"203.0.113.10"},
	{"id":"` + id + `azureFirewalls/afw","type":"Microsoft.Network/azureFirewalls","name":"afw","sku":{"name":"AZFW_VNet","tier":"Standard"},"threatIntelMode":"Alert","networkRuleCollections":[{"name":"sftp","priority":200,"action":{"type":"Allow"},"rules":[{"name":"sftp","protocols":["TCP"],"sourceAddresses":["10.90.0.0/26"],"destinationAddresses":["198.51.100.10"],"destinationPorts":["22"]}]}],
	 "ipConfigurations":[{"name":"c","privateIPAddress":"10.91.0.4","subnet":{"id":"` + id + `virtualNetworks/hub/subnets/AzureFirewallSubnet"},"publicIPAddress":{"id":"` + id + `publicIPAddresses/pip"}}]}]`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	n, err := wayleave.Load(wayleave.LoadOptions{Paths: []string{file}})
	if err != nil {
		t.Fatal(err)
	}
	f, err := n.Fix(wayleave.FixOptions{CheckOptions: wayleave.CheckOptions{
		Services: []string{"logic-apps-ise"}, Subnets: []string{"a", "b", "c", "d"},
		Settings: []string{"egress=single-ip", "destinations=198.51.100.10:22"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var tables []string
	for _, c := range f.Changes {
		switch {
		case strings.Contains(c.Resource, "fw-ise"):
			t.Errorf("a second firewall is planned: %s", c.Summary)
		case strings.Contains(c.Summary, "uses route table rt"):
			tables = append(tables, c.Summary)
		}
	}
	if got := strings.Join(tables, ", "); got != "uses route table rt, uses route table rt" || !f.MovesOpenConnections {
		t.Errorf("route tables: %q; moves open connections (ASY-12): %v", got, f.MovesOpenConnections)
	}
}

// An address that something else counts on is not taken away, nor is a table with
// routes that count; what does is named.
func TestSingleIPFixTakesNothingAwayThatCounts(t *testing.T) {
	ips := list(publicIP("ip", "203.0.113.10"), publicIP("other", "203.0.113.11"))
	allow := list(filter("sftp", 200, "Allow", "198.51.100.10"))
	two := list(standing, object("name", "second", "publicIPAddress", use("publicIPAddresses", "other")))
	published := list(object("name", "in", "priority", 100, "action", object("type", "Dnat"), "rules", list(object("name", "publish", "protocols", list("TCP"), "sourceAddresses", list("*"),
		"destinationAddresses", list("203.0.113.11"), "destinationPorts", list("2022"), "translatedAddress", "10.90.1.4", "translatedPort", "22"))))
	nat := object("id", provider+"natGateways/nat", "name", "nat", "type", "Microsoft.Network/natGateways", "location", "westeurope", "sku", object("name", "Standard"),
		"publicIpAddresses", list(use("publicIPAddresses", "ip"), use("publicIPAddresses", "other")))
	through := route("sftp", "198.51.100.10/32", "VirtualAppliance", "10.90.0.4")
	network := func(firewall map[string]any, gate []any, routes []any, more ...any) []any {
		return append(append(ips[:2:2], more...), firewall, tableOf("rt", routes...),
			vnet("v", "10.90.0.0/16", list(subnetOf("v", "s", "10.90.1.0/24", "routeTable", use("routeTables", "rt")), subnetOf("v", "AzureFirewallSubnet", "10.90.0.0/26", gate...))))
	}
	for _, row := range []struct {
		name, expected string
		resources      []any
		// changes are the summaries of the change, or what says why there is none.
		changes, cannot string
	}{
		{"the second address", "203.0.113.10", network(classic("networkRuleCollections", allow, "ipConfigurations", two), nil, list(through)), "address second taken away: nothing leaves with other any more", ""},
		{"without an expected one the second too", "", network(classic("networkRuleCollections", allow, "ipConfigurations", two), nil, list(through)), "address second taken away: nothing leaves with other any more", ""},
		{"the one with the subnet", "203.0.113.11", network(classic("networkRuleCollections", allow, "ipConfigurations", two), nil, list(through)), "", "the configuration c of firewall fw holds its subnet and has another address"},
		{"one that is published", "203.0.113.10", network(classic("networkRuleCollections", allow, "ipConfigurations", two, "natRuleCollections", published), nil, list(through)), "", "the NAT rule publish of firewall fw publishes the address of second"},
		{"the gateway has the expected one", "203.0.113.11", network(classic("networkRuleCollections", allow), list("natGateway", use("natGateways", "nat")), list(through), nat), "", "the NAT gateway nat of subnet AzureFirewallSubnet has the address that the destination expects"},
		{"the senders' table on the firewall's subnet (C-20)", "", network(classic("networkRuleCollections", allow), list("routeTable", use("routeTables", "rt")), list(through, route("out", "192.0.2.0/24", "Internet", ""))),
			"uses route table rt no longer", ""},
		{"with a route that counts", "", network(classic("networkRuleCollections", allow), list("routeTable", use("routeTables", "rt")), list(through, route("dark", "192.0.2.0/24", "None", ""))), "", "give that subnet a table of its own without it, for route dark counts there"},
	} {
		t.Run(row.name, func(t *testing.T) {
			settings := []string{"egress=single-ip", "destinations=198.51.100.10:22/tcp"}
			if row.expected != "" {
				settings = append(settings, "egressAddress="+row.expected)
			}
			n, err := wayleave.Load(wayleave.LoadOptions{Paths: []string{resourceFile(t, row.resources)}, Assume: []string{"defaults"}, Profiles: []string{"internal/emit/testdata/senders.yaml"}, Getenv: func(string) string { return "" }})
			if err != nil {
				t.Fatal(err)
			}
			f, err := n.Fix(wayleave.FixOptions{CheckOptions: wayleave.CheckOptions{Services: []string{"senders"}, Subnets: []string{"v/s"}, Settings: settings}})
			if err != nil {
				t.Fatal(err)
			}
			var changes, reasons []string
			for _, c := range f.Changes {
				changes = append(changes, c.Summary)
			}
			for _, u := range f.Unfixable {
				reasons = append(reasons, u.Reason)
			}
			if got := strings.Join(changes, ", "); got != row.changes {
				t.Errorf("the changes are %q, want %q", got, row.changes)
			}
			if got := strings.Join(reasons, "; "); row.cannot == "" && got != "" || !strings.Contains(got, row.cannot) {
				t.Errorf("cannot fix: %q, want %q", got, row.cannot)
			}
		})
	}
}
