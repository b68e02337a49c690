package source

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
)

const (
	linkedHead = `{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0", `
	linkedRule = linkedHead + `"parameters": {"group": {"type": "string"}}, "resources": [{"type": "Microsoft.Network/networkSecurityGroups/securityRules",
		"name": "[concat(parameters('group'), '/one')]", "properties": {"priority": 100, "direction": "Inbound", "access": "Deny", "protocol": "Tcp",
		"sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "443"}}]}`
	ownGroups = `{"type": "Microsoft.Network/networkSecurityGroups", "name": "g", "properties": {}}, {"type": "Microsoft.Network/networkSecurityGroups", "name": "h", "properties": {}}`
)

// linking is a template that deploys another by a link.
func linking(link string) string {
	return linkedHead + `"parameters": {"base": {"type": "string"}}, "resources": [` + ownGroups + `, {"type": "Microsoft.Resources/deployments", "name": "d", "properties": {"mode": "Incremental", ` + link + `}}]}`
}

// built is the network of files in a folder, given as a whole.
func built(t *testing.T, files map[string]string) (*azure.Network, string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	inventories, list := Load([]string{dir}, Options{})
	n, more := azure.Build(inventories...)
	if n == nil {
		t.Fatal(append(list, more...))
	}
	var all strings.Builder
	for _, d := range append(list, more...) {
		all.WriteString(d.Code + ": " + d.Summary + "\n")
	}
	return n, all.String()
}

// rulesByGroup counts the rules of each group, and "?" for those not known.
func rulesByGroup(n *azure.Network) map[string]string {
	got := map[string]string{}
	for _, g := range n.NetworkSecurityGroups {
		got[g.Name] = strings.Repeat("r", len(g.Rules)) + strings.Repeat("?", len(g.UnknownRules))
	}
	return got
}

func TestLinkedTemplatesAreFoundAmongTheInputs(t *testing.T) {
	const given = `, "parameters": {"group": {"value": "h"}}`
	for name, row := range map[string]struct {
		link  string
		files map[string]string
	}{
		"beside":          {`"templateLink": {"relativePath": "nested/rules.json"}` + given, map[string]string{"nested/rules.json": linkedRule, "other/rules.json": linkedHead + `"resources": []}`}},
		"by address":      {`"templateLink": {"uri": "https://example.org/a/x/rules.json?sas"}` + given, map[string]string{"x/rules.json": linkedRule, "y/rules.json": linkedHead + `"resources": []}`}},
		"by its end":      {`"templateLink": {"uri": "https://example.org/a/x/rules.json"}` + given, map[string]string{"rules.json": linkedRule}},
		"by name":         {`"templateLink": {"uri": "[uri(parameters('base'), 'rules.json')]"}` + given, map[string]string{"x/rules.json": linkedRule}},
		"by expression":   {`"templateLink": {"uri": "[uri(parameters('base'), 'nested/rules.json')]"}` + given, map[string]string{"nested/rules.json": linkedRule}},
		"with parameters": {`"templateLink": {"relativePath": "rules.json"}, "parametersLink": {"relativePath": "values.json"}`, map[string]string{"rules.json": linkedRule, "values.json": `{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#", "contentVersion": "1.0.0.0", "parameters": {"group": {"value": "h"}}}`}},
	} {
		row.files["main.json"] = linking(row.link)
		n, problems := built(t, row.files)
		if got := rulesByGroup(n); got["g"] != "" || got["h"] != "r" || len(n.NotModelled) > 0 || !strings.Contains(problems, "linked-template: the deployment \"d\" deploys ") {
			t.Errorf("%s: groups %v, not modelled %v\n%s", name, got, n.NotModelled, problems)
		}
	}
}

// JSON-2, META-2: what a deployment that nobody can read may hold is not known.
func TestLinkedTemplatesThatAreNoInput(t *testing.T) {
	for name, row := range map[string]struct {
		link  string
		files map[string]string
	}{
		"none":            {`"templateLink": {"relativePath": "rules.json"}`, map[string]string{}},
		"several":         {`"templateLink": {"uri": "https://example.org/rules.json"}`, map[string]string{"a/rules.json": linkedHead + `"resources": []}`, "b/rules.json": linkedHead + `"resources": []}`}},
		"by name alone":   {`"templateLink": {"uri": "https://example.org/a/x/rules.json"}`, map[string]string{"y/rules.json": linkedHead + `"resources": []}`}},
		"half a name":     {`"templateLink": {"uri": "https://example.org/a/big-rules.json"}`, map[string]string{"rules.json": linkedHead + `"resources": []}`}},
		"several by ends": {`"templateLink": {"uri": "https://example.org/a/x/rules.json"}`, map[string]string{"rules.json": linkedHead + `"resources": []}`, "x/rules.json": linkedHead + `"resources": []}`}},
		"its own name":    {`"templateLink": {"uri": "https://example.org/x/y/nva/main.json"}`, map[string]string{"app/main.json": linkedHead + `"resources": []}`}},
		"another path":    {`"templateLink": {"relativePath": "../x/rules.json"}`, map[string]string{"x/rules.json": linkedHead + `"resources": []}`, "rules.json": linkedHead + `"resources": []}`}},
		"itself":          {`"templateLink": {"uri": "https://example.org/nested/main.json"}`, map[string]string{}},
		"spec":            {`"templateLink": {"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Resources/templateSpecs/t/versions/1"}`, map[string]string{}},
	} {
		row.files["main.json"] = linking(row.link)
		n, problems := built(t, row.files)
		if got := rulesByGroup(n); got["g"] != "?" || got["h"] != "?" || len(n.NotModelled) != 1 {
			t.Errorf("%s: groups %v, not modelled %v\n%s", name, got, n.NotModelled, problems)
		}
	}
}

// Parameters that nobody can read are not those by default.
func TestLinkedParametersThatAreNoInput(t *testing.T) {
	rule := strings.Replace(linkedRule, `{"type": "string"}`, `{"type": "string", "defaultValue": "g"}`, 1)
	n, problems := built(t, map[string]string{
		"rules.json": rule, "main.json": linking(`"templateLink": {"relativePath": "rules.json"}, "parametersLink": {"uri": "https://example.org/values.json"}`),
		"other/values.json": `{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#", "contentVersion": "1.0.0.0", "parameters": {"group": {"value": "h"}}}`,
	})
	if got := rulesByGroup(n); got["g"] != "?" || got["h"] != "?" {
		t.Errorf("groups %v\n%s", got, problems)
	}
}

// A path leads from the template that states it, whichever deploys that one.
func TestLinkedPathsLeadFromTheTemplateThatStatesThem(t *testing.T) {
	deploys := func(path string) string {
		return `{"type": "Microsoft.Resources/deployments", "name": "` + strings.ReplaceAll(path, "/", "-") + `", "properties": {"mode": "Incremental", "templateLink": {"relativePath": "` + path + `"}}}`
	}
	ruleOf := func(group string) string {
		return strings.Replace(linkedRule, `{"type": "string"}`, `{"type": "string", "defaultValue": "`+group+`"}`, 1)
	}
	for name, files := range map[string]map[string]string{
		"nested": {
			"main.json":      linkedHead + `"resources": [` + ownGroups + `, ` + deploys("modules/b.json") + `]}`,
			"modules/b.json": linkedHead + `"resources": [` + deploys("c.json") + `]}`,
			"modules/c.json": ruleOf("h"), "c.json": linkedHead + `"resources": []}`,
		},
		"nested up": {
			"main.json":      linkedHead + `"resources": [` + ownGroups + `, ` + deploys("modules/b.json") + `]}`,
			"modules/b.json": linkedHead + `"resources": [` + deploys("../c.json") + `]}`,
			"modules/c.json": linkedHead + `"resources": []}`, "c.json": ruleOf("h"),
		},
		"up": {
			"a/main.json":     linkedHead + `"resources": [` + ownGroups + `, ` + deploys("../shared/x.json") + `]}`,
			"shared/x.json":   ruleOf("h"),
			"a/shared/x.json": linkedHead + `"resources": []}`,
		},
	} {
		n, problems := built(t, files)
		if got := rulesByGroup(n); got["g"] != "" || got["h"] != "r" || len(n.NotModelled) > 0 {
			t.Errorf("%s: groups %v, not modelled %v\n%s", name, got, n.NotModelled, problems)
		}
	}
}

// A file that cannot be read as a linked template stays an input of its own.
func TestLinkedTemplatesThatAreRefusedAreInputs(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"main.json": linking(`"templateLink": {"relativePath": "twice.json"}`), "twice.json": linkedHead + `"resources": [], "Resources": []}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if inventories, list := Load([]string{dir}, Options{}); len(inventories) != 2 {
		t.Errorf("%d inventories, expected those of both files\n%v", len(inventories), list)
	}
}
