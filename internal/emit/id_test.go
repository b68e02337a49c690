package emit_test

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/emit"
	"github.com/wayleave/wayleave/internal/repair"
	"github.com/wayleave/wayleave/internal/source"
)

// What a resource refers to elsewhere is not written as one of the deployment's own.
func TestIDsElsewhereAreStatedAgain(t *testing.T) {
	const other = "11111111-1111-1111-1111-111111111111"
	for _, row := range []struct {
		// id of a service endpoint policy in the input, and what is written for it, the
		// type left out; else the reason.
		id, want, reason string
	}{
		{"resourceId(T, 'sep')", "resourceId(T, 'sep')", ""},
		{"resourceId(resourceGroup().name, T, 'sep')", "resourceId(T, 'sep')", ""},
		{"resourceId(subscription().subscriptionId, resourceGroup().name, T, 'sep')", "resourceId(T, 'sep')", ""},
		{"resourceId(subscription().subscriptionId, 'hub', T, 'sep')", "resourceId('hub', T, 'sep')", ""},
		{"resourceId('" + other + "', resourceGroup().name, T, 'sep')", "resourceId('" + other + "', resourceGroup().name, T, 'sep')", ""},
		{"resourceId('" + other + "', 'hub', T, 'sep')", "/subscriptions/" + other + "/resourceGroups/hub/providers/Microsoft.Network/serviceEndpointPolicies/sep", ""},
		{"resourceId(parameters('owner'), 'hub', T, 'sep')", "", "the subscription parameters('owner') of sep is not known"},
		{"resourceId(parameters('owner'), T, 'sep')", "", "the resource group parameters('owner') of sep is not known"},
		{"resourceId('" + other + "', parameters('owner'), T, 'sep')", "", "the resource group parameters('owner') of sep is not known"},
		{"resourceId(T, parameters('owner'))", "", "serviceEndpointPolicies/{parameters('owner')} is known"},
		{"subscriptionResourceId(T, 'sep')", "", "providers/Microsoft.Network/serviceEndpointPolicies/sep is known"},
	} {
		t.Run(row.id, func(t *testing.T) {
			wantLink(t, template(withPolicy("["+row.id+"]")), row.want, row.reason)
		})
	}
}

// A template is deployed to the resource group of what it changes: what the input
// calls its own is another where that is deployed elsewhere.
func TestIDsOfWhatIsDeployedElsewhere(t *testing.T) {
	for _, row := range []struct{ scope, group, id, want, reason string }{
		{"inner", "'spoke'", "resourceId(T, 'sep')", "resourceId('spoke', T, 'sep')", ""},
		{"inner", "parameters('owner')", "resourceId(T, 'sep')", "resourceId(T, 'sep')", ""},
		{"outer", "parameters('owner')", "resourceId(parameters('owner'), T, 'sep')", "resourceId(T, 'sep')", ""},
		{"outer", "'spoke'", "resourceId(T, 'sep')", "", "the resource group resourceGroup().name of sep is not known"},
		{"outer", "parameters('owner')", "resourceId(T, 'sep')", "", "the resource group resourceGroup().name of sep is not known"},
	} {
		t.Run(row.scope+" "+row.group+" "+row.id, func(t *testing.T) {
			text := template(`{"type": "Microsoft.Resources/deployments", "apiVersion": "2024-03-01", "name": "d", "resourceGroup": "[` + row.group + `]", "properties": {
      "mode": "Incremental", "expressionEvaluationOptions": {"scope": "` + row.scope + `"}, "template": ` + template(withPolicy("["+row.id+"]")) + `}}`)
			wantLink(t, text, row.want, row.reason)
		})
	}
}

const policies = "'Microsoft.Network/serviceEndpointPolicies'"

// withPolicy is a network that has a subnet with a service endpoint policy.
func withPolicy(policy string) string {
	return `{"type": "Microsoft.Network/virtualNetworks", "apiVersion": "2024-05-01", "name": "v", "properties": {
      "addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}, "subnets": [{"name": "s", "properties": {"addressPrefix": "10.1.0.0/26",
      "serviceEndpointPolicies": [{"id": "` + strings.ReplaceAll(policy, "T,", policies+",") + `"}]}}]}}`
}

// wantLink expects an id of the policy, an expression or a text, where the subnet of
// a network is stated again; else a reason.
func wantLink(t *testing.T, input, want, reason string) {
	t.Helper()
	forms := stateAgain(t, input, func(n *azure.Network) repair.Change {
		return &repair.Delegation{Subnet: n.VirtualNetworks[0].Subnets[0], Service: "Microsoft.Sql/managedInstances"}
	})
	want = strings.ReplaceAll(want, "T,", policies+",")
	wanted := map[string]string{"arm": `"id": "[` + want + `]"`, "bicep": "id: " + want + "\n"}
	if strings.HasPrefix(want, "/") {
		wanted = map[string]string{"arm": `"id": "` + want + `"`, "bicep": "id: '" + want + "'\n"}
	}
	for form, text := range wanted {
		if reason != "" {
			text = reason + ", and a template states a resource whole"
		}
		if !strings.Contains(forms[form], text) {
			t.Errorf("%s does not say %q:\n%s", form, text, forms[form])
		}
	}
}

// The address of a firewall is asked for where the firewall is.
func TestAddressesOfFirewallsElsewhere(t *testing.T) {
	for group, want := range map[string]string{
		"'hub'":               "reference(resourceId('hub', 'Microsoft.Network/azureFirewalls', 'fw'), '2024-05-01').ipConfigurations[0].properties.privateIPAddress",
		"parameters('owner')": "the resource group parameters('owner') of fw is not known",
	} {
		text := template(`{"type": "Microsoft.Resources/deployments", "apiVersion": "2024-03-01", "name": "d", "resourceGroup": "[` + group + `]", "properties": {
      "mode": "Incremental", "template": ` + template(`{"type": "Microsoft.Network/azureFirewalls", "apiVersion": "2024-05-01", "name": "fw", "properties": {
      "sku": {"name": "AZFW_VNet", "tier": "Standard"}, "ipConfigurations": [{"name": "ip", "properties": {
      "subnet": {"id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 'AzureFirewallSubnet')]"}}}]}}`) + `}},
      {"type": "Microsoft.Network/routeTables", "apiVersion": "2024-05-01", "name": "rt", "properties": {
      "routes": [{"name": "r", "properties": {"addressPrefix": "0.0.0.0/0", "nextHopType": "Internet"}}]}}`)
		forms := stateAgain(t, text, func(n *azure.Network) repair.Change {
			table := n.RouteTables[0]
			return &repair.RouteChange{Table: table, Was: table.Routes[0], Route: repair.Route{
				Name: "r", AddressPrefix: "0.0.0.0/0", NextHopType: azure.VirtualAppliance, Firewall: n.AzureFirewalls[0],
			}}
		})
		for form, code := range forms {
			if !strings.Contains(code, want) {
				t.Errorf("%s does not say %q:\n%s", form, want, code)
			}
		}
	}
}

// So are the application security groups of a rule that makes room.
func TestApplicationSecurityGroupsAreStatedAgain(t *testing.T) {
	const typ = "'Microsoft.Network/applicationSecurityGroups'"
	for id, want := range map[string]string{
		"resourceId(" + typ + ", 'asg')":                            "resourceId(" + typ + ", 'asg')",
		"resourceId('hub', " + typ + ", 'asg')":                     "resourceId('hub', " + typ + ", 'asg')",
		"resourceId(parameters('owner'), " + typ + ", 'asg')":       "the resource group parameters('owner') of asg is not known",
		"resourceId('s', resourceGroup().name, " + typ + ", 'asg')": "resourceId('s', resourceGroup().name, " + typ + ", 'asg')",
	} {
		input := template(`{"type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2024-05-01", "name": "g", "properties": {"securityRules": [
      {"name": "r", "properties": {"priority": 100, "direction": "Inbound", "access": "Deny", "protocol": "*", "sourcePortRange": "*", "destinationPortRange": "*",
      "sourceApplicationSecurityGroups": [{"id": "[` + id + `]"}], "destinationAddressPrefix": "*"}}]}}`)
		list, found := source.Load(nil, source.Options{Documents: []source.Input{{Name: "main.json", Data: []byte(input)}}})
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
		n, _ := azure.Build(list...)
		group := n.NetworkSecurityGroups[0]
		edits := []repair.Edit{{Action: repair.Modify, Group: group, Was: group.Rules[0], Rule: repair.RuleOf(group.Rules[0])}}
		for form, text := range map[string]string{"arm": `"id": "[` + want + `]"`, "bicep": "id: " + want + "\n"} {
			if strings.Contains(want, "not known") {
				text = want
			}
			var code strings.Builder
			if err := emit.Write(&code, form, edits, func(*azure.Resource) bool { return false }); err != nil {
				code.WriteString(err.Error())
			}
			if !strings.Contains(code.String(), text) {
				t.Errorf("%s does not say %q:\n%s", form, text, code.String())
			}
		}
	}
}
