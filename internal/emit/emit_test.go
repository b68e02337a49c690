package emit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/difference"
	"github.com/wayleave/wayleave/internal/emit"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/repair"
	"github.com/wayleave/wayleave/internal/service"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// items are a network in which one group has room for rules and another has
// not.
func items() []Item {
	return []Item{
		NSG("nsg-app", DenyOut(100, "tcp", "*", "*", "*", Described("it's $5 [no]")), AllowOut(101, "udp", "10.1.1.0/25,10.1.1.128/25", "Storage", "1,7-9"), AllowOut(103, "udp", "*", "*", "2")),
		NSG("nsg-db", DenyIn(300, "*", "*", "*", "*")),
		VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", UseNSG("nsg-app"), Routes("rt-app", Route("0.0.0.0/0", "None"))), Subnet("app2", "10.1.3.0/24", UseNSG("nsg-app")), Subnet("db", "10.1.2.0/24", UseNSG("nsg-db"))),
	}
}

// inventory is the network with the ids of Azure as addresses, as az output
// states it.
func inventory() *azure.Inventory {
	inv := Inventory(azure.RankExport, items()...)
	for _, g := range inv.NetworkSecurityGroups {
		g.Address = "/subscriptions/0/resourceGroups/rg-one/providers/Microsoft.Network/networkSecurityGroups/" + g.Name
	}
	for _, t := range inv.RouteTables {
		t.Address = "/subscriptions/0/resourceGroups/rg-one/providers/Microsoft.Network/routeTables/" + t.Name
	}
	return inv
}

func compile(t *testing.T, list ...*azure.Inventory) *fabric.Fabric {
	t.Helper()
	network, problems := azure.Build(list...)
	if network == nil {
		t.Fatal(problems)
	}
	defaults, err := fabric.ParseAssumption("defaults")
	if err != nil {
		t.Fatal(err)
	}
	f, problems := fabric.Compile(network, servicetag.Symbolic(), fabric.Assume(defaults), "Sql", "Storage")
	if f == nil {
		t.Fatal(problems)
	}
	return f
}

// edits are a change with all that the forms must say: a tag, several prefixes
// and ports, both directions, rules that make room, a route.
func edits(t *testing.T, f *fabric.Fabric) []repair.Edit {
	t.Helper()
	var needs []repair.Need
	for i, x := range []struct {
		from, to reach.Endpoint
		source   service.Far
		target   service.Far
		ports    flow.PortSet
	}{
		{reach.Subnet(SubnetID("v", "app")), reach.Tag("Sql"), service.Far{Is: service.InSubnet}, service.Far{Tag: "Sql"}, flow.PortRange(1433, 1434).Union(flow.Ports(1500))},
		{reach.Subnet(SubnetID("v", "app2")), reach.Tag("Sql"), service.Far{Is: service.InSubnet}, service.Far{Tag: "Sql"}, flow.PortRange(1433, 1434).Union(flow.Ports(1500))},
		{reach.Subnet(SubnetID("v", "app")), reach.Subnet(SubnetID("v", "db")), service.Far{Is: service.InSubnet}, service.Far{Is: service.InService}, flow.AllPorts()},
	} {
		answer, err := reach.Explore(f, reach.Query{From: x.from, To: x.to, Protocols: flow.Protocols(flow.TCP), SourcePorts: flow.AllPorts(), DestinationPorts: x.ports, Managed: true})
		if err != nil {
			t.Fatal(err)
		}
		m := check.Missing{Row: service.Row{
			Requirement: &service.Requirement{ID: fmt.Sprintf("need-%d", i)}, Source: x.source, Destination: x.target,
			Protocols: flow.Protocols(flow.TCP), SourcePorts: flow.AllPorts(), DestinationPorts: x.ports,
		}}
		for _, p := range answer.Counted() {
			m.Parts = append(m.Parts, check.MissingPart{Packets: p.Space.Cubes(), Blockers: p.Blockers})
		}
		needs = append(needs, repair.Need{Service: "svc", Missing: m})
	}
	plan := repair.Make(f, needs, repair.Keep{})
	if !slices.ContainsFunc(plan.Edits, func(e repair.Edit) bool { return e.Route != nil }) {
		t.Fatalf("the plan has no route: %+v", plan)
	}
	if len(plan.Unfixable) > 0 || !slices.ContainsFunc(plan.Edits, func(e repair.Edit) bool { return e.Action == repair.Modify }) {
		t.Fatalf("the plan is %+v", plan)
	}
	return plan.Edits
}

// stated is a rule or route as a form states it: the group or table by name, the fields by the
// names of Resource Manager, singular and plural alike.
type stated struct {
	group, name string
	fields      map[string][]string
}

// back turns what a form states into edits again.
func back(t *testing.T, n *azure.Network, list []stated) []repair.Edit {
	t.Helper()
	var out []repair.Edit
	for _, s := range list {
		if s.one("addressPrefix") != "" {
			at := slices.IndexFunc(n.RouteTables, func(x *azure.RouteTable) bool { return x.Name == s.group })
			if at < 0 {
				t.Fatalf("there is no table %q", s.group)
			}
			out = append(out, repair.Edit{Action: repair.Add, Table: n.RouteTables[at], Route: &repair.Route{
				Name: s.name, AddressPrefix: s.one("addressPrefix"), NextHopType: azure.NextHopType(s.one("nextHopType")),
			}})
			continue
		}
		at := slices.IndexFunc(n.NetworkSecurityGroups, func(g *azure.NetworkSecurityGroup) bool { return g.Name == s.group })
		if at < 0 {
			t.Fatalf("there is no group %q", s.group)
		}
		group := n.NetworkSecurityGroups[at]
		e := repair.Edit{Action: repair.Add, Group: group, Rule: repair.Rule{
			Name: s.name, Direction: azure.Direction(s.one("direction")), Access: azure.Access(s.one("access")), Protocol: azure.Protocol(s.one("protocol")),
			Source: s.fields["source"], Destination: s.fields["destination"], SourcePorts: s.fields["sourcePorts"], DestinationPorts: s.fields["destinationPorts"],
			Description: s.one("description"), Complete: true,
		}}
		if _, err := fmt.Sscan(s.one("priority"), &e.Rule.Priority); err != nil {
			t.Fatalf("priority of %+v: %v", s, err)
		}
		if i := slices.IndexFunc(group.Rules, func(r *azure.SecurityRule) bool { return r.Name == s.name }); i >= 0 {
			e.Action, e.Was = repair.Modify, group.Rules[i]
		}
		out = append(out, e)
	}
	return out
}

func (s stated) one(field string) string {
	if list := s.fields[field]; len(list) > 0 {
		return list[0]
	}
	return ""
}

// Every form, read back, gives the network that was planned (decisions 33), and
// no step of it is refused or closes anything.
func TestFormsAreReadBack(t *testing.T) {
	before := compile(t, inventory())
	planned := edits(t, before)
	after := applied(t, planned)
	for _, x := range []struct {
		format string
		read   func(*testing.T, string) []stated
	}{{"az", readCommands}, {"arm", readTemplate}, {"bicep", readBicep}, {"terraform", readTerraform}} {
		t.Run(x.format, func(t *testing.T) {
			var text strings.Builder
			if err := emit.Write(&text, x.format, planned, func(*azure.Resource) bool { return false }); err != nil {
				t.Fatal(err)
			}
			steps := back(t, before.Network(), x.read(t, text.String()))
			if x.format == "terraform" { // what makes room is told in comments
				steps = append(steps, moves(t, before.Network(), text.String())...)
			}
			got := compile(t, mustApply(t, steps)...)
			if d := compare(t, after, got); !d.Equal() {
				t.Errorf("read back, it differs:\nopened %v\nclosed %v\nin\n%s", d.OpenedSpace(), d.ClosedSpace(), text.String())
			}
			if diff := cmp.Diff(rules(after.Network()), rules(got.Network())); diff != "" {
				t.Errorf("(-planned +read back)\n%s", diff)
			}
			if x.format != "terraform" {
				checkOrder(t, before, steps)
			}
		})
	}
}

func applied(t *testing.T, steps []repair.Edit) *fabric.Fabric {
	t.Helper()
	return compile(t, mustApply(t, steps)...)
}

func mustApply(t *testing.T, steps []repair.Edit) []*azure.Inventory {
	t.Helper()
	list, err := repair.Apply([]*azure.Inventory{inventory()}, steps)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func compare(t *testing.T, old, now *fabric.Fabric) *difference.Answer {
	t.Helper()
	d, err := difference.Compare(old, now, difference.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// checkOrder applies the steps one by one: each leaves a network that Azure
// takes, and closes nothing.
func checkOrder(t *testing.T, before *fabric.Fabric, steps []repair.Edit) {
	t.Helper()
	was := before
	for i := range steps {
		now := applied(t, steps[:i+1])
		if steps[i].Route != nil {
			continue // the order of routes does not matter
		}
		if d := compare(t, was, now); len(d.Closed) > 0 {
			t.Errorf("step %d, %s of %s, closes %v", i+1, steps[i].Action, steps[i].Target().Name, d.ClosedSpace())
		}
		was = now
	}
}

// rules are all rules in words, by name.
func rules(n *azure.Network) []string {
	var list []string
	for _, g := range n.NetworkSecurityGroups {
		for _, r := range g.Rules {
			list = append(list, fmt.Sprintf("%s/%s %s %d %s %q %v %v %v %v", g.Name, r.Name, r.Direction.V, r.Priority.V, r.Access.V, r.Description,
				texts(r.Source), texts(r.Destination), r.SourcePorts.Terms[0].Text, len(r.DestinationPorts.Terms)))
		}
	}
	for _, x := range n.RouteTables {
		for _, r := range x.Routes {
			list = append(list, fmt.Sprintf("%s/%s %s %s", x.Name, r.Name, r.Destination.Text, r.NextHopType.V))
		}
	}
	slices.Sort(list)
	return list
}

func texts(s azure.Side) []string {
	var list []string
	for _, t := range s.Terms() {
		list = append(list, t.Text)
	}
	return list
}

// A group in another resource group gets a deployment of its own; Bicep has no
// such thing in one file.
func TestSeveralResourceGroups(t *testing.T) {
	list := edits(t, compile(t, inventory()))
	for i := range list {
		if list[i].Group == nil {
			continue
		}
		if g := *list[i].Group; g.Name == "nsg-db" {
			g.Address = strings.Replace(g.Address, "rg-one", "rg-two", 1)
			list[i].Group = &g
		}
	}
	var text strings.Builder
	if err := emit.Write(&text, "arm", list, nil); err != nil || !strings.Contains(text.String(), `"resourceGroup": "rg-two"`) || strings.Count(text.String(), `"scope": "inner"`) != 2 {
		t.Errorf("%v\n%s", err, text.String())
	}
	if err := emit.Write(&text, "bicep", list, nil); err == nil || !strings.Contains(err.Error(), "deploys to one resource group") {
		t.Errorf("got %v", err)
	}
}

// Resource groups of one name in two subscriptions are two: no form writes the
// rules of one into the other.
func TestResourceGroupsOfOneNameInTwoSubscriptions(t *testing.T) {
	list := edits(t, compile(t, inventory()))
	for i := range list {
		if list[i].Group == nil {
			continue
		}
		g := *list[i].Group
		g.Address = strings.Replace(g.Address, "rg-one", "RG-One", 1) // names fold case
		if g.Name == "nsg-db" {
			g.Address = strings.Replace(g.Address, "/subscriptions/0/", "/subscriptions/1/", 1)
		}
		list[i].Group = &g
	}
	never := func(*azure.Resource) bool { return false }
	for format, want := range map[string]string{"bicep": "deploys to one resource group", "terraform": "in several subscriptions"} {
		var text strings.Builder
		if err := emit.Write(&text, format, list, never); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v\n%s", format, err, text.String())
		}
	}
	var text strings.Builder
	if err := emit.Write(&text, "arm", list, never); err != nil || strings.Count(text.String(), `"resourceGroup": "RG-One"`) != 2 || strings.Count(text.String(), `"subscriptionId": "1"`) != 1 {
		t.Errorf("arm: %v\n%s", err, text.String())
	}
	_, other, _ := strings.Cut(text.String(), `"subscriptionId": "1"`) // the last of the two
	if strings.Count(other, `"name": "nsg-db/`) != 1 || strings.Contains(other, `"name": "nsg-app/`) {
		t.Errorf("arm: the rules are not where they belong:\n%s", text.String())
	}
	text.Reset()
	if err := emit.Write(&text, "az", list, never); err != nil || strings.Count(text.String(), "--subscription 1 ") != 1 {
		t.Errorf("az: %v\n%s", err, text.String())
	}
}

// What an input calls a group is data in every form: it ends no text, begins no
// expression and runs no command.
func TestNamesStayTexts(t *testing.T) {
	group := &azure.NetworkSecurityGroup{Resource: azure.Resource{ID: "g", Type: azure.TypeNetworkSecurityGroup, Name: "[a', 'b')]${x}$(id)\n"}}
	var list []repair.Edit
	for i, name := range []string{"one", "two"} {
		list = append(list, repair.Edit{Action: repair.Add, Group: group, Rule: repair.Rule{
			Name: name, Direction: azure.Inbound, Access: azure.Allow, Priority: 100 + i, Protocol: azure.TCP, Source: []string{"*"}, Destination: []string{"*"},
			SourcePorts: []string{"*"}, DestinationPorts: []string{"443"}, Complete: true,
		}})
	}
	for format, want := range map[string]string{
		"az":        `--nsg-name '[a'\'', '\''b'\'')]${x}$(id)` + "\n' ",
		"arm":       `"name": "[[a', 'b')]${x}$(id)\n/one"`,
		"bicep":     `name: '[a\', \'b\')]\${x}$(id)\n'`,
		"terraform": `network_security_group_name = "[a', 'b')]$${x}$(id)\n"`,
	} {
		var b strings.Builder
		if err := emit.Write(&b, format, list, func(*azure.Resource) bool { return false }); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("%s: %v, without %s:\n%s", format, err, want, b.String())
		}
		if format == "arm" && !strings.Contains(b.String(), `securityRules', '[a'', ''b'')]${x}$(id)\n', 'one')]"`) {
			t.Errorf("the dependency is another expression:\n%s", b.String())
		}
	}
}

// Subnets of one name in two networks are two in the text of Terraform too.
func TestAssociationsOfSubnetsOfOneName(t *testing.T) {
	n := Net(t, VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24")), VNet("w", "10.2.0.0/16", Subnet("app", "10.2.1.0/24")))
	table := &azure.Resource{ID: "rt", Type: azure.TypeRouteTable, Name: "rt", Address: "azurerm_route_table.rt"}
	var list []repair.Edit
	for _, s := range n.Subnets() {
		list = append(list, repair.Edit{Action: repair.Modify, Change: &repair.Association{Subnet: s, Kind: azure.SubnetToRouteTable, To: table}})
	}
	var b strings.Builder
	if err := emit.Write(&b, "terraform", list, func(*azure.Resource) bool { return false }); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"azurerm_subnet_route_table_association" "app" {`, `"azurerm_subnet_route_table_association" "app_2" {`} {
		if strings.Count(b.String(), want) != 1 {
			t.Errorf("%s does not stand once in\n%s", want, b.String())
		}
	}
}

// No form takes the removal of a rule for a rule to add.
func TestRemovalOfRuleIsNotWritten(t *testing.T) {
	group := &azure.NetworkSecurityGroup{Resource: azure.Resource{ID: "g", Type: azure.TypeNetworkSecurityGroup, Name: "g"}}
	list := []repair.Edit{{Action: repair.Remove, Group: group, Rule: repair.Rule{Name: "deny", Priority: 100, Access: azure.Deny, Complete: true}}}
	for _, format := range emit.Formats {
		var b strings.Builder
		if err := emit.Write(&b, format, list, func(*azure.Resource) bool { return false }); err == nil || b.Len() > 0 {
			t.Errorf("%s: %v\n%s", format, err, b.String())
		}
	}
}

// A rule that moves and holds values that the input does not tell has its priority
// set alone: a template would state the rest of it as nothing.
func TestRuleThatIsNotKnownWholeIsNotRestated(t *testing.T) {
	group := &azure.NetworkSecurityGroup{Resource: azure.Resource{ID: "g", Type: azure.TypeNetworkSecurityGroup, Name: "g"}}
	was := &azure.SecurityRule{Resource: azure.Resource{Name: "deny"}, Group: group, Priority: azure.Of(100, azure.Position{})}
	list := []repair.Edit{{Action: repair.Modify, Group: group, Was: was, Rule: repair.Rule{Name: "deny", Priority: 101}}}
	for _, format := range emit.Formats {
		var b strings.Builder
		err := emit.Write(&b, format, list, func(*azure.Resource) bool { return false })
		if whole := format == "arm" || format == "bicep"; whole != (err != nil) || !whole && !strings.Contains(b.String(), "101") {
			t.Errorf("%s: %v\n%s", format, err, b.String())
		}
	}
}

// Terraform puts a new table or group into force once it has its routes or rules.
func TestAssociationsWaitForWhatIsNew(t *testing.T) {
	n := Net(t, VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24")))
	table := &azure.RouteTable{Resource: azure.Resource{ID: "rt", Type: azure.TypeRouteTable, Name: "rt"}}
	group := &azure.NetworkSecurityGroup{Resource: azure.Resource{ID: "nsg", Type: azure.TypeNetworkSecurityGroup, Name: "nsg"}}
	allow := repair.Rule{Name: "allow", Direction: azure.Inbound, Access: azure.Allow, Priority: 100, Protocol: azure.TCP, Source: []string{"*"}, Destination: []string{"*"}, SourcePorts: []string{"*"}, DestinationPorts: []string{"443"}, Complete: true}
	list := []repair.Edit{
		{Action: repair.Modify, Change: &repair.Association{Subnet: n.Subnets()[0], Kind: azure.SubnetToRouteTable, To: &table.Resource}},
		{Action: repair.Modify, Change: &repair.Association{Subnet: n.Subnets()[0], Kind: azure.SubnetToNetworkSecurityGroup, To: &group.Resource}},
		{Action: repair.Add, Table: table, Route: &repair.Route{Name: "out", AddressPrefix: "198.51.100.10/32", NextHopType: azure.InternetNextHop}},
		{Action: repair.Add, Change: &repair.NewRouteTable{Table: table}},
		{Action: repair.Add, Change: &repair.NewSecurityGroup{Group: group, Rules: []repair.Rule{allow}}},
	}
	var b strings.Builder
	if err := emit.Write(&b, "terraform", list, func(*azure.Resource) bool { return false }); err != nil {
		t.Fatal(err)
	}
	for _, typ := range []string{"azurerm_subnet_route_table_association", "azurerm_subnet_network_security_group_association"} {
		_, block, _ := strings.Cut(b.String(), typ)
		block, _, _ = strings.Cut(block, "\n}")
		if !strings.Contains(block, "azurerm_route.out") || !strings.Contains(block, "azurerm_network_security_rule.allow") {
			t.Errorf("%s does not wait:\n%s", typ, b.String())
		}
	}
}

// A command names what is in its own resource group, or in one that nobody tells,
// by its name, and what is in another by its id.
func TestCommandsNameWhatIsElsewhereByItsID(t *testing.T) {
	const here, there = "/subscriptions/0/resourceGroups/g/providers/Microsoft.Network/", "/subscriptions/1/resourceGroups/G/providers/Microsoft.Network/"
	n := Net(t, VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24")))
	subnet := n.Subnets()[0]
	for _, row := range []struct{ address, want string }{
		{here + "routeTables/rt", "--route-table rt\n"},
		{there + "routeTables/rt", "--route-table " + there + "routeTables/rt\n"},
		{"azurerm_route_table.rt", "--route-table rt\n"},
	} {
		table := &azure.Resource{ID: azure.MakeID(row.address), Type: azure.TypeRouteTable, Name: "rt", Address: row.address}
		var b strings.Builder
		list := []repair.Edit{{Action: repair.Modify, Change: &repair.Association{Subnet: subnet, Kind: azure.SubnetToRouteTable, To: table}}}
		if err := emit.Write(&b, "az", list, nil); err != nil || !strings.Contains(b.String(), row.want) {
			t.Errorf("%s: %v, without %s in\n%s", row.address, err, row.want, b.String())
		}
	}
}

// A route to a firewall that is there names its address in every form, also where
// it is the whole change.
func TestRoutesNameTheirNextHop(t *testing.T) {
	table := &azure.RouteTable{Resource: azure.Resource{ID: "rt", Type: azure.TypeRouteTable, Name: "rt"}}
	edits := []repair.Edit{{Action: repair.Add, Table: table, Route: &repair.Route{Name: "out", AddressPrefix: "198.51.100.10/32", NextHopType: azure.VirtualAppliance, NextHopIPAddress: "10.1.9.4"}}}
	for format, want := range map[string]string{
		"az": "--next-hop-ip-address 10.1.9.4", "arm": `"nextHopIpAddress": "10.1.9.4"`, "bicep": "nextHopIpAddress: '10.1.9.4'", "terraform": `next_hop_in_ip_address = "10.1.9.4"`,
	} {
		var b strings.Builder
		if err := emit.Write(&b, format, edits, func(*azure.Resource) bool { return false }); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("%s: %v, without %s:\n%s", format, err, want, b.String())
		}
	}
}

// Terraform applies resources at once, and two rules of a direction never have one
// priority: each waits for the rule that leaves its place. A rule of the other
// direction, or one in the block of its group, is no resource to wait for.
func TestTerraformRulesGoInTurn(t *testing.T) {
	group := &azure.NetworkSecurityGroup{Resource: azure.Resource{ID: "g", Type: azure.TypeNetworkSecurityGroup, Name: "g", Address: "azurerm_network_security_group.g"}}
	for _, row := range []struct {
		name, prefix string
		direction    azure.Direction
		waits        []string
	}{
		{"resources", "azurerm_network_security_rule.", azure.Outbound, []string{
			"set its priority from 101 to 102.", "set its priority from 100 to 101, and depends_on = [azurerm_network_security_rule.b].", "= [azurerm_network_security_rule.a]\n",
		}},
		{"the other direction", "azurerm_network_security_rule.", azure.Inbound, []string{"from 100 to 101, and depends_on = [azurerm_network_security_rule.b]."}},
		{"blocks of the group", "azurerm_network_security_group.g.security_rule.", azure.Outbound, []string{"from 100 to 101."}},
		{"a live group", "/subscriptions/0/resourceGroups/r/providers/Microsoft.Network/networkSecurityGroups/g/securityRules/", azure.Outbound, []string{"from 100 to 101."}},
	} {
		moved := func(name string, priority int) repair.Edit {
			was := &azure.SecurityRule{Resource: azure.Resource{Name: name, Address: row.prefix + name}, Group: group, Priority: azure.Of(priority, azure.Position{})}
			return repair.Edit{Action: repair.Modify, Group: group, Was: was, Rule: repair.Rule{Name: name, Direction: azure.Outbound, Priority: priority + 1}}
		}
		add := repair.Edit{Action: repair.Add, Group: group, Rule: repair.Rule{
			Name: "allow", Direction: row.direction, Access: azure.Allow, Priority: 100, Protocol: azure.TCP, Source: []string{"*"}, Destination: []string{"*"}, SourcePorts: []string{"*"}, DestinationPorts: []string{"443"},
		}}
		var b strings.Builder
		if err := emit.Write(&b, "terraform", []repair.Edit{add, moved("a", 100), moved("b", 101)}, func(*azure.Resource) bool { return false }); err != nil {
			t.Fatal(err)
		}
		for _, want := range row.waits {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s: no %q in\n%s", row.name, want, b.String())
			}
		}
		if _, rule, _ := strings.Cut(b.String(), "resource"); strings.Contains(rule, "depends_on") != (row.name == "resources") {
			t.Errorf("%s: the new rule waits for another:\n%s", row.name, b.String())
		}
	}
}
