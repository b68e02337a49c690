package arm

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

const schema = `"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"`

// template is the text of a template: further members, and its resources.
func text(members string, resources ...string) string {
	if members != "" {
		members = ",\n" + members
	}
	return "{\n" + schema + members + ",\n\"resources\": [\n" + strings.Join(resources, ",\n") + "\n]}"
}

// res is a resource with the given properties and further members.
func res(typ, name, properties string, members ...string) string {
	more := ""
	for _, m := range members {
		more += ", " + m
	}
	return fmt.Sprintf(`{"type": "Microsoft.Network/%s", "apiVersion": "2023-04-01", "name": "%s", "properties": {%s}%s}`, typ, name, properties, more)
}

func group(name string, rules ...string) string {
	return res("networkSecurityGroups", name, `"securityRules": [`+strings.Join(rules, ", ")+`]`)
}

// rule is a rule within its group.
func rule(name string, priority any) string {
	return fmt.Sprintf(`{"name": "%s", "properties": {%s}}`, name, ruleProperties(priority))
}

func ruleProperties(priority any) string {
	return fmt.Sprintf(`"priority": %v, "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": "*", "sourcePortRange": "*",
  "destinationAddressPrefix": "*", "destinationPortRange": "443"`, priority)
}

func vnet(name string, subnets ...string) string {
	return res("virtualNetworks", name, `"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": [`+strings.Join(subnets, ", ")+`]`)
}

func subnet(name, prefix, more string) string {
	return fmt.Sprintf(`{"name": "%s", "properties": {"addressPrefix": "%s"%s}}`, name, prefix, more)
}

// The region of a network, and those that its service endpoints state (RT-9).
func TestRegions(t *testing.T) {
	const parameter = `"parameters": {"where": {"type": "string"}}`
	for _, row := range []struct{ what, location, want string }{
		{"stated", `"location": "West Europe"`, "westeurope"},
		{"not stated", `"tags": {}`, "not set"},
		{"an expression", `"location": "[toLower('EastUS')]"`, "eastus"},
		{"that of the resource group", `"location": "[resourceGroup().location]"`, "?"},
		{"a parameter without value", `"location": "[parameters('where')]"`, "?"},
		{"what cannot be evaluated", `"location": "[nosuch('x')]"`, "?"},
	} {
		n := network(t, text(parameter, res("virtualNetworks", "v", `"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}`, row.location)))
		if got := shownLocation(n.VirtualNetworks[0].Location); got != row.want {
			t.Errorf("%s: got %s, want %s", row.what, got, row.want)
		}
	}
	for _, row := range []struct{ locations, want string }{
		{``, ""}, {`, "locations": []`, ""}, {`, "locations": ["*"]`, "*"}, {`, "locations": ["West US", "eastus"]`, "westus eastus"},
		{`, "locations": ["[parameters('where')]", "eastus"]`, "? eastus"}, {`, "locations": "[createArray(parameters('where'))]"`, "?"},
	} {
		n := network(t, text(parameter, vnet("v", subnet("s", "10.0.0.0/24", `, "serviceEndpoints": [{"service": "Microsoft.Storage"`+row.locations+`}]`))))
		var got []string
		for _, l := range n.Subnets()[0].ServiceEndpoints[0].Locations {
			got = append(got, shownLocation(l))
		}
		if strings.Join(got, " ") != row.want {
			t.Errorf("locations%s: got %q, want %q", row.locations, got, row.want)
		}
	}
}

func shownLocation(v azure.Value[string]) string {
	switch _, known := v.Known(); {
	case !v.IsSet():
		return "not set"
	case !known:
		return "?"
	}
	return v.V
}

func parse(t testing.TB, name, text string) *document.Document {
	t.Helper()
	doc, err := document.Parse(name, []byte(text), document.Options{Dialect: document.ARM})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func read(t testing.TB, text string, parameters ...string) *azure.Inventory {
	t.Helper()
	var files []*document.Document
	for _, p := range parameters {
		files = append(files, parse(t, "parameters.json", `{"parameters": {`+p+`}}`))
	}
	doc := parse(t, "main.json", text)
	if !Recognise(doc) {
		t.Fatal("the template is not recognised")
	}
	return Read(doc, Options{Parameters: files})
}

func network(t testing.TB, text string, parameters ...string) *azure.Network {
	t.Helper()
	n, problems := azure.Build(read(t, text, parameters...))
	if n == nil {
		t.Fatalf("no network: %v", problems)
	}
	return n
}

// wantProblems checks the diagnostics of reading, by code.
func wantProblems(t *testing.T, inventory *azure.Inventory, want ...string) diagnostic.List {
	t.Helper()
	var got []string
	for _, d := range inventory.Diagnostics {
		got = append(got, d.Code)
		if d.At.IsZero() {
			t.Errorf("%v has no place", d)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%v: %s", inventory.Diagnostics, diff)
	}
	return inventory.Diagnostics
}

const (
	rg  = "/subscriptions/{subscription().subscriptionid}/resourcegroups/{resourcegroup().name}/providers/microsoft.network/"
	nsg = "networksecuritygroups/"
)

// show is a reference without its usual beginning.
func show(r azure.Reference) string {
	if r.Unknown != nil {
		return "? " + r.Unknown.Name
	}
	return strings.TrimPrefix(string(r.ID), rg)
}

func prefixes(values []azure.Value[netip.Prefix]) string {
	var list []string
	for _, v := range values {
		if v.Unknown != nil {
			list = append(list, "? "+v.Unknown.Name)
		} else {
			list = append(list, v.V.String())
		}
	}
	return strings.Join(list, " ")
}

// subnets shows each subnet as "prefixes | group | table".
func subnets(n *azure.Network) map[string]string {
	shown := map[string]string{}
	for _, s := range n.Subnets() {
		shown[s.Name] = prefixes(s.Prefixes) + " | " + show(s.NetworkSecurityGroup) + " | " + show(s.RouteTable)
	}
	return shown
}

func wantSubnets(t *testing.T, n *azure.Network, want map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, subnets(n)); diff != "" {
		t.Error(diff)
	}
}

// rules shows the rules of each group by name and priority, and how many are
// not known.
func rules(n *azure.Network) map[string]string {
	shown := map[string]string{}
	for _, g := range n.NetworkSecurityGroups {
		var list []string
		for _, r := range g.Rules {
			list = append(list, fmt.Sprintf("%s %d", r.Name, r.Priority.Or(0)))
		}
		if len(g.UnknownRules) > 0 {
			list = append(list, fmt.Sprintf("+ %d unknown", len(g.UnknownRules)))
		}
		shown[g.Name] = strings.Join(list, ", ")
	}
	return shown
}

func wantRules(t *testing.T, n *azure.Network, want map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, rules(n)); diff != "" {
		t.Error(diff)
	}
}

const groupReference = `, "networkSecurityGroup": {"id": "[resourceId('Microsoft.Network/networkSecurityGroups', 'g')]"}`

func TestLiteralTemplate(t *testing.T) {
	n := network(t, text("",
		group("g", rule("one", 100), rule("two", 200)),
		res("routeTables", "t", `"disableBgpRoutePropagation": true, "routes": [{"name": "r", "properties": {"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.0.9.4"}}]`),
		vnet("v", subnet("a", "10.0.0.0/24", groupReference+`, "routeTable": {"id": "[resourceId('Microsoft.Network/routeTables', 'T')]"}`), subnet("b", "10.0.1.0/24", "")),
		res("virtualNetworks/virtualNetworkPeerings", "v/p", `"remoteVirtualNetwork": {"id": "[resourceId('hub', 'Microsoft.Network/virtualNetworks', 'hub')]"}, "allowForwardedTraffic": true`),
		res("publicIPAddresses", "ip", "", `"sku": {"name": "Standard"}`),
		res("applicationSecurityGroups", "asg", ""),
		res("networkInterfaces", "nic", `"enableIPForwarding": true, "ipConfigurations": [{"name": "c", "properties": {"privateIPAddress": "10.0.0.4",
  "subnet": {"id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 'a')]"}, "publicIPAddress": {"id": "[resourceId('Microsoft.Network/publicIPAddresses', 'ip')]"},
  "applicationSecurityGroups": [{"id": "[resourceId('Microsoft.Network/applicationSecurityGroups', 'asg')]"}]}}]`),
	))
	wantSubnets(t, n, map[string]string{"a": "10.0.0.0/24 | networksecuritygroups/g | routetables/t", "b": "10.0.1.0/24 |  | "})
	wantRules(t, n, map[string]string{"g": "one 100, two 200"})
	table := n.RouteTables[0]
	if !table.DisableBGPRoutePropagation.V || len(table.Routes) != 1 || table.Routes[0].NextHopIPAddress.V.String() != "10.0.9.4" {
		t.Errorf("table %+v", table)
	}
	v := n.VirtualNetworks[0]
	if v.APIVersion != "2023-04-01" || len(v.Peerings) != 1 || !v.Peerings[0].AllowForwardedTraffic.V ||
		!strings.HasSuffix(show(v.Peerings[0].Remote), "/resourcegroups/hub/providers/microsoft.network/virtualnetworks/hub") {
		t.Errorf("network %+v", v)
	}
	nic := n.NetworkInterfaces[0]
	c := nic.IPConfigurations[0]
	if !nic.EnableIPForwarding.V || show(c.Subnet) != "virtualnetworks/v/subnets/a" || show(c.PublicIPAddress) != "publicipaddresses/ip" || len(n.Members(azure.ID(rg+"applicationsecuritygroups/asg"))) != 1 {
		t.Errorf("interface %+v", c)
	}
	if p := n.PublicIPAddresses[0]; p.SKU.V != "Standard" || p.IPAddress.Unknown == nil {
		t.Errorf("public address %+v", p)
	}
	if s, ok := n.Subnet(azure.ID(rg + "virtualnetworks/v/subnets/a")); !ok || s.Address != "v/subnets/a" {
		t.Error("the subnet is not found by its id")
	}
}

func TestParametersAndVariables(t *testing.T) {
	members := `"parameters": {
  "name": {"type": "string", "defaultValue": "net"}, "prefix": {"type": "string"}, "Octet": {"type": "int", "defaultValue": 1},
  "nullable": {"type": "string", "nullable": true}},
"variables": {"subnet": "[concat(parameters('name'), '-a')]", "rules": [` + rule("one", `"[add(100, variables('step'))]"`) + `], "step": 10}`
	template := text(members,
		res("networkSecurityGroups", "g", `"securityRules": "[variables('RULES')]"`),
		vnet("v", subnet("[variables('subnet')]", "[format('10.0.{0}.0/24', parameters('octet'))]", ""), subnet("b", "[parameters('prefix')]", "")))
	n := network(t, template)
	wantSubnets(t, n, map[string]string{"net-a": "10.0.1.0/24 |  | ", "b": "? parameters('prefix') |  | "})
	wantRules(t, n, map[string]string{"g": "one 110"})
	if why := n.Subnets()[0].Prefixes[0].Unknown.Why; !strings.Contains(why, "--parameters") {
		t.Errorf("why %q does not say what to do", why)
	}

	n = network(t, template, `"prefix": {"value": "10.0.9.0/24"}, "octet": {"value": 2}`, `"octet": {"value": 3}, "name": {"value": "[literal]"}`)
	wantSubnets(t, n, map[string]string{"[literal]-a": "10.0.3.0/24 |  | ", "b": "10.0.9.0/24 |  | "})

	n = network(t, template, `"prefix": {"reference": {"keyVault": {"id": "x"}, "secretName": "s"}}, "octet": {"value": null}`)
	wantSubnets(t, n, map[string]string{"net-a": "10.0.1.0/24 |  | ", "b": "? parameters('prefix') |  | "})
}

func TestWrongParameters(t *testing.T) {
	template := text(`"parameters": {"size": {"type": "string", "allowedValues": ["small", "large"]}}`)
	wantProblems(t, read(t, template, `"colour": {"value": "red"}`), "unknown-parameter")
	wantProblems(t, read(t, template, `"size": {"value": "SMALL"}`))
	list := wantProblems(t, read(t, template, `"size": {"value": "huge"}`), "parameter-value")
	if list.Err() == nil || list[0].At.File != "parameters.json" || !strings.Contains(list[0].Summary, "'small', 'large'") {
		t.Errorf("got %v", list)
	}
}

func TestRulesAndRoutesThatStandApart(t *testing.T) {
	n := network(t, text("",
		res("networkSecurityGroups/securityRules", "[concat('g', '/one')]", ruleProperties(100)),
		res("networkSecurityGroups", "g", "", `"resources": [
  {"type": "securityRules", "name": "two", "apiVersion": "x", "properties": {`+ruleProperties(200)+`}},
  {"type": "Microsoft.Network/networkSecurityGroups/securityRules", "name": "g/three", "apiVersion": "x", "properties": {`+ruleProperties(300)+`}}]`),
		res("routeTables", "t", ""),
		res("routeTables/routes", "t/r", `"addressPrefix": "10.9.0.0/16", "nextHopType": "VnetLocal"`),
		vnet("v"),
		res("virtualNetworks/subnets", "v/a", `"addressPrefixes": ["10.0.0.0/24"]`+groupReference),
	))
	wantRules(t, n, map[string]string{"g": "one 100, two 200, three 300"})
	wantSubnets(t, n, map[string]string{"a": "10.0.0.0/24 | networksecuritygroups/g | "})
	if len(n.RouteTables[0].Routes) != 1 {
		t.Errorf("routes %+v", n.RouteTables[0].Routes)
	}
}

func TestNamesThatAreNotKnownStillMatch(t *testing.T) {
	n := network(t, text(`"parameters": {"vnet": {"type": "string"}, "group": {"type": "string"}}`,
		group("[concat(parameters('group'), '-nsg')]", rule("one", 100)),
		vnet("[parameters('vnet')]"),
		res("virtualNetworks/subnets", "[format('{0}/a', parameters('vnet'))]",
			`"addressPrefix": "10.0.0.0/24", "networkSecurityGroup": {"id": "[resourceId('Microsoft.Network/networkSecurityGroups', format('{0}-nsg', parameters('group')))]"}`),
		`{"type": "Microsoft.Logic/integrationServiceEnvironments", "apiVersion": "2019-05-01", "name": "ise", "sku": {"name": "Premium"}, "properties": {"networkConfiguration": {
  "accessEndpoint": {"type": "Internal"}, "subnets": [{"id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', parameters('vnet'), 'a')]"}]}}}`,
	))
	if len(n.VirtualNetworks) != 1 || n.VirtualNetworks[0].Name != "{parameters('vnet')}" {
		t.Fatalf("networks %+v", n.VirtualNetworks)
	}
	wantSubnets(t, n, map[string]string{"a": "10.0.0.0/24 | networksecuritygroups/{parameters('group')}-nsg | "})
	ise := n.ManagedServices[0]
	if _, ok := n.Subnet(ise.Subnets[0].ID); !ok || ise.Properties["networkConfiguration.accessEndpoint.type"].V != "Internal" || ise.Properties["sku.name"].V != "Premium" {
		t.Errorf("service %+v", ise)
	}
}

func TestConditions(t *testing.T) {
	members := `"parameters": {"on": {"type": "bool", "defaultValue": true}, "open": {"type": "bool"}}`
	off, maybe := `"condition": "[not(parameters('on'))]"`, `"condition": "[parameters('open')]"`
	inventory := read(t, text(members,
		res("networkSecurityGroups", "gone", "", off),
		group("g", rule("one", 100)),
		res("networkSecurityGroups/securityRules", "g/maybe", ruleProperties(100), maybe),
		res("networkSecurityGroups", "maybe", `"securityRules": [`+rule("one", 100)+`]`, maybe),
		res("routeTables", "t", ""),
		res("routeTables/routes", "t/maybe", `"addressPrefix": "10.9.0.0/16", "nextHopType": "None"`, maybe),
		res("virtualNetworks", "v", `"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": [`+subnet("a", "10.0.0.0/24", groupReference)+`]`, maybe),
	))
	wantProblems(t, inventory, "unknown-condition", "unknown-condition", "unknown-condition", "unknown-condition")
	n, problems := azure.Build(inventory)
	if n == nil {
		t.Fatal(problems)
	}
	// A rule that may not be deployed makes its group uncertain; a group that
	// may not be is wholly so.
	wantRules(t, n, map[string]string{"g": "one 100, + 1 unknown", "maybe": "+ 1 unknown"})
	if routes := n.RouteTables[0]; len(routes.Routes) != 0 || len(routes.UnknownRoutes) != 1 {
		t.Errorf("table %+v", routes)
	}
	const doubt = "? condition parameters('open') "
	wantSubnets(t, n, map[string]string{"a": doubt + "addressPrefixes | " + doubt + "networkSecurityGroup | " + doubt + "routeTable"})
	if got := prefixes(n.VirtualNetworks[0].AddressSpace); got != doubt+"addressSpace.addressPrefixes" {
		t.Errorf("address space %s", got)
	}
}

func TestCopyLoopsOfResources(t *testing.T) {
	members := `"parameters": {"names": {"type": "array", "defaultValue": ["x", "y"]}, "open": {"type": "array"}}`
	n := network(t, text(members,
		res("networkSecurityGroups", "[concat('g-', parameters('names')[copyIndex()])]", `"securityRules": [`+rule("one", `"[copyIndex(100)]"`)+`]`,
			`"copy": {"name": "groups", "count": "[length(parameters('names'))]"}`),
		res("networkSecurityGroups/securityRules", "[format('g-x/r{0}', copyIndex('rules', 1))]", ruleProperties(`"[copyIndex('rules', 200)]"`), `"copy": {"name": "rules", "count": 2}`),
	))
	wantRules(t, n, map[string]string{"g-x": "one 100, r1 200, r2 201", "g-y": "one 101"})

	// A loop over what is not known: rules may be in any group.
	n = network(t, text(members, group("g", rule("one", 100)),
		res("networkSecurityGroups/securityRules", "[concat('g/', parameters('open')[copyIndex()])]", ruleProperties(200), `"copy": {"name": "l", "count": "[length(parameters('open'))]"}`)))
	wantRules(t, n, map[string]string{"g": "one 100, + 1 unknown"})
	inventory := read(t, text(members, res("networkSecurityGroups", "g", "", `"copy": {"name": "l", "count": "[length(parameters('open'))]"}`)))
	wantProblems(t, inventory, "unknown-number")
	if len(inventory.NotModelled) != 1 {
		t.Errorf("not modelled: %v", inventory.NotModelled)
	}
	for _, count := range []string{"801", "-1", `"x"`} {
		inventory := read(t, text("", res("networkSecurityGroups", "g", "", `"copy": {"name": "l", "count": `+count+`}`)))
		wantProblems(t, inventory, "copy-count")
	}
}

func TestCopyLoopsOfProperties(t *testing.T) {
	members := `"parameters": {"ports": {"type": "array", "defaultValue": [80, 443]}, "open": {"type": "array"}},
"variables": {"copy": [{"name": "prefixes", "count": 2, "input": "[format('10.0.{0}.0/24', copyIndex('prefixes'))]"}]}`
	loop := func(over string) string {
		return `"copy": [{"name": "securityRules", "count": "[length(parameters('` + over + `'))]", "input": ` +
			rule("[format('p{0}', parameters('"+over+"')[copyIndex('securityRules')])]", `"[add(100, copyIndex('securityRules'))]"`) + `}]`
	}
	n := network(t, text(members,
		res("networkSecurityGroups", "g", loop("ports")),
		res("networkSecurityGroups", "open", loop("open")),
		vnet("v", subnet("a", "[variables('prefixes')[1]]", ""))))
	wantRules(t, n, map[string]string{"g": "p80 100, p443 101", "open": "+ 1 unknown"})
	wantSubnets(t, n, map[string]string{"a": "10.0.1.0/24 |  | "})
}

func TestUnknownParts(t *testing.T) {
	members := `"parameters": {"rules": {"type": "array"}, "subnets": {"type": "array"}, "prefix": {"type": "string"}, "groupId": {"type": "string"}, "hop": {"type": "string"}}`
	inventory := read(t, text(members+`, "variables": {"own": [`+rule("own", 300)+`]}`,
		res("networkSecurityGroups", "all", `"securityRules": "[parameters('rules')]"`),
		res("networkSecurityGroups", "some", `"securityRules": "[concat(createArray(parameters('rules')[0]), variables('own'))]"`),
		res("routeTables", "t", `"routes": [{"name": "r", "properties": {"addressPrefix": "[parameters('prefix')]", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "[reference('fw').ipConfigurations[0].properties.privateIPAddress]"}}]`),
		vnet("v", subnet("a", "[parameters('prefix')]", `, "networkSecurityGroup": {"id": "[parameters('groupId')]"}`)),
		res("virtualNetworks", "w", `"addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}, "subnets": "[parameters('subnets')]", "virtualNetworkPeerings": "[parameters('rules')]"`),
	))
	wantProblems(t, inventory, "unknown-number", "unknown-number")
	n, problems := azure.Build(inventory)
	if n == nil {
		t.Fatal(problems)
	}
	wantRules(t, n, map[string]string{"all": "+ 1 unknown", "some": "own 300, + 1 unknown"})
	for _, v := range n.VirtualNetworks {
		if open := len(v.UnknownSubnets); open != map[string]int{"v": 0, "w": 1}[v.Name] {
			t.Errorf("%s may have %d other subnets", v.Name, open)
		}
		if unknown := len(v.Peerings) == 1 && v.Peerings[0].Remote.Unknown != nil; unknown != (v.Name == "w") {
			t.Errorf("%s has the peerings %v", v.Name, v.Peerings)
		}
	}
	wantSubnets(t, n, map[string]string{"a": "? parameters('prefix') | ? parameters('groupId') | "})
	r := n.RouteTables[0].Routes[0]
	if r.Destination.Unknown.Name != "parameters('prefix')" || r.NextHopIPAddress.Unknown.Name != "reference('fw').ipConfigurations[0].properties.privateIPAddress" {
		t.Errorf("route %+v", r)
	}
}

// nested is a deployment with an inline template.
func nested(name, scope, parameters, members string, resources ...string) string {
	inner := text(members, resources...)
	return fmt.Sprintf(`{"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "%s", %s "properties": {"mode": "Incremental",
 "expressionEvaluationOptions": {"scope": "%s"}, "parameters": {%s}, "template": %s}}`, name, "", scope, parameters, inner)
}

// Bicep gives what may be null as an expression for the whole parameter.
func TestNestedParametersByExpression(t *testing.T) {
	inner := nested("groups", "inner", `"name": "[if(empty(parameters('name')), createObject('value', null()), createObject('value', parameters('name')))]",
		"other": "[if(empty(parameters('none')), createObject('value', null()), createObject('value', parameters('none')))]"`,
		`"parameters": {"name": {"type": "string", "defaultValue": "by-default"}, "other": {"type": "string", "defaultValue": "default"}}`,
		res("networkSecurityGroups", "[concat(parameters('name'), '-', parameters('other'))]", `"securityRules": []`))
	n := network(t, text(`"parameters": {"name": {"type": "string", "defaultValue": "g"}, "none": {"type": "string", "defaultValue": ""}}`, inner))
	if g := n.NetworkSecurityGroups; len(g) != 1 || g[0].Name != "g-default" {
		t.Errorf("groups %+v", g)
	}
}

func TestNestedDeployments(t *testing.T) {
	outputs := `"parameters": {"name": {"type": "string"}, "priority": {"type": "int", "defaultValue": 400}},
"outputs": {"id": {"type": "string", "value": "[resourceId('Microsoft.Network/networkSecurityGroups', parameters('name'))]"}}`
	own := nested("groups", "inner", `"name": {"value": "[parameters('name')]"}, "priority": {"value": null}`, outputs,
		res("networkSecurityGroups", "[parameters('name')]", `"securityRules": [`+rule("one", `"[parameters('priority')]"`)+`]`))
	n := network(t, text(`"parameters": {"name": {"type": "string", "defaultValue": "g"}, "priority": {"type": "int", "defaultValue": 100}}`,
		// The network asks for an output of the deployment that stands after it.
		nested("net", "Inner", `"id": {"value": "[reference(resourceId('Microsoft.Resources/deployments', 'groups')).outputs.id.value]"}`,
			`"parameters": {"id": {"type": "string"}}`,
			vnet("v", subnet("a", "10.0.0.0/24", `, "networkSecurityGroup": {"id": "[parameters('id')]"}`))),
		own,
		nested("outer", "outer", "", "", res("networkSecurityGroups", "[concat(parameters('name'), '-outer')]", `"securityRules": [`+rule("one", `"[parameters('priority')]"`)+`]`)),
	))
	wantSubnets(t, n, map[string]string{"a": "10.0.0.0/24 | networksecuritygroups/g | "})
	// Inner scope has its own parameters, outer scope those around it.
	wantRules(t, n, map[string]string{"g": "one 400", "g-outer": "one 100"})
}

func TestOutputOfALoop(t *testing.T) {
	n := network(t, text("",
		nested("groups", "inner", "", `"outputs": {"ids": {"type": "array", "copy": {"count": 2, "input": "[resourceId('Microsoft.Network/networkSecurityGroups', format('g{0}', copyIndex()))]"}}}`, group("g1")),
		vnet("v", subnet("a", "10.0.0.0/24", `, "networkSecurityGroup": {"id": "[reference('groups').outputs.ids.value[1]]"}`))))
	wantSubnets(t, n, map[string]string{"a": "10.0.0.0/24 | networksecuritygroups/g1 | "})
}

func TestDeploymentsElsewhere(t *testing.T) {
	spoke := strings.Replace(nested("spoke", "inner", "", "", vnet("v", subnet("a", "10.0.0.0/24", groupReference))), `"properties": {"mode"`, `"resourceGroup": "spoke", "properties": {"mode"`, 1)
	inventory := read(t, text("", spoke,
		`{"type": "Microsoft.Resources/deployments", "apiVersion": "x", "name": "far", "properties": {"templateLink": {"uri": "https://example.org/t.json"}}}`))
	list := wantProblems(t, inventory, "linked-template")
	if list[0].Severity != diagnostic.Warning || !strings.Contains(list[0].Summary, "https://example.org/t.json") || len(inventory.NotModelled) != 1 {
		t.Errorf("%v, %v", list, inventory.NotModelled)
	}
	n, _ := azure.Build(inventory)
	want := "/subscriptions/{subscription().subscriptionid}/resourcegroups/spoke/providers/microsoft.network/"
	if got := string(n.VirtualNetworks[0].ID); got != want+"virtualnetworks/v" {
		t.Errorf("the network is %s", got)
	}
	if got := show(n.Subnets()[0].NetworkSecurityGroup); got != want+"networksecuritygroups/g" {
		t.Errorf("the group is %s", got)
	}
}

func TestSymbolicNames(t *testing.T) {
	n := network(t, `{`+schema+`, "languageVersion": "2.0", "resources": {
 "net": `+vnet("v", subnet("a", "10.0.0.0/24", `, "networkSecurityGroup": {"id": "[reference('mod[1]').outputs.id.value]"}`))+`,
 "old": {"existing": true, "type": "Microsoft.Network/virtualNetworks", "apiVersion": "x", "name": "old"},
 "mod": {"type": "Microsoft.Resources/deployments", "apiVersion": "x", "name": "[format('m{0}', copyIndex())]", "copy": {"name": "mod", "count": 2}, "properties": {
  "expressionEvaluationOptions": {"scope": "inner"}, "parameters": {"name": {"value": "[format('g{0}', copyIndex())]"}},
  "template": `+text(`"parameters": {"name": {"type": "string"}}, "outputs": {"id": {"type": "string", "value": "[resourceId('Microsoft.Network/networkSecurityGroups', parameters('name'))]"}}`,
		group("[parameters('name')]", rule("one", 100)))+`}}}}`)
	wantSubnets(t, n, map[string]string{"a": "10.0.0.0/24 | networksecuritygroups/g1 | "})
	wantRules(t, n, map[string]string{"g0": "one 100", "g1": "one 100"})
}

func TestTemplateOfASubscription(t *testing.T) {
	text := strings.Replace(text("", nested("net", "inner", "", "", vnet("v"))), "deploymentTemplate.json", "subscriptionDeploymentTemplate.json", 1)
	text = strings.Replace(text, `"name": "net", `, `"name": "net", "resourceGroup": "core", `, 1)
	n := network(t, text)
	if got := string(n.VirtualNetworks[0].ID); got != "/subscriptions/{subscription().subscriptionid}/resourcegroups/core/providers/microsoft.network/virtualnetworks/v" {
		t.Errorf("the network is %s", got)
	}
}

func TestMistakesAreOneErrorWithItsPlace(t *testing.T) {
	for name, row := range map[string]struct {
		text, code, at string
	}{
		"cyclic variables": {text(`"variables": {"a": "[variables('b')]", "b": "[variables('a')]"}`,
			res("networkSecurityGroups", "[variables('a')]", "")), "cyclic-value", `"a": "[vari`},
		"bad expression": {text("", res("networkSecurityGroups", "[concat('a', b)]", "")), "expression", `)]", "properties"`},
		"unknown variable": {text("", res("networkSecurityGroups", "g", `"flushConnection": "[variables('x')]"`)),
			"expression", `'x')]`},
		"escaped text":        {text("", res("networkSecurityGroups", `[concat('\"\u0041', b)]`, "")), "expression", `)]", "properties"`},
		"no type":             {text("", `{"name": "x"}`), "wrong-type", `{"name": "x"}`},
		"no resource":         {text("", `7`), "wrong-type", "7\n"},
		"name is a list":      {text("", `{"type": "a.b/c", "name": [1]}`), "wrong-type", "[1]"},
		"condition":           {text("", res("networkSecurityGroups", "g", "", `"condition": "yes"`)), "wrong-type", `"yes"`},
		"names but for case":  {text(`"variables": {"a": 1, "A": 2}`), "duplicate-key", `"A": 2`},
		"argument":            {text("", nested("n", "inner", `"x": {"value": 1}`, "")), "unknown-parameter", `"x": {"value"`},
		"property of a rule":  {text("", group("g", rule("r", `"first"`))), "invalid-priority", `"first"`},
		"rules are an object": {text("", res("networkSecurityGroups", "g", `"securityRules": {"a": 1}`)), "wrong-type", `{"a": 1}`},
	} {
		t.Run(name, func(t *testing.T) {
			list := wantProblems(t, read(t, row.text), row.code)
			if len(list) == 0 || list.Err() == nil {
				t.Fatalf("no error: %v", list)
			}
			line := strings.Split(row.text, "\n")[list[0].At.Line-1] + "\n"
			if !strings.HasPrefix(line[list[0].At.Column-1:], row.at) {
				t.Errorf("%v points at %q, want %q", list[0], line[list[0].At.Column-1:], row.at)
			}
		})
	}
}

func TestWorkIsBounded(t *testing.T) {
	variables := []string{`"v0": "x"`}
	for i := range 40 {
		variables = append(variables, fmt.Sprintf(`"v%d": "[concat(variables('v%d'), variables('v%d'))]"`, i+1, i, i))
	}
	doubling := text(`"variables": {`+strings.Join(variables, ", ")+`}`, res("networkSecurityGroups", "[variables('v40')]", ""))
	wantProblems(t, read(t, doubling), "template-too-large")

	chain := []string{}
	for i := range 400 {
		chain = append(chain, fmt.Sprintf(`"v%d": "[variables('v%d')]"`, i, i+1))
	}
	wantProblems(t, read(t, text(`"variables": {`+strings.Join(chain, ", ")+`}`, res("networkSecurityGroups", "[variables('v0')]", ""))), "template-too-deep")

	loop := `"copy": {"name": "l", "count": 800}`
	inner := res("networkSecurityGroups", "[format('g{0}', copyIndex())]", "", loop)
	for range 3 {
		inner = strings.Replace(nested("[format('n{0}', copyIndex())]", "inner", "", "", inner), `"properties": {"mode"`, loop+`, "properties": {"mode"`, 1)
	}
	wantProblems(t, read(t, text("", inner)), "template-too-large")
}

func TestUnsupportedFunctionsAreToldOnce(t *testing.T) {
	list := wantProblems(t, read(t, text(`"variables": {"a": "[parseUri('x')]"}`,
		group("[concat(variables('a'), parseUri('x'), contoso.f())]"))), "unsupported-function")
	if list[0].Severity != diagnostic.Info || !strings.HasSuffix(list[0].Summary, ": contoso.f, parseUri") {
		t.Errorf("got %v", list[0])
	}
}

func TestDialectOfTemplates(t *testing.T) {
	n := network(t, text("", `// a comment
 `+group("g", rule("one", 100)+","), `/* another */ `+vnet(`[concat('v',
   'w')]`)+","))
	if len(n.VirtualNetworks) != 1 || n.VirtualNetworks[0].Name != "vw" {
		t.Errorf("networks %+v", n.VirtualNetworks)
	}
}

func TestWhatIsNotFollowedIsListed(t *testing.T) {
	got := map[string]string{}
	for _, m := range read(t, text("", res("loadBalancers", "lb", ""), res("bastionHosts", "b", ""), res("privateEndpoints/privateDnsZoneGroups", "a/b", ""),
		`{"type": "Microsoft.ApiManagement/service", "name": "api"}`, `{"type": "Microsoft.ApiManagement/service/apis", "name": "api/a"}`, `{"type": "Microsoft.Storage/storageAccounts", "name": "s"}`)).NotModelled {
		got[m.Address] = m.Effect
	}
	want := map[string]string{
		"b": "connections through a bastion are not followed",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What reference() gives of a network that the template states is known: the
// prefix of a subnet in a rule, the address of an interface in a route.
func TestReferenceToWhatTheTemplateStates(t *testing.T) {
	subnetID := "resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 'a')"
	n := network(t, text("", vnet("v", subnet("a", "10.0.0.0/24", "")),
		group("g", `{"name": "one", "properties": {"direction": "Inbound", "access": "Allow", "priority": 100, "protocol": "*", "sourcePortRange": "*", "destinationPortRange": "*",
			"sourceAddressPrefix": "[reference(`+subnetID+`, '2023-09-01').addressPrefix]", "destinationAddressPrefix": "[reference(resourceId('Microsoft.Network/virtualNetworks', 'v')).addressSpace.addressPrefixes[0]]"}}`),
		res("networkInterfaces", "n", `"ipConfigurations": [{"name": "i", "properties": {"privateIPAddress": "10.0.0.9", "subnet": {"id": "[`+subnetID+`]"}}}]`),
		res("routeTables", "t", `"routes": [{"name": "r", "properties": {"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "[reference('n').ipConfigurations[0].properties.privateIPAddress]"}}]`)))
	r := n.NetworkSecurityGroups[0].Rules[0]
	if from, to := r.Source.Term(0), r.Destination.Term(0); from.Prefix.String() != "10.0.0.0/24" || to.Kind != azure.PrefixAddress || from.At.Line == 0 {
		t.Errorf("rule from %+v to %+v", from, to)
	}
	if hop := n.RouteTables[0].Routes[0].NextHopIPAddress; hop.V.String() != "10.0.0.9" || hop.Unknown != nil {
		t.Errorf("next hop %+v", hop)
	}
}
