package wayleave_test

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave"
)

// T-68 (P-39), T86 (NSG-34, NSG-35), ASY-12: what a change that closes something
// does to the connections that are open there. What it does not close it does not
// concern, and neither does what it opens.
func TestOpenConnections(t *testing.T) {
	firewallGroups := func(p pattern, flush bool) {
		for i := range p["nsgs.json"].([]any) {
			g := p.object("nsgs.json", i)
			g["flushConnection"] = flush
			for _, r := range g["securityRules"].([]any) {
				if r := r.(map[string]any); r["name"] == "within-network-out" {
					r["priority"] = 110
				}
			}
		}
	}
	denySSH := func(p pattern) {
		for i := range p["nsgs.json"].([]any) {
			g := p.object("nsgs.json", i)
			g["securityRules"] = append(g["securityRules"].([]any), object("id", g["id"].(string)+"/securityRules/no-ssh", "name", "no-ssh", "priority", 105, "direction", "Outbound", "access", "Deny",
				"protocol", "*", "sourceAddressPrefix", "*", "sourcePortRange", "*", "destinationAddressPrefix", "198.51.100.10", "destinationPortRange", "22"))
		}
	}
	for _, row := range []struct {
		id          string
		before, now func(pattern)
		want        string
	}{
		{"T-68 P-39 the rule of a firewall denies", func(pattern) {}, func(p pattern) { p.collection()["action"] = object("type", "Deny") }, "are cut once the firewall has taken the change, which takes minutes (P-16, P-39)"},
		{"P-39 no rule is left that allows", func(pattern) {}, func(p pattern) { p.rule()["destinationPorts"] = list("2222") }, "are cut once the firewall"},
		{"NSG-34 a security group denies", func(p pattern) { firewallGroups(p, false) }, func(p pattern) { firewallGroups(p, false); denySSH(p) }, "go on until they end"},
		{"NSG-35 T86 one that flushes", func(p pattern) { firewallGroups(p, true) }, func(p pattern) { firewallGroups(p, true); denySSH(p) }, "are cut: "},
		{"ASY-12 a route to nowhere", func(pattern) {}, func(p pattern) { p.table()["routes"] = list(route("sftp", "198.51.100.10/32", "None", "")) }, "break at once"},
	} {
		old, now := readPattern(t), readPattern(t)
		row.before(old)
		row.now(now)
		d, err := wayleave.Diff(old.network(t), now.network(t))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, c := range d.Closed {
			if c.Witness.Destination != "198.51.100.10" {
				t.Errorf("%s: closes what has nothing to do with it: %+v", row.id, c)
			}
			found = strings.HasPrefix(c.OpenConnections, row.want)
			if !found {
				t.Errorf("%s: open connections %q, want %q", row.id, c.OpenConnections, row.want)
			}
		}
		if !found {
			t.Errorf("%s: nothing is closed: %+v", row.id, d)
		}
		back, err := wayleave.Diff(now.network(t), old.network(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range back.Opened {
			if c.OpenConnections != "" {
				t.Errorf("%s: what was closed has open connections: %q", row.id, c.OpenConnections)
			}
		}
	}
}
