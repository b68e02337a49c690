package terraform

import (
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
)

const (
	networkType = "Microsoft.Network/virtualNetworks"
	subnetType  = networkType + "/subnets"
	groupType   = "Microsoft.Network/networkSecurityGroups"
)

// updating are the values of an azapi_update_resource.
func updating(typ string, properties object) object {
	return object{"type": typ + "@2024-05-01", "body": object{"properties": properties}}
}

// ofID names the target by an id that is known after apply.
func ofID(text string) []part {
	return []part{unknown("resource_id", "name", "parent_id", "output", "id"), config(object{"resource_id": refs(text + ".id"), "body": refs(h + ".id")})}
}

func subnetOf(t *testing.T, n *azure.Network, name string) *azure.Subnet {
	t.Helper()
	for _, s := range n.Subnets() {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no subnet %s", name)
	return nil
}

func TestAzapiUpdateSetsWhatItNames(t *testing.T) {
	p := two().with("azapi_update_resource.u", updating(subnetType, object{"defaultOutboundAccess": false, "networkSecurityGroup": object{}}),
		unknown("resource_id", "name", "parent_id", "id"), marks(object{"resource_id": true, "body": object{"properties": object{"networkSecurityGroup": object{"id": true}}}}),
		config(object{"resource_id": refs("azurerm_subnet.b.id"), "body": refs(h + ".id")}))
	wantGroups(t, p, map[string]string{"a": "", "b": h})
	n := p.network(t)
	if out, known := subnetOf(t, n, "b").DefaultOutboundAccess.Known(); !known || out {
		t.Error("the default outbound access of b is not off")
	}
	if out, known := subnetOf(t, n, "a").DefaultOutboundAccess.Known(); !known || !out {
		t.Error("the default outbound access of a has changed")
	}
	if len(n.NotModelled) > 0 {
		t.Errorf("not modelled: %v", n.NotModelled)
	}
}

func TestAzapiUpdateFindsItsTargetByName(t *testing.T) {
	byName := having(updating(subnetType, object{"defaultOutboundAccess": false}), object{"name": "b"})
	p := two().with("azapi_update_resource.u", byName, unknown("resource_id", "parent_id", "id"),
		config(object{"name": constant("b"), "parent_id": refs("azurerm_virtual_network.v.id")}))
	if out, known := subnetOf(t, p.network(t), "b").DefaultOutboundAccess.Known(); !known || out {
		t.Error("the default outbound access of b is not off")
	}
}

func TestAzapiUpdateOfNobodyKnowsWhom(t *testing.T) {
	p := two().with("azapi_update_resource.u", updating(subnetType, object{"defaultOutboundAccess": false}), unknown("resource_id", "id"),
		config(object{"resource_id": refs("var.subnet")}))
	n := p.network(t)
	for _, name := range []string{"a", "b"} {
		if subnetOf(t, n, name).DefaultOutboundAccess.Unknown == nil {
			t.Errorf("the default outbound access of %s counts as known", name)
		}
	}
	if len(n.NotModelled) != 1 {
		t.Errorf("not modelled: %v", n.NotModelled)
	}
}

func TestAzapiUpdateThatIsMerged(t *testing.T) {
	rules := object{"securityRules": []object{{"name": "one"}}}
	p := two().with("azurerm_network_security_rule.r", rule("r", "g", 100)).
		with("azapi_update_resource.u", updating(groupType, rules), ofID(g)...)
	group, _ := p.network(t).NetworkSecurityGroup(g)
	if len(group.Rules) != 0 || len(group.UnknownRules) != 1 {
		t.Errorf("%d rules, %v", len(group.Rules), group.UnknownRules)
	}
	endpoints := object{"serviceEndpoints": []object{{"service": "Microsoft.Storage"}}}
	p = two().with("azapi_update_resource.u", updating(subnetType, endpoints), ofID("azurerm_subnet.b")...)
	if list := subnetOf(t, p.network(t), "b").ServiceEndpoints; len(list) != 1 || list[0].Service.V != "Microsoft.Storage" {
		t.Errorf("service endpoints %v", list)
	}
	p = two().with("azapi_update_resource.u", updating(networkType, object{"subnets": []object{{"name": "b"}}}),
		ofID("azurerm_virtual_network.v")...)
	if s := subnetOf(t, p.network(t), "b"); s.NetworkSecurityGroup.Unknown == nil || s.DefaultOutboundAccess.Unknown == nil {
		t.Errorf("subnet %+v", s)
	}
}

// listing sets children of virtual network v.
func listing(p *plan, properties object) *plan {
	return p.with("azapi_update_resource.u", updating(networkType, properties), ofID("azurerm_virtual_network.v")...)
}

// subnetsOf is a list of subnets with their prefixes.
func subnetsOf(prefixes map[string]string) object {
	list := []object{}
	for name, prefix := range prefixes {
		list = append(list, object{"name": name, "properties": object{"addressPrefix": prefix}})
	}
	return object{"subnets": list}
}

func prefixOf(t *testing.T, n *azure.Network, name string) string {
	t.Helper()
	prefixes := subnetOf(t, n, name).Prefixes
	if len(prefixes) != 1 {
		t.Fatalf("subnet %s has the prefixes %v", name, prefixes)
	}
	if prefix, known := prefixes[0].Known(); known {
		return prefix.String()
	}
	return "?"
}

func TestAzapiUpdateListsANewSubnet(t *testing.T) {
	n := listing(two(), subnetsOf(map[string]string{"a": "10.0.0.0/24", "new": "10.0.7.0/24"})).network(t)
	for name, want := range map[string]string{"a": "10.0.0.0/24", "b": "10.0.1.0/24", "new": "10.0.7.0/24"} {
		s := subnetOf(t, n, name)
		if got := prefixOf(t, n, name); got != want || s.NetworkSecurityGroup.Unknown == nil {
			t.Errorf("subnet %s has the prefix %s and the group %s", name, got, show(s.NetworkSecurityGroup))
		}
	}
	// Whether the list replaces a subnet that is in the way is not known.
	n = listing(two(), subnetsOf(map[string]string{"new": "10.0.1.128/25", "a": "10.0.8.0/24"})).network(t)
	for name, want := range map[string]string{"a": "?", "b": "10.0.1.0/24", "new": "?"} {
		if got := prefixOf(t, n, name); got != want {
			t.Errorf("subnet %s has the prefix %s", name, got)
		}
	}
}

func TestAzapiUpdateListsANewPeering(t *testing.T) {
	properties := object{"virtualNetworkPeerings": []object{
		{"name": "p", "properties": object{"remoteVirtualNetwork": object{"id": sub + "virtualNetworks/w"}}},
	}}
	n := listing(two(), properties).network(t)
	links := n.VirtualNetworks[0].Peerings
	if len(links) != 1 || links[0].Remote.ID != azure.MakeID(sub+"virtualNetworks/w") || links[0].State.Unknown == nil || links[0].VirtualNetwork != n.VirtualNetworks[0] {
		t.Errorf("peerings %+v", links)
	}
}

func TestAzapiUpdateListsChildrenOfNobodyKnowsWhom(t *testing.T) {
	properties := subnetsOf(map[string]string{"new": "10.0.7.0/24"})
	properties["virtualNetworkPeerings"] = []object{{"name": "p"}}
	p := two().with("azapi_update_resource.u", updating(networkType, properties), unknown("resource_id", "id"), config(object{"resource_id": refs("var.network")}))
	v := p.network(t).VirtualNetworks[0]
	if len(v.Subnets) != 2 || len(v.UnknownSubnets) != 1 || v.Subnets[0].RouteTable.Unknown == nil {
		t.Errorf("%d subnets, %v", len(v.Subnets), v.UnknownSubnets)
	}
	if len(v.Peerings) != 1 || v.Peerings[0].Remote.Unknown == nil || v.Peerings[0].State.Unknown == nil {
		t.Errorf("peerings %+v", v.Peerings)
	}
}

func TestAzapiUpdateThatIsNotCertain(t *testing.T) {
	attached := object{"networkSecurityGroup": object{"id": sub + "networkSecurityGroups/other"}}
	p := two().with("azapi_update_resource.u", updating(subnetType, attached), ofID("azurerm_subnet.b")...)
	attach(p, nsgAssociation+".x", refs("azurerm_subnet.b.id"), refs(g+".id"))
	if group := subnetOf(t, p.network(t), "b").NetworkSecurityGroup; group.Unknown == nil {
		t.Errorf("an association and an update attach two groups; it is %s", show(group))
	}
	p = two().with("azapi_update_resource.u", updating(subnetType, object{"networkSecurityGroup": nil}), ofID("azurerm_subnet.b")...)
	if group := subnetOf(t, p.network(t), "b").NetworkSecurityGroup; group.Unknown == nil {
		t.Errorf("null is %s", show(group))
	}
}

func TestAzapiUpdateThatCannotBeFollowed(t *testing.T) {
	p := two().
		with("azapi_update_resource.gone", having(updating(subnetType, object{"defaultOutboundAccess": false}), object{"resource_id": sub + "virtualNetworks/w/subnets/s"})).
		with("azapi_update_resource.other", having(updating("Microsoft.Storage/storageAccounts", object{}), object{"resource_id": sub + "x"}))
	n := p.network(t)
	if len(n.NotModelled) != 2 || n.NotModelled[0].Address != "azapi_update_resource.gone" {
		t.Errorf("not modelled: %v", n.NotModelled)
	}
	if out, known := subnetOf(t, n, "b").DefaultOutboundAccess.Known(); !known || !out {
		t.Error("an update of another subnet counts for b")
	}
}

// A list that is not known may hold anything: other subnets, and other settings of those
// that stand there.
func TestAzapiUpdateOfAListThatNobodyKnows(t *testing.T) {
	p := two().with("azapi_update_resource.u", updating(networkType, object{}), unknown("resource_id", "id"),
		marks(object{"resource_id": true, "body": object{"properties": object{"subnets": true}}}),
		config(object{"resource_id": refs("azurerm_virtual_network.v.id"), "body": refs("var.subnets")}))
	n := p.network(t)
	for _, name := range []string{"a", "b"} {
		if s := subnetOf(t, n, name); s.NetworkSecurityGroup.Unknown == nil || s.DefaultOutboundAccess.Unknown == nil {
			t.Errorf("what is attached to %s counts as known", name)
		}
	}
	if v := n.VirtualNetworks[0]; len(v.UnknownSubnets) != 1 {
		t.Errorf("%s may have %d other subnets", v.Name, len(v.UnknownSubnets))
	}
}
