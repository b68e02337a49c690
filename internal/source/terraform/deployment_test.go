package terraform

import (
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
)

const deployedRule = `{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0",
	"parameters": {"group": {"type": "string", "defaultValue": "h"}},
	"resources": [{"type": "Microsoft.Network/networkSecurityGroups/securityRules", "apiVersion": "2023-11-01", "name": "[concat(parameters('group'), '/one')]",
		"properties": {"priority": 100, "direction": "Inbound", "access": "Deny", "protocol": "Tcp", "sourceAddressPrefix": "*", "sourcePortRange": "*",
			"destinationAddressPrefix": "*", "destinationPortRange": "443"}},
	{"type": "Microsoft.Network/virtualNetworks/subnets", "apiVersion": "2023-11-01", "name": "v/c",
		"properties": {"addressPrefix": "10.0.9.0/24", "networkSecurityGroup": {"id": "[resourceId('Microsoft.Network/networkSecurityGroups', parameters('group'))]"}}}]}`

// deploying are the values of a template deployment.
func deploying(content, parameters any) object {
	return object{"name": "d", "resource_group_name": "rg", "template_content": content, "parameters_content": parameters}
}

func TestTemplateDeploymentsAreRead(t *testing.T) {
	const given = `{"group": {"value": "g"}}`
	for _, row := range []struct {
		name string
		plan *plan
	}{
		{g, two().with("azurerm_resource_group_template_deployment.d", deploying(deployedRule, given), unknown("id", "output_content"))},
		{h, two().with("azurerm_resource_group_template_deployment.d", deploying(deployedRule, nil), unknown("id", "output_content"))},
		{g, two().with("azurerm_template_deployment.d", object{"name": "d", "resource_group_name": "RG", "template_body": deployedRule, "parameters_body": given})},
	} {
		name, n := row.name, row.plan.network(t)
		wantRules(t, n, name, "one 100 Deny")
		if s := subnetOf(t, n, "c"); show(s.NetworkSecurityGroup) != name || s.VirtualNetwork.ID != "azurerm_virtual_network.v" {
			t.Errorf("%s: subnet %+v", name, s)
		}
		group, _ := n.NetworkSecurityGroup(azure.MakeID(name))
		if at := group.Rules[0].At; at.File != "plan.json" || at.Line < 2 {
			t.Errorf("%s: the rule is at %v", name, at)
		}
		if len(n.NotModelled) > 0 {
			t.Errorf("%s: not modelled %v", name, n.NotModelled)
		}
	}
}

// Which group a parameter names is not known, so every group may have the rule.
func TestTemplateDeploymentsWithUnknownParameters(t *testing.T) {
	p := two().with("azurerm_resource_group_template_deployment.d", deploying(deployedRule, nil), unknown("parameters_content"))
	n := p.network(t)
	for _, id := range []azure.ID{g, h} {
		if group, _ := n.NetworkSecurityGroup(id); len(group.UnknownRules) == 0 {
			t.Errorf("%s has all its rules", id)
		}
	}
}

func TestTemplateDeploymentsThatCannotBeRead(t *testing.T) {
	for name, p := range map[string]*plan{
		"known after apply": two().with("azurerm_resource_group_template_deployment.d", deploying(nil, nil), unknown("template_content")),
		"a template spec":   two().with("azurerm_subscription_template_deployment.d", object{"template_spec_version_id": sub + "x"}),
		"no JSON":           two().with("azurerm_tenant_template_deployment.d", object{"template_content": "{"}),
		"no template":       two().with("azurerm_management_group_template_deployment.d", object{"template_content": "{}"}),
	} {
		n := p.network(t)
		group, _ := n.NetworkSecurityGroup(g)
		if len(n.NotModelled) != 1 || len(group.UnknownRules) != 1 || subnetOf(t, n, "a").RouteTable.Unknown == nil {
			t.Errorf("%s: not modelled %v, group %+v", name, n.NotModelled, group)
		}
	}
}
