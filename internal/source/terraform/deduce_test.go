package terraform

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/wayleave/wayleave/internal/diagnostic"
)

// overLocals is the for_each expression of what is made for each subnet.
var overLocals = inBlock(object{"for_each_expression": refs("local.subnets")})

const network = "azurerm_virtual_network.spoke"

// spokes are two networks with a group each, and the subnets a and b, which
// name their network by each.value.spoke. An association joins each subnet with
// the group that the expression chooses.
func spokes(names map[string]string, chosen object) *plan {
	p := newPlan()
	for _, k := range []string{"one", "two"} {
		p.with(network+`["`+k+`"]`, vnet(names[k]), unknown("id"), inBlock(object{"for_each_expression": refs("local.spokes")}))
		p.with(`azurerm_network_security_group.spoke["`+k+`"]`, group("nsg-"+k), unknown("id"))
	}
	for subnetName, k := range map[string]string{"a": "one", "b": "two"} {
		s := having(subnet(subnetName, map[string]string{"a": "10.0.0.0/24", "b": "10.0.1.0/24"}[subnetName]), object{"virtual_network_name": names[k]})
		p.with(`azurerm_subnet.s["`+subnetName+`"]`, s, unknown("id"), overLocals,
			config(object{"virtual_network_name": refs(network, "each.value.spoke")}))
		attach(p, nsgAssociation+`.x["`+subnetName+`"]`, refs("azurerm_subnet.s", "each.key"), chosen, overLocals)
	}
	return p
}

var (
	ownNames = map[string]string{"one": "vnet-one", "two": "vnet-two"}
	bySpoke  = refs("azurerm_network_security_group.spoke", "each.value.spoke")
)

func deduced(d diagnostic.Diagnostic) bool { return d.Code == "deduced-key" }

func TestKeyIsDeducedFromTheNameOfAnotherChosenInstance(t *testing.T) {
	p := spokes(ownNames, bySpoke)
	wantGroups(t, p, map[string]string{
		"a": `azurerm_network_security_group.spoke["one"]`, "b": `azurerm_network_security_group.spoke["two"]`,
	})
	list := p.read(t).Diagnostics
	if n := slices.IndexFunc(list, deduced); n < 0 || slices.ContainsFunc(list[n+1:], deduced) || list[n].Severity != diagnostic.Info {
		t.Errorf("that keys were deduced must be told once, got %v", list)
	}
}

func TestKeyIsDeducedWhereASecondWitnessTellsTwoOfOneNameApart(t *testing.T) {
	p := spokes(map[string]string{"one": "vnet", "two": "vnet"}, bySpoke)
	for _, k := range []string{"one", "two"} {
		p.with(`azurerm_resource_group.spoke["`+k+`"]`, object{"name": "rg-" + k})
	}
	for subnetName, k := range map[string]string{"a": "one", "b": "two"} {
		p.with(`azurerm_network_watcher.w["`+subnetName+`"]`, object{"name": "w", "resource_group_name": "rg-" + k}, overLocals,
			config(object{"resource_group_name": refs("azurerm_resource_group.spoke", "each.value.spoke")}))
	}
	got := map[string]string{}
	for _, a := range p.read(t).Associations {
		got[show(a.From)] = show(a.To)
	}
	want := map[string]string{
		`azurerm_subnet.s["a"]`: `azurerm_network_security_group.spoke["one"]`, `azurerm_subnet.s["b"]`: `azurerm_network_security_group.spoke["two"]`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestKeyIsNotDeduced(t *testing.T) {
	const dead = "? known only after apply; it comes from local.subnets, whose value a plan does not hold"
	type row struct {
		p    *plan
		want string
	}
	otherwise := func(change func(*plan)) *plan {
		p := spokes(ownNames, bySpoke)
		change(p)
		return p
	}
	block := func(p *plan) object {
		blocks := p.configuration["resources"].([]object)
		return blocks[slices.IndexFunc(blocks, func(b object) bool { return b["type"] == "azurerm_subnet" })]
	}
	for name, row := range map[string]row{
		"two networks have the name": {spokes(map[string]string{"one": "vnet", "two": "vnet"}, bySpoke), dead},
		"no network has the name": {otherwise(func(p *plan) {
			for _, r := range p.planned["resources"].([]object) {
				if r["type"] == "azurerm_subnet" {
					r["values"].(object)["virtual_network_name"] = "vnet-elsewhere"
				}
			}
		}), dead},
		"the name is made of that of the network": {otherwise(func(p *plan) {
			block(p)["expressions"] = object{"virtual_network_name": refs(network, "each.value.spoke", "var.suffix")}
		}), dead},
		"another for_each": {otherwise(func(p *plan) { block(p)["for_each_expression"] = refs("local.others") }), dead},
		"another value": {otherwise(func(p *plan) {
			block(p)["expressions"] = object{"virtual_network_name": refs(network, "each.value.hub")}
		}), dead},
		"the key has another part": {spokes(ownNames, refs("azurerm_network_security_group.spoke", "each.value.spoke", "each.value.part")), dead},
		"a variable is in the key": {spokes(ownNames, refs("azurerm_network_security_group.spoke", "var.x", "each.value.spoke")), dead},
		"witnesses disagree": {otherwise(func(p *plan) {
			for subnetName, k := range map[string]string{"a": "two", "b": "one"} {
				p.with(`azurerm_network_watcher.w["`+subnetName+`"]`, object{"name": "w", "network_name": "vnet-" + k}, overLocals,
					config(object{"network_name": refs(network, "each.value.spoke")}))
			}
		}), dead},
	} {
		inventory := row.p.read(t)
		if len(inventory.Associations) != 2 {
			t.Errorf("%s: %d associations", name, len(inventory.Associations))
			continue
		}
		for _, a := range inventory.Associations {
			if got := show(a.To); got != row.want {
				t.Errorf("%s: got %s", name, got)
			}
		}
		if slices.ContainsFunc(inventory.Diagnostics, deduced) {
			t.Errorf("%s: %v", name, inventory.Diagnostics)
		}
	}
}
