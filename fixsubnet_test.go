package wayleave_test

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/result"
)

// bareSubnet is a network of one subnet with the given further properties.
func bareSubnet(t *testing.T, prefix, properties string) *wayleave.Network {
	t.Helper()
	const provider = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v"
	text := `[{"id": "` + provider + `", "name": "v", "type": "Microsoft.Network/virtualNetworks", "location": "westeurope", "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
	  "virtualNetworkPeerings": [], "subnets": [{"id": "` + provider + `/subnets/s", "name": "s", "addressPrefix": "` + prefix + `"` + properties + `}]}]`
	n, err := wayleave.Load(wayleave.LoadOptions{Documents: []wayleave.Document{{Name: "vnets.json", Data: []byte(text)}}, Assume: []string{"defaults"}, Getenv: func(string) string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// What a service asks of its subnet itself is planned as far as a change of the
// network meets it, opens and closes nothing, and is named else.
func TestFixEquipsSubnets(t *testing.T) {
	for _, row := range []struct {
		name, service, prefix, properties string
		changes, cannot                   string
	}{
		{"group, table and delegation", "sql-managed-instance", "10.0.1.0/24", "", "nsg-s, rt-s, s: delegated to Microsoft.Sql/managedInstances, s: uses network security group nsg-s, s: uses route table rt-s", ""},
		{"a subnet that is too small", "sql-managed-instance", "10.0.1.0/29", "", "nsg-s, rt-s, s: delegated to Microsoft.Sql/managedInstances, s: uses network security group nsg-s, s: uses route table rt-s", "it takes another subnet"},
		{"delegated to another service", "app-service-environment-v3", "10.0.1.0/24", `, "delegations": [{"name": "d", "properties": {"serviceName": "Microsoft.Sql/managedInstances"}}]`, "", "a subnet has one delegation"},
	} {
		t.Run(row.name, func(t *testing.T) {
			n := bareSubnet(t, row.prefix, row.properties)
			o := wayleave.CheckOptions{Services: []string{row.service}, Subnets: []string{"s"}}
			f, err := n.Fix(wayleave.FixOptions{CheckOptions: o, As: "az"})
			if err != nil {
				t.Fatal(err)
			}
			var changes, reasons []string
			for _, c := range f.Changes {
				text := c.Body.Name
				if c.Action == "modify" {
					text += ": " + c.Summary
				}
				changes = append(changes, text)
			}
			for _, u := range f.Unfixable {
				reasons = append(reasons, u.Reason)
			}
			if got := strings.Join(changes, ", "); got != row.changes {
				t.Errorf("the changes are %s, want %s", got, row.changes)
			}
			if got := strings.Join(reasons, "; "); row.cannot == "" && got != "" || !strings.Contains(got, row.cannot) {
				t.Errorf("cannot fix: %q, want %q", got, row.cannot)
			}
			if len(f.Opens.Space)+len(f.Closes.Space) > 0 || !f.Proof.NothingElseChanged || f.Proof.After[result.Blocked] > 0 {
				t.Errorf("opens %v, closes %v, proof %+v", f.Opens.Summary, f.Closes.Summary, f.Proof)
			}
			if f.MovesOpenConnections {
				t.Error("no route is led another way, and open connections are said to break (ASY-12)")
			}
		})
	}
}

// Where a service asks for a security group nothing comes in from outside without one
// (PIP-1, decisions 14), and the group that fix attaches opens what the rows need alone.
func TestFixAttachesAGroupThatOpensTheRowsAlone(t *testing.T) {
	n := bareSubnet(t, "10.0.1.0/24", "")
	o := wayleave.CheckOptions{Services: []string{"api-management"}, Subnets: []string{"s"}}
	f, err := n.Fix(wayleave.FixOptions{CheckOptions: o, As: "az"})
	if err != nil {
		t.Fatal(err)
	}
	var added []string
	for _, c := range f.Changes {
		added = append(added, c.Action+" "+c.Body.Name)
	}
	if got, want := strings.Join(added, ", "), "add nsg-s, add allow-mgmt, add allow-client-in-traffic-manager, modify s"; got != want {
		t.Errorf("the changes are %s, want %s", got, want)
	}
	var opened []string
	for _, c := range f.Opens.Space {
		opened = append(opened, c.Protocol+" "+c.DestinationPort)
	}
	if got := strings.Join(opened, ", "); got != "tcp 443, tcp 3443" {
		t.Errorf("opens %s: %v", got, f.Opens.Summary)
	}
	if len(f.Closes.Space)+len(f.ExtraOpened.Space)+len(f.Unfixable) > 0 || !f.Proof.NothingElseChanged || f.Proof.Before[result.Blocked] != 3 || f.Proof.After[result.Blocked] > 0 {
		t.Errorf("closes %v, opens beyond %v, cannot fix %v, proof %+v", f.Closes.Summary, f.ExtraOpened.Summary, f.Unfixable, f.Proof)
	}
}

// An edit away is said of every kind of edit: here a rule of a firewall.
func TestAnySubnetTellsEditsOfFirewalls(t *testing.T) {
	const provider = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.Network/"
	documents := []wayleave.Document{
		{Name: "vnets.json", Data: []byte(`[{"id": "` + provider + `virtualNetworks/v", "name": "v", "type": "Microsoft.Network/virtualNetworks", "location": "westeurope", "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
		  "virtualNetworkPeerings": [], "subnets": [
		    {"id": "` + provider + `virtualNetworks/v/subnets/s", "name": "s", "addressPrefix": "10.0.1.0/24", "routeTable": {"id": "` + provider + `routeTables/rt"}},
		    {"id": "` + provider + `virtualNetworks/v/subnets/AzureFirewallSubnet", "name": "AzureFirewallSubnet", "addressPrefix": "10.0.9.0/26"}]}]`)},
		{Name: "tables.json", Data: []byte(`[{"id": "` + provider + `routeTables/rt", "name": "rt", "type": "Microsoft.Network/routeTables", "location": "westeurope",
		  "routes": [{"name": "all", "addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.0.9.4"}]}]`)},
		{Name: "firewalls.json", Data: []byte(`[{"id": "` + provider + `azureFirewalls/fw", "name": "fw", "type": "Microsoft.Network/azureFirewalls", "location": "westeurope", "sku": {"name": "AZFW_VNet", "tier": "Standard"},
		  "networkRuleCollections": [], "applicationRuleCollections": [], "natRuleCollections": [],
		  "ipConfigurations": [{"name": "c", "privateIPAddress": "10.0.9.4", "subnet": {"id": "` + provider + `virtualNetworks/v/subnets/AzureFirewallSubnet"}, "publicIPAddress": {"id": "` + provider + `publicIPAddresses/ip"}}]}]`)},
		{Name: "ips.json", Data: []byte(`[{"id": "` + provider + `publicIPAddresses/ip", "name": "ip", "type": "Microsoft.Network/publicIPAddresses", "location": "westeurope", "ipAddress": "20.1.2.3", "publicIPAllocationMethod": "Static", "sku": {"name": "Standard"}}]`)},
	}
	n, err := wayleave.Load(wayleave.LoadOptions{Documents: documents, Assume: []string{"defaults"}, Profiles: []string{"internal/emit/testdata/senders.yaml"}, Getenv: func(string) string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	a, err := n.AnySubnet(wayleave.CheckOptions{Services: []string{"senders"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range a.Subnets {
		for _, e := range c.Edits {
			if strings.HasPrefix(e.What, "add fw: Allow TCP 10.0.1.0/24 -> * port 443 (collection allow-senders, new") {
				return
			}
		}
	}
	t.Errorf("no candidate names the rule of the firewall: %+v", a.Subnets)
}
