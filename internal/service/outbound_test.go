package service

import (
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
)

// Whether a service has a public address of its own turns on the parameters that its
// profile names.
func TestOwnPublicAddresses(t *testing.T) {
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	own, none, may := azure.HasOwn, azure.HasNone, azure.MayHaveOwn
	for _, row := range []struct {
		service, settings string
		want              azure.Having
	}{
		{"aks", "", own},
		{"aks", "outboundType=managedNATGateway", own},
		{"aks", "outboundType=userAssignedNATGateway", none},
		{"aks", "outboundType=userDefinedRouting", none},
		{"aks", "outboundType=none", none},
		{"aks", "outboundType=block", none},
		{"aks", "outboundType=none nodePublicIp=true", may},
		{"aks", "nodePublicIp=true", own},
		{"api-management", "vnetType=external", own},
		{"api-management", "vnetType=internal", own},
		{"api-management-v2", "", own},
		{"app-service-environment-v2", "vip=internal", own},
		{"app-service-environment-v3", "vip=internal", own},
		{"application-gateway", "frontend=internal", may},
		{"azure-cache-for-redis", "", may},
		{"azure-firewall", "managementNic=true", own},
		{"bastion", "", may},
		{"batch", "", own},
		{"batch", "publicAddresses=false", none},
		{"container-apps", "", own},
		{"container-apps", "environmentType=consumption-only", may},
		{"container-instances", "", own},
		{"data-factory-shir", "", none},
		{"databricks", "", may},
		{"databricks", "secureClusterConnectivity=false", own},
		{"entra-domain-services", "", own},
		{"hdinsight", "", own},
		{"hdinsight", "resourceProviderConnection=outbound", none},
		{"image-builder", "", none},
		{"logic-apps-ise", "endpoint=internal", own},
		{"logic-apps-standard", "", own},
		{"machine-learning", "publicIp=true", own},
		{"machine-learning", "publicIp=false", none},
		{"netapp-files", "", own},
		{"postgresql-mysql-flexible", "", own},
		{"spring-apps", "", own},
		{"spring-apps", "outboundType=userDefinedRouting", none},
		{"sql-managed-instance", "", may},
		{"ssis-integration-runtime", "injection=standard", own},
		{"ssis-integration-runtime", "injection=express", own},
		{"vnet-gateway", "", may},
	} {
		p, err := c.Find(row.service)
		if err != nil {
			t.Fatal(err)
		}
		var settings []Setting
		for text := range strings.FieldsSeq(row.settings) {
			s, err := ParseSetting(text)
			if err != nil {
				t.Fatal(err)
			}
			settings = append(settings, s)
		}
		b, err := Bind(p, nil, nil, settings)
		if err != nil {
			t.Fatal(err)
		}
		if got := b.Own(); got.Has != row.want || got.Has == may && got.Why == "" {
			t.Errorf("%s %s: want %d, got %+v", row.service, row.settings, row.want, got)
		}
	}
	for _, p := range c.Profiles() {
		if len(p.Outbound) == 0 {
			t.Errorf("%s does not say whether it has a public address of its own", p.Name())
		}
	}
}

// Discovered services know it of themselves; a pool of nodes whose cluster tells is
// not taken for the default.
func TestServicesKnowTheirOwnAddress(t *testing.T) {
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	const cluster = "Microsoft.ContainerService/managedClusters"
	list := []*azure.ManagedService{
		instance("balanced", cluster, "a"),
		instance("routed", cluster, "a", "networkProfile.outboundType", "userDefinedRouting"),
		instance("pool", cluster+"/agentPools", "a"),
		instance("other", "Microsoft.Example/services", "a"),
	}
	// Without workload profiles an environment is of the type of which no page tells.
	const environment = "Microsoft.App/managedEnvironments"
	list = append(list, instance("profiled", environment, "a", "workloadProfiles.workloadProfileType", "D4"), instance("bare", environment, "a"))
	open := instance("open", cluster, "a")
	open.Properties["networkProfile.outboundType"] = azure.NotKnown[string](&azure.Unknown{Name: "var.out", Why: "not given"})
	n := services(t, append(list, open)...)
	c.Tell(n)
	var got []azure.Having
	for _, m := range n.ManagedServices {
		got = append(got, m.Own.Has)
	}
	if want := []azure.Having{azure.HasOwn, azure.HasNone, azure.MayHaveOwn, azure.MayHaveOwn, azure.HasOwn, azure.MayHaveOwn, azure.MayHaveOwn}; !slices.Equal(got, want) {
		t.Errorf("want %v, got %v", want, got)
	}
	if why := list[2].Own.Why; !strings.Contains(why, "--set outboundType=") {
		t.Errorf("a pool without its cluster: %q", why)
	}
	if why := open.Own.Why; !strings.Contains(why, "var.out") {
		t.Errorf("an unknown outbound type: %q", why)
	}
}

// A pool of nodes does not tell of itself whether its nodes have public addresses, so
// that it is not taken for a pool without them.
func TestCasesAreNotPassedOverByADefault(t *testing.T) {
	p := builtinProfile(t, "aks")
	pool := instance("pool", "Microsoft.ContainerService/managedClusters/agentPools", "a")
	for settings, want := range map[string]struct {
		has  azure.Having
		says string
	}{
		"":                                      {azure.MayHaveOwn, "--set outboundType="},
		"outboundType=loadBalancer":             {azure.HasOwn, ""},
		"outboundType=block":                    {azure.MayHaveOwn, "--set nodePublicIp="},
		"outboundType=block nodePublicIp=true":  {azure.MayHaveOwn, "nodes of the pools"},
		"outboundType=block nodePublicIp=false": {azure.HasNone, ""},
	} {
		var list []Setting
		for text := range strings.FieldsSeq(settings) {
			s, err := ParseSetting(text)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, s)
		}
		b, err := Bind(p, pool, nil, list)
		if err != nil {
			t.Fatal(err)
		}
		if got := b.Own(); got.Has != want.has || !strings.Contains(got.Why, want.says) {
			t.Errorf("%q: %+v, want %+v", settings, got, want)
		}
	}
}

// A property that a resource does not have tells a value where the profile says so; one
// that is not known tells none.
func TestAbsentPropertiesTell(t *testing.T) {
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	const environment, property = "Microsoft.App/managedEnvironments", "workloadProfiles.workloadProfileType"
	unknown := instance("unknown", environment, "a")
	unknown.Properties[property] = azure.NotKnown[string](&azure.Unknown{Name: "var.profiles", Why: "not given"})
	n := services(t, instance("absent", environment, "a"), instance("present", environment, "a", property, "D4"), unknown)
	bindings, err := c.Discover(n, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, b := range bindings {
		v := b.parameter("environmentType")
		got = append(got, strings.Join(append([]string{b.Resource.Name}, v.Values...), " "))
	}
	if want := []string{"absent consumption-only", "present workload-profiles", "unknown"}; !slices.Equal(got, want) {
		t.Errorf("want %v, got %v", want, got)
	}
}
