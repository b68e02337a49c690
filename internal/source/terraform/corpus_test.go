package terraform

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
)

// corpus lists files of the corpus by pattern.
func corpus(t *testing.T, pattern string) []string {
	t.Helper()
	root := os.Getenv("WAYLEAVE_CORPUS")
	if root == "" {
		t.Skip("WAYLEAVE_CORPUS is not set: the real plans are not read")
	}
	files, err := filepath.Glob(filepath.Join(root, "tfplan", pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no file %s in %s (%v)", pattern, root, err)
	}
	return files
}

func load(t *testing.T, file string) (*document.Document, string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := document.Parse(filepath.Base(file), data, document.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return doc, string(data)
}

// refused are the plans of the corpus that hold no whole network.
var refused = map[string]string{
	"own__hub-policy.errored.plan.json":   "terraform-plan-errored",
	"own__rules-update.destroy.plan.json": "terraform-plan-destroy",
}

// invalid are plans that no provider would accept: rules that try a checker of
// policies, all with one priority.
var invalid = map[string]bool{
	"fugue__regula__security_group_no_inbound_22_infra.json":   true,
	"fugue__regula__security_group_no_inbound_3389_infra.json": true,
}

func TestCorpusAgreesWithTerraformJSON(t *testing.T) {
	for _, file := range corpus(t, "*.json") {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			doc, text := load(t, file)
			inventory := Read(doc, Options{})
			if code, ok := refused[name]; ok {
				if len(inventory.Diagnostics) != 1 || inventory.Diagnostics[0].Code != code {
					t.Errorf("got %v, want one %s", inventory.Diagnostics, code)
				}
				return
			}
			n, problems := azure.Build(inventory)
			for _, d := range problems {
				if d.At.Line == 0 {
					t.Errorf("%v has no place", d)
				}
			}
			if n == nil || invalid[name] {
				if n != nil || !invalid[name] {
					t.Errorf("no network: %v", problems)
				}
				return
			}
			if diff := cmp.Diff(independentCount(t, name, text), countNetwork(n)); diff != "" {
				t.Error(diff)
			}
			checkPositions(t, text, n)
		})
	}
}

// independentCount counts with the data of the other reader.
func independentCount(t *testing.T, name, text string) map[string]int {
	t.Helper()
	var plan tfjson.Plan
	err := json.Unmarshal([]byte(text), &plan)
	if err == nil && plan.PlannedValues != nil {
		return countPlan(&plan)
	}
	var state tfjson.State
	if err := json.Unmarshal([]byte(text), &state); err != nil {
		t.Fatal(err)
	}
	return countState(&state, name)
}

// Raw states have no reader of their own there.
func TestCorpusRawStatesLoad(t *testing.T) {
	for _, file := range corpus(t, "*.tfstate") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			doc, text := load(t, file)
			n, problems := azure.Build(Read(doc, Options{}))
			if n == nil {
				t.Fatalf("no network: %v", problems)
			}
			checkPositions(t, text, n)
			if len(n.NetworkSecurityGroups) == 0 && len(n.VirtualNetworks) == 0 {
				t.Error("nothing was read")
			}
		})
	}
}

// Both forms of one state are the same network.
func TestCorpusStateFormsAgree(t *testing.T) {
	for _, file := range corpus(t, "own__*.tfstate") {
		doc, _ := load(t, file)
		raw, _ := azure.Build(Read(doc, Options{}))
		doc, _ = load(t, strings.TrimSuffix(file, ".tfstate")+".state.json")
		shown, _ := azure.Build(Read(doc, Options{}))
		if diff := cmp.Diff(countNetwork(shown), countNetwork(raw)); diff != "" {
			t.Errorf("%s: %s", filepath.Base(file), diff)
		}
	}
}

// What the README of the corpus says of single plans.
func TestCorpusFindings(t *testing.T) {
	read := func(name string) *azure.Network {
		doc, _ := load(t, corpus(t, name)[0])
		n, problems := azure.Build(Read(doc, Options{}))
		if n == nil {
			t.Fatalf("%s: %v", name, problems)
		}
		return n
	}
	rulesUpdate := read("own__rules-update.plan.json")
	wantRules(t, rulesUpdate, "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-integration/providers/Microsoft.Network/networkSecurityGroups/nsg-data",
		"sql 100 Deny", "vendor 105 Allow", "redis 110 Allow", "backup 130 Allow")
	wantGroup := func(n *azure.Network, subnet, want string) {
		t.Helper()
		for _, s := range n.Subnets() {
			if s.Name == subnet {
				if got := show(s.NetworkSecurityGroup); !strings.HasSuffix(got, want) || (want == "") != (got == "") {
					t.Errorf("%s has the group %q, want %q", subnet, got, want)
				}
				return
			}
		}
		t.Errorf("no subnet %s", subnet)
	}
	wantGroup(rulesUpdate, "snet-ise-2", "/networksecuritygroups/nsg-ise")
	wantGroup(rulesUpdate, "snet-ise-3", "")
	inline := read("own__ise-inline.plan.json")
	wantGroup(inline, "snet-compute", "azurerm_network_security_group.ise")
	wantGroup(inline, "snet-cache", "")
	open := read("own__unknown-prefixes.plan.json")
	wantGroup(open, "snet-policy", "azurerm_network_security_group.mixed")
	wantGroup(open, "snet-ise-0", "azurerm_network_security_group.opaque")
	if g, _ := open.NetworkSecurityGroup("azurerm_network_security_group.opaque"); len(g.UnknownRules) != 1 {
		t.Errorf("nsg-opaque has %d unknown rules", len(g.UnknownRules))
	}
	for _, s := range read("own__spoke-modules.plan.json").Subnets() {
		want := map[string]string{
			"snet-orders-jobs": `module.spoke["orders"].azurerm_route_table.this["inspected"]`, "snet-orders-data": `module.spoke["orders"].azurerm_route_table.this["inspected"]`,
			"snet-billing-data": `module.spoke["billing"].azurerm_route_table.this["closed"]`,
		}[s.Name]
		if got := show(s.RouteTable); got != want {
			t.Errorf("%s has the table %q, want %q", s.Name, got, want)
		}
	}
}

// countPlan counts with the data of another reader: a child counts once under
// the names of its parents, a copy of a deleted one not at all.
func countPlan(plan *tfjson.Plan) map[string]int {
	c := counter{names: map[string]map[string]bool{}}
	root := plan.PlannedValues.RootModule
	if len(plan.ResourceChanges) == 0 {
		root = plan.PriorState.Values.RootModule
	}
	c.deleted = map[string]bool{}
	for _, change := range plan.ResourceChanges {
		before, _ := change.Change.Before.(map[string]any)
		if slices.Contains(change.Change.Actions, tfjson.ActionDelete) {
			c.deleted[childName(change.Type, before)] = true
		}
		if slices.Contains(change.Change.Actions, "forget") {
			c.resource(change.Type, before)
		}
	}
	c.module(root)
	if plan.PriorState != nil && plan.PriorState.Values != nil && plan.PriorState.Values.RootModule != nil && len(plan.ResourceChanges) > 0 {
		c.data(plan.PriorState.Values.RootModule)
	}
	counts := map[string]int{}
	for kind, names := range c.names {
		counts[kind] = len(names)
	}
	return counts
}

// gone are the subnets that states list although another has their addresses.
var gone = map[string]string{
	"own__rules-update.state.json":         "azurerm_subnet|rg-integration|vnet-integration|snet-tools",
	"own__rules-update-halfway.state.json": "azurerm_subnet|rg-integration|vnet-integration|snet-tools",
}

func countState(state *tfjson.State, name string) map[string]int {
	c := counter{names: map[string]map[string]bool{}, deleted: map[string]bool{gone[name]: true}}
	c.module(state.Values.RootModule)
	counts := map[string]int{}
	for kind, names := range c.names {
		counts[kind] = len(names)
	}
	return counts
}

type counter struct {
	names   map[string]map[string]bool
	deleted map[string]bool
}

func (c *counter) module(m *tfjson.StateModule) {
	for _, r := range m.Resources {
		if r.DeposedKey == "" && r.AttributeValues != nil {
			c.resource(r.Type, r.AttributeValues)
		}
	}
	for _, child := range m.ChildModules {
		c.module(child)
	}
}

func (c *counter) data(m *tfjson.StateModule) {
	for _, r := range m.Resources {
		if r.Mode == tfjson.DataResourceMode {
			c.resource(r.Type, r.AttributeValues)
		}
	}
	for _, child := range m.ChildModules {
		c.data(child)
	}
}

// childName identifies a child by the names of its parents.
func childName(typ string, v map[string]any) string {
	parent := cmpOr(v["virtual_network_name"], v["network_security_group_name"], v["route_table_name"])
	return strings.ToLower(fmt.Sprint(typ, "|", v["resource_group_name"], "|", parent, "|", v["name"]))
}

func cmpOr(values ...any) any {
	for _, v := range values {
		if v != nil {
			return v
		}
	}
	return nil
}

func (c *counter) count(kind, name string) {
	if c.names[kind] == nil {
		c.names[kind] = map[string]bool{}
	}
	c.names[kind][strings.ToLower(name)] = true
}

// inlined counts the entries of a parent's own list.
func (c *counter) inlined(kind, typ, parent string, v map[string]any, attribute string) {
	list, _ := v[attribute].([]any)
	for _, e := range list {
		child, isObject := e.(map[string]any)
		if !isObject {
			child = map[string]any{"name": e}
		}
		if child["name"] == nil {
			continue
		}
		named := maps.Clone(child)
		named["resource_group_name"], named[parent] = v["resource_group_name"], v["name"]
		if name := childName(typ, named); !c.deleted[name] {
			c.count(kind, name)
		}
	}
}

func (c *counter) resource(typ string, v map[string]any) {
	own := fmt.Sprint(v["resource_group_name"], "/", v["name"])
	switch typ {
	case "azurerm_virtual_network":
		c.count("networks", own)
		c.inlined("subnets", "azurerm_subnet", "virtual_network_name", v, "subnet")
		c.inlined("subnets", "azurerm_subnet", "virtual_network_name", v, "subnets")
	case "azurerm_subnet":
		c.count("subnets", childName(typ, v))
	case "azurerm_network_security_group":
		c.count("groups", own)
		c.inlined("rules", "azurerm_network_security_rule", "network_security_group_name", v, "security_rule")
	case "azurerm_network_security_rule":
		c.count("rules", childName(typ, v))
	case "azurerm_route_table":
		c.count("tables", own)
		c.inlined("routes", "azurerm_route", "route_table_name", v, "route")
	case "azurerm_route":
		c.count("routes", childName(typ, v))
	case "azurerm_virtual_network_peering":
		c.count("peerings", childName(typ, v))
	case "azurerm_network_interface":
		c.count("interfaces", own)
	case "azurerm_application_security_group":
		c.count("application groups", own)
	case "azurerm_public_ip":
		c.count("addresses", own)
	}
}

func countNetwork(n *azure.Network) map[string]int {
	counts := map[string]int{}
	add := func(kind string, number int) {
		if number > 0 {
			counts[kind] += number
		}
	}
	for _, v := range n.VirtualNetworks {
		if v.Stub {
			continue
		}
		add("networks", 1)
		add("subnets", len(v.Subnets))
		add("peerings", len(v.Peerings))
	}
	for _, g := range n.NetworkSecurityGroups {
		add("groups", 1)
		add("rules", len(g.Rules))
	}
	for _, table := range n.RouteTables {
		add("tables", 1)
		add("routes", len(table.Routes))
	}
	add("addresses", len(n.PublicIPAddresses))
	add("interfaces", len(n.NetworkInterfaces))
	add("application groups", len(n.ApplicationSecurityGroups))
	return counts
}

// checkPositions reads every rule, route and field again at the place it is
// said to stand.
func checkPositions(t *testing.T, text string, n *azure.Network) {
	t.Helper()
	starts := []int{0}
	for i := range len(text) {
		if text[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	at := func(p azure.Position) string { return text[starts[p.Line-1]+p.Column-1:] }
	object := func(p azure.Position) map[string]any {
		var v map[string]any
		if err := json.NewDecoder(strings.NewReader(at(p))).Decode(&v); err != nil {
			t.Fatalf("%v: %v", p, err)
		}
		for _, values := range []string{"values", "attributes", "before"} {
			if inner, ok := v[values].(map[string]any); ok {
				return inner
			}
		}
		return v
	}
	for _, g := range n.NetworkSecurityGroups {
		for _, r := range g.Rules {
			if name := object(r.At)["name"]; name != r.Name {
				t.Errorf("%v: rule %s, found %v", r.At, r.Name, name)
			}
			if p, ok := r.Priority.Known(); ok && !strings.HasPrefix(at(r.Priority.At), fmt.Sprint(p, ",")) && !strings.HasPrefix(at(r.Priority.At), fmt.Sprint(p, "\n")) {
				t.Errorf("%v: priority %d of %s, found %.10s", r.Priority.At, p, r.Name, at(r.Priority.At))
			}
			for term := range r.AddressTerms() {
				if term.Unknown == nil && term.Kind != azure.GroupAddress && !strings.HasPrefix(at(term.At), `"`+term.Text+`"`) {
					t.Errorf("%v: %s, found %.20s", term.At, term.Text, at(term.At))
				}
				if term.Unknown != nil && !strings.HasPrefix(at(term.Unknown.At), "true") {
					t.Errorf("%v: unknown, found %.20s", term.Unknown.At, at(term.Unknown.At))
				}
			}
			for _, term := range slices.Concat(r.SourcePorts.Terms, r.DestinationPorts.Terms) {
				if term.Unknown == nil && !strings.HasPrefix(at(term.At), `"`+term.Text+`"`) {
					t.Errorf("%v: %s, found %.20s", term.At, term.Text, at(term.At))
				}
			}
		}
	}
	for _, table := range n.RouteTables {
		for _, r := range table.Routes {
			if name := object(r.At)["name"]; name != r.Name {
				t.Errorf("%v: route %s, found %v", r.At, r.Name, name)
			}
		}
	}
	for _, s := range n.Subnets() {
		for _, p := range s.Prefixes {
			if prefix, ok := p.Known(); ok && !strings.HasPrefix(at(p.At), `"`+prefix.String()+`"`) {
				t.Errorf("%v: %s, found %.20s", p.At, prefix, at(p.At))
			}
		}
	}
}
