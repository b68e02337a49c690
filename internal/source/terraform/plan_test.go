package terraform

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
)

// object is a JSON object of a plan.
type object map[string]any

// plan makes the JSON of a plan out of resources, calls and expressions.
type plan struct {
	planned, prior      object
	changes             []object
	configuration       object
	variables, provider object
	extra               object
}

func newPlan() *plan {
	return &plan{planned: object{}, prior: object{}, configuration: object{}, variables: object{}, provider: object{}, extra: object{}}
}

// part is one aspect of a resource given to with.
type part struct {
	unknown, config object
	actions         []string
	before          object
	body            object
}

// unknown names the attributes known only after apply.
func unknown(attributes ...string) part {
	marks := object{}
	for _, a := range attributes {
		marks[a] = true
	}
	return part{unknown: marks}
}

// marks is "after_unknown" as it stands.
func marks(after object) part { return part{unknown: after} }

// config are the expressions of the resource's configuration.
func config(expressions object) part { return part{config: expressions} }

// inBlock are further members of the configuration block, such as count_expression.
func inBlock(members object) part { return part{body: members} }

// doing are the actions of the plan; "create" if nothing else is said.
func doing(before object, actions ...string) part { return part{before: before, actions: actions} }

// refs is the expression with these references, and the prefixes of them that
// Terraform adds.
func refs(texts ...string) object {
	list := []string{}
	for _, text := range texts {
		list = append(list, text)
		r, ok := parseReference(text)
		for ok && r.implied() > 0 {
			text = text[:strings.LastIndexAny(text, ".[")]
			list = append(list, text)
			r, ok = parseReference(text)
		}
	}
	return object{"references": list}
}

func constant(v any) object { return object{"constant_value": v} }

// with adds a resource instance.
func (p *plan) with(text string, values object, parts ...part) *plan {
	all := part{unknown: object{}, actions: []string{"create"}}
	for _, q := range parts {
		if q.unknown != nil {
			all.unknown = q.unknown
		}
		if q.config != nil {
			all.config = q.config
		}
		if q.body != nil {
			all.body = q.body
		}
		if q.actions != nil {
			all.actions, all.before = q.actions, q.before
		}
	}
	a, ok := parseAddress(text)
	if !ok {
		panic(text)
	}
	change := object{"actions": all.actions, "after": values, "after_unknown": all.unknown}
	if all.before != nil {
		change["before"] = all.before
	}
	p.changes = append(p.changes, object{"address": text, "type": a.typ, "change": change})
	if values != nil || all.actions[0] == "forget" {
		put(p.planned, a, resourceObject(text, a, values))
	}
	p.configure(a, all)
	return p
}

// deleted adds a resource that the plan deletes.
func (p *plan) deleted(text string, before object) *plan {
	return p.with(text, nil, doing(before, "delete"))
}

// looked adds a data source that was read while planning.
func (p *plan) looked(text string, values object) *plan {
	a, _ := parseAddress(text)
	put(p.prior, a, resourceObject(text, a, values))
	return p
}

func resourceObject(text string, a address, values object) object {
	mode := "managed"
	if a.data {
		mode = "data"
	}
	r := object{"address": text, "mode": mode, "type": a.typ, "name": a.name}
	if values != nil {
		r["values"] = values
	}
	return r
}

// put places a resource in the module tree of values.
func put(module object, a address, resource object) {
	for n := range a.module {
		path := a.module[:n+1].String()
		children, _ := module["child_modules"].([]object)
		var child object
		for _, c := range children {
			if c["address"] == path {
				child = c
			}
		}
		if child == nil {
			child = object{"address": path}
			module["child_modules"] = append(children, child)
		}
		module = child
	}
	resources, _ := module["resources"].([]object)
	module["resources"] = append(resources, resource)
}

// configure places a block in the module tree of the configuration.
func (p *plan) configure(a address, all part) {
	module := p.moduleConfig(a.module)
	resources, _ := module["resources"].([]object)
	for _, r := range resources {
		if r["type"] == a.typ && r["name"] == a.name && (r["mode"] == "data") == a.data {
			return
		}
	}
	block := resourceObject("", a, nil)
	block["address"] = a.block.String()
	block["provider_config_key"] = "azurerm"
	if all.config != nil {
		block["expressions"] = all.config
	}
	for name, member := range all.body {
		block[name] = member
	}
	module["resources"] = append(resources, block)
}

func (p *plan) moduleConfig(path modulePath) object {
	module := p.configuration
	for _, s := range path {
		calls, _ := module["module_calls"].(object)
		if calls == nil {
			calls = object{}
			module["module_calls"] = calls
		}
		call, _ := calls[s.name].(object)
		if call == nil {
			call = object{"module": object{}}
			calls[s.name] = call
		}
		module = call["module"].(object)
	}
	return module
}

// call gives arguments and further members to a module call, by the address of
// the module without keys.
func (p *plan) call(path string, arguments, members object) *plan {
	steps := modulePathOf(path)
	p.moduleConfig(steps)
	call := p.moduleConfig(steps[:len(steps)-1])["module_calls"].(object)[steps[len(steps)-1].name].(object)
	call["expressions"] = arguments
	for name, m := range members {
		call[name] = m
	}
	return p
}

// output adds an output to a module.
func (p *plan) output(path, name string, expression object) *plan {
	module := p.moduleConfig(modulePathOf(path))
	outputs, _ := module["outputs"].(object)
	if outputs == nil {
		outputs = object{}
		module["outputs"] = outputs
	}
	outputs[name] = object{"expression": expression}
	return p
}

func modulePathOf(path string) modulePath {
	a, ok := parseAddress(path + ".a.b")
	if !ok {
		panic(path)
	}
	return a.module
}

func (p *plan) json() string {
	root := object{
		"format_version": "1.2", "terraform_version": "1.11.4",
		"variables":        p.variables,
		"planned_values":   object{"root_module": p.planned},
		"resource_changes": p.changes,
		"configuration":    object{"root_module": p.configuration, "provider_config": p.provider},
	}
	if len(p.prior) > 0 {
		root["prior_state"] = object{"format_version": "1.0", "values": object{"root_module": p.prior}}
	}
	for name, v := range p.extra {
		root[name] = v
	}
	text, err := json.MarshalIndent(root, "", " ")
	if err != nil {
		panic(err)
	}
	return string(text)
}

// read reads the plan and fails the test if reading reports an error.
func (p *plan) read(t *testing.T) *azure.Inventory {
	t.Helper()
	return readText(t, p.json())
}

func readText(t *testing.T, text string) *azure.Inventory {
	t.Helper()
	inventory := Read(parse(t, text), Options{})
	if inventory.Diagnostics.HasErrors() {
		t.Fatalf("reading reports %v", inventory.Diagnostics)
	}
	return inventory
}

func parse(t *testing.T, text string) *document.Document {
	t.Helper()
	doc, err := document.Parse("plan.json", []byte(text), document.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !Recognise(doc) {
		t.Fatal("the document is not recognised")
	}
	return doc
}

// network reads the plan and joins it.
func (p *plan) network(t *testing.T) *azure.Network {
	t.Helper()
	network, problems := azure.Build(p.read(t))
	if network == nil {
		t.Fatalf("no network: %v", problems)
	}
	return network
}

// The resources most tests need.

func vnet(name string) object {
	return object{"name": name, "resource_group_name": "rg", "address_space": []string{"10.0.0.0/16", "fd00::/48"}}
}

func subnet(name, prefix string) object {
	return object{"name": name, "resource_group_name": "rg", "virtual_network_name": "v", "address_prefixes": []string{prefix}}
}

func group(name string) object { return object{"name": name, "resource_group_name": "rg"} }

func rule(name, group string, priority int) object {
	return object{
		"name": name, "resource_group_name": "rg", "network_security_group_name": group,
		"priority": priority, "direction": "Inbound", "access": "Allow", "protocol": "Tcp",
		"source_address_prefix": "*", "source_port_range": "*",
		"destination_address_prefix": "10.0.0.0/24", "destination_port_range": "443",
	}
}

// inline is a rule without the names of its parent.
func inline(name string, priority int) object {
	r := rule(name, "", priority)
	delete(r, "resource_group_name")
	delete(r, "network_security_group_name")
	return r
}

// without is a copy of an object that lacks some members.
func without(o object, names ...string) object {
	copied := object{}
	for k, v := range o {
		copied[k] = v
	}
	for _, n := range names {
		delete(copied, n)
	}
	return copied
}

// having is a copy of an object with more members.
func having(o object, more object) object {
	copied := without(o)
	for k, v := range more {
		copied[k] = v
	}
	return copied
}

const sub = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Network/"

// show is a reference for comparison: the id, "?" and why, or "".
func show(r azure.Reference) string {
	if r.Unknown != nil {
		return "? " + r.Unknown.Why
	}
	return string(r.ID)
}

func mustParse(t *testing.T, text string) *document.Document {
	t.Helper()
	doc, err := document.Parse("plan.json", []byte(text), document.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}
