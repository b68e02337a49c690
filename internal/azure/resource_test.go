package azure

import "testing"

func TestMETA3JSON3IDsFoldCase(t *testing.T) {
	if MakeID(" /Subscriptions/S/ ") != "/subscriptions/s" || Ref("/SUBSCRIPTIONS/s", here).ID != MakeID("/subscriptions/S") {
		t.Error("ids that differ in case, space around or a final slash are one")
	}
}

func TestNamesAndParentsOfIDs(t *testing.T) {
	for _, row := range []struct{ id, name, parent string }{
		{sub("v", "app"), "app", net("v")},
		{net("v"), "v", "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network"},
		{"azurerm_subnet.app", "azurerm_subnet.app", ""},
		{"/nic", "nic", ""},
		{"", "", ""},
	} {
		id := MakeID(row.id)
		if id.Name() != row.name || id.Parent() != MakeID(row.parent) {
			t.Errorf("%s: name %q, parent %q", id, id.Name(), id.Parent())
		}
	}
}

func TestReferences(t *testing.T) {
	if (Reference{}).IsSet() || !Ref("/x", here).IsSet() || !(Reference{Unknown: &Unknown{}}).IsSet() {
		t.Error("a reference is set when it names something or something unknown")
	}
}

func TestRanksAreNamedAndOrdered(t *testing.T) {
	want := []string{"plan", "template", "state", "snapshot", "export", "effective rules", "input"}
	for i, name := range want {
		if r := Rank(i); r.String() != name || r.Planned() != (i < 2) {
			t.Errorf("rank %d is %q, planned %v", i, r, r.Planned())
		}
	}
}

func TestDefaultRulesAreTheSix(t *testing.T) {
	// NSG-19, one line a rule.
	want := map[Direction][]string{
		Inbound: {
			"AllowVnetInBound 65000 VirtualNetwork > VirtualNetwork Allow",
			"AllowAzureLoadBalancerInBound 65001 AzureLoadBalancer > * Allow",
			"DenyAllInBound 65500 * > * Deny",
		},
		Outbound: {
			"AllowVnetOutBound 65000 VirtualNetwork > VirtualNetwork Allow",
			"AllowInternetOutBound 65001 * > Internet Allow",
			"DenyAllOutBound 65500 * > * Deny",
		},
	}
	for direction, lines := range want {
		rules := DefaultRules(direction)
		if len(rules) != len(lines) {
			t.Fatalf("%s has %d default rules", direction, len(rules))
		}
		for i, r := range rules {
			got := r.Name + " " + valueText(r.Priority) + " " + r.Source.Term(0).Text + " > " + r.Destination.Term(0).Text + " " + string(r.Access.V)
			if got != lines[i] || r.Direction.V != direction || r.Protocol.V != AnyProtocol || !r.SourcePorts.Any() || !r.DestinationPorts.Any() || !r.Default || r.Group != nil {
				t.Errorf("got %s, want %s", got, lines[i])
			}
		}
	}
}
