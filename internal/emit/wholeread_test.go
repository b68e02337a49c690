package emit_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

type object = map[string]any

const (
	subscription = "00000000-0000-0000-0000-000000000000"
	group        = "rg-integration"
)

// documents turns an emitted form into what the readers of this program read: a
// template deployed to the group of the network, or a plan of Terraform.
func document(t *testing.T, form, code string) []byte {
	t.Helper()
	var v any
	switch form {
	case "arm":
		if err := json.Unmarshal([]byte(code), &v); err != nil {
			t.Fatal(err)
		}
		v = deployed(v)
	case "bicep":
		v = deployed(bicepTemplate(t, code))
	case "az":
		v = deployed(object{"resources": azResources(t, code)})
	case "terraform":
		v = terraformPlan(t, code)
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

const schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"

func deployed(template any) object {
	inner := template.(object)
	inner["$schema"], inner["contentVersion"] = schema, "1.0.0.0"
	return object{"$schema": schema, "contentVersion": "1.0.0.0", "resources": []any{object{
		"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "fix", "subscriptionId": subscription, "resourceGroup": group,
		"properties": object{"mode": "Incremental", "expressionEvaluationOptions": object{"scope": "inner"}, "template": inner},
	}}}
}

// bicepReader reads the part of Bicep that is written.
type bicepReader struct {
	t     *testing.T
	lines []string
	at    int
	// resources by symbol: the call of resourceId.
	ids map[string]string
}

var bicepHead = regexp.MustCompile(`^resource (\w+) '([^'@]+)@([0-9-]+)' = (existing = )?\{$|^resource (\w+) '([^'@]+)@([0-9-]+)' existing = \{$`)

func bicepTemplate(t *testing.T, code string) object {
	t.Helper()
	r := &bicepReader{t: t, lines: strings.Split(code, "\n"), ids: map[string]string{}}
	names := map[string]string{}
	var resources []any
	for r.at < len(r.lines) {
		line := r.lines[r.at]
		r.at++
		m := bicepHead.FindStringSubmatch(line)
		if m == nil {
			if line != "" && !strings.HasPrefix(line, "//") && !strings.HasPrefix(line, "@description(") && !strings.HasPrefix(line, "param location ") {
				t.Fatalf("bicep line %d is not read: %s", r.at, line)
			}
			continue
		}
		existing := m[5] != ""
		symbol, typ := m[1]+m[5], m[2]+m[6]
		body := r.object()
		name := body["name"].(string)
		if parent, ok := body["parent"].(string); ok {
			name = names[strings.TrimPrefix(parent, "=")] + "/" + name
			delete(body, "parent")
		}
		names[symbol] = name
		r.ids[symbol] = fmt.Sprintf("resourceId('%s', '%s')", typ, strings.Join(strings.Split(name, "/"), "', '"))
		if existing {
			continue
		}
		delete(body, "dependsOn")
		body["name"], body["type"], body["apiVersion"] = name, typ, m[3]
		resources = append(resources, r.resolved(body))
	}
	return object{"resources": resources}
}

// object reads members up to the closing brace.
func (r *bicepReader) object() object {
	o := object{}
	for {
		line := strings.TrimSpace(r.lines[r.at])
		r.at++
		if line == "}" {
			return o
		}
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			r.t.Fatalf("bicep line %d has no member: %s", r.at, line)
		}
		o[strings.Trim(name, "'")] = r.value(value)
	}
}

// value reads one value; an expression gets a mark in front.
func (r *bicepReader) value(text string) any {
	switch {
	case text == "{":
		return r.object()
	case text == "[]":
		return []any{}
	case text == "{}":
		return object{}
	case text == "[":
		list := []any{}
		for {
			line := strings.TrimSpace(r.lines[r.at])
			r.at++
			if line == "]" {
				return list
			}
			list = append(list, r.value(line))
		}
	case strings.HasPrefix(text, "'"):
		return literal(r.t, text)
	case text == "true", text == "false":
		return text == "true"
	}
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return "=" + text
}

// resolved puts the expressions of a template in place of those of Bicep.
func (r *bicepReader) resolved(v any) any {
	switch v := v.(type) {
	case object:
		for name := range v {
			v[name] = r.resolved(v[name])
		}
	case []any:
		for i := range v {
			v[i] = r.resolved(v[i])
		}
	case string:
		text, ok := strings.CutPrefix(v, "=")
		if !ok {
			return v
		}
		symbol, rest, _ := strings.Cut(text, ".")
		switch id := r.ids[symbol]; {
		case text == "location":
			return "westeurope"
		case id != "" && rest == "id":
			return "[" + id + "]"
		case id != "":
			return "[reference(" + id + ", '2024-05-01')." + strings.TrimPrefix(rest, "properties.") + "]"
		}
		return "[" + text + "]"
	}
	return v
}

// azResources turns commands into the resources they make. A command that
// changes one setting of a resource gives that resource with this setting alone.
func azResources(t *testing.T, code string) []any {
	t.Helper()
	var list []any
	byName := map[string]object{}
	resource := func(typ, name string) object {
		if byName[typ+name] == nil {
			byName[typ+name] = object{"type": "Microsoft.Network/" + typ, "apiVersion": "2024-05-01", "name": name, "properties": object{}}
			list = append(list, byName[typ+name])
		}
		return byName[typ+name]["properties"].(object)
	}
	id := func(typ string, names ...string) object {
		return object{"id": fmt.Sprintf("[resourceId('Microsoft.Network/%s', '%s')]", typ, strings.Join(names, "', '"))}
	}
	for line := range strings.SplitSeq(strings.ReplaceAll(code, "\\\n", " "), "\n") {
		verb, flags := azFlags(t, line)
		one := func(name string) string { return strings.Join(flags[name], " ") }
		if verb != "" && (one("subscription") != subscription || one("resource-group") != group) {
			t.Errorf("%s is for another place: %s", verb, line)
		}
		switch verb {
		case "":
		case "vnet subnet create":
			resource("virtualNetworks/subnets", one("vnet-name")+"/"+one("name"))["addressPrefix"] = one("address-prefixes")
		case "public-ip create":
			resource("publicIPAddresses", one("name"))["publicIPAllocationMethod"] = one("allocation-method")
			byName["publicIPAddresses"+one("name")]["sku"] = object{"name": one("sku")}
		case "firewall create":
			resource("azureFirewalls", one("name"))["sku"] = object{"name": one("sku"), "tier": one("tier")}
			resource("azureFirewalls", one("name"))["networkRuleCollections"] = []any{}
		case "firewall ip-config create":
			resource("azureFirewalls", one("firewall-name"))["ipConfigurations"] = []any{object{"name": one("name"), "properties": object{
				"subnet":          id("virtualNetworks/subnets", one("vnet-name"), "AzureFirewallSubnet"),
				"publicIPAddress": id("publicIPAddresses", one("public-ip-address")),
			}}}
		case "route-table create":
			resource("routeTables", one("name"))
		case "route-table route create":
			p := resource("routeTables/routes", one("route-table-name")+"/"+one("name"))
			p["addressPrefix"], p["nextHopType"], p["nextHopIpAddress"] = one("address-prefix"), one("next-hop-type"), one("next-hop-ip-address")
		case "vnet subnet update":
			p := resource("virtualNetworks/subnets", one("vnet-name")+"/"+one("name"))
			if one("route-table") != "" {
				p["routeTable"] = id("routeTables", one("route-table"))
			}
			if one("delegations") != "" {
				p["delegations"] = []any{object{"name": "d", "properties": object{"serviceName": one("delegations")}}}
			}
		case "vnet peering update":
			resource("virtualNetworks/virtualNetworkPeerings", one("vnet-name")+"/"+one("name"))["allowForwardedTraffic"] = one("set") == "allowForwardedTraffic=true"
		case "nic update":
			resource("networkInterfaces", one("name"))["enableIPForwarding"] = one("ip-forwarding") == "true"
		case "firewall update":
			resource("azureFirewalls", one("name"))["additionalProperties"] = object{"Network.SNAT.PrivateRanges": strings.Join(flags["private-ranges"], ", ")}
		case "update": // az resource update of a collection that is there, called c
			set, value, _ := strings.Cut(strings.Replace(one("set"), "[name=", "[", 1), "=")
			priority, err := strconv.Atoi(value)
			if err != nil {
				t.Errorf("%s sets no number", line)
			}
			action := object{"type": "Allow"}
			switch set {
			case "properties.networkRuleCollections[c].properties.priority":
				resource("azureFirewalls", one("name"))["networkRuleCollections"] = []any{object{"name": "c", "properties": object{"priority": priority, "action": action, "rules": []any{}}}}
			case "properties.ruleCollections[c].priority":
				p := resource(one("parent")[:strings.IndexByte(one("parent"), '/')]+"/"+one("resource-type"), one("parent")[strings.IndexByte(one("parent"), '/')+1:]+"/"+one("name"))
				p["priority"] = 300
				p["ruleCollections"] = []any{object{"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "c", "priority": priority, "action": action, "rules": []any{}}}
			default:
				t.Errorf("%s sets %s", line, set)
			}
		case "firewall policy update":
			resource("firewallPolicies", one("name"))["snat"] = object{"privateRanges": flags["private-ranges"]}
		case "firewall policy rule-collection-group collection add-filter-collection", "firewall policy rule-collection-group collection rule add":
			p := resource("firewallPolicies/ruleCollectionGroups", one("policy-name")+"/"+one("rule-collection-group-name"))
			rule := object{"ruleType": one("rule-type"), "name": one("name") + one("rule-name"), "ipProtocols": flags["ip-protocols"], "sourceAddresses": flags["source-addresses"],
				"destinationAddresses": flags["destination-addresses"], "destinationPorts": flags["destination-ports"]}
			p["priority"] = 300 // as the group and the collection are that exist
			collection := object{"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": one("collection-name"), "priority": 200, "action": object{"type": "Allow"}, "rules": []any{rule}}
			if one("collection-priority") != "" {
				number, _ := strconv.Atoi(one("collection-priority"))
				collection["name"], collection["priority"], collection["action"], rule["name"] = one("name"), number, object{"type": one("action")}, one("rule-name")
			}
			p["ruleCollections"] = []any{collection}
		case "firewall network-rule create":
			p := resource("azureFirewalls", one("firewall-name"))
			list, _ := p["networkRuleCollections"].([]any)
			rule := object{
				"name": one("name"), "description": one("description"), "protocols": flags["protocols"], "sourceAddresses": flags["source-addresses"],
				"destinationAddresses": flags["destination-addresses"], "destinationPorts": flags["destination-ports"],
			}
			collection := object{"rules": []any{rule}, "priority": 200, "action": object{"type": "Allow"}}
			if one("priority") != "" {
				number, _ := strconv.Atoi(one("priority"))
				collection["priority"], collection["action"] = number, object{"type": one("action")}
			}
			p["networkRuleCollections"] = append(list, object{"name": one("collection-name"), "properties": collection})
		default:
			t.Fatalf("the command %q is not read", verb)
		}
	}
	return list
}

// azFlags are the words of one command: its verb, and its flags with their
// values. What a command asks another for is the address of a firewall.
func azFlags(t *testing.T, line string) (verb string, flags map[string][]string) {
	t.Helper()
	line = firewallAddress.ReplaceAllString(line, `'[reference(resourceId("Microsoft.Network/azureFirewalls", "$1"), "2024-05-01").ipConfigurations[0].properties.privateIPAddress]'`)
	words := shellWords(t, line)
	if len(words) < 3 || words[0] != "az" {
		return "", nil
	}
	flags = map[string][]string{}
	at := 2
	for ; at < len(words) && !strings.HasPrefix(words[at], "--"); at++ {
		verb = strings.TrimSpace(verb + " " + words[at])
	}
	flag := ""
	for _, w := range words[at:] {
		if name, ok := strings.CutPrefix(w, "--"); ok {
			flag = name
			continue
		}
		flags[flag] = append(flags[flag], strings.ReplaceAll(w, `"`, "'"))
	}
	return verb, flags
}

var firewallAddress = regexp.MustCompile(`"\$\(az network firewall show .*--name (\S+) --query 'ipConfigurations\[0\]\.privateIPAddress' --output tsv\)"`)

// terraformPlan makes the plan that Terraform makes of resources alone.
func terraformPlan(t *testing.T, code string) object {
	t.Helper()
	file, problems := hclsyntax.ParseConfig([]byte(code), "fix.tf", hcl.InitialPos)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	body := file.Body.(*hclsyntax.Body)
	p := &planner{t: t, names: map[string]string{}}
	note := func(address, name string, a *hclsyntax.Attribute) {
		if v, problems := a.Expr.Value(nil); !problems.HasErrors() && v.Type() == cty.String {
			p.names[address+"."+name] = v.AsString()
		} else if refs := a.Expr.Variables(); len(refs) > 0 && p.names[traversalText(refs[0])] != "" {
			p.names[address+"."+name] = p.names[traversalText(refs[0])]
		}
	}
	for _, b := range body.Blocks {
		if b.Type != "variable" {
			continue
		}
		p.names["var."+b.Labels[0]] = map[string]string{"location": "westeurope", "resource_group_name": group}[b.Labels[0]]
		if a := b.Body.Attributes["default"]; a != nil {
			v, _ := a.Expr.Value(nil)
			p.names["var."+b.Labels[0]] = v.AsString()
		}
	}
	for range 3 { // names that lead to names
		for _, b := range body.Blocks {
			if b.Type == "resource" {
				for name, a := range b.Body.Attributes {
					note(b.Labels[0]+"."+b.Labels[1], name, a)
				}
			}
		}
	}
	var planned, changes, configured []any
	for _, b := range body.Blocks {
		switch b.Type {
		case "variable":
			continue
		case "resource":
		default:
			t.Fatalf("the block %s stands alone", b.Type)
		}
		address := b.Labels[0] + "." + b.Labels[1]
		values, unknown, expressions := p.block(b.Body)
		unknown["id"] = true
		if b.Labels[0] == "azurerm_firewall" {
			for _, c := range unknown["ip_configuration"].([]any) {
				c.(object)["private_ip_address"] = true
			}
		}
		head := object{"address": address, "mode": "managed", "type": b.Labels[0], "name": b.Labels[1]}
		planned = append(planned, with(head, "values", values))
		changes = append(changes, with(head, "change", object{"actions": []string{"create"}, "after": values, "after_unknown": unknown}))
		configured = append(configured, with(with(head, "provider_config_key", "azurerm"), "expressions", expressions))
	}
	return object{
		"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": object{"root_module": object{"resources": planned}}, "resource_changes": changes,
		"configuration": object{
			"provider_config": object{"azurerm": object{"name": "azurerm", "full_name": "registry.terraform.io/hashicorp/azurerm", "expressions": object{"subscription_id": object{"constant_value": subscription}}}},
			"root_module":     object{"resources": configured},
		},
	}
}

func with(o object, name string, value any) object {
	out := object{name: value}
	for k, v := range o {
		out[k] = v
	}
	return out
}

// planner evaluates the literal blocks that are written.
type planner struct {
	t *testing.T
	// names are the texts that attributes have, by their addresses.
	names map[string]string
}

func (p *planner) block(b *hclsyntax.Body) (values, unknown, expressions object) {
	values, unknown, expressions = object{}, object{}, object{}
	for name, a := range b.Attributes {
		if name == "depends_on" {
			continue
		}
		if refs := a.Expr.Variables(); len(refs) > 0 {
			text := traversalText(refs[0])
			parts := strings.SplitN(text, ".", 3)
			switch {
			case p.names[text] != "":
				values[name] = p.names[text]
			default:
				unknown[name] = true
			}
			expressions[name] = object{"references": []string{text, parts[0] + "." + parts[1]}}
			continue
		}
		v, problems := a.Expr.Value(nil)
		if problems.HasErrors() {
			p.t.Fatal(problems)
		}
		values[name] = plain(v)
		expressions[name] = object{"constant_value": plain(v)}
	}
	for _, inner := range b.Blocks {
		v, u, e := p.block(inner.Body)
		later, _ := unknown[inner.Type].([]any)
		unknown[inner.Type] = append(later, u)
		list, _ := values[inner.Type].([]any)
		values[inner.Type] = append(list, v)
		configured, _ := expressions[inner.Type].([]any)
		expressions[inner.Type] = append(configured, e)
	}
	return values, unknown, expressions
}

func traversalText(t hcl.Traversal) string {
	text := ""
	for _, step := range t {
		switch s := step.(type) {
		case hcl.TraverseRoot:
			text = s.Name
		case hcl.TraverseAttr:
			text += "." + s.Name
		case hcl.TraverseIndex:
			text += "[" + s.Key.AsBigFloat().Text('f', 0) + "]"
		}
	}
	return text
}

func plain(v cty.Value) any {
	switch {
	case v.Type() == cty.String:
		return v.AsString()
	case v.Type() == cty.Number:
		n, _ := v.AsBigFloat().Int64()
		return n
	case v.Type() == cty.Bool:
		return v.True()
	}
	list := []any{}
	for _, x := range v.AsValueSlice() {
		list = append(list, plain(x))
	}
	return list
}
