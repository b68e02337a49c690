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
	"C-17 two addresses":                    "fix takes no address away",
	"C-18 a NAT gateway":                    "expects 203.0.113.10; fix takes no address away",
	"C-18 a NAT gateway with two addresses": "fix takes no address away",
}

// For every broken check of the pattern that fails, the change makes it met; the
// others are listed, with the reason that fix gives.
func TestSingleIPBrokenIsFixed(t *testing.T) {
	for _, row := range brokenPatterns {
		if row.outcome != result.Fail || strings.HasPrefix(row.id, "C-20") { // its default route fails rows of the service
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
			case len(f.Unfixable) > 0 && (!listed || !strings.Contains(why, want)):
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
	if got := strings.Join(tables, ", "); got != "uses route table rt, uses route table rt" {
		t.Errorf("route tables: %q", got)
	}
}
