package service

import (
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	at "github.com/wayleave/wayleave/internal/azure/azuretest"
)

// services is a network with managed services in one subnet each.
func services(t *testing.T, list ...*azure.ManagedService) *azure.Network {
	t.Helper()
	n := at.Net(t, at.VNet("v", "10.0.0.0/16", at.Subnet("a", "10.0.0.0/24"), at.Subnet("b", "10.0.1.0/24")))
	n.ManagedServices = list
	return n
}

func instance(name, typ, subnet string, properties ...string) *azure.ManagedService {
	m := &azure.ManagedService{Resource: azure.Resource{ID: azure.MakeID(name), Type: typ, Name: name}, Properties: map[string]azure.Value[string]{}}
	m.Subnets = []azure.Reference{{ID: at.SubnetID("v", subnet)}}
	for i := 0; i+1 < len(properties); i += 2 {
		m.Properties[properties[i]] = azure.Of(properties[i+1], azure.Position{})
	}
	return m
}

// A service is told by its type and by properties.
func TestServicesAreToldByTypeAndProperty(t *testing.T) {
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		instance *azure.ManagedService
		want     string
	}{
		{instance("e", "Microsoft.Web/hostingEnvironments", "a", "kind", "ASEV3"), "app-service-environment-v3"},
		{instance("e", "microsoft.web/hostingenvironments", "a", "kind", "ASEV2"), "app-service-environment-v2"},
		{instance("e", "Microsoft.Web/hostingEnvironments", "a"), "app-service-environment-v2"},
		{instance("a", "Microsoft.ApiManagement/service", "a", "virtualNetworkType", "Internal", "sku.name", "Premium"), "api-management"},
		{instance("a", "Microsoft.ApiManagement/service", "a", "virtualNetworkType", "Internal", "sku.name", "PremiumV2"), "api-management-v2"},
		{instance("a", "Microsoft.ApiManagement/service", "a", "virtualNetworkType", "None", "sku.name", "Premium"), ""},
		{instance("s", "Microsoft.Web/sites", "a", "kind", "functionapp,workflowapp"), "logic-apps-standard"},
		{instance("s", "Microsoft.Web/sites", "a", "kind", "app"), ""},
	} {
		got, err := c.Discover(services(t, tt.instance), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		name := ""
		if len(got) > 0 {
			name = got[0].Profile.Service
		}
		if name != tt.want {
			t.Errorf("%s %v is %q, want %q", tt.instance.Type, tt.instance.Properties, name, tt.want)
		}
	}
	unknown := instance("e", "Microsoft.Web/hostingEnvironments", "a")
	unknown.Properties["kind"] = azure.NotKnown[string](&azure.Unknown{Name: "var.kind", Why: "not given"})
	if got, _ := c.Discover(services(t, unknown), nil, nil); len(got) != 1 || got[0].Doubt == "" {
		t.Errorf("an environment of unknown kind: %+v, want a doubt", got)
	}
}

// A setting without a service goes to the services that take it; one that none
// takes is refused.
func TestSettingsGoToTheServicesThatTakeThem(t *testing.T) {
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	n := services(t, instance("b", "Microsoft.Network/bastionHosts", "a"), instance("e", "Microsoft.Web/hostingEnvironments", "b", "kind", "ASEV3"))
	got, err := c.Discover(n, nil, []Setting{{Name: "vip", Values: []string{"internal"}}})
	if err != nil || len(got) != 2 || got[1].parameter("vip").Values[0] != "internal" {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := c.Discover(n, nil, []Setting{{Name: "colour", Values: []string{"red"}}}); err == nil {
		t.Error("a setting that no service takes passes")
	}
}
