package terraform

import (
	"encoding/json"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
)

// seeds are plans of every shape the tests know.
func seeds() []string {
	attached := attach(two(), nsgAssociation+".x", refs("azurerm_subnet.a.id"), refs("local.group"))
	nested := newPlan().
		with(`module.m["k"].azurerm_virtual_network.v`, having(vnet("v"), object{"subnet": []object{{"name": "a"}}}), marks(object{"subnet": []object{{"security_group": true}}}), config(object{"subnet": refs("var.x")})).
		with("azurerm_route_table.t", having(group("t"), object{"route": []object{{"name": "r", "address_prefix": "0.0.0.0/0"}}}), unknown("id")).
		with("azurerm_network_interface.n", having(group("n"), object{"ip_configuration": []object{{"name": "one"}}}), marks(object{"ip_configuration": []object{{"subnet_id": true}}})).
		call("module.m", object{"x": refs("module.m.y", "each.value")}, object{"for_each_expression": refs("local.z")}).
		output("module.m", "y", refs("azurerm_virtual_network.v.id")).
		looked("data.azurerm_virtual_network.w", having(vnet("w"), object{"subnets": []string{"s"}, "vnet_peerings": object{"p": "id"}})).
		deleted("azurerm_network_security_rule.r", rule("r", "g", 100))
	return []string{
		attached.json(), nested.json(), shownState(),
		existing(inline("a", 100)).with("azurerm_network_security_rule.r", rule("r", "g", 200), unknown("priority")).json(),
		`{"version":4,"terraform_version":"1","resources":[{"module":"module.m","mode":"managed","type":"azurerm_subnet","name":"s","instances":[{"index_key":"a","attributes":{}}]}]}`,
		`{"format_version":"1.0","terraform_version":"1","planned_values":{}}`,
	}
}

// readAnything reads data if it is JSON, whatever it holds: nothing may panic,
// and what is refused has a reason.
func readAnything(t *testing.T, data []byte) {
	doc, err := document.Parse("plan.json", data, document.Options{})
	if err != nil {
		return
	}
	for _, before := range []bool{false, true} {
		inventory := Read(doc, Options{Before: before})
		if !Recognise(doc) && !inventory.Diagnostics.HasErrors() {
			t.Error("read without an error although it is not recognised")
		}
		n, problems := azure.Build(inventory)
		if n == nil && !problems.HasErrors() {
			t.Error("no network and no error")
		}
	}
}

func FuzzTerraform(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(s))
	}
	f.Fuzz(readAnything)
}

func FuzzAddress(f *testing.F) {
	f.Add(`module.m["k"].data.azurerm_subnet.a[0]`)
	f.Add(`azurerm_subnet.a["x\"$${y}"].id`)
	f.Fuzz(func(t *testing.T, text string) {
		parseReference(text)
		a, ok := parseAddress(text)
		if !ok {
			return
		}
		printed := a.block.String() + a.key.String()
		if len(a.module) > 0 {
			printed = a.module.String() + "." + printed
		}
		again, ok := parseAddress(printed)
		if !ok || again.key.kind != a.key.kind || !slices.EqualFunc(again.module, a.module, func(x, y step) bool { return x.name == y.name }) {
			t.Errorf("%q is printed as %q and read as %+v", text, printed, again)
		}
	})
}

// Values of every wrong kind in every place of a plan.
func TestAnyValueMayBeWrong(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, seed := range seeds() {
		var tree any
		if err := json.Unmarshal([]byte(seed), &tree); err != nil {
			t.Fatal(err)
		}
		for range 300 {
			data, err := json.Marshal(damaged(random, tree, 0.02))
			if err != nil {
				t.Fatal(err)
			}
			readAnything(t, data)
		}
	}
}

// damaged is a copy of a JSON tree in which some values are replaced.
func damaged(random *rand.Rand, v any, rate float64) any {
	if random.Float64() < rate {
		return []any{nil, true, false, 7, -1.5, "", "x", "10.0.0.0/8", []any{}, []any{true}, map[string]any{}, map[string]any{"id": true}}[random.IntN(12)]
	}
	switch v := v.(type) {
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = damaged(random, e, rate)
		}
		return list
	case map[string]any:
		object := map[string]any{}
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			if random.Float64() >= rate {
				object[name] = damaged(random, v[name], rate)
			}
		}
		return object
	}
	return v
}

func TestCorpusDamagedPlansDoNotPanic(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, file := range corpus(t, "*.json") {
		_, text := load(t, file)
		if len(text) > 200_000 {
			continue
		}
		for range 10 { // at sampled offsets
			readAnything(t, []byte(text[:random.IntN(len(text))]))
		}
		var tree any
		if err := json.Unmarshal([]byte(text), &tree); err != nil {
			t.Fatalf("%s: %v", filepath.Base(file), err)
		}
		for range 5 {
			data, _ := json.Marshal(damaged(random, tree, 0.01))
			readAnything(t, data)
		}
	}
}
