package terraform

import "testing"

func TestServiceEndpointPoliciesAreRead(t *testing.T) {
	p := newPlan().with("azurerm_virtual_network.v", vnet("v"), unknown("id")).
		with(policyType+".p", object{"name": "p", "resource_group_name": "rg"}, unknown("id")).
		with("azurerm_subnet.a", having(subnet("a", "10.0.0.0/24"), object{"service_endpoints": []string{"Microsoft.Storage"}}),
			unknown("id", policyIDs), config(object{policyIDs: refs(policyType + ".p.id")}))
	if e := subnetOf(t, p.network(t), "a").ServiceEndpoints; len(e) != 1 || e[0].PolicyNames() != policyType+".p" {
		t.Errorf("service endpoints %+v", e)
	}
}
