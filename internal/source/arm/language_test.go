package arm

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/azure"
)

// nextHops shows the addresses that routes point to: what is unknown by name.
func nextHops(n *azure.Network) map[string]string {
	shown := map[string]string{}
	for _, table := range n.RouteTables {
		for _, r := range table.Routes {
			shown[r.Name] = r.NextHopIPAddress.Or(r.NextHopIPAddress.V).String()
			if u := r.NextHopIPAddress.Unknown; u != nil {
				shown[r.Name] = u.Name
			}
		}
	}
	return shown
}

// routes is a route table with a route to each of the addresses, by name.
func routes(hops ...[2]string) string {
	var list []string
	for i, hop := range hops {
		list = append(list, fmt.Sprintf(`{"name": "%s", "properties": {"addressPrefix": "10.%d.0.0/16", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "%s"}}`, hop[0], i, hop[1]))
	}
	return res("routeTables", "t", `"routes": [`+strings.Join(list, ", ")+`]`)
}

// A value that Azure alone knows keeps its identity: the same resource is the
// same, however it is named, and another one is not.
func TestUsesOfOneReferenceAreEqual(t *testing.T) {
	const end = ".ipConfigurations[0].properties.privateIPAddress]"
	n := network(t, `{`+schema+`, "languageVersion": "2.0", "resources": {
 "fw": `+res("azureFirewalls", "fw", "")+`,
 "other": `+res("azureFirewalls", "other", "")+`,
 "old": {"existing": true, "type": "Microsoft.Network/azureFirewalls", "apiVersion": "x", "resourceGroup": "hub", "name": "old"},
 "routes": `+routes(
		[2]string{"symbol", "[reference('fw')" + end},
		[2]string{"id", "[reference(resourceId('Microsoft.Network/azureFirewalls', 'FW'), '2023-04-01')" + end},
		[2]string{"made", "[concat(reference(format('{0}', 'fw'))" + end[:len(end)-1] + ")]"},
		[2]string{"another", "[reference('other')" + end},
		[2]string{"existing", "[reference('old')" + end},
		[2]string{"existing-by-id", "[reference(resourceId('hub', 'Microsoft.Network/azureFirewalls', 'old'), '2023-04-01')" + end},
	)+`}}`)
	got := nextHops(n)
	same := func(a, b string, want bool) {
		t.Helper()
		if (got[a] == got[b]) != want {
			t.Errorf("%s is %s, %s is %s", a, got[a], b, got[b])
		}
	}
	same("symbol", "id", true)
	same("symbol", "made", true)
	same("symbol", "another", false)
	same("existing", "existing-by-id", true)
	same("existing", "symbol", false)
	if !strings.Contains(got["existing"], "/resourceGroups/hub/") {
		t.Errorf("the existing one is %s", got["existing"])
	}
}

// In a module, and through its output, too.
func TestUsesOfOneReferenceAreEqualAcrossDeployments(t *testing.T) {
	const address = "reference(resourceId('Microsoft.Network/azureFirewalls', 'fw'), 'v').privateIP"
	outputs := `"outputs": {"ip": {"type": "string", "value": "[` + address + `]"}}`
	n := network(t, text("",
		nested("inner", "inner", "", outputs, res("azureFirewalls", "fw", "")),
		routes([2]string{"output", "[reference('inner').outputs.ip.value]"}, [2]string{"direct", "[" + address + "]"})))
	if got := nextHops(n); got["output"] != got["direct"] {
		t.Errorf("%v", got)
	}
}

func TestFunctionsOfTheTemplate(t *testing.T) {
	members := `"parameters": {"name": {"type": "string", "defaultValue": "outside"}},
"functions": [{"namespace": "own", "members": {
  "group": {"parameters": [{"name": "name", "type": "string"}, {"name": "n", "type": "int"}], "output": {"type": "string", "value": "[format('{0}-{1}', toLower(parameters('name')), parameters('n'))]"}},
  "rule": {"parameters": [{"name": "p", "type": "int"}], "output": {"type": "object", "value": ` + rule("made", `"[parameters('p')]"`) + `}},
  "outer": {"parameters": [], "output": {"type": "string", "value": "[own.group('DEEP', 7)]"}}}}]`
	n := network(t, text(members,
		res("networkSecurityGroups", "[own.group('NSG', 1)]", `"securityRules": ["[OWN.Rule(150)]"]`),
		group("[own.outer()]"),
		group("[parameters('name')]")))
	wantRules(t, n, map[string]string{"nsg-1": "made 150", "deep-7": "", "outside": ""})
	// The place of a value that a function makes is where it is used.
	for _, g := range n.NetworkSecurityGroups {
		for _, r := range g.Rules {
			if r.At.Line == 0 {
				t.Errorf("%s has no place", r.Name)
			}
		}
	}
	for name, wrong := range map[string]string{
		"arguments":       group("[own.group('a')]"),
		"no parameter":    group("[own.wrong()]"),
		"asks for itself": group("[own.again()]"),
	} {
		members := `"functions": [{"namespace": "own", "members": {
  "group": {"parameters": [{"name": "a"}, {"name": "b"}], "output": {"value": "x"}},
  "wrong": {"parameters": [], "output": {"value": "[parameters('name')]"}},
  "again": {"parameters": [], "output": {"value": "[own.again()]"}}}}], "parameters": {"name": {"type": "string", "defaultValue": "x"}}`
		if list := read(t, text(members, wrong)).Diagnostics; len(list) != 1 || !list.HasErrors() || list[0].At.Line == 0 {
			t.Errorf("%s: %v", name, list)
		}
	}
}

// A nested template in inner scope has functions of its own only.
func TestFunctionsAndScopes(t *testing.T) {
	own := func(value string) string {
		return `"functions": [{"namespace": "own", "members": {"name": {"parameters": [], "output": {"type": "string", "value": "` + value + `"}}}}]`
	}
	n := network(t, text(own("around"),
		nested("in", "inner", "", own("within"), group("[own.name()]")),
		nested("out", "outer", "", own("ignored"), group("[own.name()]"))))
	wantRules(t, n, map[string]string{"within": "", "around": ""})
}

func TestSecretsAreNeverShown(t *testing.T) {
	const secret = "Tr0ub4dor"
	members := `"definitions": {"password": {"type": "securestring"}},
"parameters": {"a": {"type": "secureString"}, "b": {"type": "SecureObject", "defaultValue": {"p": "` + secret + `"}}, "c": {"$ref": "#/definitions/password", "defaultValue": "` + secret + `"},
  "d": {"type": "securestring", "defaultValue": "", "allowedValues": ["x"]}}`
	inventory := read(t, text(members,
		group("[concat('g-', parameters('a'))]"),
		vnet("[parameters('c')]", subnet("[parameters('b').p]", "10.0.0.0/24", "")),
		res("networkSecurityGroups", "empty", "", `"condition": "[empty(parameters('a'))]"`),
		res("networkSecurityGroups", "given", "", `"condition": "[not(empty(parameters('a')))]"`),
		res("networkSecurityGroups", "nothing", "", `"condition": "[empty(parameters('d'))]"`),
		nested("inner", "inner", `"s": {"value": "[parameters('a')]"}, "t": {"value": "`+secret+`"}`, `"parameters": {"s": {"type": "string"}, "t": {"type": "secureString"}}`,
			group("[concat(parameters('s'), parameters('t'))]")),
	), `"a": {"value": "`+secret+`"}, "d": {"value": "`+secret+`"}`, `"d": {"value": ""}`)
	n, problems := azure.Build(inventory)
	if n == nil {
		t.Fatal(problems)
	}
	var names []string
	for _, g := range n.NetworkSecurityGroups {
		names = append(names, string(g.ID))
	}
	for _, s := range n.Subnets() {
		names = append(names, string(s.ID))
	}
	for _, d := range problems {
		names = append(names, d.Error())
	}
	if all := strings.Join(names, "\n"); strings.Contains(all, secret) {
		t.Errorf("shown: %s", all)
	}
	// Whether a secret is given is known.
	for _, want := range []string{"given", "nothing"} {
		if _, ok := n.NetworkSecurityGroup(azure.ID(rg + nsg + want)); !ok {
			t.Errorf("%s is not deployed: %v", want, names)
		}
	}
	if _, ok := n.NetworkSecurityGroup(azure.ID(rg + nsg + "empty")); ok {
		t.Error("a secret that is given counts as empty")
	}
}

func TestTypesOfTheTemplate(t *testing.T) {
	members := `"definitions": {"name": {"$ref": "#/definitions/text"}, "text": {"type": "string", "nullable": true}, "ring": {"$ref": "#/definitions/ring"},
   "net": {"type": "object", "properties": {"name": {"type": "string"}, "prefix": {"type": "string", "nullable": true}}}},
"parameters": {"maybe": {"$ref": "#/definitions/name"}, "loop": {"$ref": "#/definitions/ring", "defaultValue": "l"}, "net": {"$ref": "#/definitions/net", "defaultValue": {"name": "v"}}}`
	n := network(t, text(members, group("[coalesce(parameters('maybe'), 'none')]"), group("[parameters('loop')]"),
		res("networkSecurityGroups", "[concat(parameters('net').name, coalesce(tryGet(parameters('net'), 'prefix'), '-x'))]", "")))
	wantRules(t, n, map[string]string{"none": "", "l": "", "v-x": ""})
}

func TestExistingResourcesAreOnlyReferredTo(t *testing.T) {
	inventory := read(t, `{`+schema+`, "languageVersion": "2.0", "resources": {
 "hub": {"existing": true, "type": "Microsoft.Network/virtualNetworks", "apiVersion": "x", "subscriptionId": "s1", "resourceGroup": "hub", "name": "hub"},
 "never": {"existing": true, "condition": "[equals(1, 2)]", "type": "Microsoft.Network/virtualNetworks", "apiVersion": "x", "name": "[split('a', '/')[7]]"},
 "spoke": `+vnet("spoke")+`,
 "peering": `+res("virtualNetworks/virtualNetworkPeerings", "spoke/p", `"remoteVirtualNetwork": {"id": "[resourceInfo('hub').id]"}`)+`}}`)
	wantProblems(t, inventory)
	if len(inventory.VirtualNetworks) != 1 {
		t.Errorf("%d networks", len(inventory.VirtualNetworks))
	}
	if got := string(inventory.Peerings[0].Resource.Remote.ID); got != "/subscriptions/s1/resourcegroups/hub/providers/microsoft.network/virtualnetworks/hub" {
		t.Errorf("the peering leads to %s", got)
	}
}

func TestTemplatesThatStandElsewhere(t *testing.T) {
	got := map[string]string{}
	for name, properties := range map[string]string{
		"address":    `"templateLink": {"uri": "[concat('https://example.org/', 't.json')]"}`,
		"beside":     `"templateLink": {"relativePath": "../net.json"}`,
		"spec":       `"templateLink": {"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Resources/templateSpecs/t/versions/1"}`,
		"expression": `"template": "[variables('t')]"`,
		"nothing":    `"mode": "Incremental"`,
	} {
		inventory := read(t, text("", fmt.Sprintf(`{"type": "Microsoft.Resources/deployments", "apiVersion": "x", "name": "d", "properties": {%s}}`, properties)))
		list := wantProblems(t, inventory, "linked-template")
		if len(inventory.NotModelled) != 1 || inventory.NotModelled[0].Type != typeDeployment {
			t.Errorf("%s: %v", name, inventory.NotModelled)
		}
		got[name] = strings.TrimPrefix(list[0].Summary, `the deployment "d" is not followed: its template is `)
	}
	want := map[string]string{
		"address": "at https://example.org/t.json", "beside": "at ../net.json", "expression": "an expression", "nothing": "not part of this file",
		"spec": "at /subscriptions/s/resourceGroups/g/providers/Microsoft.Resources/templateSpecs/t/versions/1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLimitsOfAzureAreToldAndReadBeyond(t *testing.T) {
	members := func(section, format string, n int) string {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf(format, i))
		}
		return `"` + section + `": {` + strings.Join(list, ", ") + `}`
	}
	for _, row := range []struct {
		section, format string
		most            int
	}{
		{"parameters", `"p%d": {"type": "string", "defaultValue": "g"}`, 256},
		{"variables", `"v%d": 1`, 512},
		{"outputs", `"o%d": {"type": "int", "value": 1}`, 64},
	} {
		wantProblems(t, read(t, text(members(row.section, row.format, row.most), group("g"))))
		inventory := read(t, text(members(row.section, row.format, row.most+1), group("g")))
		wantProblems(t, inventory, "template-limit")
		if inventory.Diagnostics.HasErrors() || len(inventory.NetworkSecurityGroups) != 1 {
			t.Errorf("%s: %v", row.section, inventory.Diagnostics)
		}
	}
	many := func(n int) *azure.Inventory {
		return read(t, text("", res("networkSecurityGroups", "[format('g{0}', copyIndex())]", "", fmt.Sprintf(`"copy": {"name": "l", "count": %d}`, n)),
			nested("n", "inner", "", "", group("within"))))
	}
	// The deployment counts as a resource, what it deploys for itself.
	wantProblems(t, many(799))
	wantProblems(t, many(800), "template-limit")

	large := text(`"variables": {"x": "`+strings.Repeat("x", maxTemplate)+`"}`, group("g"))
	inventory := Read(parse(t, "main.json", large), Options{})
	if list := inventory.Diagnostics; len(list) != 1 || list[0].Code != "template-too-large" || list.HasErrors() {
		t.Errorf("%v", list)
	}
}

func TestLoopsOfEveryKind(t *testing.T) {
	members := `"parameters": {"names": {"type": "array", "defaultValue": ["a", "b"]}, "rules": {"type": "int", "defaultValue": 2}},
"variables": {"copy": [{"name": "prefixes", "count": 2, "input": "[format('10.0.{0}.0/24', copyIndex('prefixes'))]"}, {"name": "none", "count": 0, "input": "x"}],
  "nested": {"copy": [{"name": "list", "count": 2, "input": {"n": "[copyIndex('list', 10)]"}}]}}`
	n := network(t, text(members,
		res("networkSecurityGroups", "g", `"copy": [{"name": "securityRules", "count": "[parameters('rules')]", "input": `+rule("[format('r{0}', copyIndex('securityRules'))]", `"[add(100, copyIndex('securityRules'))]"`)+`}]`),
		res("networkSecurityGroups", "[format('n{0}', variables('nested').list[1].n)]", ""),
		res("virtualNetworks", "[parameters('names')[copyIndex('nets')]]", `"addressSpace": {"addressPrefixes": "[variables('prefixes')]"}, "copy": [{"name": "subnets", "count": "[length(variables('prefixes'))]",
  "input": {"name": "[format('{0}{1}', copyIndex('nets'), copyIndex('subnets'))]", "properties": {"addressPrefix": "[variables('prefixes')[copyIndex('subnets')]]"}}}]`,
			`"copy": {"name": "nets", "count": "[length(parameters('names'))]", "mode": "serial", "batchSize": 1}`)))
	wantRules(t, n, map[string]string{"g": "r0 100, r1 101", "n11": ""})
	wantSubnets(t, n, map[string]string{"00": "10.0.0.0/24 |  | ", "01": "10.0.1.0/24 |  | ", "10": "10.0.0.0/24 |  | ", "11": "10.0.1.0/24 |  | "})
}
