package wayleave_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/result"
)

// reachingTemplate is a network whose machines do not reach the one of another,
// with places to break.
const reachingTemplate = `{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    {
      "type": "Microsoft.Network/virtualNetworks", "apiVersion": "2024-05-01", "name": "v", "location": "westeurope",
      "properties": {
        "addressSpace": {"addressPrefixes": ["10.90.0.0/16"]},
        "subnets": [
          {"name": "s", "properties": {"addressPrefix": "10.90.1.0/24"GUARD}} // ours
        ],
        "virtualNetworkPeerings": [{"name": "w", "properties": {"remoteVirtualNetwork": {"id": "[resourceId('Microsoft.Network/virtualNetworks', 'w')]"}, "allowVirtualNetworkAccess": true, "peeringState": "Connected"}}]
      }
    },
    {
      "type": "Microsoft.Network/virtualNetworks", "apiVersion": "2024-05-01", "name": "w", "location": "westeurope",
      "properties": {
        "addressSpace": {"addressPrefixes": ["10.92.0.0/16"]}, "subnets": [{"name": "far", "properties": {"addressPrefix": "10.92.1.0/24"}}],
        "virtualNetworkPeerings": [{"name": "v", "properties": {"remoteVirtualNetwork": {"id": "[resourceId('Microsoft.Network/virtualNetworks', 'v')]"}, "allowVirtualNetworkAccess": true, "peeringState": "Connected"}}]
      }
    }MORE
  ]
}
`

// A change of a template is proved by the template that it makes: what is new, what
// goes and what is attached is there when it is read again.
func TestFixEditsTemplates(t *testing.T) {
	const (
		group = `,
    {"type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2024-05-01", "name": "nsg", "location": "westeurope", "properties": {"securityRules": []}}`
		table = `,
    {"type": "Microsoft.Network/routeTables", "apiVersion": "2024-05-01", "name": "rt", "location": "westeurope", "properties": {"routes": [
      // dark
      {"name": "far", "properties": {"addressPrefix": "10.92.0.0/16", "nextHopType": "None"}}
    ]}}`
		guard = `, "networkSecurityGroup": {"id": "[resourceId('Microsoft.Network/networkSecurityGroups', 'nsg')]"}`
		uses  = `, "routeTable": {"id": "[resourceId('Microsoft.Network/routeTables', 'rt')]"}`
	)
	for _, row := range []struct {
		name, guard, more string
		added, gone       string
	}{
		{"a new security group", "", "", `"name": "nsg-s"`, ""},
		{"a route that goes", guard + uses, group + table, "", `"name": "far", "properties": {"addressPrefix": "10.92.0.0/16"`},
		{"both", uses, table, `"name": "nsg-s"`, `"name": "far", "properties": {"addressPrefix": "10.92.0.0/16"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			folder := t.TempDir()
			file, profile := filepath.Join(folder, "main.json"), filepath.Join(folder, "reaching.yaml")
			text := strings.NewReplacer("GUARD", row.guard, "MORE", row.more).Replace(reachingTemplate)
			for path, text := range map[string]string{file: text, profile: reaching} {
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			fix := func(o wayleave.FixOptions) *result.Fix {
				n, err := wayleave.Load(wayleave.LoadOptions{Paths: []string{file}, Assume: []string{"defaults"}, Profiles: []string{profile}, Getenv: func(string) string { return "" }})
				if err != nil {
					t.Fatal(err)
				}
				o.CheckOptions = wayleave.CheckOptions{Services: []string{"reaching"}, Subnets: []string{"v/s"}}
				f, err := n.Fix(o)
				if err != nil {
					t.Fatal(err)
				}
				return f
			}
			if f := fix(wayleave.FixOptions{Write: true}); len(f.NotWritten)+len(f.Unfixable) > 0 || len(f.Changes) == 0 || !f.Proof.NothingElseChanged {
				t.Fatalf("not written %+v, unfixable %+v, %d changes", f.NotWritten, f.Unfixable, len(f.Changes))
			}
			now, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if row.added != "" && !strings.Contains(string(now), row.added) || row.gone != "" && strings.Contains(string(now), row.gone) || !strings.Contains(string(now), "// ours") {
				t.Errorf("the template is now\n%s", now)
			}
			if f := fix(wayleave.FixOptions{}); len(f.Changes)+len(f.Unfixable) > 0 {
				t.Errorf("what was written still needs %+v %+v", f.Changes, f.Unfixable)
			}
		})
	}
}

// A new firewall, with what leads to it, is not written into a template: not in part
// either, and not into what it stands beside.
func TestFixLeavesANewFirewallOutOfTemplates(t *testing.T) {
	file := filepath.Join(t.TempDir(), "main.json")
	text := strings.NewReplacer("GUARD", "", "MORE", "").Replace(reachingTemplate)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	n, err := wayleave.Load(wayleave.LoadOptions{Paths: []string{file}, Assume: []string{"defaults"}, Profiles: []string{"internal/emit/testdata/senders.yaml"}, Getenv: func(string) string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	f, err := n.Fix(wayleave.FixOptions{Edit: true, CheckOptions: wayleave.CheckOptions{
		Services: []string{"senders"}, Subnets: []string{"v/s"}, Settings: []string{"egress=single-ip", "destinations=198.51.100.10:22/tcp"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Changes) != 7 || len(f.Files) > 0 {
		t.Errorf("%d changes are written into %+v", len(f.Changes), f.Files)
	}
	left := 0
	for _, l := range f.NotWritten {
		left += len(l.Changes)
	}
	if left != len(f.Changes) {
		t.Errorf("of %d changes %d are left: %+v", len(f.Changes), left, f.NotWritten)
	}
}
